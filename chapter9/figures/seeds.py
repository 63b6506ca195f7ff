"""How far apart the seeds of one model lie: a dot for each, and the author's runs."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from before_keras import invocation
from before_keras.author import AuthorRun
from before_keras.language import _
from before_keras.safety.errors import UserError
from before_keras.standing import reruns_beside
from chapter9.figures import picture
from chapter9.inference.outcomes import Outcome, outcomes, quartiles
from chapter9.run_folder.seed_runs import SeedRuns

MEASURES = ("loss", "accuracy")
PLACES, FEW_PLACES = 46, 13  # for dots side by side in a panel, and in a narrow one
MARK = 6  # points; less where so many are close that they have to be
# With a thicker edge a small plus looks full.
HOLLOW: dict[str, Any] = {"ls": "none", "mfc": "none", "mew": 0.7}
STEP, ROOM = 0.13, 0.52  # from a dot to the one above it, and for all of them, in rows
MIN_SPREAD = 0.01  # of a scale
BAR, AUTHOR = 0.1, 0.24  # how far below their row's seeds these are, in rows

TEXTS = {
    "en": {
        "loss": "validation loss at the best epoch",
        "accuracy": "validation accuracy at the best epoch",
        "count": "{name}\n{learned} of {seeds} seeds learned",
        "seed": "a seed",
        "middle": "median and middle half of those that learned",
        "failed": "did not learn",
        "author": "a rerun of the author's",
    },
    "ko": {
        "loss": "최상의 에포크의 검증 손실",
        "accuracy": "최상의 에포크의 검증 정확도",
        "count": "{name}\n시드 {seeds}개 중 {learned}개가 배움",
        "seed": "시드 하나",
        "middle": "배운 시드의 중앙값과 가운데 50%",
        "failed": "배우지 못함",
        "author": "지은이의 실행 결과",
    },
}


@dataclass(frozen=True)
class Strip:
    """The outcomes of a folder's seeds.

    Attributes:
        name: stands beside its dots.
        found: of each seed that is trained.
        author: what the author printed for this model, one entry per rerun.
    """

    name: str
    found: list[Outcome]
    author: list[AuthorRun]

    def learned(self, yes: bool) -> list[Outcome]:
        """Returns the seeds that learned, or those that did not."""
        return [one for one in self.found if one.learned == yes]


def strip(runs: SeedRuns) -> Strip:
    """Returns the outcomes of a folder with the author's reruns of the same model.

    Raises:
        UserError: if no seed is trained yet, or a file of the folder is damaged.
    """
    found = outcomes(runs.histories(), len(runs.labels))
    if not found:
        raise UserError(
            _("{path} holds no trained seed yet: {command}").format(
                path=runs.path,
                command=invocation.command("train", "--resume", runs.path),
            )
        )
    return Strip(
        runs.path.resolve().name,
        found,
        reruns_beside(runs.settings, runs.data["name"]),
    )


def draw(
    strips: Sequence[Strip], path: Path, title: str = "", language: str = "en"
) -> None:
    """Writes a row of dots for each folder: validation loss left, accuracy right.

    Seeds that did not learn have a part of the scale to themselves, at its worse end:
    so they are seen, and the others are not squeezed.

    Args:
        strips: from `strip`.
        path: a .png or .svg file.
        title: stands above the picture.
        language: "en" or "ko".

    Raises:
        ImportError, UserError: as `picture.drawing`.
    """
    text = TEXTS[language]
    is_split = any(one.learned(False) for one in strips)
    with picture.drawing(path, (11, 1.4 + 1.2 * len(strips)), language) as figure:
        figure.suptitle(picture.plain(title))
        # The worse end of a loss is at the right, that of an accuracy at the left.
        ratios = (7, 2.2, 0.2, 2.2, 7) if is_split else (1, 1)
        panels = figure.subplots(1, len(ratios), sharey=True, width_ratios=ratios)
        for axes, measure in zip((panels[0], panels[-1]), MEASURES, strict=True):
            _draw_learned(axes, strips, measure)
            picture.heading(axes, text[measure])
        for axes, measure in zip(panels[1:-1:2], MEASURES, strict=False):
            _draw_failed(axes, strips, measure)
            axes.set_title(text["failed"], loc="right", fontsize="medium")
        names = [_name(one, text) for one in strips]
        panels[0].set(yticks=range(len(strips)), yticklabels=names)
        panels[0].set_ylim(len(strips) - 0.5, -0.75)  # the first row on top
        for gap in panels[2:-2]:
            gap.set_axis_off()
        for axes in panels:
            axes.tick_params(axis="y", length=0)
            axes.spines["left"].set_visible(False)
        _draw_legend(figure, strips, text)


def _draw_learned(axes, strips, measure) -> None:
    """The seeds that learned, with a bar under them, and the author's reruns."""
    groups = [one.learned(True) for one in strips]
    pairs = list(zip(groups, strips, strict=True))
    both = [_values([*group, *one.author], measure) for group, one in pairs]
    places = _Places(both, PLACES)
    axes.set_xlim(places.limits)
    for row, (group, one) in enumerate(pairs):
        look = picture.look(row)
        if group:
            values = _values(group, measure)
            axes.plot(
                *places.stacked(values, row, -1), **look, ls="none", ms=places.mark
            )
            _, first, median, third, _ = quartiles(values)
            bar = {"color": look["color"], "solid_capstyle": "butt"}
            axes.plot((first, third), [row + BAR] * 2, **bar, lw=4, alpha=0.4)
            axes.plot([median] * 2, (row + BAR - 0.06, row + BAR + 0.06), **bar, lw=2)
        values = _values(one.author, measure)
        stacked = places.stacked(values, row + AUTHOR, 0.6)
        axes.plot(*stacked, **look, **HOLLOW, ms=places.mark + 1.5)
    axes.grid(axis="x", color=picture.GRID)
    axes.set_axisbelow(True)
    axes.locator_params(axis="x", nbins=6)


