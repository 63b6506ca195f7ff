"""Whose recurrent layers a model is made of: this project's or Keras's own."""

import keras

import chapter9

LAYERS = {"custom": chapter9, "builtin": keras.layers}


def recurrent(name: str, layer: str):
    """Returns a layer's class.

    Args:
        name: "SimpleRNN", "LSTM" or "GRU".
        layer: "custom" or "builtin".

    Raises:
        ValueError: if `layer` is neither.
    """
    if layer not in LAYERS:
        raise ValueError(f"no layer {layer!r}; there are {', '.join(LAYERS)}")
    return getattr(LAYERS[layer], name)
