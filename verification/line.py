"""A line of the verification: a fact of the book beside what is found."""

from dataclasses import asdict, dataclass

from before_keras.language import Text


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
    """

    section: str
    source: str
    claim: Text
    book: str
    formula: str = ""
    custom: str = ""
    builtin: str = ""
    steps: str = ""
    verdict: str = ""

    @property
    def mark(self) -> str:
        """Whether every value found is the book's: "ok", "FAIL", or the verdict."""
        if self.verdict:
            return self.verdict
        found = [value for value in (self.formula, self.custom, self.builtin) if value]
        return "ok" if found and all(value == self.book for value in found) else "FAIL"

    @property
    def holds(self) -> bool | None:
        """Whether the claim holds; None if it was skipped."""
        return None if self.mark.startswith("skipped") else self.mark == "ok"

    def as_dict(self) -> dict:
        """The line as JSON can hold it."""
        line = asdict(self) | {"claim": self.claim._asdict(), "mark": self.mark}
        return {**line, "holds": self.holds}
