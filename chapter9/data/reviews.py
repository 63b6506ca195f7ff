"""Reviews as token ids: many of them, each with its length, and how they are cut.

Book: section 9-2. The last 100 tokens of a review are kept, zeros stand in front.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from chapter9.data.text import PADDING, UNKNOWN


@dataclass(frozen=True)
class Reviews:
    """Labelled reviews, their tokens end to end in one array.

    Attributes:
        tokens: (total tokens,) integers.
        offsets: (reviews + 1,), review i is tokens[offsets[i]:offsets[i + 1]].
        labels: (reviews,), 1 positive, 0 negative; of a user's own from 0 on.
    """

    tokens: np.ndarray
    offsets: np.ndarray
    labels: np.ndarray

    @classmethod
    def from_lists(cls, reviews: Sequence[Sequence[int]], labels) -> "Reviews":
        """Makes it from a list of tokens a review, as `keras.datasets.imdb` has it."""
        lengths = np.fromiter(map(len, reviews), np.int64, len(reviews))
        offsets = np.concatenate([[0], np.cumsum(lengths)])
        flat = (token for review in reviews for token in review)
        tokens = np.fromiter(flat, np.int32, offsets[-1])
        return cls(tokens, offsets, np.asarray(labels, np.int8))

    def __len__(self) -> int:
        return len(self.labels)

    def __getitem__(self, i: int) -> np.ndarray:
        return self.tokens[self.offsets[i] : self.offsets[i + 1]]

    @property
    def lengths(self) -> np.ndarray:
        """The number of tokens of each review, (reviews,)."""
        return np.diff(self.offsets)

    def crop_and_pad(self, timesteps: int, num_words: int, rows=None) -> np.ndarray:
        """Keeps the last tokens, pads in front, and hides the rare words.

        The same as `imdb.load_data(num_words)` and `pad_sequences(maxlen=timesteps)`.

        Args:
            timesteps: tokens kept.
            num_words: the smallest token that is hidden.
            rows: (reviews,) integers, which reviews; None for all.

        Returns:
            (reviews, timesteps) int32 in 0 ... num_words - 1.
        """
        rows = slice(None) if rows is None else rows
        starts, ends = self.offsets[:-1][rows], self.offsets[1:][rows]
        if not len(self.tokens):
            return np.full((len(starts), timesteps), PADDING, np.int32)
        # Timestep t has the token at ends - timesteps + t, if that is the review's own.
        places = ends[:, None] + np.arange(-timesteps, 0)
        padded = np.take(self.tokens, places, mode="clip").astype(np.int32, copy=False)
        padded[padded >= num_words] = UNKNOWN
        padded[places < starts[:, None]] = PADDING
        return padded


def validation_split(reviews: int, fraction: float = 0.2, seed: int = 42):
    """Returns the rows to train on and the rows to validate on, two integer arrays.

    The same rows in the same order as scikit-learn's train_test_split(test_size=0.2,
    random_state=42), which the book uses: one permutation, the validation rows first.
    """
    order = np.random.RandomState(seed).permutation(reviews)
    validation = int(np.ceil(reviews * fraction))
    return order[validation:], order[:validation]


def set_aside(labels: np.ndarray, fraction: float = 0.1, seed: int = 42) -> np.ndarray:
    """Returns which reviews to test on, (reviews,) truth values.

    Of each label's reviews `fraction`, at least one.

    Args:
        labels: (reviews,) integers from 0 on.
        fraction: to test on.
        seed: decides which.
    """
    random = np.random.RandomState(seed)
    aside = np.zeros(len(labels), bool)
    for label in range(labels.max() + 1):
        rows = np.flatnonzero(labels == label)
        random.shuffle(rows)
        aside[rows[: int(np.ceil(len(rows) * fraction))]] = True
    return aside
