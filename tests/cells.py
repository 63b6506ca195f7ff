"""The cells under test: equations, our layer, Keras's layer and the NumPy loops."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from types import ModuleType

import keras
import numpy as np
import pytest
from keras import ops

import chapter9
from chapter9.equations import gru, gru_reset_before, lstm, simple_rnn
from tests import reference, reference_gru, reference_lstm


@dataclass(frozen=True)
class Cell:
    name: str
    equations: ModuleType
    layer: type
    builtin: type
    outputs: Callable  # the NumPy loops: outputs and last states,
    values: Callable  # states and gates by name,
    gradients: Callable  # and the gradients by name
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

    @property
    def activations(self):
        """The arguments that are activations, of the layers and the NumPy loops."""
        names = ("activation", "recurrent_activation")
        return names if self.equations.GATES else names[:1]

    def state(self, states):
        """The states as the NumPy loops have them: one array, or a pair."""
        return states if len(self.equations.STATES) > 1 else states[0]


def _gru(reset_after):
    loops = (reference_gru.gru, reference_gru.gru_values, reference_gru.gru_gradients)
    loops = tuple(partial(loop, reset_after=reset_after) for loop in loops)
    return chapter9.GRU, keras.layers.GRU, *loops, {"reset_after": reset_after}


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


def pair(cell, units, shape, **options):
    """Our layer and the built-in one, built for the shape, with the same weights."""
    layers = cell.layer, cell.builtin
    both = [layer(units, **cell.options, **options) for layer in layers]
    for layer in both:
        layer.build(shape)
    share_weights(*both)
    return both


def share_weights(*layers):
    """Sets the same random weights in all of them, layers or models."""
    uniform = np.random.default_rng(0).uniform
    weights = [uniform(-0.9, 0.9, weight.shape) for weight in layers[0].weights]
    for layer in layers:
        layer.set_weights(weights)


def inputs(*shape):
    """Features, the same in every test."""
    return np.random.default_rng(0).uniform(-0.9, 0.9, shape).astype("float32")


def numbers(outputs):
    """Outputs in any structure as a list of NumPy arrays."""
    return [ops.convert_to_numpy(output) for output in keras.tree.flatten(outputs)]


def assert_same(found, expected, tolerance=1e-5):
    """The same dtypes and, relative to the largest number of an array, numbers."""
    for our, their in zip(numbers(found), numbers(expected), strict=True):
        assert our.dtype == their.dtype
        largest = max(1.0, np.max(np.abs(their)))
        np.testing.assert_allclose(our, their, rtol=0, atol=tolerance * largest)
