"""An epoch as one compiled program: most of a small model's time is the trainer's.

`model.fit` goes back to Python for every batch. Here the samples lie on the device, an
epoch is an order of their rows, and one XLA program loops over the batches: it gathers
the rows and runs the model's own `train_step`, so that loss, metrics, dropout and
optimizer are those of `fit`. About once a second the program returns, for progress and
for Ctrl-C. Torch has no such program; there each batch goes to `train_on_batch`.
"""

import time
from collections.abc import Callable

import keras
import numpy as np

EVALUATION_BATCH = 1_000  # samples; the result does not depend on it
# run(rows, start, stop) puts batches start ... stop - 1 of rows (batches, batch size)
# through the model.
Program = Callable[[np.ndarray, int, int], None]


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
        x, y: arrays with the samples in their first axis.
        epochs, batch_size, validation_data, initial_epoch, verbose: as in `model.fit`.
        seed: the order of the samples follows from it and the epoch's number.
        callbacks: Keras callbacks; batch ends are reported about once a second.

    Returns:
        Keras's History callback, as `model.fit` does.
    """
    program = compile_program(model, x, y, training=True)
    if validation_data is not None:
        validation = compile_program(model, *validation_data, training=False)
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
            results = run_batches(model, validation, rows, EVALUATION_BATCH)
            logs |= {f"val_{name}": value for name, value in results.items()}
        callback_list.on_epoch_end(epoch, logs)
        if model.stop_training:
            break
    callback_list.on_train_end(logs)
    return model.history


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


def compile_program(model, x, y, training: bool) -> Program:
    """Returns the program that trains a model on batches of x and y, or evaluates it."""
    _build(model, x[:1], y[:1])
    make = {"tensorflow": _tensorflow_program, "jax": _jax_program}
    return make.get(keras.backend.backend(), _python_program)(model, x, y, training)


def _build(model, x, y) -> None:
    """Creates all variables, which a compiled program may not."""
    y_pred = model(x)
    model.compute_loss(x, y, y_pred)
    model.compute_metrics(x, y, y_pred)
    model.optimizer.build(model.trainable_variables)


def _tensorflow_program(model, x, y, training) -> Program:
    import tensorflow as tf

    step = model.train_step if training else model.test_step
    x, y = tf.constant(x), tf.constant(y)

    @tf.function(jit_compile=True)
    def loop(rows, start, stop):
        def batch(i):
            step((tf.gather(x, rows[i]), tf.gather(y, rows[i])))
            return (i + 1,)

        tf.while_loop(lambda i: i < stop, batch, (start,))

    return lambda rows, *span: loop(tf.constant(rows), *map(tf.constant, span))


def _jax_program(model, x, y, training) -> Program:
    import jax
    import jax.numpy as jnp

    step = model.train_step if training else model.test_step
    variables = [model.trainable_variables, model.non_trainable_variables]
    variables += [model.optimizer.variables] if training else []
    variables += [model.metrics_variables]
    x, y = jnp.asarray(x), jnp.asarray(y)

    @jax.jit
    def loop(state, x, y, rows, start, stop):
        def batch(i, state):
            return step(state, (x[rows[i]], y[rows[i]]))[1]

        return jax.lax.fori_loop(start, stop, batch, state)

    def run(rows, start, stop):
        state = tuple([variable.value for variable in group] for group in variables)
        state = loop(state, x, y, rows, start, stop)
        for group, values in zip(variables, state, strict=True):
            for variable, value in zip(group, values, strict=True):
                variable.assign(value)

    return run


def _python_program(model, x, y, training) -> Program:
    step = model.train_on_batch if training else model.test_on_batch

    def run(rows, start, stop):
        for batch in rows[start:stop]:
            step(x[batch], y[batch])

    return run
