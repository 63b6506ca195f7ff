"""The simple recurrent cell.

    h_t = f(x_t W_x + h_(t-1) W_h + b),  f = tanh

Book: 박해선, 혼자 공부하는 머신러닝+딥러닝, section 9-1. `projected` is x_t W_x + b,
which needs no loop; the recurrent kernel is W_h. Arrays of one timestep are
(batch, units), of all of them (timesteps, batch, units).
"""

from chapter9.equations.activations import derivative
from chapter9.equations.products import from_state, to_kernel, to_state

STATES, GATES = ("h",), ()


def forward(projected, states, weights, activations, dropout_masks=()):
    """h_t = f(projected_t + h_(t-1) W_h). Returns the states and no gates."""
    [h], [recurrent_kernel], [activation] = states, weights, activations
    h = activation(projected + from_state(h, recurrent_kernel, dropout_masks))
    return (h,), ()


def slopes(before, after, gates, activations):
    """f'(z_t), from h_t = f(z_t)."""
    [h], [activation] = after, activations
    return (derivative(activation, h),)


def backward(d_states, slopes, transposed, dropout_masks=()):
    """dz_t = dh_t f'(z_t),  dh_(t-1) = dz_t W_h^T. Returns dh_(t-1) and dz_t."""
    [dh], [slope], [transposed_kernel] = d_states, slopes, transposed
    dz = dh * slope
    return (to_state(dz, transposed_kernel, dropout_masks),), dz


def weight_gradients(before, gates, dz, dropout_masks=()):
    """dW_h is the sum over samples and timesteps of h_(t-1)^T dz_t."""
    [h] = before
    return (to_kernel(h, dz, dropout_masks),)
