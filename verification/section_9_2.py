"""Section 9-2: IMDB with SimpleRNN, the models and the facts of the data."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import keras
import numpy as np

from before_keras import book
from before_keras.language import Text, _
from chapter9 import data
from chapter9.data import Corpus
from chapter9.data.reviews import validation_split
from chapter9.data.text import UNKNOWN
from verification import model_facts
from verification.line import Line

WORDS = 200  # as the 2nd edition counts its bytes


def lines(corpus: Corpus | None) -> list[Line]:
    """Returns the lines of the section's models and of the data.

    Args:
        corpus: IMDB; without it the data's lines are skipped.
    """
    return [*model_facts.lines("9-2"), *(_line(fact, corpus) for fact in _facts())]


@dataclass(frozen=True)
class DataFact:
    """A fact of IMDB: what it says, the book's value, and how to find it.

    Attributes:
        claim: in English and Korean.
        book: the book's value.
        name: of the value in book.py, by which its cells are found.
        found: takes the corpus, returns the value by this project's data code and, if
            Keras has the like, by Keras's own.
    """

    claim: Text
    book: str
    name: str
    found: Callable[[Corpus], tuple[str, ...]]


def _line(fact: DataFact, corpus: Corpus | None) -> Line:
    cells = book.Cells(*book.DATA_NOTEBOOK, book.DATA_CELLS[fact.name])
    line = Line("9-2", cells.version, fact.claim, fact.book, cell=str(cells))
    if corpus is None:
        return replace(line, verdict="skipped: no data")
    custom, builtin = (*fact.found(corpus), "")[:2]
    return replace(line, custom=custom, builtin=builtin)


def _facts() -> tuple[DataFact, ...]:
    return (
        DataFact(
            Text(
                "IMDB: reviews to train and to test on", "IMDB: 훈련 리뷰와 테스트 리뷰"
            ),
            f"{book.REVIEWS:,} + {book.REVIEWS:,}",
            "REVIEWS",
            _reviews,
        ),
        DataFact(
            Text(
                "train_test_split: to train and to validate on", "훈련 세트와 검증 세트"
            ),
            _counts(book.SPLIT),
            "SPLIT",
            _split,
        ),
        DataFact(
            Text("tokens of the first two reviews", "처음 두 리뷰의 토큰 개수"),
            _counts(book.FIRST_LENGTHS),
            "FIRST_LENGTHS",
            _first_lengths,
        ),
        DataFact(
            Text("labels of the first reviews", "처음 리뷰 20개의 타깃"),
            " ".join(map(str, book.FIRST_LABELS)),
            "FIRST_LABELS",
            _first_labels,
        ),
        DataFact(
            Text("mean length of the 20,000 reviews", "훈련 세트 리뷰 길이의 평균"),
            f"{book.MEAN_LENGTH}",
            "MEAN_LENGTH",
            _mean,
        ),
        DataFact(
            Text("median length of the 20,000 reviews", "훈련 세트 리뷰 길이의 중간값"),
            f"{book.MEDIAN_LENGTH}",
            "MEDIAN_LENGTH",
            _median,
        ),
        DataFact(
            Text(
                "the last 100 tokens of each, zeros in front (pad_sequences)",
                "리뷰마다 마지막 토큰 100개, 앞은 0으로 패딩(pad_sequences)",
            ),
            _counts((book.SPLIT[0], book.TIMESTEPS)),
            "TIMESTEPS",
            _padded,
        ),
        DataFact(
            Text(
                "bytes of the one-hot rows / of the ids",
                "원-핫 배열과 토큰 배열의 크기(바이트)",
            ),
            f"{book.ONE_HOT_BYTES:,} / {book.TOKEN_BYTES:,}",
            "ONE_HOT_BYTES",
            _bytes,
        ),
    )


def _reviews(corpus):
    return (f"{len(corpus.training):,} + {len(corpus.test):,}",)


def _split(corpus):
    return (_counts(map(len, validation_split(len(corpus.training)))),)


def _first_lengths(corpus):
    return (_counts(corpus.training.lengths[:2]),)


def _first_labels(corpus):
    first = corpus.training.labels[: len(book.FIRST_LABELS)]
    return (" ".join(map(str, first)),)


def _training_lengths(corpus):
    rows = validation_split(len(corpus.training))[0]
    return corpus.training.lengths[rows]


def _mean(corpus):
    return (f"{np.mean(_training_lengths(corpus))}",)


def _median(corpus):
    return (f"{np.median(_training_lengths(corpus))}",)


def _padded(corpus):
    """Our rows and those of Keras's pad_sequences; its rows are ours, or it says so."""
    training = data.split(corpus, book.TIMESTEPS, WORDS)[0]
    rows = validation_split(len(corpus.training))[0]
    some = rows[:100]
    ids = [
        np.where(r < WORDS, r, UNKNOWN) for r in (corpus.training[row] for row in some)
    ]
    padded = keras.utils.pad_sequences(ids, maxlen=book.TIMESTEPS)
    same = np.array_equal(training.x[: len(some)], padded)
    shape = _counts(training.x.shape)
    return shape, shape if same else _("other rows than pad_sequences")


def _bytes(corpus):
    """Bytes of the one-hot rows, measured on ten reviews, and of the ids."""
    training = data.split(corpus, book.TIMESTEPS, WORDS)[0]
    ten = keras.utils.to_categorical(training.x[:10], WORDS)
    one_hot = ten.nbytes // len(ten) * len(training.x)
    return (f"{one_hot:,} / {training.x.nbytes:,}",)


def _counts(numbers) -> str:
    return ", ".join(f"{number:,}" for number in numbers)
