"""An epoch as one compiled program: most of a small model's time is the trainer's.

`model.fit` goes back to Python for every batch. Here an epoch is an order of the
samples, and a program (`epoch_program.py`) runs its batches. About once a second the
program returns, for progress and for Ctrl-C.
"""

import time

import keras
import numpy as np

from chapter9.training import batches
from chapter9.training.epoch_program import Program, compile_program

EVALUATION_BATCH = 1_000  # samples at most


def fit(
    model: keras.Model,
    x: np.ndarray,
    y: np.ndarray,
    *,
    epochs: int,
    batch_size: int = 32,
    seed: int = 0,
    validation_data: tuple[np.ndarray, np.ndarray] | None = None,
    callbacks: list[keras.callbacks.Callback] | None = None,
    initial_epoch: int = 0,
    verbose: int = 1,
) -> keras.callbacks.History:
    """Trains a compiled model as `model.fit` does, each epoch in one program.

    Args:
        model: a compiled Keras model with one input and one output.
        x: the inputs, samples in the first axis.
        y: the targets, likewise.
        epochs: as in `model.fit`.
        batch_size: as in `model.fit`.
        seed: the order of the samples follows from it and the epoch's number.
        validation_data: x and y; as in `model.fit`.
        callbacks: Keras callbacks; batch ends are reported about once a second.
        initial_epoch: as in `model.fit`.
        verbose: as in `model.fit`.

    Returns:
        Keras's History callback, as `model.fit` does.
    """
    program = compile_program(model, x, y, training=True)
    if validation_data is not None:
        validation = compile_program(model, *validation_data, training=False)
        validated = batches.batch_size(model, validation_data[0], EVALUATION_BATCH)
    callback_list = keras.callbacks.CallbackList(
        callbacks,
        add_history=True,
        add_progbar=verbose != 0,
        verbose=verbose,
        epochs=epochs,
        steps=-(-len(x) // batch_size),
        model=model,
    )
    pace = Pace()
    model.stop_training = False
    callback_list.on_train_begin()
    logs: dict[str, float] = {}
    for epoch in range(initial_epoch, epochs):
        callback_list.on_epoch_begin(epoch)
        order = epoch_order(len(x), seed, epoch)
        logs = run_batches(model, program, order, batch_size, pace, callback_list)
        if validation_data is not None:
            rows = np.arange(len(validation_data[0]))
            results = run_batches(model, validation, rows, validated)
            logs |= {f"val_{name}": value for name, value in results.items()}
        callback_list.on_epoch_end(epoch, logs)
        if model.stop_training:
            break
    callback_list.on_train_end(logs)
    return model.history


def describe() -> str:
    """Says in one line how an epoch runs on this backend."""
    backend = keras.backend.backend()
    if backend == "torch":
        return "torch: an epoch goes batch by batch, as in model.fit"
    return f"{backend}: an epoch is one program, compiled by XLA"


def make_deterministic() -> None:
    """Has the backend repeat a run bit by bit, on the same machine and seed."""
    backend = keras.backend.backend()
    if backend == "tensorflow":
        import tensorflow as tf

        tf.config.experimental.enable_op_determinism()
    elif backend == "torch":
        import torch

        torch.use_deterministic_algorithms(True)
    # JAX has nothing to turn on: on CPU its programs repeat themselves as they are.


def epoch_order(samples: int, seed: int, epoch: int) -> np.ndarray:
    """Returns the order of the samples in an epoch, a function of (seed, epoch) alone.

    `fit` with `keras.utils.set_random_seed` repeats one order in every epoch.
    """
    return np.random.default_rng([seed, epoch]).permutation(samples).astype(np.int32)


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


def run_batches(
    model, program: Program, order, batch_size: int, pace=None, callbacks=None
) -> dict[str, float]:
    """Runs all samples in the given order, batch by batch; returns the metrics."""
    model.reset_metrics()
    full = len(order) // batch_size
    groups = [order[: full * batch_size].reshape(full, batch_size)]
    if len(order) % batch_size:
        groups.append(order[None, full * batch_size :])
    done = 0  # batches
    for rows in groups:
        start = 0
        while start < len(rows):
            stop = min(len(rows), start + pace.batches) if pace else len(rows)
            if callbacks:
                callbacks.on_train_batch_begin(done + start)
            begin = time.perf_counter()
            program(rows, start, stop)
            logs = {k: float(v) for k, v in model.get_metrics_result().items()}
            if pace:
                pace.update(time.perf_counter() - begin)
            if callbacks:
                callbacks.on_train_batch_end(done + stop - 1, logs)
            start = stop
        done += len(rows)
    return logs
