"""The order in which `model.fit` takes the samples, for an epoch that shall equal it.

Each backend shuffles in its own way, and in TensorFlow's `fit` no public name tells it.
So a model that only notes the samples' numbers is put through `fit` itself.
"""

import keras
import numpy as np


def fit_order(samples: int, batch_size: int) -> np.ndarray:
    """Returns the order of every epoch of `model.fit` on TensorFlow, (samples,) int32.

    It follows from the seed (`keras.utils.set_random_seed`) alone, and repeats itself
    in every epoch and every `fit`, because each makes the shuffling dataset anew.

    Args:
        samples: how many there are.
        batch_size: of `fit`.
    """
    numbers = np.arange(samples, dtype=np.int32)
    notes = _Notes()
    notes.compile(run_eagerly=True)
    notes.fit(numbers, batch_size=batch_size, verbose=0)
    return np.concatenate(notes.taken)


class _Notes(keras.Model):
    """Learns nothing, and draws no random number."""

    def __init__(self):
        super().__init__()
        self.taken: list[np.ndarray] = []
        self.built = True

    def call(self, numbers):
        """Returns what it is given."""
        return numbers

    def train_step(self, data):
        """Notes the numbers of a batch."""
        numbers, *_ = keras.utils.unpack_x_y_sample_weight(data)
        self.taken.append(keras.ops.convert_to_numpy(numbers))
        return {"loss": keras.ops.zeros(())}
