"""The exercises of section 9-3: gates, what they keep, and their parameters."""

from collections.abc import Mapping

import numpy as np
from keras import ops

from before_keras.language import _
from chapter9.layers.gru import GRU
from chapter9.layers.lstm import LSTM
from chapter9.lessons.exercise import exercise, number
from chapter9.parameters import terms

FEATURES, UNITS = 6, 5
KEPT, LEFT = 100, 0.5  # timesteps, and what is left of c after them


@exercise
def lstm_parameters(answer: int) -> str:
    """How many parameters has LSTM(5) on words of 6 numbers?"""
    layer = LSTM(UNITS)
    layer.build((None, None, FEATURES))
    one = sum(term.count for term in terms.simple_rnn(FEATURES, UNITS))
    hints = {
        one: _("there is such a set of weights for each of i, f, g and o"),
        3 * one: _("the candidate has weights, too"),
    }
    return number(answer, layer.count_params(), hints)


@exercise
def gru_parameters(answer: int) -> str:
    """How many parameters has GRU(5) on words of 6 numbers?"""
    layer, with_one_bias = GRU(UNITS), GRU(UNITS, reset_after=False)
    for one in (layer, with_one_bias):
        one.build((None, None, FEATURES))
    hints = {
        with_one_bias.count_params(): _(
            "Keras has a bias for x_t and another one for h_(t-1), in each gate"
        ),
        sum(term.count for term in terms.lstm(FEATURES, UNITS)): _(
            "a GRU has one block less than an LSTM"
        ),
    }
    return number(answer, layer.count_params(), hints)


@exercise
def second_layer(answer: int) -> str:
    """How many parameters has the second layer of this stack?

    Words of 16 numbers, LSTM(4, return_sequences=True), then LSTM(6).
    """
    features, first, last = 16, 4, 6
    layer = LSTM(last)
    layer.build((None, None, first))
    on_words = sum(term.count for term in terms.lstm(features, last))
    hints = {on_words: _("the second layer takes the first one's hidden states")}
    return number(answer, layer.count_params(), hints)


@exercise
def untrained_gates(answer: Mapping[str, float]) -> str:
    """With all kernels 0 and Keras's own biases: what are i, f, g and o?

    To two decimals, as {"i": ..., "f": ..., "g": ..., "o": ...}.
    """
    layer = LSTM(1)
    layer.build((None, None, 1))
    kernel, recurrent_kernel, bias = layer.get_weights()
    layer.set_weights([kernel * 0, recurrent_kernel * 0, bias])
    found = layer.states_and_gates(np.ones((1, 1, 1), "float32"))
    off = [
        gate
        for gate in ("i", "f", "g", "o")
        if not abs(float(answer[gate]) - float(found[gate][0, 0, 0])) < 0.006
    ]
    hints = {"f": _("look at the initial bias of the forget gate: layer.get_weights()")}
    if not off:
        return ""
    plain = _("not {gate}: what is sigmoid(0), and what is tanh(0)?")
    return hints.get(off[0], plain.format(gate=off[0]))


@exercise
def half_life(bias: float) -> str:
    """Which bias of the forget gate leaves half of c_0 after 100 words?

    All other weights are 0.
    """
    layer = LSTM(1)
    layer.build((None, None, 1))
    kernel, recurrent_kernel, _bias = layer.get_weights()
    biases = np.array([0, float(bias), 0, 0], "float32")  # i, f, g, o
    layer.set_weights([kernel * 0, recurrent_kernel * 0, biases])
    state = [np.zeros((1, 1), "float32"), np.ones((1, 1), "float32")]
    zeros = np.zeros((1, KEPT, 1), "float32")
    found = layer.states_and_gates(zeros, initial_state=state)
    left = float(ops.convert_to_numpy(found["c"])[0, -1, 0])
    if abs(left / LEFT - 1) < 0.05:
        return ""
    said = _("after {timesteps} timesteps {share:.2%} is left")
    return said.format(timesteps=KEPT, share=left)
