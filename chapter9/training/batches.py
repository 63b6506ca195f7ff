"""How many samples a model takes at once, so that what its layers hold is bounded."""

import math
from collections.abc import Iterator

import keras
import numpy as np
from keras import tree

from before_keras.safety import bounds
from chapter9.data.padded import PaddedReviews


def batch_size(
    model: keras.Model, x: np.ndarray | PaddedReviews, most: int, more: int = 0
) -> int:
    """Returns how many samples to take at once; the results do not depend on it.

    Args:
        model: any.
        x: its input, (samples, timesteps, ...).
        most: samples.
        more: numbers of a sample that the caller holds beside the layers.
    """
    timesteps = math.prod(x.shape[1:2])  # 1 without such an axis
    width = sum(map(_width, model.layers))
    return max(1, min(most, bounds.MAX_NUMBERS // max(1, timesteps * width + more)))


def split(
    model: keras.Model, x: np.ndarray | PaddedReviews, most: int, more: int = 0
) -> Iterator[np.ndarray]:
    """Yields arrays of the samples, in order, as many at once as `batch_size` says."""
    size = batch_size(model, x, most, more)
    for start in range(0, len(x), size):
        yield np.asarray(x[start : start + size])


def _width(layer: keras.Layer) -> int:
    """The numbers of a timestep: what the layer returns, or its gates before that."""
    try:
        tensors = [*tree.flatten(layer.output), *layer.weights]
    except (AttributeError, ValueError):  # never called, or more than once
        tensors = layer.weights
    shapes = [tuple(tensor.shape) for tensor in tensors]
    return max((shape[-1] or 1 for shape in shapes if shape), default=1)
