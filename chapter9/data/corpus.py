"""The reviews a run works on: IMDB or the sample, split, cut and padded as in the book.

Book: section 9-2. 25,000 reviews are split into 20,000 to train on and 5,000 to
validate on; the last 100 tokens of each are kept, zeros stand in front.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from before_keras import book
from before_keras.names import LABELS
from before_keras.safety import bounds
from chapter9.data.padded import PaddedReviews
from chapter9.data.reviews import Reviews, validation_split
from chapter9.data.text import Vocabulary


@dataclass(frozen=True)
class Origin:
    """The file that reviews were read from.

    Attributes:
        path: where it was, absolute.
        checksum: its SHA-256.
    """

    path: str
    checksum: str


@dataclass(frozen=True)
class Corpus:
    """Reviews with their vocabulary.

    Attributes:
        name: "imdb", "sample" or "own", a user's.
        training: the reviews to split into training and validation.
        test: the reviews kept for the end.
        note: what the user should know about where they come from, or "".
        origin: the file that they were read from, if there is one.
        tokens: how their texts become tokens, one of `tokens.KINDS`.
        labels: the names of the labels, that of label 0 first.
    """

    name: str
    training: Reviews
    test: Reviews
    note: str = ""
    load_words: Callable[[], list[str]] = field(repr=False, default=list)
    origin: Origin | None = None
    tokens: str = "imdb"
    labels: tuple[str, ...] = LABELS

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """The words that have a token."""
        return Vocabulary(self.load_words(), self.tokens)

    @cached_property
    def fingerprint(self) -> str:
        """A SHA-256 of every token and label: equal reviews have equal fingerprints."""
        digest = hashlib.sha256()
        for part in (self.training, self.test):
            for array in (part.tokens, part.offsets, part.labels):
                digest.update(np.ascontiguousarray(array).data)
        return digest.hexdigest()


@dataclass(frozen=True)
class Split:
    """Reviews ready for a network: x (reviews, timesteps) int32, y (reviews, 1)."""

    x: np.ndarray | PaddedReviews
    y: np.ndarray


def split(
    corpus: Corpus, timesteps: int = book.TIMESTEPS, num_words: int = book.WORDS
) -> tuple[Split, Split]:
    """Returns the 80 % to train on and the 20 % to validate on, cut and padded."""
    rows, validation_rows = validation_split(len(corpus.training))
    return (
        prepare(corpus.training, timesteps, num_words, rows),
        prepare(corpus.training, timesteps, num_words, validation_rows),
    )


def prepare(reviews: Reviews, timesteps: int, num_words: int, rows=None) -> Split:
    """Returns reviews cut and padded to `timesteps` tokens below `num_words`.

    x is an array, unless it would have more than `bounds.MAX_HELD` bytes.

    Args:
        reviews: all reviews.
        timesteps: tokens of each review.
        num_words: the smallest token that is hidden.
        rows: (reviews,) integers, which of them; None for all.
    """
    rows = np.arange(len(reviews)) if rows is None else rows
    x = PaddedReviews(reviews, rows, timesteps, num_words)
    y = reviews.labels[rows].astype(np.float32)[:, None]
    return Split(x if x.nbytes > bounds.MAX_HELD else np.asarray(x), y)
