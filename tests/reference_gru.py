"""The slow, obvious specification of a GRU layer, in numpy float64.

Three blocks of columns, z, r, g; h_0 = 0 unless an initial state is given.

    reset_after=True                            reset_after=False
    a = x_t W_x + b_0                           a = x_t W_x + b
    q = h_(t-1) W_h + b_1                       q = h_(t-1) [W_hz, W_hr]
    z = rec_act(a_z + q_z)                      z = rec_act(a_z + q_z)
    r = rec_act(a_r + q_r)                      r = rec_act(a_r + q_r)
    g = act(a_g + r * q_g)                      g = act(a_g + (r * h_(t-1)) W_hg)
    h_t = z * h_(t-1) + (1 - z) * g             h_t = z * h_(t-1) + (1 - z) * g

Source of the equations: Cho et al., Learning Phrase Representations using RNN
Encoder-Decoder for Statistical Machine Translation, EMNLP 2014. reset_after=False is
the paper's form; reset_after=True resets after the recurrent product instead.
"""

import numpy as np

from tests.reference import ACTIVATIONS, _prepare


def _prepare_gru(reset_after, inputs, kernel, recurrent_kernel, bias, *others):
    """Turn everything to float64, fill in what was left out, put steps in order."""
    initial_state, mask, go_backwards = others
    units = len(recurrent_kernel)
    if bias is None:
        bias = np.zeros((2, 3 * units) if reset_after else 3 * units)
    h_0 = np.zeros((len(inputs), units)) if initial_state is None else initial_state
    return _prepare(inputs, kernel, recurrent_kernel, bias, h_0, mask, go_backwards)


def _forward(
    x, w_x, w_h, b, h_0, counts, activation, recurrent_activation, reset_after,
    zero_output_for_mask,
):  # fmt: skip
    """Return outputs (batch, timesteps, units), gru_values' dict and last state."""
    act, _ = ACTIVATIONS[activation]
    rec_act, _ = ACTIVATIONS[recurrent_activation]
    shape = batch, timesteps, units = *x.shape[:2], w_h.shape[0]
    w_hz, w_hr, w_hg = np.split(w_h, 3, axis=1)
    outputs, last_h = np.zeros(shape), np.zeros((batch, units))
    values = {name: np.zeros(shape) for name in ("h", "z", "r", "g")}
    for s in range(batch):
        h = h_0[s]
        previous_output = np.zeros(units)  # zeros even if h_0 is not
        for t in range(timesteps):
            if reset_after:
                a_z, a_r, a_g = np.split(x[s, t] @ w_x + b[0], 3)
                q_z, q_r, q_g = np.split(h @ w_h + b[1], 3)
                z, r = rec_act(a_z + q_z), rec_act(a_r + q_r)
                g = act(a_g + r * q_g)
            else:
                a_z, a_r, a_g = np.split(x[s, t] @ w_x + b, 3)
                z, r = rec_act(a_z + h @ w_hz), rec_act(a_r + h @ w_hr)
                g = act(a_g + (r * h) @ w_hg)
            if counts[s, t]:
                h = z * h + (1.0 - z) * g
                outputs[s, t] = h
            else:  # h is carried over unchanged, the gates are not used
                outputs[s, t] = 0.0 if zero_output_for_mask else previous_output
            previous_output = outputs[s, t]
            for name, value in {"h": h, "z": z, "r": r, "g": g}.items():
                values[name][s, t] = value
        last_h[s] = h
    return outputs, values, last_h


def gru(
    inputs, kernel, recurrent_kernel, bias=None, *, activation="tanh",
    recurrent_activation="sigmoid", reset_after=True, initial_state=None, mask=None,
    go_backwards=False, zero_output_for_mask=False,
) -> tuple[np.ndarray, np.ndarray]:  # fmt: skip
    """Return outputs (batch, timesteps, units) and last hidden state (batch, units).

    inputs (batch, timesteps, features), kernel W_x (features, 3 units),
    recurrent_kernel W_h (units, 3 units), bias (2, 3 units) with reset_after and
    (3 units,) without, initial_state (batch, units), mask (batch, timesteps), True
    where the timestep counts. The outputs stand in the order in which they were
    computed; the layer's "last output" is outputs[:, -1]. Source: Cho et al. 2014.
    """
    given = inputs, kernel, recurrent_kernel, bias, initial_state, mask, go_backwards
    options = activation, recurrent_activation, reset_after, zero_output_for_mask
    outputs, _, last_h = _forward(*_prepare_gru(reset_after, *given), *options)
    return outputs, last_h


