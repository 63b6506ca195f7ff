"""A cell over the timesteps: the loop forward, and the loop backward that mirrors it.

The gradient is back-propagation through time (Werbos 1990), written by hand. What needs
no loop stands outside of it: x_t W_x + b comes in for all timesteps at once, the slopes
and the gradients of the weights are computed for all of them at once.
"""

import contextlib
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from types import ModuleType

from keras import ops

from chapter9.equations.activations import DERIVATIVES
from chapter9.equations.gradients import differentiable
from chapter9.equations.loop import Tensor, Tensors, over_timesteps

_by_hand = ContextVar("by_hand", default=True)


@contextlib.contextmanager
def automatic_differentiation() -> Iterator[None]:
    """Leaves the gradients of all recurrent layers within to the backend.

    For what a gradient written by hand cannot give: forward mode (jax.jvp, jax.jacfwd,
    jax.linearize, jax.hessian, torch.func.jvp). Slower; the numbers are the same.

    Examples:
        >>> import numpy as np
        >>> from chapter9 import SimpleRNN
        >>> layer, x = SimpleRNN(3), np.ones((1, 5, 4), "float32")
        >>> with automatic_differentiation():
        ...     automatic = layer(x)
        >>> bool(np.allclose(automatic, layer(x), atol=1e-6))
        True
    """
    token = _by_hand.set(False)
    try:
        yield
    finally:
        _by_hand.reset(token)


def run(
    cell: ModuleType,
    projected: Tensor,
    weights: Tensors,
    states: Tensors,
    activations: tuple[Callable, ...],
    *,
    mask: Tensor | None = None,
    dropout_masks: Tensors | None = None,
    last_only: bool = False,
    unroll: bool = False,
) -> tuple[Tensor | None, Tensors]:
    """Returns the hidden state after every timestep, and all states after the last.

    Args:
        cell: `simple_rnn`, `lstm`, `gru` or `gru_reset_before`.
        projected: (timesteps, batch, columns), x_t W_x + b for every timestep.
        weights: the recurrent kernel W_h, (units, columns), and for `gru` its bias.
        states: (batch, units) each, before the first timestep.
        activations: that of the cell and, if it has gates, that of the gates. With keys
            of `DERIVATIVES` the gradient is the one written by hand; any other callable
            leaves it to automatic differentiation.
        mask: (timesteps, batch, 1) booleans; where False the states stay as they are.
        dropout_masks: see `products.py`.
        last_only: the caller needs no hidden state but the last, so that None comes in
            their place, and no gradient has to arrive from each of them.
        unroll: a copy of the step for every timestep instead of a loop.

    Returns:
        (timesteps, batch, units) or None; and (batch, units) for each state. They are
        differentiable in projected, weights and states.
    """
    cuts = 1, 1 + len(weights)
    masks = (mask, *(dropout_masks or ()))

    def forward(arrays, masks):
        projected, weights, states = _parted(arrays, cuts)
        last, every, gates = _forward(
            cell, activations, projected, weights, states, masks, unroll
        )
        shown = () if last_only else every[:1]
        return (*last, *shown), (*every, *gates)

    def backward(arrays, masks, kept, upstream):
        _, weights, states = _parted(arrays, cuts)
        d_last, d_every = upstream[: len(states)], upstream[len(states) :]
        every, gates = kept[: len(states)], kept[len(states) :]
        before = _before(states, every)
        slopes = cell.slopes(before, every, gates, activations)
        d_states, dz = _backward(cell, d_last, d_every, slopes, weights, masks, unroll)
        d_weights = cell.weight_gradients(before, gates, dz, masks[1:])
        return (dz, *d_weights, *d_states)

    arrays = (projected, *weights, *states)
    if _by_hand.get() and all(f in DERIVATIVES for f in activations):
        outputs = differentiable(forward, backward, arrays, masks)
    else:
        outputs, _ = forward(arrays, masks)
    last = tuple(outputs[: len(states)])
    return None if last_only else outputs[-1], last


def every_value(
    cell: ModuleType,
    projected: Tensor,
    weights: Tensors,
    states: Tensors,
    activations: tuple[Callable, ...],
    mask: Tensor | None = None,
) -> dict[str, Tensor]:
    """Returns the states and gates of every timestep by their names in the equation.

    Takes what `run` takes; each is (timesteps, batch, units). At a masked timestep the
    states are those before it, and the gates what they would have been.
    """
    _, every, gates = _forward(
        cell, activations, projected, weights, states, (mask,), unroll=False
    )
    return dict(zip((*cell.STATES, *cell.GATES), (*every, *gates), strict=False))


def _forward(cell, activations, projected, weights, states, masks, unroll):
    """From the first timestep to the last: the states after it, and the gates in it."""
    mask, dropout_masks = masks[0], masks[1:]

    def step(states, inputs):
        after, gates = cell.forward(
            inputs[0], states, weights, activations, dropout_masks
        )
        # Keras 3.15's tanh turns float64 into float32 on jax.
        after, gates = _cast(after, projected.dtype), _cast(gates, projected.dtype)
        if mask is not None:
            after = _where(inputs[1], after, states)
        return after, (*after, *gates)

    inputs = (projected,) if mask is None else (projected, mask)
    last, outputs = over_timesteps(step, states, inputs, unroll=unroll)
    return last, outputs[: len(states)], outputs[len(states) :]


def _backward(cell, d_last, d_every, slopes, weights, masks, unroll):
    """From the last timestep to the first: the loss's gradient in the states before it.

    It arrives from the timestep after it and, where every hidden state is an output
    (`d_every`), from there as well. Returns it for the first timestep, and dz of all.
    """
    mask, dropout_masks = masks[0], masks[1:]
    transposed = tuple(map(ops.transpose, weights))

    def step(d_states, inputs):
        slopes_t, rest = inputs[: len(slopes)], inputs[len(slopes) :]
        if d_every:
            d_states = (d_states[0] + rest[0], *d_states[1:])
        before, dz = cell.backward(d_states, slopes_t, transposed, dropout_masks)
        if mask is not None:
            before, dz = _where(rest[-1], before, d_states), ops.where(rest[-1], dz, 0)
        return before, (dz,)

    inputs = (*slopes, *d_every, *(() if mask is None else (mask,)))
    d_states, [dz] = over_timesteps(step, d_last, inputs, reverse=True, unroll=unroll)
    return d_states, dz


def _before(states, every):
    """The states before every timestep, from those after it."""
    pairs = zip(states, every, strict=True)
    return tuple(ops.concatenate([h[None], after[:-1]]) for h, after in pairs)


def _cast(arrays, dtype):
    return tuple(ops.cast(array, dtype) for array in arrays)


def _where(mask, new, old):
    return tuple(ops.where(mask, a, b) for a, b in zip(new, old, strict=True))


def _parted(arrays, cuts):
    return arrays[0], arrays[cuts[0] : cuts[1]], arrays[cuts[1] :]
