"""How tables reach the reader: coloured in a terminal, plain text in a pipe."""

import io
import sys
from typing import Protocol

from rich.console import Console
from rich.table import Table

STYLES = {  # of a mark
    "ok": "green",
    "FAIL": "bold red",
    "not known": "yellow",
    "skipped": "yellow",
    "skipped: no data": "yellow",
}


class Tabular(Protocol):
    """What can be shown as a table."""

    def __rich__(self) -> Table:
        """The table."""


def show(table: Tabular) -> None:
    """Prints a table to stdout."""
    if sys.stdout.isatty():
        Console().print(table)
    else:
        sys.stdout.write(plain(table.__rich__()))


def plain(table: Table) -> str:
    """Returns a table as text: one line per row, however wide; no colours, no frame."""
    table.box, table.pad_edge = None, False
    written = io.StringIO()
    Console(file=written, width=10_000, color_system=None).print(table)
    return "".join(f"{line.rstrip()}\n" for line in written.getvalue().splitlines())
