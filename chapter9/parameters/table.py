"""The table of a model's parameters: in a notebook, in a terminal and as JSON."""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from before_keras.language import Text, word
from before_keras.safety.printable import printable
from before_keras.show import Entry, Ledger
from chapter9.parameters.layer_parameters import LayerParameters
from chapter9.parameters.terms import GRU_GATES, LSTM_GATES, NOT_TRAINED, Term

MAX_SUMMANDS = 16  # that a sum spells out; LSTM both ways has 8
HEADINGS = ("layer", "output shape", "term", "formula", "parameters", "mark")
GATE = Text(
    "Each gate has a kernel (inputs x units), a recurrent kernel (units x units) and a "
    "bias (units).",
    "게이트마다 가중치(입력 x 뉴런), 순환 가중치(뉴런 x 뉴런), 절편(뉴런)이 있습니다.",
)
TWO_BIASES = Text(
    "GRU with reset_after=True, Keras's default, has two biases per gate (2 x units).",
    "케라스 기본값 reset_after=True인 GRU는 게이트마다 절편이 두 벌입니다(2 x 뉴런).",
)
NOT_KNOWN = Text(
    "Not known: only the shapes of the layer's weights are shown.",
    "모르는 층: 층에 있는 가중치의 크기만 보여 줍니다.",
)


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
                "non_trainable": entry.non_trainable,
                "mark": entry.mark,
            }
            for entry in self.layers
        ]
        counts = {re.sub("[- ]", "_", name): n for name, n in self.totals().items()}
        return {"layers": layers, **counts, "holds": self.holds}

    def totals(self) -> dict[str, int]:
        """All parameters, and how many are trained, as `model.summary()` has them."""
        known = [e for e in self.layers if e.non_trainable is not None]
        non_trainable = sum(entry.non_trainable or 0 for entry in known)
        trainable = sum(entry.layer.count for entry in known) - non_trainable
        counts = {"trainable": trainable, "non-trainable": non_trainable}
        if rest := self.total - trainable - non_trainable:  # a stranger's, from a file
            counts["not known if trainable"] = rest
        return {"total": self.total, **counts}

    def rows(self) -> Iterator[tuple[str, ...]]:
        """The table's lines below `HEADINGS`; the last ones are the totals."""
        for entry in self.layers:
            yield from self._rows(entry)
        for name, count in self.totals().items():
            source = "count_params" if name == "total" else ""
            yield self._word(name), "", "", source, f"{count:,}", ""

    def _rows(self, entry: LayerParameters) -> Iterator[tuple[str, ...]]:
        head, mark = self._head(entry), self._word(entry.mark)
        lines = entry.lines()
        if not lines:
            yield *head, "", "", f"{entry.layer.count:,}", mark
        for name, formula, count in lines:
            last = "" if entry.has_sum else mark
            yield *head, self._term(name, entry), formula, f"{count:,}", last
            head = "", ""
        if entry.has_sum:
            yield *head, "", *self._sum(entry), mark

    def _head(self, entry: LayerParameters) -> tuple[str, str]:
        """The layer and what it gives."""
        layer = entry.layer
        name = f"{printable(layer.name)} ({printable(layer.class_name)})"
        return name, str(layer.output_shape) if layer.output_shape else "?"

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

    def __rich__(self) -> Ledger:
        """The table for `rich.print`."""
        groups = [g for entry in self.layers for g in self._groups(entry)]
        totals = (
            Entry(self._word(name), ((f"{count:,}",),))
            for name, count in self.totals().items()
        )
        notes = map(Entry, ("", *self.notes()) if self.notes() else ())
        return Ledger((*groups, (Entry(""), *totals, *notes)))

    def _groups(self, entry: LayerParameters) -> Iterator[tuple[Entry, ...]]:
        """A layer, and below it its terms and their sum, with the mark in front."""
        name, shape = self._head(entry)
        yield (Entry(name, ((shape,),), style="bold"),)
        entries = [
            Entry(self._term(name, entry), (_product(formula, count),))
            for name, formula, count in entry.lines()
        ]
        if entry.has_sum:
            total, found = self._sum(entry)
            summands, value = total.split(" = ")
            found = found if entry.mark == "FAIL" else ""
            entries.append(Entry(found, ((summands, f"= {value}"),)))
        if not entries:
            count = entry.layer.count
            none = self._word("no parameters")
            entries.append(Entry(f"count_params: {count:,}" if count else none))
        shown = self._word(entry.mark)
        yield (*entries[:-1], replace(entries[-1], mark=entry.mark, shown=shown))

    def __str__(self) -> str:
        return str(self.__rich__())

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

    def _term(self, name: str, entry: LayerParameters) -> str:
        """A term's name, what it is of in front, and whether it stays as it is."""
        words = [name]
        if (first := name.split(" ")[0]) in ("forward", "backward"):
            words = [first, name.removeprefix(f"{first} ")]
        follows_data = entry.terms is not None and name in NOT_TRAINED
        if follows_data or entry.non_trainable == entry.layer.count > 0:
            words.append("(non-trainable)")
        return " ".join(self._word(printable(word)) for word in words)


def _product(formula: str, count: int) -> tuple[str, ...]:
    """The parts of "16 x 8 = 128"; of a vector its size alone."""
    return (f"{count:,}",) if formula == str(count) else (formula, f"= {count:,}")


def _has_two_biases(gate: Term) -> bool:
    return len(gate.shapes) == 3 and len(gate.shapes[-1]) == 2
