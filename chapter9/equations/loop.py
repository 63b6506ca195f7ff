"""The loop over timesteps, once, for all cells and backends.

Not `keras.ops.scan`: on TensorFlow (Keras 3.15) its outputs must have the structure and
shape of the state, and two inputs of unknown length fail.
"""

from collections.abc import Callable
from typing import Any

import keras
from keras import ops

Tensor = Any  # a tensor of the backend that Keras runs on
Tensors = tuple[Tensor, ...]
Step = Callable[[Tensors, Tensors], tuple[Tensors, Tensors]]


def over_timesteps(
    step: Step,
    states: Tensors,
    inputs: Tensors,
    reverse: bool = False,
    unroll: bool = False,
) -> tuple[Tensors, Tensors]:
    """Runs step(states, inputs_t) -> (states, outputs_t) over the timesteps.

    Args:
        step: one timestep.
        states: what goes into the first one.
        inputs: each (timesteps, ...); the step gets one timestep of each.
        reverse: from the last timestep to the first.
        unroll: a copy of the step for every timestep instead of a loop.

    Returns:
        The states after the last step, and each output as (timesteps, ...), in the
        order of the inputs.
    """
    loop = _python if unroll else LOOPS.get(keras.backend.backend(), _python)
    return loop(step, states, inputs, reverse)


def _python(step, states, inputs, reverse):
    timesteps = inputs[0].shape[0]
    outputs = [()] * timesteps
    for t in reversed(range(timesteps)) if reverse else range(timesteps):
        states, outputs[t] = step(states, tuple(array[t] for array in inputs))
    return states, tuple(ops.stack(each) for each in zip(*outputs, strict=True))


def _jax(step, states, inputs, reverse):
    import jax

    unroll = UNROLLED.get(jax.default_backend(), 1)
    return jax.lax.scan(step, states, inputs, reverse=reverse, unroll=unroll)


def _tensorflow(step, states, inputs, reverse):
    import tensorflow as tf

    timesteps = inputs[0].shape[0]
    timesteps = tf.shape(inputs[0])[0] if timesteps is None else timesteps
    read = [
        tf.TensorArray(x.dtype, timesteps, clear_after_read=False).unstack(x)
        for x in inputs
    ]
    # What a step returns is known once it is called; a compiler drops this call.
    after, outputs = step(states, tuple(array.read(0) for array in read))
    written = tuple(tf.TensorArray(y.dtype, timesteps) for y in outputs)

    def body(i, states, written):
        t = timesteps - 1 - i if reverse else i
        states, outputs = step(states, tuple(array.read(t) for array in read))
        pairs = zip(written, outputs, strict=True)
        return i + 1, states, tuple(array.write(t, y) for array, y in pairs)

    # A batch size may be known of what goes in and unknown of what comes out.
    shapes = tuple(
        before.shape.most_specific_common_supertype([later.shape])
        for before, later in zip(states, after, strict=True)
    )
    anything = tuple(tf.TensorShape(None) for _ in written)
    _, states, written = tf.while_loop(
        lambda i, *_: i < timesteps,
        body,
        (0, states, written),
        shape_invariants=(tf.TensorShape(()), shapes, anything),
        maximum_iterations=timesteps,  # XLA's gradient of a loop needs its bound
    )
    stacked = tuple(array.stack() for array in written)
    for array, output in zip(stacked, outputs, strict=True):
        array.set_shape((inputs[0].shape[0], *output.shape))
    return states, stacked


# Timesteps in a round of JAX's loop, because a GPU waits between two rounds: on an H200
# 10 halve the time of a step, and 25 bring little more.
UNROLLED = {"gpu": 10}
LOOPS = {"tensorflow": _tensorflow, "jax": _jax}
