"""Texts on disk, more than memory holds: made plain once, then read again."""

from array import array
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np

from chapter9.data import tokens

SIZE = 4  # bytes, in front of each text: how many it has


def append(path: Path, texts: Iterable[str], kind: str) -> np.ndarray:
    """Writes texts behind those that are there, as `tokens.plain` makes them.

    Args:
        path: of the file.
        texts: of reviews.
        kind: as `tokens.split` takes it.

    Returns:
        (texts,) int64, a hash of each: those of equal texts are equal, and among ten
        million different ones two are with a chance of 1 in 300,000.
    """
    hashes = array("q")
    with open(path, "ab") as file:
        for text in texts:
            plain = tokens.plain(text, kind).encode()
            file.write(len(plain).to_bytes(SIZE, "little"))
            file.write(plain)
            hashes.append(hash(text.encode()))  # a str's depends on how Python holds it
    return np.frombuffer(hashes, np.int64)


def read(path: Path, kind: str) -> Iterator[Sequence[str]]:
    """Yields the pieces of each text."""
    with open(path, "rb") as file:
        while size := file.read(SIZE):
            plain = file.read(int.from_bytes(size, "little")).decode()
            yield tokens.pieces(plain, kind)
