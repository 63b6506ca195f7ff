"""The equations of the cells in NumPy (book: sections 9-1 and 9-3).

Each is a line that yields the name and the value of its left side. What stands on its
right is read from `now` and `before`, the values of this timestep and of the one before
it. `loop` fills them in as it goes; with a layer's own values in them, each equation is
compared alone, so that a wrong one fails itself and no other.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

Values = dict[str, np.ndarray]  # (..., units) each, by their names in the equations


def sigmoid(z: np.ndarray) -> np.ndarray:
    """Returns 1 / (1 + e^-z)."""
    return 1 / (1 + np.exp(-z))


def softmax(z: np.ndarray) -> np.ndarray:
    """Returns e^z by the sum of its row."""
    return np.exp(z) / np.exp(z).sum(axis=-1, keepdims=True)


def simple_rnn(x, before, now, w_x, w_h, b):
    """The cell of section 9-1."""
    yield "h", np.tanh(x @ w_x + before["h"] @ w_h + b)


def lstm(x, before, now, w_x, w_h, b):
    """Its blocks of columns are i, f, g, o."""
    z_i, z_f, z_g, z_o = np.split(x @ w_x + before["h"] @ w_h + b, 4, axis=-1)
    yield "i", sigmoid(z_i)
    yield "f", sigmoid(z_f)
    yield "g", np.tanh(z_g)
    yield "o", sigmoid(z_o)
    yield "c", now["f"] * before["c"] + now["i"] * now["g"]
    yield "h", now["o"] * np.tanh(now["c"])


def gru(x, before, now, w_x, w_h, b):
    """Its blocks of columns are z, r, g; b has a row for x_t and one for h_(t-1)."""
    p_z, p_r, p_g = np.split(x @ w_x + b[0], 3, axis=-1)
    q_z, q_r, q_g = np.split(before["h"] @ w_h + b[1], 3, axis=-1)
    yield "z", sigmoid(p_z + q_z)
    yield "r", sigmoid(p_r + q_r)
    yield "g", np.tanh(p_g + now["r"] * q_g)
    yield "h", now["z"] * before["h"] + (1 - now["z"]) * now["g"]


def gru_reset_before(x, before, now, w_x, w_h, b):
    """As `gru`, but r resets h_(t-1) before W_h; one b."""
    p_z, p_r, p_g = np.split(x @ w_x + b, 3, axis=-1)
    w_z, w_r, w_g = np.split(w_h, 3, axis=-1)
    yield "z", sigmoid(p_z + before["h"] @ w_z)
    yield "r", sigmoid(p_r + before["h"] @ w_r)
    yield "g", np.tanh(p_g + (now["r"] * before["h"]) @ w_g)
    yield "h", now["z"] * before["h"] + (1 - now["z"]) * now["g"]


@dataclass(frozen=True, eq=False)
class Cell:
    """A recurrent cell.

    Attributes:
        name: the class of its layer.
        equations: one of the functions above.
        states: "h" or "hc".
        gates: in the order of their columns; "" for SimpleRNN.
        written: the right side of each equation, as it is printed.
        source: where the equations come from.
        options: what the constructor of its layer takes.
    """

    name: str
    equations: Callable[..., Iterator[tuple[str, np.ndarray]]]
    states: str = "h"
    gates: str = ""
    written: Mapping[str, str] = field(default_factory=dict)
    source: str = ""
    options: Mapping[str, bool] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.called()

    def called(self, *arguments: object) -> str:
        """Returns the layer as it is called: "GRU(8, reset_after=False)"."""
        options = (f"{name}={value}" for name, value in self.options.items())
        inside = ", ".join([*map(str, arguments), *options])
        return f"{self.name}({inside})" if inside else self.name

    def columns(self, weights: list[np.ndarray], gate: str) -> list[np.ndarray]:
        """Returns a view of the columns that each weight has for a gate."""
        units = len(weights[1])
        start = self.gates.index(gate) * units
        return [weight[..., start : start + units] for weight in weights]


def _gate(name: str, function: str = "sigmoid") -> str:
    return f"{function}(x_t W_x{name} + h_(t-1) W_h{name} + b_{name})"


SIMPLE_RNN = Cell("SimpleRNN", simple_rnn)
LSTM = Cell(
    "LSTM",
    lstm,
    states="hc",
    gates="ifgo",
    written={
        "i": _gate("i"),
        "f": _gate("f"),
        "g": _gate("g", "tanh"),
        "o": _gate("o"),
        "c": "f_t c_(t-1) + i_t g_t",
        "h": "o_t tanh(c_t)",
    },
    source="Gers et al. 2000",
)
GRU = Cell(
    "GRU",
    gru,
    gates="zrg",
    written={
        "z": "sigmoid(x_t W_xz + b_xz + h_(t-1) W_hz + b_hz)",
        "r": "sigmoid(x_t W_xr + b_xr + h_(t-1) W_hr + b_hr)",
        "g": "tanh(x_t W_xg + b_xg + r_t (h_(t-1) W_hg + b_hg))",
        "h": "z_t h_(t-1) + (1 - z_t) g_t",
    },
    source="Cho et al. 2014",
)
GRU_RESET_BEFORE = Cell(
    "GRU",
    gru_reset_before,
    gates="zrg",
    written={
        "z": _gate("z"),
        "r": _gate("r"),
        "g": "tanh(x_t W_xg + (r_t h_(t-1)) W_hg + b_g)",
        "h": "z_t h_(t-1) + (1 - z_t) g_t",
    },
    source="Cho et al. 2014",
    options={"reset_after": False},
)
GATED = (LSTM, GRU, GRU_RESET_BEFORE)


def loop(cell: Cell, x: np.ndarray, weights: list[np.ndarray]) -> np.ndarray:
    """Returns every hidden state, (batch, timesteps, units), from h_0 = c_0 = 0."""
    zeros = np.zeros((len(x), len(weights[1])))
    now, hidden_states = {"h": zeros, "c": zeros}, []
    for x_t in np.moveaxis(x, 1, 0):
        before, now = now, {}
        for name, value in cell.equations(x_t, before, now, *weights):
            now[name] = value
        hidden_states.append(now["h"])
    return np.stack(hidden_states, axis=1)


def one_by_one(
    cell: Cell,
    x: np.ndarray,
    weights: list[np.ndarray],
    initial: Values,
    found: Values,
) -> Values:
    """Returns what each equation makes of a layer's own values, all timesteps at once.

    Args:
        cell: whose equations.
        x: (batch, timesteps, features).
        weights: of the layer.
        initial: h_0 and, for LSTM, c_0, (batch, units).
        found: the layer's values, (batch, timesteps, units).
    """
    return dict(cell.equations(x, earlier(initial, found), found, *weights))


def earlier(initial: Values, found: Values) -> Values:
    """Returns the states before each timestep, from those after it."""
    return {
        name: np.concatenate([h_0[:, None], found[name][:, :-1]], axis=1)
        for name, h_0 in initial.items()
    }
