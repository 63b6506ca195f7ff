"""The author's own runs: every epoch of the trainings that his notebooks print.

hg-mldl (1st edition, 2020 to 2024) and hg-mldl2 (2nd edition, from 2025), read out of
all published versions of the notebooks. author_runs.json holds the figures, each with
the dates and commits of the versions that print it. A curve that several versions print
is one run.
"""

import json
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from itertools import groupby

from before_keras import book

METRICS = ("loss", "accuracy", "val_loss", "val_accuracy")
OPTIMIZERS = {1: "rmsprop", 2: "adam"}  # by edition
BEST_ONLY_FROM = "2021-04-02"  # the notebooks' ModelCheckpoint has save_best_only


@dataclass(frozen=True)
class Printed:
    """A version of a notebook that prints a run.

    Attributes:
        date: of the commit, year-month-day.
        commit: its first seven digits.
        milliseconds: per training step, on a machine that is not known; None if the
            notebook does not say.
    """

    date: str
    commit: str
    milliseconds: int | None


@dataclass(frozen=True)
class AuthorRun:
    """A training run of the author's.

    Attributes:
        edition: 1 or 2.
        section: "9-2" or "9-3".
        model: as models.build takes it.
        words: the number of different tokens.
        batch_size: reviews per training step.
        optimizer: "rmsprop", with a learning rate of 1e-4, or "adam".
        embedding_size: numbers per word; None for one-hot encoding.
        notebook: repository and file.
        printed: the versions of the notebook that print the run, oldest first.
        best_epoch: from 1; of equal losses, as they are printed, it need not be the
            first: early stopping saw more digits.
        history: loss, accuracy, val_loss and val_accuracy of every epoch. Keras 3's
            training figures (2nd edition) are averages over the epoch.
        note: what keeps the run from being an ordinary one, or "".
    """

    edition: int
    section: str
    model: str
    words: int
    batch_size: int
    optimizer: str
    embedding_size: int | None
    notebook: str
    printed: tuple[Printed, ...]
    best_epoch: int
    history: dict[str, tuple[float, ...]]
    note: str = ""

    @property
    def loss(self) -> float:
        """The validation loss at the best epoch."""
        return self.history["val_loss"][self.best_epoch - 1]

    @property
    def accuracy(self) -> float:
        """The validation accuracy at the best epoch."""
        return self.history["val_accuracy"][self.best_epoch - 1]

    @property
    def epochs(self) -> int:
        """The number of epochs until early stopping."""
        return len(self.history["loss"])

    @property
    def dates(self) -> str:
        """The months in which it was printed: "2021-02, 04"."""
        return months(self.printed)

    @property
    def is_the_books(self) -> bool:
        """Whether it was trained as the book says, to its end."""
        return (
            self.batch_size == book.BATCH_SIZE
            and self.embedding_size in (None, book.EMBEDDING_SIZE)
            and self.optimizer == OPTIMIZERS[self.edition]
            and self.note != "interrupted by hand"
        )


@dataclass(frozen=True)
class TestResult:
    """A model of the author's on the 25,000 reviews kept for the end.

    Attributes:
        edition: 1 or 2.
        model: as models.build takes it.
        words: the number of different tokens.
        notebook: repository and file.
        printed: the versions of the notebook that print it.
        loss: on the test set.
        accuracy: likewise.
    """

    edition: int
    model: str
    words: int
    notebook: str
    printed: tuple[Printed, ...]
    loss: float
    accuracy: float

    @property
    def dates(self) -> str:
        """The months in which it was printed."""
        return months(self.printed)

    @property
    def is_of_last_epoch(self) -> bool:
        """Whether the model is that of the last epoch, not that of the best one."""
        return min(one.date for one in self.printed) < BEST_ONLY_FROM


def months(printed: tuple[Printed, ...]) -> str:
    """Returns the months of some dates, each year once: "2020-10, 11; 2021-02"."""
    days = sorted({one.date[:7] for one in printed})
    years = groupby(days, key=lambda month: month[:4])
    return "; ".join(f"{year}-" + ", ".join(m[5:] for m in ms) for year, ms in years)


@lru_cache(maxsize=1)
def training_runs() -> tuple[AuthorRun, ...]:
    """Returns all 63 runs, in the notebooks' order."""
    return tuple(map(_run, _read()["training"]))


@lru_cache(maxsize=1)
def test_results() -> tuple[TestResult, ...]:
    """Returns all 10 results on the test set."""
    return tuple(
        TestResult(**{**one, "printed": _printed(one)}) for one in _read()["test"]
    )


def reruns(model: str, words: int, edition: int) -> list[AuthorRun]:
    """Returns the runs of a model that were trained as the book trains it."""
    return [
        run
        for run in training_runs()
        if (run.model, run.words, run.edition) == (model, words, edition)
        and run.is_the_books
    ]


def tested(model: str, words: int, edition: int) -> list[TestResult]:
    """Returns the results of a model on the test set."""
    return [
        result
        for result in test_results()
        if (result.model, result.words, result.edition) == (model, words, edition)
    ]


def _read():
    file = resources.files("before_keras").joinpath("author_runs.json")
    return json.loads(file.read_text(encoding="utf-8"))


def _run(one) -> AuthorRun:
    columns = zip(*one.pop("epochs"), strict=True)
    history = dict(zip(METRICS, columns, strict=True))
    return AuthorRun(**{**one, "printed": _printed(one), "history": history})


def _printed(one) -> tuple[Printed, ...]:
    return tuple(Printed(*version) for version in one["printed"])
