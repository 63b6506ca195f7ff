"""The reviews a run works on: IMDB or the sample, split, cut and padded as in the book.

Book: section 9-2. 25,000 reviews are split into 20,000 to train on and 5,000 to
validate on; the last 100 tokens of each are kept, zeros stand in front.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import numpy as np

from before_keras import book
from before_keras.places import DATA_VARIABLE, named_data
from before_keras.safety import bounds
from before_keras.safety.errors import UserError
from before_keras.safety.untrusted import regular_file
from chapter9.data import imdb, sample
from chapter9.data.reviews import Reviews, validation_split
from chapter9.data.text import Vocabulary


@dataclass(frozen=True)
class Corpus:
    """Reviews with their vocabulary.

    Attributes:
        name: "imdb" or "sample".
        training: the reviews to split into training and validation.
        test: the reviews kept for the end.
        note: what the user should know about where they come from, or "".
    """

    name: str
    training: Reviews
    test: Reviews
    note: str = ""
    load_words: Callable[[], list[str]] = field(repr=False, default=list)

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """The words that have a token."""
        return Vocabulary(self.load_words())

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

    x: np.ndarray
    y: np.ndarray


def load(source: str = "auto") -> Corpus:
    """Returns the reviews that `source` names.

    Args:
        source: "imdb"; "sample", reviews that this project generates; "auto", IMDB if
            it is available, else the sample; or the path of an imdb.npz. For "imdb" and
            "auto" the environment variable CHAPTER9_DATA may name the file.

    Raises:
        UserError: if the file that was asked for cannot be used.
    """
    if source == "sample":
        return _sample()
    path = named_data() if source in ("auto", "imdb") else source
    if path or source not in ("auto", "imdb"):
        remedy = (
            f"--data (or {DATA_VARIABLE}) takes the path of an imdb.npz, "
            "or one of auto, imdb, sample"
        )
        if not path:
            raise UserError(f"the path of the data is empty: {remedy}")
        return _imdb(regular_file(Path(path), remedy, bounds.MAX_IMDB_FILE))
    try:
        return _imdb(None)
    except UserError as error:
        if source == "imdb":
            raise
        return _sample(note=f"IMDB could not be had, so this is the sample: {error}")


def split(
    corpus: Corpus, timesteps: int = book.TIMESTEPS, num_words: int = book.WORDS
) -> tuple[Split, Split]:
    """Returns the 80 % to train on and the 20 % to validate on, cut and padded."""
    whole = prepare(corpus.training, timesteps, num_words)
    training, validation = (
        Split(whole.x[rows], whole.y[rows])
        for rows in validation_split(len(corpus.training))
    )
    return training, validation


def prepare(reviews: Reviews, timesteps: int, num_words: int) -> Split:
    """Returns reviews cut and padded to `timesteps` tokens below `num_words`."""
    labels = np.asarray(reviews.labels, np.float32)[:, None]
    return Split(reviews.crop_and_pad(timesteps, num_words), labels)


def _imdb(path: Path | None) -> Corpus:
    training, test = imdb.load(path)
    return Corpus("imdb", training, test, load_words=lambda: imdb.load_words(path))


def _sample(note: str = "") -> Corpus:
    words, training, test = sample.generate()
    return Corpus(
        "sample",
        Reviews.from_lists(*training),
        Reviews.from_lists(*test),
        note,
        load_words=lambda: words,
    )
