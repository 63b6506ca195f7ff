"""One pass over the samples, to train or to evaluate, calling back as `fit` does.

It goes in chunks of about a second, for progress and for Ctrl-C.
"""

import functools
import itertools
import time
from collections.abc import Callable, Iterator

import keras
import numpy as np
from keras import tree

from chapter9.training.blocks import blocks
from chapter9.training.epoch_program import Logs, Program, epoch_program
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
        logs = tree.map_structure(keras.ops.convert_to_numpy, logs)  # waits for them
        self.update(time.perf_counter() - begin)
        return logs


def train(
    model: keras.Model,
    samples: Samples,
    order: np.ndarray,
    batch_size: int,
    pace: Pace,
    callbacks: keras.callbacks.CallbackList,
) -> Logs:
    """Trains a model on the samples in the given order; returns the epoch's logs."""
    program = epoch_program(model, training=True)
    for first, last, run in chunks(program, samples, order, batch_size, pace):
        callbacks.on_train_batch_begin(first)
        logs = run()
        callbacks.on_train_batch_end(last, logs)
        if model.stop_training:
            break
    return _of_all_batches(model, logs)


def evaluate(
    model: keras.Model,
    samples: Samples,
    batch_size: int,
    pace: Pace,
    callbacks: keras.callbacks.CallbackList,
) -> Logs:
    """Evaluates a model on all samples; returns the logs in one flat dict."""
    program = epoch_program(model, training=False)
    order = np.arange(len(samples[0]), dtype=np.int32)
    model.stop_evaluating = False
    callbacks.on_test_begin()
    model.reset_metrics()
    for first, last, run in chunks(program, samples, order, batch_size, pace):
        callbacks.on_test_batch_begin(first)
        logs = run()
        callbacks.on_test_batch_end(last, logs)
        if model.stop_evaluating:
            break
    logs = dict(_flat(_of_all_batches(model, logs)))
    callbacks.on_test_end(logs)
    return logs


def chunks(
    program: Program, samples: Samples, order: np.ndarray, batch_size: int, pace: Pace
) -> Iterator[tuple[int, int, Callable[[], Logs]]]:
    """Yields the chunks: the first batch, the last batch, and a function to run them.

    Args:
        program: what they are run by.
        samples: all samples.
        order: the samples' numbers, in the order in which to take them.
        batch_size: how many samples a batch has; the last one has those left over.
        pace: how many batches a chunk has; it learns from each chunk.
    """
    full = len(order) // batch_size * batch_size
    groups = order[:full].reshape(-1, batch_size), order[None, full:]
    done = 0  # batches
    for there, rows, count in itertools.chain.from_iterable(
        blocks(samples, rows) for rows in groups if rows.size
    ):
        start = 0
        while start < count:
            stop = min(count, start + pace.batches)
            run = functools.partial(pace.timed, program, there, rows, start, stop)
            yield done + start, done + stop - 1, run
            start = stop
        done += count


def _of_all_batches(model, logs: Logs) -> Logs:
    """The metrics; the last batch's logs if a step of the model's own has others."""
    metrics = model.get_metrics_result()
    return metrics if set(metrics) == set(logs) else dict(logs)


def _flat(logs: Logs) -> Iterator[tuple[str, float]]:
    """The items of logs in logs too, as Keras hands them to callbacks."""
    for name, value in logs.items():
        if isinstance(value, dict):
            yield from _flat(value)
        else:
            yield name, value
