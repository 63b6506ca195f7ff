"""The output layer: one sigmoid neuron for two labels, for more a softmax neuron each.

Book: section 9-1. All that depends on the number of labels stands here: the
layer, its loss, and how its outputs become probabilities and a label.
"""

import keras
import numpy as np

SOFTMAX = keras.activations.softmax


def output_layer(labels: int = 2) -> keras.layers.Dense:
    """Returns the last layer of a model that tells so many labels apart, at least two.

    One neuron has the probability of label 1; of more, neuron k has that of label k.
    """
    if labels == 2:
        return keras.layers.Dense(1, activation="sigmoid")
    return keras.layers.Dense(labels, activation=SOFTMAX)


def loss_of(model: keras.Model) -> str:
    """Returns Keras's name of the cross-entropy of a model that ends in such a layer.

    It is categorical after a softmax. The targets are integers from 0 on, (batch, 1),
    for both.
    """
    is_softmax = getattr(model.layers[-1], "activation", None) is SOFTMAX
    return "sparse_categorical_crossentropy" if is_softmax else "binary_crossentropy"


def losses(targets: np.ndarray, outputs: np.ndarray) -> np.ndarray:
    """Returns the cross-entropy of each output, (batch,).

    Args:
        targets: integers from 0 on, (batch, 1).
        outputs: of the model, (batch, 1) for two labels, else (batch, labels).
    """
    if outputs.shape[-1] == 1:
        found = keras.losses.binary_crossentropy(targets, outputs)
    else:
        found = keras.losses.sparse_categorical_crossentropy(targets[:, 0], outputs)
    return keras.ops.convert_to_numpy(found)


def probabilities(outputs: np.ndarray) -> np.ndarray:
    """Returns the probability of every label, (..., labels).

    Args:
        outputs: of the model, (..., 1) for two labels, else (..., labels).
    """
    if outputs.shape[-1] > 1:
        return outputs
    return np.concatenate([1 - outputs, outputs], axis=-1)


def predicted(outputs: np.ndarray) -> np.ndarray:
    """Returns the label that has the highest probability, (...) integers.

    Args:
        outputs: as `probabilities` takes them.
    """
    if outputs.shape[-1] > 1:
        return outputs.argmax(axis=-1)
    return (outputs[..., 0] > 0.5).astype(np.int64)
