"""The figures of many seeds, and how far apart they lie, beside the author's."""

from collections.abc import Sequence

from rich.table import Table

from before_keras.author import AuthorRun
from before_keras.language import _, spoken, word
from before_keras.settings import Settings
from before_keras.standing import reruns_beside
from chapter9.inference.outcomes import Outcome, least, quartiles

QUARTILES = ("min", "25 %", "median", "75 %", "max")
MEASURES = ("loss", "accuracy")


def seeds_table(found: Sequence[Outcome]) -> Table:
    """Returns a row for each seed: its best epoch, validation loss and accuracy."""
    table = Table(title=word("validation", spoken()))
    for name in ("seed", "best epoch", "epochs run", *MEASURES, ""):
        table.add_column(name and word(name, spoken()), justify="right")
    for one in found:
        table.add_row(
            str(one.seed),
            str(one.best_epoch),
            str(one.epochs),
            f"{one.loss:.4f}",
            f"{one.accuracy:.4f}",
            "" if one.learned else word("did not learn", spoken()),
        )
    return table


def summary_table(settings: Settings, data: str, found: Sequence[Outcome]) -> Table:
    """Returns how far apart the seeds that learned lie, and the author's reruns.

    Args:
        settings: of the runs.
        data: the name of the reviews.
        found: the outcome of each seed.
    """
    table = Table(word("validation", spoken()), "")
    for name in QUARTILES:
        table.add_column(word(name, spoken()), justify="right")
    learned = [one for one in found if one.learned]
    reruns = reruns_beside(settings, data)
    groups: dict[str, Sequence[Outcome | AuthorRun]] = {
        _("seeds learned: {count}").format(count=len(learned)): learned,
        _("author's reruns: {count}").format(count=len(reruns)): reruns,
    }
    for measure in MEASURES:
        for name, group in groups.items():
            if group:
                values = quartiles([getattr(one, measure) for one in group])
                figures = (f"{value:.4f}" for value in values)
                table.add_row(word(measure, spoken()), name, *figures)
        table.add_section()
    return table


def remarks(settings: Settings, data: str, found: Sequence[Outcome]) -> list[str]:
    """Returns how many seeds did not learn, and where the author's reruns lie.

    Args:
        settings: of the runs.
        data: the name of the reviews.
        found: the outcome of each seed.
    """
    learned = [one for one in found if one.learned]
    failed = [str(one.seed) for one in found if not one.learned]
    if failed:
        first = _(
            "{count} of {all} seeds did not learn: at the best epoch their validation "
            "accuracy is below {least} (seeds: {seeds})"
        )
    else:
        first = _(
            "all {all} seeds learned: at the best epoch their validation accuracy is "
            "{least} or more"
        )
    said = [
        first.format(
            count=len(failed),
            all=len(found),
            least=f"{least(found[0].labels):.2g}",
            seeds=", ".join(failed),
        )
    ]
    reruns = reruns_beside(settings, data)
    if learned and reruns:
        within = {name: _within(reruns, learned, name) for name in MEASURES}
        said.append(
            _(
                "of the author's {reruns} reruns, {loss} in loss and {accuracy} in "
                "accuracy lie between the lowest and the highest of the seeds that "
                "learned"
            ).format(reruns=len(reruns), **within)
        )
    return said


def _within(reruns, learned, measure: str) -> int:
    """How many of the author's figures are no farther out than those of the seeds."""
    values = [round(getattr(one, measure), 4) for one in learned]  # as he prints them
    figures = [getattr(rerun, measure) for rerun in reruns]
    return sum(min(values) <= figure <= max(values) for figure in figures)
