"""A part of the reviews, written review by review as the arrays that `cache` maps."""

import contextlib
from array import array
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from numpy.lib import format as npy

from before_keras.language import _
from before_keras.safety import bounds
from chapter9.data import cache
from chapter9.data.text import START

BLOCK = 2**16  # tokens that are written at once


class _GrowingArray:
    """A .npy file with an array of one axis, which is appended to."""

    def __init__(self, path: Path, kind: type):
        self._length, self._kind = 0, np.dtype(kind)
        self._file = open(path, "wb")  # noqa: SIM115, closed by `close`
        self._write_header()

    def append(self, values: array) -> None:
        self._file.write(values)
        self._length += len(values)

    def close(self) -> None:
        with self._file:
            self._file.seek(0)
            self._write_header()

    def _write_header(self) -> None:
        """NumPy's header, which has room for a length of any number of digits."""
        header = {"descr": npy.dtype_to_descr(self._kind), "fortran_order": False}
        npy.write_array_header_1_0(self._file, header | {"shape": (self._length,)})


class PartFile(contextlib.AbstractContextManager):
    """Writes tokens and offsets of reviews, and at the end their labels.

    Args:
        folder: where.
        part: training or test.
    """

    def __init__(self, folder: Path, part: str):
        tokens, offsets, self._labels = (
            cache.array_file(folder, part, name) for name in cache.ARRAYS
        )
        self._tokens = _GrowingArray(tokens, np.int32)
        self._offsets = _GrowingArray(offsets, np.int64)
        self._written = 0  # tokens; the next ones wait here until they are a block
        self._waiting, self._ends = array("i"), array("q", [0])

    def append(self, tokens: Iterable[int]) -> None:
        """Writes a review: START, and its tokens.

        Raises:
            ValueError: if there are too many tokens.
        """
        self._waiting.append(START)
        self._waiting.extend(tokens)
        self._ends.append(self._written + len(self._waiting))
        if len(self._waiting) >= BLOCK:
            self._write()

    def finish(self, labels: np.ndarray) -> None:
        """Writes the rest, and the label of each review, (reviews,) int8.

        Raises:
            ValueError: as `append`.
        """
        self._write()
        np.save(self._labels, labels, allow_pickle=False)

    def _write(self) -> None:
        self._tokens.append(self._waiting)
        self._offsets.append(self._ends)
        self._written += len(self._waiting)
        self._waiting, self._ends = array("i"), array("q")
        if self._written > (most := bounds.MAX_OWN_TOKENS):
            raise ValueError(_("it has more than {most:,} tokens").format(most=most))

    def __exit__(self, *error) -> None:
        try:
            self._tokens.close()
        finally:
            self._offsets.close()
