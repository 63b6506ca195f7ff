"""Learning curves of runs, the author's behind them. Book: section 9-2, its plots."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from before_keras import book
from before_keras.author import AuthorRun
from before_keras.settings import Settings
from before_keras.standing import reruns_beside
from chapter9.figures import picture
from chapter9.run_folder.history import History, best_epoch

TEXTS = {
    "en": {
        "epoch": "epoch",
        "loss": "loss",
        "accuracy": "accuracy",
        "validation": "validation",
        "training": "training",
        "best": "best epoch",
        "author": "author's reruns, {cells} neurons: validation, best epoch",
    },
    "ko": {
        "epoch": "에포크",
        "loss": "손실",
        "accuracy": "정확도",
        "validation": "검증 세트",
        "training": "훈련 세트",
        "best": "최상의 에포크",
        "author": "지은이의 결과(뉴런 {cells}개): 검증 세트, 최상의 에포크",
    },
}
Look = dict[str, str]  # a colour and a marker
GREY: Look = {"color": picture.QUIET, "marker": "o"}


@dataclass(frozen=True)
class Curve:
    """A run's learning curve.

    Attributes:
        name: stands in the legend.
        history: loss, val_loss, accuracy and val_accuracy, one number per epoch.
        best: the index of the epoch with the lowest validation loss.
        author: the author's reruns that compare with it; none for a model or a number
            of words that he did not train, and none beside the sample.
    """

    name: str
    history: History
    best: int
    author: tuple[AuthorRun, ...]


def curve(name: str, history: History, settings: Settings, data: str) -> Curve:
    """Returns a run's learning curve with the author's reruns of the same model.

    Args:
        name: stands in the legend, if it is not "".
        history: as `Run.history` returns it.
        settings: of the run.
        data: the name of what it was trained on.
    """
    author = tuple(reruns_beside(settings, data))
    return Curve(name, history, best_epoch(history), author)


def draw(
    curves: Sequence[Curve], path: Path, title: str = "", language: str = "en"
) -> None:
    """Writes loss and accuracy over the epochs, the author's curves behind the runs'.

    His are the validation's alone: in the 2nd edition, his training figures are
    averages over the epoch.

    Args:
        curves: from `curve`.
        path: a .png or .svg file.
        title: stands above the picture.
        language: "en" or "ko".

    Raises:
        ImportError, UserError: as `picture.drawing`.
    """
    text = TEXTS[language]
    size = (9, 4.2 if len(curves) < 3 else 5.4)  # many models lie close together
    with picture.drawing(path, size, language) as figure:
        figure.suptitle(picture.plain(title))
        panels = figure.subplots(1, 2)
        for axes, measure in zip(panels, ("loss", "accuracy"), strict=True):
            for reruns, look in _behind(curves):
                _draw_author(axes, reruns, look, measure)
            for number, one in enumerate(curves):
                _draw_run(axes, one, measure, number)
            axes.set_xlabel(text["epoch"])
            axes.xaxis.get_major_locator().set_params(integer=True)
            axes.set_axisbelow(True)
            axes.grid(axis="y", color=picture.GRID)
            picture.heading(axes, text[measure])
        _draw_legend(figure, curves, text)


def _behind(curves: Sequence[Curve]) -> list[tuple[tuple[AuthorRun, ...], Look]]:
    """The author's reruns, those of a model once, each with a look.

    It is that of the first run of the model; grey if all runs are of one model.
    """
    behind: list[tuple[tuple[AuthorRun, ...], Look]] = []
    for number, one in enumerate(curves):
        if one.author and one.author not in [reruns for reruns, _ in behind]:
            behind.append((one.author, picture.look(number)))
    return behind if len(behind) > 1 else [(reruns, GREY) for reruns, _ in behind]


def _draw_author(axes, reruns: tuple[AuthorRun, ...], look: Look, measure: str) -> None:
    for rerun in reruns:
        values = rerun.history[f"val_{measure}"]
        epochs, best = range(1, len(values) + 1), rerun.best_epoch - 1
        axes.plot(epochs, values, **_quiet(look), markevery=[best])


def _quiet(look: Look) -> dict[str, Any]:
    """A thin, pale line with small hollow marks, behind all others."""
    colour, marker = look["color"], look["marker"]
    line = {"color": (colour, 0.5), "lw": 0.7, "zorder": 1}
    return {
        **line,
        "marker": marker,
        "ms": 4,
        "mfc": picture.PAPER,
        "mec": colour,
        "mew": 0.8,
    }


def _draw_run(axes, one: Curve, measure: str, number: int) -> None:
    look = picture.look(number)
    training, validation = one.history[measure], one.history[f"val_{measure}"]
    epochs = range(1, len(training) + 1)
    axes.plot(epochs, training, ls=picture.DOTTED, color=look["color"], lw=1.2)
    axes.plot(epochs, validation, ls=picture.SOLID, color=look["color"], lw=1.6)
    axes.plot(one.best + 1, validation[one.best], **look, ms=7, ls="none")


def _draw_legend(figure, curves, text) -> None:
    """The runs by colour; then what a line's dashes and its mark stand for."""
    from matplotlib.lines import Line2D

    def entry(label: str, **style) -> Line2D:
        return Line2D([], [], label=label, **{"color": picture.QUIET, **style})

    handles = [
        entry(picture.plain(one.name), **picture.look(number), ms=7)
        for number, one in enumerate(curves)
        if one.name
    ]
    handles += [
        entry(text["validation"], ls=picture.SOLID),
        entry(text["training"], ls=picture.DOTTED),
        entry(text["best"], ls="none", marker="o", ms=7),
    ]
    if any(one.author for one in curves):
        label = text["author"].format(cells=book.CELLS)
        handles.append(entry(label, **_quiet(GREY)))
    figure.legend(
        handles=handles, loc="outside lower center", ncols=min(4, len(handles))
    )
