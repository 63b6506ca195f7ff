"""The experiments behind claims 8 to 10 of section 9-1: recurrent layers among others.

Like those of experiments.py, each returns the book's value, or what is there instead.
"""

import itertools

import keras
import numpy as np

import models
from before_keras import book
from before_keras.language import _
from verification.apparatus import (
    TOLERANCE,
    another_shape,
    compared,
    layer_of,
    random,
    sentence,
    to_numpy,
)
from verification.equations import sigmoid, softmax

OUTPUTS = {2: sigmoid, 3: softmax}  # by the number of classes


def prediction(layer: str) -> str:
    """Claim 8: (10,) goes straight into one sigmoid neuron, or a softmax layer."""
    timesteps, features, cells = book.PREDICTION_DIAGRAM
    x = random((2, timesteps, features))
    for classes, function in OUTPUTS.items():
        model = models.build("prediction", layer=layer, classes=classes)
        hidden_state = to_numpy(model.layers[0](x))
        if hidden_state.shape[1:] != (cells,):
            return another_shape(hidden_state.shape[1:], (cells,))
        w, b = model.layers[-1].get_weights()
        expected = function(hidden_state @ w + b)
        found = compared("", to_numpy(model(x)), expected)
        if found:
            return _("{classes} classes: {found}").format(classes=classes, found=found)
    two = models.build("prediction", layer=layer).layers
    return " + ".join(f"{part.count_params():,}" for part in two)


def names(layer: str) -> str:
    """Claim 9: what a dense, a convolutional and a recurrent layer put out."""
    signal = np.zeros((1, 9, 1), "float32")
    signal[:, 3:6] = random((1, 3, 1))
    found = {
        "activation": _is_activation(keras.layers.Dense(4, "tanh"), random((1, 6))),
        "feature map": _is_feature_map(
            keras.layers.Conv1D(2, 3, padding="same"), signal
        ),
        "hidden state": _is_hidden_state(
            layer_of(layer, return_state=True), sentence()
        ),
    }
    return ", ".join(
        name if is_so else "another output" for name, is_so in found.items()
    )


def _is_activation(dense, x) -> bool:
    """Whether it is the activation function of the weighted sums."""
    output = to_numpy(dense(x))
    w, b = dense.get_weights()
    return np.allclose(output, np.tanh(x @ w + b), atol=TOLERANCE)


def _is_feature_map(convolution, x) -> bool:
    """Whether it moves along with its input."""
    moved = np.roll(to_numpy(convolution(x)), 1, axis=1)
    follows = to_numpy(convolution(np.roll(x, 1, axis=1)))
    return np.allclose(follows, moved, atol=TOLERANCE)


def _is_hidden_state(recurrent, x) -> bool:
    """Whether it is the state that the layer returns, and matters if it comes back."""
    output, state = recurrent(x)
    fed_back = to_numpy(recurrent(x, initial_state=output)[0])
    is_state = np.allclose(to_numpy(output), to_numpy(state), atol=TOLERANCE)
    return is_state and not np.allclose(fed_back, to_numpy(output), atol=TOLERANCE)


def order(layer: str) -> str:
    """Claim 10: which order of words a network tells from another one."""
    feed_forward = (
        keras.layers.Dense(3, "tanh"),
        keras.layers.Conv1D(3, kernel_size=2, activation="tanh"),
    )
    pooled = (
        keras.Sequential([one, keras.layers.GlobalAveragePooling1D()])
        for one in feed_forward
    )
    return ", ".join(map(_remembers, (*pooled, layer_of(layer))))


def _remembers(network) -> str:
    """What changes the output: no order, one that other neighbours come of, or any."""
    words = random((5, book.WORD_SIZE))
    orders = itertools.permutations(range(len(words)))
    neighbours = _changes(network, [words[list(each)] for each in orders])
    # a b a c a and a c a b a have the same pairs of neighbours: ab, ba, ac, ca.
    same_pairs = _changes(network, [words[[0, 1, 0, 2, 0]], words[[0, 2, 0, 1, 0]]])
    if not (neighbours.any() or same_pairs.any()):
        return "no"
    if not neighbours.all():
        return "sometimes"
    return "yes" if same_pairs.all() else "within its kernel"


def _changes(network, sentences: list) -> np.ndarray:
    """Whether the output for each further sentence is another than for the first."""
    outputs = to_numpy(network(np.stack(sentences)))
    return np.abs(outputs[1:] - outputs[0]).max(axis=1) > TOLERANCE
