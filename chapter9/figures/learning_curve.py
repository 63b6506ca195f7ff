"""Learning curves of runs beside the author's reruns. Book: section 9-2, its plots."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from before_keras.author import AuthorRun, reruns
from before_keras.settings import Settings
from chapter9.figures import picture
from chapter9.run_folder.history import best_epoch

TEXTS = {
    "en": {
        "epoch": "epoch",
        "loss": "loss",
        "accuracy": "accuracy",
        "validation": "validation",
        "training": "training",
        "best": "best epoch",
        "author": "author's\nreruns",
    },
    "ko": {
        "epoch": "에포크",
        "loss": "손실",
        "accuracy": "정확도",
        "validation": "검증 세트",
        "training": "훈련 세트",
        "best": "최상의 에포크",
        "author": "지은이의\n실행 결과",
    },
}


@dataclass(frozen=True)
class Curve:
    """A run's learning curve.

    Attributes:
        name: stands in the legend.
        history: loss, val_loss, accuracy and val_accuracy, one number per epoch.
        best: the index of the epoch with the lowest validation loss.
        author: what the author printed for this model, one entry per rerun; none for a
            model or a number of words that he did not train.
    """

    name: str
    history: dict[str, list[float]]
    best: int
    author: list[AuthorRun]


def curve(
    name: str, history: dict[str, list[float]], settings: Settings | None = None
) -> Curve:
    """Returns a run's learning curve with the author's reruns of the same model.

    Args:
        name: stands in the legend.
        history: as `Run.history` returns it.
        settings: of the run; without them there are no reruns to compare with.
    """
    author = []
    if settings and not settings.lacks_dropout:
        author = reruns(settings.model, settings.words, settings.edition)
    return Curve(name, history, best_epoch(history), author)


def draw(
    history: dict[str, list[float]], title: str, path: Path, language: str = "en"
) -> None:
    """Writes the learning curve of one run, as training does at its end.

    Args:
        history: as `Run.history` returns it.
        title: stands above the picture.
        path: a .png or .svg file.
        language: "en" or "ko".

    Raises:
        ImportError, UserError: as `picture.drawing`.
    """
    compare([curve("", history)], path, title, language)


def compare(
    curves: Sequence[Curve], path: Path, title: str = "", language: str = "en"
) -> None:
    """Writes loss and accuracy over the epochs, the author's reruns at their right.

    Args:
        curves: from `curve`.
        path: a .png or .svg file.
        title: stands above the picture.
        language: "en" or "ko".

    Raises:
        ImportError, UserError: as `picture.drawing`.
    """
    text = TEXTS[language]
    columns = sum(bool(one.author) for one in curves)
    size = (9 + 0.7 * columns, 4.2)
    with picture.drawing(path, size, language) as figure:
        figure.suptitle(picture.plain(title))
        ratios = (8, 0.6 + 0.6 * columns) * 2 if columns else (1, 1)
        panels = figure.subplots(1, len(ratios), width_ratios=ratios)
        runs = panels[:: len(panels) // 2]
        for axes, measure in zip(runs, ("loss", "accuracy"), strict=True):
            for number, one in enumerate(curves):
                _draw_run(axes, one, measure, number)
            axes.set_xlabel(text["epoch"])
            axes.xaxis.get_major_locator().set_params(integer=True)
            axes.grid(axis="y", color="#eeeeee")
            picture.heading(axes, text[measure])
        if columns:
            _draw_author(panels[1], runs[0], curves, "loss", text["author"])
            _draw_author(panels[3], runs[1], curves, "accuracy", text["author"])
        _draw_legend(figure, curves, text)


def _draw_run(axes, one: Curve, measure: str, number: int) -> None:
    look = picture.look(number)
    training, validation = one.history[measure], one.history[f"val_{measure}"]
    epochs = range(1, len(training) + 1)
    axes.plot(epochs, training, ":", color=look["color"], lw=1.2)
    axes.plot(epochs, validation, "-", color=look["color"], lw=1.6)
    axes.plot(one.best + 1, validation[one.best], **look, ms=7, ls="none")


def _draw_author(axes, run, curves, measure, label) -> None:
    """A column of hollow marks for each run, on the scale of the run's axes."""
    axes.sharey(run)
    shown = [(number, one) for number, one in enumerate(curves) if one.author]
    for column, (number, one) in enumerate(shown):
        values = [getattr(result, measure) for result in one.author]
        places = [column] * len(values)
        axes.plot(places, values, **picture.look(number), ls="none", mfc="none", ms=5)
    axes.set(xlim=(-0.8, len(shown) - 0.2), xticks=[])
    axes.set_xlabel(label, fontsize=9, linespacing=1.3)
    axes.spines["left"].set_visible(False)
    axes.tick_params(axis="y", left=False, labelleft=False)
    axes.grid(axis="y", color="#eeeeee")


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
        entry(text["validation"], ls="-"),
        entry(text["training"], ls=":"),
        entry(text["best"], ls="none", marker="o", ms=7),
    ]
    if any(one.author for one in curves):
        label = text["author"].replace("\n", " ")
        handles.append(entry(label, ls="none", marker="o", mfc="none", ms=5))
    figure.legend(
        handles=handles, loc="outside lower center", ncols=min(4, len(handles))
    )
