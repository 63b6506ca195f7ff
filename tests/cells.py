"""The cells under test: equations, our layer, Keras's layer and the NumPy loops."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from types import ModuleType

import keras
import pytest

import chapter9
from chapter9.equations import gru, gru_reset_before, lstm, simple_rnn
from tests import reference, reference_gru, reference_lstm


@dataclass(frozen=True)
class Cell:
    name: str
    equations: ModuleType
    layer: type
    builtin: type
    outputs: Callable  # the NumPy loops; `states` gives them their initial state
    values: Callable
    gradients: Callable
    options: dict = field(default_factory=dict)  # of both layers

    def __repr__(self):
        return self.name

    @property
    def blocks(self):
        """The blocks of columns in its kernels."""
        return len(self.equations.GATES) or 1

    @property
    def has_recurrent_bias(self):
        """Whether h_(t-1) W_h has a bias of its own."""
        return self.equations is gru

    def names(self, *activations):
        """The activations as arguments of the layers and the NumPy loops."""
        return dict(
            zip(("activation", "recurrent_activation"), activations, strict=False)
        )

    def state(self, states):
        """The states as the NumPy loops have them: one array, or a pair."""
        return states if len(self.equations.STATES) > 1 else states[0]


def _gru(**options):
    loops = (reference_gru.gru, reference_gru.gru_values, reference_gru.gru_gradients)
    loops = tuple(partial(loop, **options) for loop in loops)
    return chapter9.GRU, keras.layers.GRU, *loops, options


CELLS = (
    Cell(
        "SimpleRNN",
        simple_rnn,
        chapter9.SimpleRNN,
        keras.layers.SimpleRNN,
        reference.simple_rnn,
        reference.simple_rnn_values,
        reference.simple_rnn_gradients,
    ),
    Cell(
        "LSTM",
        lstm,
        chapter9.LSTM,
        keras.layers.LSTM,
        reference_lstm.lstm,
        reference_lstm.lstm_values,
        reference_lstm.lstm_gradients,
    ),
    Cell("GRU", gru, *_gru(reset_after=True)),
    Cell("GRU-reset-before", gru_reset_before, *_gru(reset_after=False)),
)
every_cell = pytest.mark.parametrize("cell", CELLS, ids=repr)
