"""The table of a model's parameters: in a notebook, in a terminal and as JSON."""

import html
from collections.abc import Iterator
from dataclasses import dataclass

from rich.table import Table
from rich.text import Text as Cell

from before_keras.language import Text, word
from before_keras.safety.printable import printable
from before_keras.show import STYLES, plain
from chapter9.parameters.layer_facts import LayerFacts
from chapter9.parameters.terms import GRU_GATES, LSTM_GATES, Term

MAX_SUMMANDS = 16  # that a sum spells out; LSTM both ways has 8
HEADINGS = ("layer", "output shape", "term", "formula", "parameters", "mark")
GATE = Text(
    "a gate: kernel (inputs x units) + recurrent kernel (units x units) + bias (units)",
    "게이트마다: 가중치(입력 x 뉴런) + 순환 가중치(뉴런 x 뉴런) + 절편(뉴런)",
)
TWO_BIASES = Text(
    "GRU with reset_after=True, Keras's default: two biases a gate, 2 x units",
    "GRU(reset_after=True, 케라스 기본값): 게이트마다 절편이 두 벌, 2 x 뉴런",
)
NOT_KNOWN = Text(
    "not known: only the shapes of the layer's weights are shown",
    "모르는 층: 층에 있는 가중치의 크기만 보여 준다",
)


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

    def lines(self) -> list[tuple[str, str, int]]:
        """Name, formula and count of each term, or of each weight if not known."""
        weights = (Term(name, (shape,)) for name, shape in self.layer.weights)
        terms = weights if self.terms is None else self.terms
        return [(term.name, term.formula, term.count) for term in terms]


@dataclass(frozen=True)
class ParameterTable:
    """What `explain_parameters` returns: shows itself in a notebook and a terminal."""

    layers: tuple[LayerParameters, ...]
    language: str = "en"

    @property
    def total(self) -> int:
        """All parameters, as `model.count_params()` has them."""
        return sum(entry.layer.count for entry in self.layers)

    @property
    def holds(self) -> bool:
        """Whether no layer contradicts its formula."""
        return all(entry.mark != "FAIL" for entry in self.layers)

    def as_dict(self) -> dict:
        """The table as JSON can hold it."""
        layers = [
            {
                "name": printable(entry.layer.name),
                "class": printable(entry.layer.class_name),
                "output_shape": entry.layer.output_shape,
                "terms": [
                    {"name": printable(name), "formula": formula, "parameters": count}
                    for name, formula, count in entry.lines()
                ],
                "formula": entry.expected,
                "count_params": entry.layer.count,
                "mark": entry.mark,
            }
            for entry in self.layers
        ]
        return {"layers": layers, "total": self.total, "holds": self.holds}

    def rows(self) -> Iterator[tuple[str, ...]]:
        """The table's lines below `HEADINGS`; the last one is the total."""
        for entry in self.layers:
            yield from self._rows(entry)
        yield self._word("total"), "", "", "count_params", f"{self.total:,}", ""

    def _rows(self, entry: LayerParameters) -> Iterator[tuple[str, ...]]:
        layer = entry.layer
        shape = str(layer.output_shape) if layer.output_shape else "?"
        mark = self._word(entry.mark)
        head = (f"{printable(layer.name)} ({printable(layer.class_name)})", shape)
        lines = entry.lines()
        if not lines:
            yield *head, "", "", f"{layer.count:,}", mark
        for name, formula, count in lines:
            last = mark if len(lines) == 1 and entry.mark != "FAIL" else ""
            yield *head, self._term(name), formula, f"{count:,}", last
            head = "", ""
        if len(lines) > 1 or (lines and entry.mark == "FAIL"):
            yield *head, "", *self._sum(entry), mark

    def _sum(self, entry: LayerParameters) -> tuple[str, str]:
        """The sum spelt out, and what the layer has if that is something else."""
        counts = [f"{count:,}" for *_, count in entry.lines()]
        counts[MAX_SUMMANDS:] = ["..."] * (len(counts) > MAX_SUMMANDS)
        total = entry.layer.count if entry.expected is None else entry.expected
        found = f"{entry.layer.count:,}"
        if entry.mark == "FAIL":
            found = f"count_params: {found}"
        return f"{' + '.join(counts)} = {total:,}", found

    def notes(self) -> list[str]:
        """What a reader needs to know beside the table."""
        terms = [term for entry in self.layers for term in entry.terms or ()]
        names = (*LSTM_GATES, *GRU_GATES)
        gates = [term for term in terms if term.name.endswith(names)]
        notes = [GATE] if gates else []
        notes += [TWO_BIASES] if any(map(_has_two_biases, gates)) else []
        notes += [NOT_KNOWN] if any(e.terms is None for e in self.layers) else []
        return [note.in_language(self.language) for note in notes]

    def __rich__(self) -> Table:
        """The table for `rich.print`."""
        table = Table(caption="\n".join(self.notes()), caption_justify="left")
        for heading in HEADINGS:
            right = heading == "parameters"
            table.add_column(self._word(heading), justify="right" if right else "left")
        styles = {self._word(mark): style for mark, style in STYLES.items()}
        for *cells, mark in self.rows():  # Cell: a name in brackets is no colour
            table.add_row(*map(Cell, cells), Cell(mark, styles.get(mark, "")))
        return table

    def __str__(self) -> str:
        return plain(self.__rich__()).rstrip("\n")

    __repr__ = __str__

    def _repr_html_(self) -> str:
        """The table for a notebook."""

        def row(cells, tag):
            text = "".join(f"<{tag}>{html.escape(cell)}</{tag}>" for cell in cells)
            return f"<tr>{text}</tr>"

        head = row(map(self._word, HEADINGS), "th")
        body = "".join(row(cells, "td") for cells in self.rows())
        notes = "".join(f"<p>{html.escape(note)}</p>" for note in self.notes())
        return f"<table><thead>{head}</thead><tbody>{body}</tbody></table>{notes}"

    def _word(self, english: str) -> str:
        return word(english, self.language)

    def _term(self, name: str) -> str:
        """A term's name; the direction of a bidirectional layer stands in front."""
        direction, _, rest = name.partition(" ")
        if direction in ("forward", "backward"):
            return f"{self._word(direction)} {self._word(rest)}"
        return self._word(printable(name))


def _has_two_biases(gate: Term) -> bool:
    return len(gate.shapes) == 3 and len(gate.shapes[-1]) == 2
