"""Chapter 9, recurrent neural networks, of 혼자 공부하는 머신러닝+딥러닝 in Keras.

Importing it registers `SimpleRNN` with Keras, so that saved models load.
"""

from chapter9.layers.simple_rnn import SimpleRNN
from chapter9.parameters import explain_parameters

__all__ = ["SimpleRNN", "explain_parameters"]
