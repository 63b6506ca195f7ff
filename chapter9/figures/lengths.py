"""How long the reviews are. Book: section 9-2, the histogram of the 20,000 reviews."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from before_keras import book
from chapter9.data.reviews import Reviews, validation_split
from chapter9.figures import picture

TEXTS = {
    "en": {
        "x": "length of a review (tokens)",
        "y": "reviews",
        "mean": "mean {:,.1f}",
        "median": "median {:,.0f}",
        "cut": "the last {} tokens are kept ({:.0%} are longer)",
    },
    "ko": {
        "x": "리뷰 길이(토큰 개수)",
        "y": "리뷰 개수",
        "mean": "평균 {:,.1f}",
        "median": "중간값 {:,.0f}",
        "cut": "마지막 토큰 {}개만 사용(더 긴 리뷰 {:.0%})",
    },
}


@dataclass(frozen=True)
class Lengths:
    """The distribution of the lengths of the reviews to train on.

    Attributes:
        counts: (bins,), how many reviews have a length in each bin.
        edges: (bins + 1,), where the bins begin and end, in tokens.
        mean: the mean length; the book prints 239.00925.
        median: the median length; the book prints 178.0.
        timesteps: how many tokens of a review are kept.
        longer: the share of reviews that are longer than that.
    """

    counts: np.ndarray
    edges: np.ndarray
    mean: float
    median: float
    timesteps: int
    longer: float


def review_lengths(
    reviews: Reviews, timesteps: int = book.TIMESTEPS, width: int = 25
) -> Lengths:
    """Returns how long the 80 % of the reviews are that a model is trained on.

    Args:
        reviews: before the split into training and validation.
        timesteps: how many tokens of a review the model keeps.
        width: of a bin, in tokens. The book has 10 bins for all; narrower ones show
            where the cut is.
    """
    lengths = reviews.lengths[validation_split(len(reviews))[0]]
    edges = np.arange(0, lengths.max() + width + 1, width)
    return Lengths(
        counts=np.histogram(lengths, edges)[0],
        edges=edges,
        mean=float(lengths.mean()),
        median=float(np.median(lengths)),
        timesteps=timesteps,
        longer=float((lengths > timesteps).mean()),
    )


def draw(data: Lengths, path: Path, title: str = "", language: str = "en") -> None:
    """Writes the histogram with its mean, its median and the cut.

    Args:
        data: from `review_lengths`.
        path: a .png or .svg file.
        title: stands above the picture.
        language: "en" or "ko".

    Raises:
        ImportError, UserError: as `picture.drawing`.
    """
    text = TEXTS[language]
    blue, red, green, *_ = picture.COLOURS
    with picture.drawing(path, (8, 4), language) as figure:
        figure.suptitle(picture.plain(title))
        axes = figure.subplots()
        axes.stairs(data.counts, data.edges, fill=True, color=blue, alpha=0.35)
        axes.stairs(data.counts, data.edges, color=blue, lw=0.8)
        for value, label, colour, dashes in (
            (
                data.timesteps,
                text["cut"].format(data.timesteps, data.longer),
                red,
                picture.SOLID,
            ),
            (data.median, text["median"].format(data.median), green, picture.DASHED),
            (data.mean, text["mean"].format(data.mean), picture.INK, picture.DOTTED),
        ):
            axes.axvline(value, color=colour, ls=dashes, lw=1.6, label=label)
        axes.set(xlabel=text["x"], xlim=(0, data.edges[-1]), ylim=(0, None))
        axes.yaxis.set_major_formatter("{x:,.0f}")
        axes.xaxis.set_major_formatter("{x:,.0f}")
        picture.heading(axes, text["y"])
        axes.legend()
