"""Reviews cut and padded when they are asked for: they may be more than the memory has.

A slice is a view, as one of `np.memmap` is; integers read.
"""

import math
from dataclasses import dataclass

import numpy as np

from chapter9.data.reviews import Reviews

AT_ONCE = 5_000  # reviews


@dataclass(frozen=True)
class PaddedReviews:
    """What `Reviews.crop_and_pad` returns of some rows, row by row on demand.

    Attributes:
        reviews: their tokens may lie in a mapped file.
        rows: (reviews,) integers, which of them.
        timesteps, num_words: as `crop_and_pad` takes them.
    """

    reviews: Reviews
    rows: np.ndarray
    timesteps: int
    num_words: int

    dtype = np.dtype(np.int32)

    @property
    def shape(self) -> tuple[int, int]:
        """(reviews, timesteps)."""
        return len(self.rows), self.timesteps

    @property
    def nbytes(self) -> int:
        """What all of them would take in memory."""
        return math.prod(self.shape) * self.dtype.itemsize

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, some):
        """Reviews of these numbers, (..., timesteps); of a slice a view of them."""
        rows = self.rows[some]
        if isinstance(some, slice):
            return PaddedReviews(self.reviews, rows, self.timesteps, self.num_words)
        padded = self.reviews.crop_and_pad(self.timesteps, self.num_words, rows.ravel())
        return padded.reshape(*rows.shape, self.timesteps)

    def __array__(self, dtype=None, copy=None) -> np.ndarray:
        """All of them, (reviews, timesteps) int32."""
        padded = np.empty(self.shape, dtype or self.dtype)
        # Piece by piece, because cropping takes more memory than its result.
        for start in range(0, len(self), AT_ONCE):
            some = slice(start, start + AT_ONCE)
            padded[some] = self.reviews.crop_and_pad(
                self.timesteps, self.num_words, self.rows[some]
            )
        return padded
