"""A line of the verification: a fact of the book beside what is found."""

from dataclasses import asdict, dataclass

from before_keras.language import Text
from before_keras.standing import BETTER

HOLD = ("ok", BETTER)  # better than all of the author's runs is no reason to fail


@dataclass(frozen=True)
class Line:
    """A claim, the book's value, and the value found in up to three ways.

    Attributes:
        section: "9-1", "9-2", "9-3", or "own" for the project's default models.
        source: the page, or where else it stands.
        claim: in English and Korean.
        book: the book's value, as text.
        formula: the value by formula; "" where there is none.
        custom: the value by this project's layer or data code; "" where it has none.
        builtin: the value by Keras's own; "" where it has none.
        steps: how the formula comes to its value, "12 + 9 + 3".
        verdict: the mark of a line that is no comparison of equals; "" for one that is.
        remark: stands in brackets behind the value, in place of the verdict.
        topic: the layer or model that the claim begins with; "" if other lines have
            none in common with it.
    """

    section: str
    source: str | Text
    claim: Text
    book: str
    formula: str = ""
    custom: str = ""
    builtin: str = ""
    steps: str = ""
    verdict: str | Text = ""
    remark: str | Text = ""
    topic: str = ""

    @property
    def agrees(self) -> bool:
        """Whether there is a value, and every one found is the book's."""
        found = [value for value in (self.formula, self.custom, self.builtin) if value]
        return bool(found) and all(value == self.book for value in found)

    @property
    def mark(self) -> str:
        """Whether every value found is the book's: "ok", "FAIL", or the verdict."""
        return _english(self.verdict) or ("ok" if self.agrees else "FAIL")

    @property
    def holds(self) -> bool | None:
        """Whether the claim holds; None if it was skipped."""
        return None if self.mark.startswith("skipped") else self.mark in HOLD

    def as_dict(self) -> dict:
        """The line as JSON can hold it, in English but for the claim's Korean."""
        line = asdict(self) | {
            "source": _english(self.source),
            "verdict": _english(self.verdict),
            "remark": _english(self.remark),
            "claim": self.claim._asdict(),
            "mark": self.mark,
            "holds": self.holds,
        }
        del line["topic"]  # the claim has it
        return line


def _english(said: str | Text) -> str:
    return said.en if isinstance(said, Text) else said
