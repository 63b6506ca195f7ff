"""The gated recurrent unit, resetting before the product with W_h, as in the paper.

    z_t, r_t = s(p_z + h_(t-1) W_z), s(p_r + h_(t-1) W_r)   update and reset gate
    g_t      = a(p_g + (r_t h_(t-1)) W_g)                   the candidate
    h_t      = z_t h_(t-1) + (1 - z_t) g_t                  the hidden state

where p = x_t W_x + b, and p and W_h have a block of columns for each of z, r, g, in
this order. Cho et al. 2014; Keras has it as GRU(reset_after=False). What stands in
`gru.py` about arrays holds here too.
"""

from keras import ops

from chapter9.equations.activations import derivative
from chapter9.equations.products import from_state, to_kernel, to_state

STATES, GATES = ("h",), ("z", "r", "g")


def forward(projected, states, weights, activations, dropout_masks=()):
    """h_t from h_(t-1). Returns the state and the gates."""
    [h], [recurrent_kernel], (activation, gate) = states, weights, activations
    p_z, p_r, p_g = ops.split(projected, 3, axis=-1)
    (w_gates, masks), (w_g, mask_g) = _parts(recurrent_kernel, dropout_masks)
    q_z, q_r = ops.split(from_state(h, w_gates, masks), 2, axis=-1)
    z, r = gate(p_z + q_z), gate(p_r + q_r)
    g = activation(p_g + from_state(r * h, w_g, mask_g))
    return (z * h + (1 - z) * g,), (z, r, g)


def slopes(before, after, gates, activations):
    """What dh_t is multiplied by on its way to p_z and p_g; then what d(r h) is.

    d(r h) reaches p_r through h_(t-1) s'(p_r + ...), and h_(t-1) through r_t.
    """
    [h_before], (z, r, g), (activation, gate) = before, gates, activations
    return (
        (h_before - g) * derivative(gate, z),
        (1 - z) * derivative(activation, g),
        h_before * derivative(gate, r),
        r,
        z,
    )


def backward(d_states, slopes, transposed, dropout_masks=()):
    """Returns dh_(t-1), which dh_t reaches directly and through all gates, and dp_t."""
    [dh], [transposed_kernel] = d_states, transposed
    to_z, to_g, to_r, r, z = slopes
    (w_gates, masks), (w_g, mask_g) = _parts(transposed_kernel, dropout_masks, axis=0)
    dz, dg = dh * to_z, dh * to_g
    d_reset = to_state(dg, w_g, mask_g)
    dr = d_reset * to_r
    gates = ops.concatenate([dz, dr], axis=-1)
    dh = dh * z + d_reset * r + to_state(gates, w_gates, masks)
    return (dh,), ops.concatenate([dz, dr, dg], axis=-1)


def weight_gradients(before, gates, dp, dropout_masks=()):
    """dW_z and dW_r are the sums of h_(t-1)^T dp_t, dW_g of (r_t h_(t-1))^T dp_g."""
    [h], (_, r, _) = before, gates
    (d_gates, masks), (dg, mask_g) = _parts(dp, dropout_masks)
    parts = to_kernel(h, d_gates, masks), to_kernel(r * h, dg, mask_g)
    return (ops.concatenate(parts, axis=-1),)


def _parts(array, dropout_masks, axis=-1):
    """The block of the two gates and that of the candidate, each with its masks."""
    z, r, g = ops.split(array, 3, axis=axis)
    gates = ops.concatenate([z, r], axis=axis)
    return (gates, dropout_masks[:2]), (g, dropout_masks[-1:])
