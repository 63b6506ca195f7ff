"""The slow, obvious specification of an LSTM layer, in numpy float64.

    z = x_t W_x + h_(t-1) W_h + b                   four blocks of columns: i, f, g, o
    i = rec_act(z_i)   f = rec_act(z_f)   g = act(z_g)   o = rec_act(z_o)
    c_t = f * c_(t-1) + i * g
    h_t = o * act(c_t)          h_0 = c_0 = 0 unless an initial state is given

Source of the equations: Hochreiter and Schmidhuber, Long Short-Term Memory, Neural
Computation 9(8), 1997; with the forget gate f of Gers, Schmidhuber and Cummins,
Learning to Forget: Continual Prediction with LSTM, Neural Computation 12(10), 2000.
"""

import numpy as np

from tests.reference import ACTIVATIONS, _prepare


def _prepare_lstm(inputs, kernel, recurrent_kernel, bias, initial_state, *others):
    """Turn everything to float64, fill in what was left out, put steps in order."""
    zeros = np.zeros((len(inputs), len(recurrent_kernel)))
    h_0, c_0 = (zeros, zeros) if initial_state is None else initial_state
    x, w_x, w_h, b, h_0, counts = _prepare(
        inputs, kernel, recurrent_kernel, bias, h_0, *others
    )
    return x, w_x, w_h, b, h_0, np.asarray(c_0, np.float64), counts


def _forward(
    x, w_x, w_h, b, h_0, c_0, counts, activation, recurrent_activation,
    zero_output_for_mask,
):  # fmt: skip
    """Return outputs (batch, timesteps, units), lstm_values' dict and last state."""
    act, _ = ACTIVATIONS[activation]
    rec_act, _ = ACTIVATIONS[recurrent_activation]
    shape = batch, timesteps, units = *x.shape[:2], w_h.shape[0]
    outputs = np.zeros(shape)
    values = {name: np.zeros(shape) for name in ("h", "c", "i", "f", "g", "o")}
    last_h, last_c = np.zeros((batch, units)), np.zeros((batch, units))
    for s in range(batch):
        h, c = h_0[s], c_0[s]
        previous_output = np.zeros(units)  # zeros even if h_0 is not
        for t in range(timesteps):
            z_i, z_f, z_g, z_o = np.split(x[s, t] @ w_x + h @ w_h + b, 4)
            i, f, g, o = rec_act(z_i), rec_act(z_f), act(z_g), rec_act(z_o)
            if counts[s, t]:
                c = f * c + i * g
                h = o * act(c)
                outputs[s, t] = h
            else:  # h and c are carried over unchanged, the gates are not used
                outputs[s, t] = 0.0 if zero_output_for_mask else previous_output
            previous_output = outputs[s, t]
            step = {"h": h, "c": c, "i": i, "f": f, "g": g, "o": o}
            for name, value in step.items():
                values[name][s, t] = value
        last_h[s], last_c[s] = h, c
    return outputs, values, (last_h, last_c)


def lstm(
    inputs, kernel, recurrent_kernel, bias=None, *, activation="tanh",
    recurrent_activation="sigmoid", initial_state=None, mask=None, go_backwards=False,
    zero_output_for_mask=False,
) -> tuple[np.ndarray, tuple[np.ndarray, np.ndarray]]:  # fmt: skip
    """Return outputs (batch, timesteps, units) and the last state, a pair (h, c).

    inputs (batch, timesteps, features), kernel W_x (features, 4 units),
    recurrent_kernel W_h (units, 4 units), bias (4 units,), initial_state a pair
    (h_0, c_0) and the last state a pair (h, c), each of the four (batch, units),
    mask (batch, timesteps), True where the timestep counts. The outputs stand in the
    order in which they were computed; the layer's "last output" is outputs[:, -1].
    Source: Hochreiter and Schmidhuber 1997, with the forget gate of Gers et al. 2000.
    """
    given = inputs, kernel, recurrent_kernel, bias, initial_state, mask, go_backwards
    names = activation, recurrent_activation
    outputs, _, last = _forward(*_prepare_lstm(*given), *names, zero_output_for_mask)
    return outputs, last


