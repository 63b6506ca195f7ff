"""The value and the gradients of a function, on each of Keras's backends."""

import keras
import numpy as np
from keras import ops


def gradients(function, arrays):
    """Returns function(*arrays), a number, and its gradient in every array: a list."""
    value, found = differentiated(function, [_tensor(array) for array in arrays])
    return [ops.convert_to_numpy(number) for number in (value, *found)]


def gradients_of_gradients(function, arrays):
    """As `gradients`, for a number that all gradients of the function make."""

    def number(*arrays):
        _, found = differentiated(function, arrays, again=True)
        return sum(ops.sum(gradient * gradient) for gradient in found)

    return gradients(number, arrays)


def differentiated(function, tensors, again=False):
    """Value and gradients as tensors; with `again` to be differentiated again."""
    on_backend = {"tensorflow": _tensorflow, "jax": _jax, "torch": _torch}
    return on_backend[keras.backend.backend()](function, tensors, again)


def _tensor(array):
    if keras.backend.backend() != "torch":
        return ops.convert_to_tensor(array)
    import torch

    device = ops.zeros(()).device  # Keras's: a GPU where there is one
    return torch.tensor(np.asarray(array), device=device, requires_grad=True)


def _tensorflow(function, tensors, again):
    import tensorflow as tf

    with tf.GradientTape() as tape:
        tape.watch(tensors)
        value = function(*tensors)
    return value, [tf.convert_to_tensor(g) for g in tape.gradient(value, tensors)]


def _jax(function, tensors, again):
    import jax

    number = jax.value_and_grad(function, tuple(range(len(tensors))))
    return jax.jit(number)(*tensors)


def _torch(function, tensors, again):
    import torch

    value = function(*tensors)
    return value.detach(), torch.autograd.grad(value, tensors, create_graph=again)
