"""Activations whose derivative follows from their output, so that no input is kept."""

from collections.abc import Callable

from keras import activations, ops

DERIVATIVES: dict[Callable, Callable] = {  # y = f(z) -> f'(z)
    activations.tanh: lambda y: 1 - y * y,
    activations.sigmoid: lambda y: y * (1 - y),
    activations.relu: lambda y: ops.cast(y > 0, y.dtype),
    activations.linear: ops.ones_like,
}
SAME = {ops.tanh: "tanh", ops.sigmoid: "sigmoid", ops.relu: "relu"}
DERIVATIVES |= {f: DERIVATIVES[activations.get(name)] for f, name in SAME.items()}


def derivative(activation: Callable, y):
    """Returns f'(z) where y = f(z).

    Raises:
        KeyError: for an activation that is no key of `DERIVATIVES`.
    """
    return DERIVATIVES[activation](y)
