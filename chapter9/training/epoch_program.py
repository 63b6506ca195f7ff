"""The program that runs the batches of an epoch, on each of Keras's backends.

The samples lie on the device, and one XLA program loops over the batches: it gathers
their rows and runs the model's own `train_step`, so that loss, metrics, dropout and
optimizer are those of `fit`. Torch has no such program; there the loop is Python's.
"""

from collections.abc import Callable

import keras
import numpy as np

# run(rows, start, stop) puts batches start ... stop - 1 of rows (batches, batch size)
# through the model.
Program = Callable[[np.ndarray, int, int], None]


def compile_program(model, x, y, training: bool) -> Program:
    """Returns the program that trains a model on batches of x and y, or evaluates."""
    _build(model, x[:1], y[:1])
    make = {
        "tensorflow": _tensorflow_program,
        "jax": _jax_program,
        "torch": _torch_program,
    }[keras.backend.backend()]
    return make(model, x, y, training)


def _build(model, x, y) -> None:
    """Creates all variables, which a compiled program may not."""
    # Keras's LSTM and GRU draw a dropout mask here all the same, which fit does not.
    random_states = [
        (variable, keras.ops.copy(variable))
        for variable in model.non_trainable_variables
    ]
    y_pred = model(x, training=False)
    for variable, value in random_states:
        variable.assign(value)
    model.compute_loss(x, y, y_pred)
    model.compute_metrics(x, y, y_pred)
    model.optimizer.build(model.trainable_variables)


def _tensorflow_program(model, x, y, training) -> Program:
    import tensorflow as tf

    step = model.train_step if training else model.test_step
    x, y = tf.constant(x), tf.constant(y)

    def loop(rows, start, stop):
        def batch(i):
            step((tf.gather(x, rows[i]), tf.gather(y, rows[i])))
            return (i + 1,)

        tf.while_loop(lambda i: i < stop, batch, (start,))

    # A lone batch, the smaller one at the end of an epoch, is not worth XLA's seconds.
    compiled, lone = tf.function(loop, jit_compile=True), tf.function(loop)

    def run(rows, start, stop):
        function = compiled if len(rows) > 1 else lone
        function(*map(tf.constant, (rows, start, stop)))

    return run


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


def _torch_program(model, x, y, training) -> Program:
    import torch

    step = model.train_step if training else model.test_step
    x, y = keras.ops.convert_to_tensor(x), keras.ops.convert_to_tensor(y)

    def run(rows, start, stop):
        with torch.set_grad_enabled(training):
            for batch in torch.as_tensor(rows[start:stop], device=x.device):
                step((x[batch], y[batch]))

    return run
