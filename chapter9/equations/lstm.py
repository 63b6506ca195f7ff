"""The long short-term memory cell.

    i_t, f_t, o_t = s(z_i), s(z_f), s(z_o)   input, forget and output gate, s = sigmoid
    g_t           = a(z_g)                   the candidate, a = tanh
    c_t           = f_t c_(t-1) + i_t g_t    the cell state: what is kept, what is added
    h_t           = o_t a(c_t)               the hidden state: what is shown of it

where z = x_t W_x + h_(t-1) W_h + b has a block of columns for each of i, f, g, o, in
this order. Hochreiter and Schmidhuber 1997, with the forget gate of Gers et al. 2000;
book: section 9-3. `projected` is x_t W_x + b. Arrays of one timestep are (batch,
units), of all of them (timesteps, batch, units).
"""

from keras import ops

from chapter9.equations.activations import derivative
from chapter9.equations.products import from_state, to_kernel, to_state

STATES, GATES = ("h", "c"), ("i", "f", "g", "o")


def forward(projected, states, weights, activations, dropout_masks=()):
    """h_t and c_t from h_(t-1) and c_(t-1). Returns the states and the four gates."""
    (h, c), [recurrent_kernel], (activation, gate) = states, weights, activations
    z_i, z_f, z_g, z_o = ops.split(
        projected + from_state(h, recurrent_kernel, dropout_masks), 4, axis=-1
    )
    i, f, g, o = gate(z_i), gate(z_f), activation(z_g), gate(z_o)
    c = f * c + i * g
    h = o * activation(c)
    return (h, c), (i, f, g, o)


def slopes(before, after, gates, activations):
    """What dh_t and dc_t are multiplied by.

    dh_t reaches c_t through o_t a'(c_t), and z_o through a(c_t) s'(z_o); dc_t reaches
    z_i through g_t s'(z_i), z_f through c_(t-1) s'(z_f), z_g through i_t a'(z_g), and
    c_(t-1) through f_t.
    """
    (_, c_before), (_, c), (i, f, g, o) = before, after, gates
    activation, gate = activations
    shown = activation(c)
    return (
        o * derivative(activation, shown),
        g * derivative(gate, i),
        c_before * derivative(gate, f),
        i * derivative(activation, g),
        shown * derivative(gate, o),
        f,
    )


def backward(d_states, slopes, transposed, dropout_masks=()):
    """Returns dh_(t-1) = dz_t W_h^T and dc_(t-1) = dc_t f_t, and dz_t."""
    (dh, dc), [transposed_kernel] = d_states, transposed
    to_c, to_i, to_f, to_g, to_o, f = slopes
    dc = dc + dh * to_c
    dz = ops.concatenate([dc * to_i, dc * to_f, dc * to_g, dh * to_o], axis=-1)
    return (to_state(dz, transposed_kernel, dropout_masks), dc * f), dz


def weight_gradients(before, gates, dz, dropout_masks=()):
    """dW_h is the sum over samples and timesteps of h_(t-1)^T dz_t."""
    h, _ = before
    return (to_kernel(h, dz, dropout_masks),)
