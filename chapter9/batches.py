"""How many reviews a model takes at once, so that what its layers hold is bounded."""

import keras

MOST_NUMBERS = 10_000_000  # of a batch, in all layers; 40 MB


def batch_size(model: keras.Model, most: int, more: int = 0) -> int:
    """Returns how many reviews to take at once; the results do not depend on it.

    Args:
        model: takes (batch, timesteps) token ids.
        most: reviews.
        more: numbers of a review that the caller holds beside the layers.
    """
    timesteps = model.inputs[0].shape[1]
    width = sum(map(_width, model.layers))
    return max(1, min(most, MOST_NUMBERS // (timesteps * width + more)))


def _width(layer: keras.Layer) -> int:
    """The numbers of a timestep: what the layer returns, or its gates before that."""
    gates = (weight.shape[-1] for weight in layer.weights)
    return max(layer.output.shape[-1], *gates, 1)
