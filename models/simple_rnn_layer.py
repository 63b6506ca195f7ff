"""Which SimpleRNN a model is made of: this project's or Keras's own."""

import keras

from chapter9 import SimpleRNN

SIMPLE_RNN = {"custom": SimpleRNN, "builtin": keras.layers.SimpleRNN}


def simple_rnn(layer: str):
    """Returns the class that `layer`, "custom" or "builtin", stands for."""
    if layer not in SIMPLE_RNN:
        raise ValueError(f"no layer {layer!r}; there are {', '.join(SIMPLE_RNN)}")
    return SIMPLE_RNN[layer]
