"""What came of many seeds: the best epoch of each, and how far apart they lie."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from chapter9.run_folder.history import History, best_epoch

# A seed has learned if its validation accuracy at the best epoch is at least that; half
# of the reviews are positive. With more labels it is as much less as guessing is.
LEARNED = 0.6


@dataclass(frozen=True)
class Outcome:
    """The best epoch of training with a seed.

    Attributes:
        seed: of the weights, the order of the reviews and dropout.
        best_epoch: from 1, the one with the lowest validation loss.
        epochs: how many there were.
        loss: the validation loss at the best epoch.
        accuracy: the validation accuracy there.
        labels: how many the model tells apart.
    """

    seed: int
    best_epoch: int
    epochs: int
    loss: float
    accuracy: float
    labels: int = 2

    @property
    def learned(self) -> bool:
        """Whether it is clearly better than tossing a coin."""
        return self.accuracy >= least(self.labels)


def least(labels: int) -> float:
    """Returns the accuracy that a seed has learned with, of so many labels."""
    return LEARNED * 2 / labels


def outcome(seed: int, history: History, labels: int = 2) -> Outcome:
    """Returns the best epoch of a training."""
    best = best_epoch(history)
    return Outcome(
        seed,
        best + 1,
        len(history["val_loss"]),
        history["val_loss"][best],
        history["val_accuracy"][best],
        labels,
    )


def outcomes(histories: Mapping[int, History], labels: int = 2) -> list[Outcome]:
    """Returns the best epoch of every seed, in the given order."""
    return [outcome(seed, history, labels) for seed, history in histories.items()]


def quartiles(values: Sequence[float]) -> list[float]:
    """Returns the lowest, the quartiles with the median between, and the highest."""
    return [float(value) for value in np.quantile(values, (0, 0.25, 0.5, 0.75, 1))]
