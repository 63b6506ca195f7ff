"""The recurrence of a simple recurrent network, forward and backward, on arrays.

    h_t = tanh(x_t W_x + h_(t-1) W_h + b),  h_0 = 0

Book: 박해선, 혼자 공부하는 머신러닝+딥러닝, section 9-1 (p. 486-497). In Keras's names
W_x is the kernel, W_h the recurrent kernel and b the bias. The part that needs no
loop, x_t W_x + b, comes in ready-made for all timesteps as `projected`: one matrix
product (for one-hot rows one look-up) in place of one a timestep.

The gradient is back-propagation through time (Werbos 1990), written by hand: a loop
backward that mirrors the loop forward. Arrays are time-major, (timesteps, batch,
units). Products are written with @ because `keras.ops.matmul` makes float64 float32
on torch (Keras 3.15).
"""

from collections.abc import Callable
from typing import Any

from keras import activations, ops

Tensor = Any  # a tensor of the backend that Keras runs on

# h = f(z) -> f'(z), for each activation whose derivative follows from its output.
DERIVATIVES: dict[Callable, Callable] = {
    activations.tanh: lambda h: 1 - h * h,
    activations.sigmoid: lambda h: h * (1 - h),
    activations.relu: lambda h: ops.cast(h > 0, h.dtype),
    activations.linear: ops.ones_like,
}


def hidden_states(
    projected: Tensor,
    recurrent_kernel: Tensor,
    initial_state: Tensor,
    *,
    activation: Callable = activations.tanh,
    mask: Tensor | None = None,
    dropout_mask: Tensor | None = None,
    last_only: bool = False,
    unroll: bool = False,
) -> Tensor:
    """Returns the hidden state after every timestep, or after the last one.

    Args:
        projected: (timesteps, batch, units), x_t W_x + b for every timestep.
        recurrent_kernel: (units, units), W_h: every neuron feeds every neuron.
        initial_state: (batch, units), h_0.
        activation: a key of `DERIVATIVES` has its gradient written by hand; any other
            callable is left to automatic differentiation.
        mask: (timesteps, batch, 1) booleans; where False, h_t = h_(t-1).
        dropout_mask: (batch, units), multiplies h_(t-1) before W_h, one mask for all
            timesteps (Gal and Ghahramani 2016).
        last_only: return h_T alone, whose gradient needs no (timesteps, batch, units)
            array from upstream.
        unroll: a copy of the step for every timestep instead of a loop.

    Returns:
        (timesteps, batch, units), or (batch, units) with `last_only`; differentiable
        in the first three arguments.
    """
    forward_loop = (activation, mask, dropout_mask, unroll)
    if activation not in DERIVATIVES:
        states = _forward(projected, recurrent_kernel, initial_state, *forward_loop)
        return states[-1] if last_only else states

    units = recurrent_kernel.shape[-1]

    @ops.custom_gradient
    def recurrence(projected, recurrent_kernel, initial_state):
        states = _forward(projected, recurrent_kernel, initial_state, *forward_loop)

        # TensorFlow and JAX pass upstream alone, torch after the arguments by name.
        def gradient(*args, upstream=None):
            upstream = args[-1] if upstream is None else upstream
            slopes = DERIVATIVES[activation](states)
            d_projected, d_initial_state = _backward(
                upstream, slopes, recurrent_kernel, mask, dropout_mask, unroll
            )
            before = ops.concatenate([initial_state[None], states[:-1]])
            # dW_h is the sum over samples and timesteps of h_(t-1)^T dz_t.
            before = ops.reshape(_dropped(before, dropout_mask), (-1, units))
            d_z = ops.reshape(d_projected, (-1, units))
            d_recurrent_kernel = ops.transpose(before) @ d_z
            return d_projected, d_recurrent_kernel, d_initial_state

        return states[-1] if last_only else states, gradient

    return recurrence(projected, recurrent_kernel, initial_state)


def _forward(
    projected, recurrent_kernel, initial_state, activation, mask, dropout_mask, unroll
):
    """h_t = f(projected_t + h_(t-1) W_h), from the first timestep to the last."""
    # XLA cannot differentiate TensorFlow's scan (2.21: "fixed tensor list size").
    if activation not in DERIVATIVES and projected.shape[0] is not None:
        unroll = True

    def step(h, inputs):
        z = inputs[0] + _dropped(h, dropout_mask) @ recurrent_kernel
        # The cast is for jax, where Keras 3.15's tanh turns float64 into float32.
        new_h = ops.cast(activation(z), z.dtype)
        h = new_h if mask is None else ops.where(inputs[1], new_h, h)
        return h, h

    inputs = (projected,) if mask is None else (projected, mask)
    return _loop(step, initial_state, inputs, unroll)[1]


def _backward(upstream, slopes, recurrent_kernel, mask, dropout_mask, unroll):
    """dz_t = dh_t f'(z_t), dh_(t-1) = dz_t W_h^T, from the last timestep to the first.

    `upstream` is the loss's gradient in every h_t, or (rank 2) in the last one alone.
    Returns dz_t for every timestep, which is the gradient in `projected`, and dh_0.
    """
    each_step = len(upstream.shape) == 3
    transposed = ops.transpose(recurrent_kernel)

    def step(dh, inputs):
        slope, *rest = inputs
        dh = dh + rest[0] if each_step else dh
        dz = dh * slope
        before = _dropped(dz @ transposed, dropout_mask)
        if mask is None:
            return before, dz
        return ops.where(rest[-1], before, dh), ops.where(rest[-1], dz, 0)

    inputs = [slopes]
    inputs += [upstream] if each_step else []
    inputs += [] if mask is None else [mask]
    reversed_inputs = tuple(ops.flip(array, axis=0) for array in inputs)
    start = ops.zeros_like(slopes[0]) if each_step else upstream
    d_initial_state, d_projected = _loop(step, start, reversed_inputs, unroll)
    return ops.flip(d_projected, axis=0), d_initial_state


def _loop(step, state, inputs, unroll):
    """Runs step(state, inputs_t) -> (state, output_t) over the timesteps."""
    if not unroll:
        return ops.scan(step, state, inputs)
    outputs = []
    for t in range(inputs[0].shape[0]):
        state, output = step(state, tuple(array[t] for array in inputs))
        outputs.append(output)
    return state, ops.stack(outputs)


def _dropped(states, dropout_mask):
    return states if dropout_mask is None else states * dropout_mask
