"""Chapter 9, recurrent neural networks, of 혼자 공부하는 머신러닝+딥러닝 in Keras.

Importing it registers the layers with Keras, so that saved models load.
"""

from before_keras import __version__
from chapter9.equations.recurrence import automatic_differentiation
from chapter9.layers.conversion import from_builtin, load_builtin_weights, to_builtin
from chapter9.layers.gru import GRU
from chapter9.layers.lstm import LSTM
from chapter9.layers.simple_rnn import SimpleRNN
from chapter9.parameters import explain_parameters

__all__ = [
    "GRU",
    "LSTM",
    "SimpleRNN",
    "__version__",
    "automatic_differentiation",
    "explain_parameters",
    "from_builtin",
    "load_builtin_weights",
    "to_builtin",
]
