"""The value and the gradients of a function, on each of Keras's backends."""

import keras
import numpy as np


def gradients(function, arrays):
    """Returns function(*arrays), a number, and its gradient in every array."""
    return {"tensorflow": _tensorflow, "jax": _jax, "torch": _torch}[
        keras.backend.backend()
    ](function, arrays)


def _tensorflow(function, arrays):
    import tensorflow as tf

    arrays = [tf.constant(array) for array in arrays]
    with tf.GradientTape() as tape:
        tape.watch(arrays)
        value = function(*arrays)
    return float(value), [
        np.asarray(tf.convert_to_tensor(g)) for g in tape.gradient(value, arrays)
    ]


def _jax(function, arrays):
    import jax

    arrays = [jax.numpy.asarray(array) for array in arrays]
    value, found = jax.value_and_grad(function, tuple(range(len(arrays))))(*arrays)
    return float(value), [np.asarray(g) for g in found]


def _torch(function, arrays):
    import torch

    arrays = [torch.tensor(array, requires_grad=True) for array in arrays]
    value = function(*arrays)
    value.backward()
    return float(value.detach()), [array.grad.numpy() for array in arrays]