def _draw_failed(axes, strips, measure) -> None:
    """The seeds that did not learn, on a scale of their own."""
    groups = [_values(one.learned(False), measure) for one in strips]
    places = _Places(groups, FEW_PLACES)
    axes.set_xlim(places.limits)
    for row, values in enumerate(groups):
        style = {"color": picture.look(row)["color"], "marker": "x", "ls": "none"}
        stacked = places.stacked(values, row, -1)
        axes.plot(*stacked, **style, ms=places.mark, mew=1.8)
    axes.set_facecolor(picture.SCHEME["ground"])
    axes.locator_params(axis="x", nbins=2)
    axes.tick_params(axis="x", labelsize=8)


class _Places:
    """Where dots stand that must not hide each other: stacked where they are close."""

    def __init__(self, groups: Sequence[Sequence[float]], width: int):
        every = [value for group in groups for value in group] or [0.0]
        spread = max(max(every) - min(every), MIN_SPREAD)
        middle = (max(every) + min(every)) / 2
        self.limits = middle - spread * 0.55, middle + spread * 0.55
        self.dot = spread * 1.1 / width
        most = max((max(self._levels(group), default=0) for group in groups), default=0)
        self.step = min(STEP, ROOM / max(most, 1))
        self.mark = MARK * self.step / STEP

    def stacked(self, values: Sequence[float], start: float, steps: float):
        """Returns x and y of dots that hang from a height, or with -1 stand on it."""
        heights = [start + steps * self.step * n for n in self._levels(values)]
        return values, heights

    def _levels(self, values: Sequence[float]) -> list[int]:
        """Of each value, in ascending order, the lowest level where it has room."""
        last: list[float] = []  # value of each level
        levels = []
        for value in values:
            free = (n for n, x in enumerate(last) if value - x >= self.dot)
            level = next(free, len(last))
            last[level : level + 1] = [value]
            levels.append(level)
        return levels


def _values(group, measure: str) -> list[float]:
    """The figures of some outcomes, or of some of the author's runs, in order."""
    return sorted(getattr(one, measure) for one in group)


def _name(one: Strip, text) -> str:
    return text["count"].format(
        name=picture.plain(one.name),
        learned=len(one.learned(True)),
        seeds=len(one.found),
    )


def _draw_legend(figure, strips, text) -> None:
    """What the marks stand for; colours and shapes are the rows'."""
    from matplotlib.lines import Line2D

    def entry(name: str, **style) -> Line2D:
        return Line2D([], [], label=text[name], color=picture.QUIET, **style)

    handles = [
        entry("seed", ls="none", marker="o", ms=MARK),
        entry("middle", lw=4, alpha=0.5),
    ]
    if any(one.learned(False) for one in strips):
        handles.append(entry("failed", ls="none", marker="x", ms=MARK, mew=1.8))
    if any(one.author for one in strips):
        handles.append(entry("author", **HOLLOW, marker="o", ms=MARK))
    figure.legend(handles=handles, loc="outside lower center", ncols=len(handles))
