"""Bars in a terminal for what takes long; none in a file or a pipe."""

from collections.abc import Iterable
from contextlib import AbstractContextManager, nullcontext
from typing import IO, BinaryIO, TypeVar

from rich.console import Console
from rich.progress import track, wrap_file

T = TypeVar("T")


def watched(items: Iterable[T], count: int, what: str) -> Iterable[T]:
    """Returns the items, with a bar that shows how many of `count` are done."""
    console = Console(stderr=True)
    if not console.is_terminal:
        return items
    return track(items, what, count, console=console, transient=True)


def reading(file: BinaryIO, size: int, what: str) -> AbstractContextManager[IO[bytes]]:
    """Returns a file, with a bar that shows how many of its `size` bytes are read."""
    console = Console(stderr=True)
    if not console.is_terminal:
        return nullcontext(file)
    return wrap_file(file, size, description=what, console=console, transient=True)