def lstm_values(
    inputs, kernel, recurrent_kernel, bias=None, *, activation="tanh",
    recurrent_activation="sigmoid", initial_state=None, mask=None, go_backwards=False,
    zero_output_for_mask=False,
) -> dict[str, np.ndarray]:  # fmt: skip
    """Return "h", "c", "i", "f", "g", "o", each (batch, timesteps, units).

    They stand in the order of computation. "h" and "c" are the states after each
    timestep, carried over unchanged where the mask is False; there the gates are what
    the equations give from the carried state, computed and not used. The shapes of the
    arguments are those of lstm; zero_output_for_mask changes outputs, so nothing here.
    Source: Hochreiter and Schmidhuber 1997, with the forget gate of Gers et al. 2000.
    """
    given = inputs, kernel, recurrent_kernel, bias, initial_state, mask, go_backwards
    names = activation, recurrent_activation
    _, values, _ = _forward(*_prepare_lstm(*given), *names, zero_output_for_mask)
    return values


def lstm_gradients(
    inputs, kernel, recurrent_kernel, bias, upstream, *, activation="tanh",
    recurrent_activation="sigmoid", initial_state=None, mask=None, go_backwards=False,
    zero_output_for_mask=False,
) -> dict[str, np.ndarray | tuple[np.ndarray, np.ndarray]]:  # fmt: skip
    """Return the gradients of sum(outputs * upstream), by back-propagation in time.

    upstream (batch, timesteps, units), in the order of the outputs; the other shapes
    are those of lstm. Keys: "inputs", "kernel", "recurrent_kernel", "bias", and
    "initial_state", a pair; each of its argument's shape (an argument of None counts
    as 0). The equations differentiated are those at the top of this file.
    Source: Hochreiter and Schmidhuber 1997, with the forget gate of Gers et al. 2000.
    """
    given = inputs, kernel, recurrent_kernel, bias, initial_state, mask, go_backwards
    names = activation, recurrent_activation
    x, w_x, w_h, b, h_0, c_0, counts = arrays = _prepare_lstm(*given)
    _, values, _ = _forward(*arrays, *names, zero_output_for_mask)
    act, slope = ACTIVATIONS[activation]
    _, rec_slope = ACTIVATIONS[recurrent_activation]
    upstream = np.asarray(upstream, np.float64)
    d_x, d_w_x, d_w_h, d_b = (np.zeros_like(a) for a in (x, w_x, w_h, b))
    d_h_0, d_c_0 = np.zeros_like(h_0), np.zeros_like(c_0)
    for s in range(x.shape[0]):
        d_h = np.zeros_like(h_0[s])  # w.r.t. h after step t, from later steps
        d_c = np.zeros_like(c_0[s])  # w.r.t. c after step t, from later steps
        d_repeat = np.zeros_like(h_0[s])  # w.r.t. output t, from steps repeating it
        for t in reversed(range(x.shape[1])):
            d_output = upstream[s, t] + d_repeat
            if counts[s, t]:
                before_h = values["h"][s, t - 1] if t > 0 else h_0[s]
                before_c = values["c"][s, t - 1] if t > 0 else c_0[s]
                i, f, g, o = (values[name][s, t] for name in "ifgo")
                act_c = act(values["c"][s, t])
                d_h = d_h + d_output
                # h = o * act(c)
                d_o = d_h * act_c
                d_c = d_c + d_h * o * slope(act_c)
                # c = f * before_c + i * g
                d_i, d_f, d_g = d_c * g, d_c * before_c, d_c * i
                d_z_i, d_z_f = d_i * rec_slope(i), d_f * rec_slope(f)
                d_z_g, d_z_o = d_g * slope(g), d_o * rec_slope(o)
                d_z = np.concatenate([d_z_i, d_z_f, d_z_g, d_z_o])
                # z = x w_x + before_h w_h + b
                d_x[s, t] = w_x @ d_z
                d_w_x += np.outer(x[s, t], d_z)
                d_w_h += np.outer(before_h, d_z)
                d_b += d_z
                d_h, d_c = w_h @ d_z, d_c * f
                d_repeat = np.zeros_like(h_0[s])
            else:  # d_h, d_c pass through; a repeated output hands its share back
                d_repeat = np.zeros_like(d_h) if zero_output_for_mask else d_output
        d_h_0[s], d_c_0[s] = d_h, d_c
    if go_backwards:
        d_x = d_x[:, ::-1]
    return {"inputs": d_x, "kernel": d_w_x, "recurrent_kernel": d_w_h, "bias": d_b,
            "initial_state": (d_h_0, d_c_0)}  # fmt: skip
