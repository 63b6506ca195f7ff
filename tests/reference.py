"""The slow, obvious specification of a simple recurrent layer, in numpy float64.

    h_t = act(x_t W_x + h_(t-1) W_h + b),   h_0 = 0 unless an initial state is given

Source of the equation: Park Hae-sun (박해선), 혼자 공부하는 머신러닝+딥러닝,
section 9-1, p. 486-497.
"""

import numpy as np

# name -> (the activation, its slope written in terms of its own result y)
ACTIVATIONS = {
    "tanh": (np.tanh, lambda y: 1.0 - y * y),
    "relu": (lambda z: np.maximum(z, 0.0), lambda y: (y > 0.0).astype(np.float64)),
    # The sigmoid 1 / (1 + exp(-z)), in a form that cannot overflow.
    "sigmoid": (lambda z: 0.5 + 0.5 * np.tanh(0.5 * z), lambda y: y * (1.0 - y)),
    "linear": (lambda z: z, np.ones_like),
}  # fmt: skip


def _prepare(inputs, kernel, recurrent_kernel, bias, initial_state, mask, go_backwards):
    """Turn everything to float64, fill in what was left out, put steps in order."""
    x, w_x = np.asarray(inputs, np.float64), np.asarray(kernel, np.float64)
    w_h = np.asarray(recurrent_kernel, np.float64)
    batch, timesteps, _ = x.shape
    units = w_x.shape[1]
    b = np.zeros(units) if bias is None else np.asarray(bias, np.float64)
    h_0 = np.zeros((batch, units)) if initial_state is None else initial_state
    counts = np.ones((batch, timesteps)) if mask is None else mask
    h_0, counts = np.asarray(h_0, np.float64), np.asarray(counts, bool)
    if go_backwards:  # step 0 is now the timestep that is read first
        x, counts = x[:, ::-1], counts[:, ::-1]
    return x, w_x, w_h, b, h_0, counts


def _forward(x, w_x, w_h, b, h_0, counts, activation, zero_output_for_mask):
    """Return outputs (batch, timesteps, units), states (batch, timesteps + 1, units).

    states[:, 0] is h_0; states[:, t + 1] is the hidden state after step t.
    """
    act, _ = ACTIVATIONS[activation]
    batch, timesteps, _ = x.shape
    units = w_x.shape[1]
    outputs = np.zeros((batch, timesteps, units))
    states = np.zeros((batch, timesteps + 1, units))
    for s in range(batch):
        states[s, 0] = h_0[s]
        previous_output = np.zeros(units)  # zeros even if h_0 is not
        for t in range(timesteps):
            if counts[s, t]:
                states[s, t + 1] = act(x[s, t] @ w_x + states[s, t] @ w_h + b)
                outputs[s, t] = states[s, t + 1]
            else:
                states[s, t + 1] = states[s, t]  # carried over unchanged
                outputs[s, t] = 0.0 if zero_output_for_mask else previous_output
            previous_output = outputs[s, t]
    return outputs, states


def simple_rnn(
    inputs, kernel, recurrent_kernel, bias=None, *, activation="tanh",
    initial_state=None, mask=None, go_backwards=False, zero_output_for_mask=False,
) -> tuple[np.ndarray, np.ndarray]:  # fmt: skip
    """Return outputs (batch, timesteps, units) and last hidden state (batch, units).

    inputs (batch, timesteps, features), kernel W_x (features, units),
    recurrent_kernel W_h (units, units), bias (units,), initial_state (batch, units),
    mask (batch, timesteps), True where the timestep counts. The outputs stand in the
    order in which they were computed; the layer's "last output" is outputs[:, -1].
    Source: Park Hae-sun (박해선), 혼자 공부하는 머신러닝+딥러닝,
    section 9-1, p. 486-497.
    """
    given = inputs, kernel, recurrent_kernel, bias, initial_state, mask, go_backwards
    outputs, states = _forward(*_prepare(*given), activation, zero_output_for_mask)
    return outputs, states[:, -1]


def simple_rnn_values(
    inputs, kernel, recurrent_kernel, bias=None, *, activation="tanh",
    initial_state=None, mask=None, go_backwards=False, zero_output_for_mask=False,
) -> dict[str, np.ndarray]:  # fmt: skip
    """Return "h", (batch, timesteps, units): the state after each timestep.

    It stands in the order of computation and is carried over unchanged where the mask
    is False. Arguments and source as in simple_rnn; zero_output_for_mask changes
    outputs, so nothing here.
    """
    given = inputs, kernel, recurrent_kernel, bias, initial_state, mask, go_backwards
    _, states = _forward(*_prepare(*given), activation, zero_output_for_mask)
    return {"h": states[:, 1:]}


def simple_rnn_gradients(
    inputs, kernel, recurrent_kernel, bias, upstream, *, activation="tanh",
    initial_state=None, mask=None, go_backwards=False, zero_output_for_mask=False,
) -> dict[str, np.ndarray]:  # fmt: skip
    """Return the gradients of sum(outputs * upstream), by back-propagation in time.

    upstream (batch, timesteps, units), in the order of the outputs; the other shapes
    are those of simple_rnn. Keys: "inputs", "kernel", "recurrent_kernel", "bias",
    "initial_state", each of its argument's shape (an argument of None counts as 0).
    The equation differentiated is the one at the top of this file, with its source.
    """
    given = inputs, kernel, recurrent_kernel, bias, initial_state, mask, go_backwards
    x, w_x, w_h, b, h_0, counts = _prepare(*given)
    _, states = _forward(x, w_x, w_h, b, h_0, counts, activation, zero_output_for_mask)
    _, slope = ACTIVATIONS[activation]
    upstream = np.asarray(upstream, np.float64)
    d_x, d_w_x, d_w_h, d_b, d_h_0 = (np.zeros_like(a) for a in (x, w_x, w_h, b, h_0))
    for s in range(x.shape[0]):
        d_state = np.zeros_like(b)  # w.r.t. the state after step t, from later steps
        d_repeat = np.zeros_like(b)  # w.r.t. output t, from later steps repeating it
        for t in reversed(range(x.shape[1])):
            d_output = upstream[s, t] + d_repeat
            if counts[s, t]:
                d_z = (d_state + d_output) * slope(states[s, t + 1])
                d_x[s, t] = w_x @ d_z
                d_w_x += np.outer(x[s, t], d_z)
                d_w_h += np.outer(states[s, t], d_z)
                d_b += d_z
                d_state = w_h @ d_z
                d_repeat = np.zeros_like(b)
            else:  # d_state passes through; a repeated output hands its share back
                d_repeat = np.zeros_like(b) if zero_output_for_mask else d_output
        d_h_0[s] = d_state
    if go_backwards:
        d_x = d_x[:, ::-1]
    return {"inputs": d_x, "kernel": d_w_x, "recurrent_kernel": d_w_h, "bias": d_b,
            "initial_state": d_h_0}  # fmt: skip


def numerical_gradient(function, array, epsilon=1e-6):
    """Return d function(array) / d array by central differences, in array's shape."""
    point = np.array(array, np.float64)
    gradient = np.zeros_like(point)
    for index in np.ndindex(point.shape):
        value = point[index]
        point[index] = value + epsilon
        above = function(point)
        point[index] = value - epsilon
        below = function(point)
        point[index] = value
        gradient[index] = (above - below) / (2.0 * epsilon)
    return gradient
