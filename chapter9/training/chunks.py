"""An epoch in chunks of about a second, for progress and for Ctrl-C."""

import functools
import time
from collections.abc import Callable, Iterator

import keras
import numpy as np

from chapter9.training.epoch_program import Logs, Program
from chapter9.training.samples import Samples


class Pace:
    """How many batches to run before looking up: as many as take about a second."""

    def __init__(self, seconds: float = 1.0):
        self.seconds = seconds
        self.batches = 1

    def update(self, elapsed: float) -> None:
        """Adapts the number of batches to the time that the last ones took."""
        if elapsed < self.seconds / 2:
            self.batches *= 2
        elif elapsed > self.seconds * 2:
            self.batches = max(1, self.batches // 2)

    def timed(self, program: Program, *arguments) -> Logs:
        """Runs a program, adapts to its time and returns its logs as NumPy arrays."""
        begin = time.perf_counter()
        logs = program(*arguments)
        # Also waits for the device.
        logs = keras.tree.map_structure(keras.ops.convert_to_numpy, logs)
        self.update(time.perf_counter() - begin)
        return logs


def chunks(
    program: Program, samples: Samples, order: np.ndarray, batch_size: int, pace: Pace
) -> Iterator[tuple[int, int, Callable[[], Logs]]]:
    """Yields an epoch's chunks: first batch, last batch, and the function to run them.

    Args:
        program: what runs them.
        samples: in any order.
        order: the samples to take, as numbers.
        batch_size: samples; the last batch has what is left.
        pace: says how many batches a chunk has, and learns from each.
    """
    full = len(order) // batch_size
    groups = [order[: full * batch_size].reshape(full, batch_size)]
    if len(order) % batch_size:
        groups.append(order[None, full * batch_size :])
    done = 0  # batches
    for rows in groups:
        start = 0
        while start < len(rows):
            stop = min(len(rows), start + pace.batches)
            run = functools.partial(pace.timed, program, samples, rows, start, stop)
            yield done + start, done + stop - 1, run
            start = stop
        done += len(rows)
