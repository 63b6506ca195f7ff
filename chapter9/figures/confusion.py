"""The confusion matrix: how many reviews of each label were predicted as which."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from before_keras.language import word
from before_keras.safety.printable import printable
from chapter9.figures import picture

MAX_NUMBERS = 12  # labels, for whose counts the picture has room
LONGEST = 20  # characters of a label

TEXTS = {
    "en": {
        "target": "label",
        "predicted": "predicted",
        "share": "of the label's reviews",
    },
    "ko": {
        "target": "타깃",
        "predicted": "예측",
        "share": "타깃이 같은 리뷰 중",
    },
}


@dataclass(frozen=True)
class Confusion:
    """What a model takes the reviews of each label for.

    Attributes:
        counts: (labels, labels) reviews, counts[label][predicted].
        labels: their names.
    """

    counts: np.ndarray
    labels: tuple[str, ...]

    @property
    def shares(self) -> np.ndarray:
        """(labels, labels) of the label's reviews; 0 for a label without a review."""
        return self.counts / np.maximum(1, self.counts.sum(axis=1, keepdims=True))


def draw(data: Confusion, path: Path, title: str = "", language: str = "en") -> None:
    """Writes a square for each label and prediction, darker for a larger share.

    Args:
        data: the counts.
        path: a .png or .svg file.
        title: stands above the picture.
        language: "en" or "ko".

    Raises:
        ImportError, UserError: as `picture.drawing`.
    """
    text, count = TEXTS[language], len(data.labels)
    side = min(12.0, 2.5 + 0.5 * count)
    with picture.drawing(path, (side + 1.5, side), language) as figure:
        figure.suptitle(picture.plain(title))
        axes = figure.subplots()
        image = axes.imshow(data.shares, cmap=picture.shares(), vmin=0, vmax=1)
        names = [_name(label, language) for label in data.labels]
        small = {"fontsize": 10 if count <= 30 else 6}
        slanted = {"rotation": 60, "ha": "right", "rotation_mode": "anchor"}
        axes.set_xticks(range(count), names, **small, **slanted)
        axes.set_yticks(range(count), names, **small)
        axes.tick_params(length=0)
        axes.spines[:].set_visible(False)
        axes.set_xlabel(text["predicted"])
        picture.heading(axes, text["target"])
        if count <= MAX_NUMBERS:
            _write_counts(axes, data)
        bar = figure.colorbar(image, ax=axes, shrink=0.8, format="{x:.0%}")
        bar.ax.set_xlabel(text["share"], fontsize=8, loc="right")


def _write_counts(axes, data: Confusion) -> None:
    colours = picture.shares()
    for (row, column), number in np.ndenumerate(data.counts):
        colour = picture.ink_on(colours(data.shares[row, column]))
        axes.text(column, row, f"{number:,}", ha="center", va="center", color=colour)


def _name(label: str, language: str) -> str:
    return picture.plain(printable(word(label, language), LONGEST))
