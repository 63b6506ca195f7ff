"""The program that runs the batches of an epoch, on each of Keras's backends.

The samples lie on the device, and one XLA program loops over the batches: it gathers
their rows and runs the model's own `train_step`, so that loss, metrics, dropout and
optimizer are those of `fit`. Torch has no such program; there the loop is Python's.
"""

import functools
import re
from collections.abc import Callable
from typing import Any

import keras
import numpy as np

from before_keras.safety.files import uninterrupted
from chapter9.training import processes
from chapter9.training.compiled_dropout import compute_keys_once
from chapter9.training.samples import Samples

Logs = dict[str, Any]
# program(samples, rows, start, stop) puts batches start ... stop - 1 of rows (batches,
# batch size) through the model and returns the logs of the last one.
Program = Callable[[Samples, np.ndarray, int, int], Logs]

XLA_OPTIONS: dict[str, bool] = {}  # of the programs that JAX compiles from now on


def build(model: keras.Model, batch: Samples) -> None:
    """Creates all variables, which a compiled program may not do.

    Raises:
        ValueError: if Keras cannot, because the model cannot be called.
    """
    try:
        with uninterrupted():  # which Keras swallows here
            # No public name has what fit calls; it computes nothing, draws no numbers.
            model._symbolic_build(data_batch=batch)
    except RuntimeError as error:
        raise ValueError(
            f"model {model.name!r} fails when it is called on x to build its layers: "
            "build them before, or use model.fit"
        ) from error


def epoch_program(model: keras.Model, training: bool) -> Program:
    """Returns the program that trains a built model on batches, or evaluates it.

    It is compiled by its first run and kept with the model, as `model.train_function`
    is. `model.compile` and a change of what is trainable give the model other
    variables, and with them it gets another program.
    """
    groups = [model.trainable_variables, model.non_trainable_variables]
    if training and model.optimizer:
        groups.append(model.optimizer.variables)
    groups.append(model.metrics_variables)
    # Set past Keras, which would take it for a part of the model.
    kept = vars(model).setdefault("_epoch_programs", {})
    if training in kept:
        known, program = kept[training]
        if _ids(known) == _ids(groups):
            return program
    make = {
        "tensorflow": _tensorflow_program,
        "jax": _jax_program,
        "torch": _torch_program,
    }[keras.backend.backend()]
    program = make(model, training, groups)
    kept[training] = groups, program
    return program


def _ids(groups) -> list[list[int]]:
    return [list(map(id, group)) for group in groups]


def _tensorflow_program(model, training, groups) -> Program:
    import tensorflow as tf

    step = model.train_step if training else model.test_step

    def loop(samples, rows, start, stop):
        @tf.function(autograph=False)
        def batch(i):
            return step(tuple(tf.gather(values, rows[i]) for values in samples))

        shapes = batch.get_concrete_function(start).structured_outputs
        logs = tf.nest.map_structure(lambda log: tf.zeros(log.shape, log.dtype), shapes)
        _, logs = tf.while_loop(
            lambda i, _: i < stop, lambda i, _: (i + 1, batch(i)), (start, logs)
        )
        return logs

    # A lone batch, the smaller one at the end of an epoch, is not worth XLA's seconds.
    once = compute_keys_once()(loop)  # in effect while it is traced
    compiled = tf.function(once, autograph=False, jit_compile=True)
    lone = tf.function(loop, autograph=False)

    def program(samples, rows, start, stop):
        function = compiled if len(rows) > 1 else lone
        arguments = (samples, *map(tf.constant, (rows, start, stop)))
        with uninterrupted():  # TensorFlow swallows what comes while it traces
            function.get_concrete_function(*arguments)
        try:
            return function(*arguments)
        except tf.errors.InvalidArgumentError as error:
            if "XLA" not in error.message:
                raise
            message = " ".join(error.message.split())
            cause = re.split(r"\. | \(", message, maxsplit=1)[0]
            raise ValueError(
                f"XLA cannot compile this model: {cause}; use model.fit"
            ) from error

    return program


def _jax_program(model, training, groups) -> Program:
    import jax
    import jax.numpy as jnp

    step = model.train_step if training else model.test_step

    @functools.partial(
        jax.jit,
        out_shardings=_places(groups),
        compiler_options=dict(XLA_OPTIONS),
    )
    def loop(state, samples, rows, start, stop):
        def batch(i, carried):
            state, _ = carried
            logs, state = step(state, tuple(values[rows[i]] for values in samples))
            return state, logs

        _, shapes = jax.eval_shape(batch, 0, (state, None))
        logs = jax.tree.map(lambda log: jnp.zeros(log.shape, log.dtype), shapes)
        return jax.lax.fori_loop(start, stop, batch, (state, logs))

    def program(samples, rows, start, stop):
        state = tuple([variable.value for variable in group] for group in groups)
        state, logs = loop(state, samples, rows, start, stop)
        for group, values in zip(groups, state, strict=True):
            for variable, value in zip(group, values, strict=True):
                variable.assign(value)
        return logs

    return program


def _places(groups):
    """Where JAX leaves the state: where it was, or the next epoch compiles anew."""
    if not (whole := processes.everywhere()):
        return None
    state = tuple([variable.value.sharding for variable in group] for group in groups)
    return state, whole


def _torch_program(model, training, groups) -> Program:
    import torch

    step = model.train_step if training else model.test_step

    def program(samples, rows, start, stop):
        model.train(training)  # for torch's own layers in it, as fit does
        with torch.set_grad_enabled(training):
            for batch in torch.as_tensor(rows[start:stop], device=samples[0].device):
                logs = step(tuple(values[batch] for values in samples))
        model.eval()
        return logs

    return program