def gru_values(
    inputs, kernel, recurrent_kernel, bias=None, *, activation="tanh",
    recurrent_activation="sigmoid", reset_after=True, initial_state=None, mask=None,
    go_backwards=False, zero_output_for_mask=False,
) -> dict[str, np.ndarray]:  # fmt: skip
    """Return "h", "z", "r", "g", each (batch, timesteps, units), in computed order.

    "h" is the state after each timestep, carried over unchanged where the mask is
    False; there the gates are what the equations give from the carried state, computed
    and not used. Arguments as in gru; zero_output_for_mask changes nothing here.
    Source: Cho et al. 2014.
    """
    given = inputs, kernel, recurrent_kernel, bias, initial_state, mask, go_backwards
    options = activation, recurrent_activation, reset_after, zero_output_for_mask
    _, values, _ = _forward(*_prepare_gru(reset_after, *given), *options)
    return values


def gru_gradients(
    inputs, kernel, recurrent_kernel, bias, upstream, *, activation="tanh",
    recurrent_activation="sigmoid", reset_after=True, initial_state=None, mask=None,
    go_backwards=False, zero_output_for_mask=False,
) -> dict[str, np.ndarray]:  # fmt: skip
    """Return the gradients of sum(outputs * upstream), by back-propagation in time.

    upstream (batch, timesteps, units), in the order of the outputs; the other shapes
    are those of gru. Keys: "inputs", "kernel", "recurrent_kernel", "bias",
    "initial_state", each of its argument's shape (an argument of None counts as 0).
    The equations differentiated are those at the top. Source: Cho et al. 2014.
    """
    given = inputs, kernel, recurrent_kernel, bias, initial_state, mask, go_backwards
    options = activation, recurrent_activation, reset_after, zero_output_for_mask
    x, w_x, w_h, b, h_0, counts = arrays = _prepare_gru(reset_after, *given)
    _, values, _ = _forward(*arrays, *options)
    _, slope = ACTIVATIONS[activation]
    _, rec_slope = ACTIVATIONS[recurrent_activation]
    upstream = np.asarray(upstream, np.float64)
    d_x, d_w_x, d_w_h, d_b, d_h_0 = (np.zeros_like(a) for a in (x, w_x, w_h, b, h_0))
    w_hz, w_hr, w_hg = np.split(w_h, 3, axis=1)
    d_w_hz, d_w_hr, d_w_hg = np.split(d_w_h, 3, axis=1)  # views: += fills d_w_h
    for s in range(x.shape[0]):
        d_h = np.zeros_like(h_0[s])  # w.r.t. h after step t, from later steps
        d_repeat = np.zeros_like(h_0[s])  # w.r.t. output t, from steps repeating it
        for t in reversed(range(x.shape[1])):
            d_output = upstream[s, t] + d_repeat
            if counts[s, t]:
                before = values["h"][s, t - 1] if t > 0 else h_0[s]
                z, r, g = (values[name][s, t] for name in "zrg")
                d_h = d_h + d_output
                # h = z * before + (1 - z) * g
                d_z, d_g, d_before = d_h * (before - g), d_h * (1.0 - z), d_h * z
                d_a_z, d_a_g = d_z * rec_slope(z), d_g * slope(g)
                if reset_after:  # g = act(a_g + r * q_g), q_g = before w_hg + b_1g
                    d_r = d_a_g * (before @ w_hg + np.split(b[1], 3)[2])
                    d_q_g = d_a_g * r
                    d_w_hg += np.outer(before, d_q_g)
                    d_before = d_before + w_hg @ d_q_g
                else:  # g = act(a_g + (r * before) w_hg)
                    d_reset = w_hg @ d_a_g
                    d_r, d_before = d_reset * before, d_before + d_reset * r
                    d_w_hg += np.outer(r * before, d_a_g)
                d_a_r = d_r * rec_slope(r)
                # z = rec_act(a_z + before w_hz), r = rec_act(a_r + before w_hr)
                d_w_hz += np.outer(before, d_a_z)
                d_w_hr += np.outer(before, d_a_r)
                # a = x w_x + b
                d_a = np.concatenate([d_a_z, d_a_r, d_a_g])
                d_x[s, t] = w_x @ d_a
                d_w_x += np.outer(x[s, t], d_a)
                if reset_after:
                    d_b += [d_a, np.concatenate([d_a_z, d_a_r, d_q_g])]
                else:
                    d_b += d_a
                d_h = d_before + w_hz @ d_a_z + w_hr @ d_a_r
                d_repeat = np.zeros_like(h_0[s])
            else:  # d_h passes through; a repeated output hands its share back
                d_repeat = np.zeros_like(d_h) if zero_output_for_mask else d_output
        d_h_0[s] = d_h
    if go_backwards:
        d_x = d_x[:, ::-1]
    return {"inputs": d_x, "kernel": d_w_x, "recurrent_kernel": d_w_h, "bias": d_b,
            "initial_state": d_h_0}  # fmt: skip
