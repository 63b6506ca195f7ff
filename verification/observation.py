"""What LSTM and GRU compute inside: told by our layer, observed of the built-in one.

The built-in returns h, and c at the end of a sequence, but no gate. A gate is observed
by what it does to them. In a copy of the layer another gate is held by a bias of 100 or
-100, beside which x_t and h_(t-1) weigh nothing: its sigmoid is 1 or 0, its tanh 1 or
-1, and what the copy returns is the gate in question. Every timestep is a sample of its
own, which starts from the states before it.
"""

from collections.abc import Callable

import numpy as np
from keras import ops

from verification.apparatus import layer_of, to_numpy
from verification.equations import (
    GRU,
    GRU_RESET_BEFORE,
    LSTM,
    Cell,
    Values,
    earlier,
)

HELD = 100.0


def told(cell: Cell, rnn, x: np.ndarray, initial: Values) -> Values:
    """Returns what a layer of ours tells; takes what `observed` takes."""
    return rnn.states_and_gates(x, initial_state=_tensors(initial))


def observed(cell: Cell, rnn, x: np.ndarray, initial: Values) -> Values:
    """Returns the states and gates of a built-in layer, (batch, timesteps, units).

    Args:
        cell: what the layer is.
        rnn: the layer, which returns sequences.
        x: (batch, timesteps, features).
        initial: h_0 and, for LSTM, c_0, (batch, units); nowhere 0.
    """
    states = {"h": to_numpy(rnn(x, initial_state=_tensors(initial)))}
    if "c" in cell.states:
        states["c"] = _cell_states(cell, rnn.get_weights(), x, initial)
    before = earlier(initial, states)
    samples = x.reshape(-1, 1, x.shape[-1])

    def step(hold: Callable, c: float | None = None) -> list[np.ndarray]:
        """The states after a timestep of a copy whose weights `hold` has changed."""
        weights = [weight.copy() for weight in rnn.get_weights()]
        hold(lambda gate: cell.columns(weights, gate))
        start = before if c is None else before | {"c": np.full_like(before["c"], c)}
        start = {name: h.reshape(-1, h.shape[-1]) for name, h in start.items()}
        after = _last_states(cell, weights, samples, start)
        return [h.reshape(before["h"].shape) for h in after]

    return states | GATES[cell](step, before["h"])


def _lstm(step, _) -> Values:
    _, i = step(_held("g", HELD), c=0)  # c_t = f_t 0 + i_t 1
    _, f = step(_held("i", -HELD), c=1)  # c_t = f_t 1 + 0 g_t
    _, g = step(_held("i", HELD), c=0)  # c_t = f_t 0 + 1 g_t
    o, _ = step(_held("f", HELD), c=HELD)  # h_t = o_t tanh(100 + i_t g_t)
    return {"i": i, "f": f, "g": g, "o": o}


def _gru(step, _) -> Values:
    [h] = step(_reset_gate_in_candidate)  # h_t = tanh(r_t)
    return _update_and_candidate(step) | {"r": np.arctanh(h)}


def _gru_reset_before(step, h_before) -> Values:
    [h] = step(_reset_gate_in_candidate)  # h_t = tanh(r_t h_(t-1))
    return _update_and_candidate(step) | {"r": np.arctanh(h) / h_before}


GATES = {LSTM: _lstm, GRU: _gru, GRU_RESET_BEFORE: _gru_reset_before}


def _update_and_candidate(step) -> Values:
    [above], [below] = step(_held("g", HELD)), step(_held("g", -HELD))
    [g] = step(_held("z", -HELD))  # h_t = 0 h_(t-1) + 1 g_t
    return {"z": 1 - (above - below) / 2, "g": g}  # h_t = z_t h_(t-1) +- (1 - z_t)


def _held(gate: str, bias: float) -> Callable:
    """Holds a gate, whatever comes in."""

    def hold(columns):
        *_, b = columns(gate)
        np.atleast_2d(b)[0] = bias

    return hold


def _reset_gate_in_candidate(columns) -> None:
    """Holds z at 0 and leaves nothing in g but r: r_t 1, or with one b r_t h_(t-1)."""
    _held("z", -HELD)(columns)
    w_x, w_h, b = columns("g")
    w_x[:], w_h[:], b[:] = 0, 0, 0
    if b.ndim == 2:
        b[1] = 1
    else:
        w_h[:] = np.eye(len(w_h))


def _cell_states(cell, weights, x, initial) -> np.ndarray:
    """The cell state at the end of each beginning of the sentence."""
    beginnings = (x[:, : t + 1] for t in range(x.shape[1]))
    ends = (_last_states(cell, weights, begun, initial) for begun in beginnings)
    return np.stack([c for _, c in ends], axis=1)


def _last_states(cell, weights, x, initial) -> list[np.ndarray]:
    copy = layer_of("builtin", cell, len(weights[1]), return_state=True)
    copy.build(x.shape)
    copy.set_weights(weights)
    _, *states = copy(x, initial_state=_tensors(initial))
    return list(map(to_numpy, states))


def _tensors(states: Values) -> list:
    return [ops.convert_to_tensor(state, "float32") for state in states.values()]
