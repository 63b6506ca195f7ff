"""A layer and what its parameters should be, term by term."""

from dataclasses import dataclass

from chapter9.parameters.layer_facts import LayerFacts
from chapter9.parameters.terms import NOT_TRAINED, Term


@dataclass(frozen=True)
class LayerParameters:
    """A layer and what its parameters should be.

    Attributes:
        layer: its facts, the weights that there are among them.
        terms: of the formula, None if it is not known here.
        expected: their sum, None if it is not known.
    """

    layer: LayerFacts
    terms: tuple[Term, ...] | None
    expected: int | None

    @property
    def mark(self) -> str:
        """Whether the terms add up to the weights: "ok", "FAIL" or "not known"."""
        if self.terms is None:
            return "not known"
        return "ok" if self.expected == self.layer.count else "FAIL"

    @property
    def has_sum(self) -> bool:
        """Whether the terms have a sum that is not one of them."""
        return len(self.lines()) > 1 or bool(self.lines() and self.mark == "FAIL")

    @property
    def non_trainable(self) -> int | None:
        """How many parameters training leaves as they are, None if not known."""
        if self.layer.non_trainable is not None or self.terms is None:
            return self.layer.non_trainable
        return sum(term.count for term in self.terms if term.name in NOT_TRAINED)

    def lines(self) -> list[tuple[str, str, int]]:
        """Name, formula and count of each term, or of each weight if not known."""
        weights = (Term(name, (shape,)) for name, shape in self.layer.weights)
        terms = weights if self.terms is None else self.terms
        return [(term.name, term.formula, term.count) for term in terms]
