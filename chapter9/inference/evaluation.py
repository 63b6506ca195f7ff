"""How good a trained model is on the reviews kept for the end."""

from dataclasses import dataclass

import keras
import numpy as np

from chapter9.data import Split
from chapter9.training.batches import batch_size

MAX_BATCH = 1_000  # reviews


@dataclass(frozen=True)
class Evaluation:
    """A model's result on labelled reviews.

    Attributes:
        loss: binary cross-entropy, the mean over the reviews.
        accuracy: the share of reviews whose label was predicted.
        confusion: (2, 2) counts, confusion[label][predicted].
    """

    loss: float
    accuracy: float
    confusion: np.ndarray


def evaluate(model: keras.Model, reviews: Split) -> Evaluation:
    """Returns loss, accuracy and confusion matrix.

    Args:
        model: takes (batch, timesteps) token ids, returns (batch, 1) probabilities.
        reviews: x (reviews, timesteps), y (reviews, 1).
    """
    size = batch_size(model, reviews.x, MAX_BATCH)
    probabilities = model.predict(reviews.x, batch_size=size, verbose=0)
    losses = keras.losses.binary_crossentropy(reviews.y, probabilities)
    predicted, labels = probabilities[:, 0] > 0.5, reviews.y[:, 0] > 0.5
    counts = np.bincount(2 * labels + predicted, minlength=4).reshape(2, 2)
    return Evaluation(
        loss=float(keras.ops.mean(losses)),
        accuracy=float(np.mean(predicted == labels)),
        confusion=counts,
    )
