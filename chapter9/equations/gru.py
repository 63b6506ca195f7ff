"""The gated recurrent unit, resetting after the product with W_h (Keras's default).

    z_t, r_t = s(p_z + q_z), s(p_r + q_r)    update and reset gate, s = sigmoid
    g_t      = a(p_g + r_t q_g)              the candidate, a = tanh
    h_t      = z_t h_(t-1) + (1 - z_t) g_t   the hidden state: what is kept, what is new

where p = x_t W_x + b_x and q = h_(t-1) W_h + b_h have a block of columns for each of
z, r, g, in this order, and each a bias of its own. Cho et al. 2014 in the form of cuDNN
(`gru_reset_before.py` has the form of the paper); book: section 9-3. `projected` is p.
Arrays of one timestep are (batch, units), of all of them (timesteps, batch, units).
"""

from keras import ops

from chapter9.equations.activations import derivative
from chapter9.equations.products import from_state, to_kernel, to_state

STATES, GATES = ("h",), ("z", "r", "g")


def forward(projected, states, weights, activations, dropout_masks=()):
    """h_t from h_(t-1). Returns the state; the gates, and the q_g that r_t scales."""
    [h], (recurrent_kernel, bias), (activation, gate) = states, weights, activations
    q = from_state(h, recurrent_kernel, dropout_masks) + bias
    p_z, p_r, p_g = ops.split(projected, 3, axis=-1)
    q_z, q_r, q_g = ops.split(q, 3, axis=-1)
    z, r = gate(p_z + q_z), gate(p_r + q_r)
    g = activation(p_g + r * q_g)
    return (z * h + (1 - z) * g,), (z, r, g, q_g)


def slopes(before, after, gates, activations):
    """What dh_t is multiplied by.

    It reaches p_z and q_z through (h_(t-1) - g_t) s'(p_z + q_z), p_g through
    (1 - z_t) a'(p_g + r_t q_g), from there p_r and q_r through q_g s'(p_r + q_r) and
    q_g through r_t, and h_(t-1) also directly, through z_t.
    """
    [h_before], (z, r, g, q_g), (activation, gate) = before, gates, activations
    to_g = (1 - z) * derivative(activation, g)
    return (
        (h_before - g) * derivative(gate, z),
        to_g * q_g * derivative(gate, r),
        to_g,
        to_g * r,
        z,
    )


def backward(d_states, slopes, transposed, dropout_masks=()):
    """dh_(t-1) = dh_t z_t + dq_t W_h^T. Returns it, and dp_t."""
    [dh], (transposed_kernel, _) = d_states, transposed
    to_z, to_r, to_g, to_q_g, z = slopes
    dz, dr, dg = dh * to_z, dh * to_r, dh * to_g
    dq = ops.concatenate([dz, dr, dh * to_q_g], axis=-1)
    dh = dh * z + to_state(dq, transposed_kernel, dropout_masks)
    return (dh,), ops.concatenate([dz, dr, dg], axis=-1)


def weight_gradients(before, gates, dp, dropout_masks=()):
    """dW_h and db_h are the sums of h_(t-1)^T dq_t and dq_t; dq_g = r_t dp_g."""
    [h], (_, r, _, _) = before, gates
    dz, dr, dg = ops.split(dp, 3, axis=-1)
    dq = ops.concatenate([dz, dr, r * dg], axis=-1)
    return to_kernel(h, dq, dropout_masks), ops.sum(dq, axis=(0, 1))
