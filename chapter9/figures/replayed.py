"""The author's curves, and the same trainings had again, on top of each other."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from before_keras.author import AuthorRun
from before_keras.language import word
from chapter9.figures import picture
from chapter9.run_folder.history import History

TEXTS = {
    "en": {"epoch": "epoch", "author": "the author's notebook", "here": "here"},
    "ko": {"epoch": "에포크", "author": "지은이의 노트북", "here": "다시 실행"},
}
METRICS = ("loss", "accuracy")
HIS: dict[str, Any] = {
    "color": picture.COLOURS[5],
    "lw": 5,
    "alpha": 0.6,
    "solid_capstyle": "round",
}
HERE: dict[str, Any] = {"color": picture.INK, "lw": 1, "marker": "o", "ms": 3}


def draw(
    replays: Sequence[tuple[AuthorRun, History]],
    path: Path,
    language: str = "en",
) -> None:
    """Writes validation loss and accuracy over the epochs, a row for each training.

    Args:
        replays: the author's training and the figures of the same one here.
        path: a .png or .svg file.
        language: "en" or "ko".

    Raises:
        ImportError, UserError: as `picture.drawing`.
    """
    text = TEXTS[language]
    with picture.drawing(path, (9, 1 + 2.1 * len(replays)), language) as figure:
        panels = figure.subplots(len(replays), 2, squeeze=False)
        for row, (his, history) in zip(panels, replays, strict=True):
            for axes, metric in zip(row, METRICS, strict=True):
                _draw_both(axes, his.history, history, f"val_{metric}")
                picture.heading(axes, f"{his.model}: {word(metric, language)}")
        for axes in panels[-1]:
            axes.set_xlabel(text["epoch"])
        _draw_legend(figure, text)


def _draw_both(axes, his: Mapping, here: Mapping, metric: str) -> None:
    """His line is broad and pale; the one here is thin, dark and dotted with epochs."""
    for history, look in ((his, HIS), (here, HERE)):
        values = history[metric]
        axes.plot(range(1, len(values) + 1), values, **look)
    axes.xaxis.get_major_locator().set_params(integer=True)
    axes.set_axisbelow(True)
    axes.grid(axis="y", color=picture.GRID)


def _draw_legend(figure, text) -> None:
    from matplotlib.lines import Line2D

    handles = [
        Line2D([], [], label=text["author"], **HIS),
        Line2D([], [], label=text["here"], **HERE),
    ]
    figure.legend(handles=handles, loc="outside lower center", ncols=2)
