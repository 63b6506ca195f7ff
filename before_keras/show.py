"""How tables reach the reader: coloured in a terminal, plain text in a pipe.

A `Ledger` is a table of at most 80 columns: what is said on the left, with its mark in
front, and the value at the right margin, below where both do not fit on one line.
"""

import sys
from collections.abc import Iterator
from dataclasses import dataclass

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions
from rich.text import Text

WIDTH = 80  # columns; a letter of Hangul takes two
GAP = 2  # columns at least between a mark, a text and its value
NARROWEST = 10  # columns that a text is given, however narrow the terminal
STYLES = {  # of a mark
    "ok": "green",
    "FAIL": "bold red",
    "not known": "yellow",
    "skipped": "yellow",
}


def show(table: object) -> None:
    """Prints a table, whose `str` is the same text without colours, to stdout."""
    if sys.stdout.isatty():
        Console().print(table)
    else:
        sys.stdout.write(f"{table}\n")


@dataclass(frozen=True)
class Entry:
    """What stands in a ledger between two others.

    Attributes:
        left: what is said.
        values: what stands at the right, each in parts between which a line ends first.
        mark: in front, a key of `STYLES`; "" for none.
        shown: the mark in its reader's language.
        style: of the whole entry.
    """

    left: str
    values: tuple[tuple[str, ...], ...] = ()
    mark: str = ""
    shown: str = ""
    style: str = ""

    def lines(self, width: int, margin: int) -> Iterator[Text]:
        """The entry's lines of `width` columns at most, `margin` of them the mark's."""
        front = self.shown + " " * (margin - cell_len(self.shown))
        for text in self._texts(width - margin):
            line = Text().append(front, STYLES.get(self.mark)).append(text, self.style)
            line.rstrip()
            yield line
            front = " " * margin

    def _texts(self, width: int) -> list[str]:
        texts = wrapped(self.left, width)
        is_free = True  # the right half of the last line
        for line in (x for value in self.values for x in _filled(value, width)):
            space = width - cell_len(texts[-1]) - cell_len(line)
            if is_free and (space >= GAP or not texts[-1]):
                texts[-1] += " " * space + line
            else:
                texts.append(" " * (width - cell_len(line)) + line)
            is_free = False
        return texts


@dataclass(frozen=True)
class Ledger:
    """Groups of entries, one below the other; each group has room for its marks."""

    groups: tuple[tuple[Entry, ...], ...]

    def lines(self, width: int = WIDTH) -> Iterator[Text]:
        """The lines of all entries, none of more than `width` columns."""
        for group in self.groups:
            marks = max((cell_len(entry.shown) for entry in group), default=0)
            margin = marks and marks + GAP
            for entry in group:
                yield from entry.lines(max(width, margin + NARROWEST), margin)

    def __rich_console__(
        self, console: Console, options: ConsoleOptions
    ) -> Iterator[Text]:
        """For `rich.print`."""
        yield from self.lines(min(WIDTH, options.max_width))

    def __str__(self) -> str:
        return "\n".join(line.plain for line in self.lines())


def wrapped(text: str, width: int) -> list[str]:
    """Returns a text's lines, broken between words, or in a word that is wider."""
    lines = Text(text).wrap(Console(width=width), width)
    return [line.plain.rstrip() for line in lines] or [""]


def _filled(parts: tuple[str, ...], width: int) -> list[str]:
    """Lines with as many parts as fit; only a part that is wider itself is broken."""
    lines: list[str] = []
    for part in parts:
        joined = " ".join((*lines[-1:], part))
        if cell_len(joined) <= width:
            lines[-1:] = [joined]
        elif cell_len(part) > width:
            lines[-1:] = wrapped(joined, width)
        else:
            lines.append(part)
    return lines
