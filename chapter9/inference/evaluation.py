"""How good a trained model is on the reviews kept for the end."""

from dataclasses import dataclass

import keras
import numpy as np

from before_keras.safety import bounds
from chapter9.data import Split
from chapter9.output_layer import losses, predicted
from chapter9.training.batches import batch_size

MAX_BATCH = 1_000  # reviews


@dataclass(frozen=True)
class Evaluation:
    """A model's result on labelled reviews.

    Attributes:
        loss: cross-entropy, the mean over the reviews.
        accuracy: the share of reviews whose label was predicted.
        confusion: (labels, labels) counts, confusion[label][predicted].
    """

    loss: float
    accuracy: float
    confusion: np.ndarray


def evaluate(model: keras.Model, reviews: Split) -> Evaluation:
    """Returns loss, accuracy and confusion matrix.

    Args:
        model: takes (batch, timesteps) token ids, returns probabilities, as
            `output_layer` has them.
        reviews: x (reviews, timesteps), y (reviews, 1).
    """
    size = batch_size(model, reviews.x, MAX_BATCH)
    x = reviews.x
    held = max(size, bounds.MAX_HELD // x[:1].nbytes // size * size)  # reviews at once
    outputs = np.concatenate(
        [
            model.predict(np.asarray(x[i : i + held]), batch_size=size, verbose=0)
            for i in range(0, len(x), held)
        ]
    )
    answers, labels = predicted(outputs), reviews.y[:, 0].astype(np.int64)
    count = max(2, outputs.shape[-1])
    counts = np.bincount(count * labels + answers, minlength=count**2)
    return Evaluation(
        loss=float(keras.ops.mean(losses(reviews.y, outputs))),
        accuracy=float(np.mean(answers == labels)),
        confusion=counts.reshape(count, count),
    )
