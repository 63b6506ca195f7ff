"""The verification as its reader gets it: a table, or one JSON object."""

from collections import Counter
from dataclasses import dataclass

from rich.table import Table
from rich.text import Text as Cell

from before_keras.language import word
from before_keras.safety.printable import printable
from before_keras.show import STYLES
from verification.line import Line

HEADINGS = (
    "section", "claim", "book", "formula", "custom layer", "built-in layer", "mark",
)  # fmt: skip
LONGEST_CLAIM = 160  # characters; in that of a run is the name of its folder
SUMMARY = {
    "en": "{hold} hold, {fail} fail, {skipped} skipped",
    "ko": "맞음 {hold}, 틀림 {fail}, 건너뜀 {skipped}",
}


@dataclass(frozen=True)
class Report:
    """Lines of the verification, in the language of their reader."""

    lines: tuple[Line, ...]
    language: str = "en"

    @property
    def holds(self) -> bool:
        """Whether no line fails; a skipped one does not."""
        return all(line.holds is not False for line in self.lines)

    def as_dict(self) -> dict:
        """The report as JSON can hold it."""
        return {"lines": [line.as_dict() for line in self.lines], **self._counts()}

    def __rich__(self) -> Table:
        """The table, and below it how many lines hold."""
        summary = SUMMARY[self.language].format(**self._counts())
        table = Table(caption=summary, caption_justify="left")
        for heading in HEADINGS:
            table.add_column(self._word(heading), overflow="fold")
        for line in self.lines:
            table.add_row(*map(Cell, self._cells(line)), self._mark(line))
        return table

    def _cells(self, line: Line) -> tuple[str, ...]:
        formula = [self._word(part) for part in (line.steps, line.formula) if part]
        return (
            ", ".join(filter(None, (line.section, self._word(line.source)))),
            printable(line.claim.in_language(self.language), LONGEST_CLAIM),
            self._word(line.book),
            " = ".join(formula),
            self._word(line.custom),
            self._word(line.builtin),
        )

    def _mark(self, line: Line) -> Cell:
        style = {True: "ok", False: "FAIL", None: "skipped"}[line.holds]
        return Cell(self._word(line.mark), STYLES[style])

    def _counts(self) -> dict[str, int]:
        counts = Counter(line.holds for line in self.lines)
        return {"hold": counts[True], "fail": counts[False], "skipped": counts[None]}

    def _word(self, english: str) -> str:
        return word(english, self.language)
