"""The work that contenders do: training steps of a model, given by its sizes."""

from dataclasses import dataclass

import numpy as np

from before_keras.book import EMBEDDING_SIZE, WORDS

BLOCKS = {"SimpleRNN": 1, "LSTM": 4, "GRU": 3}  # of columns in a cell's kernels


@dataclass(frozen=True)
class Work:
    """Training steps of a binary classifier with RMSprop, as in the book.

    Attributes:
        model: "embedding" or "one-hot" on token ids; "features", a recurrent layer on
            numbers.
        cell: "SimpleRNN", "LSTM" or "GRU".
        units: of the recurrent layer.
        features: numbers a timestep of the "features" model.
        steps: batches of data. A slice of `steps` steps is an epoch.
    """

    model: str = "embedding"
    cell: str = "SimpleRNN"
    units: int = 8
    batch_size: int = 64
    timesteps: int = 100
    features: int = EMBEDDING_SIZE
    steps: int = 312

    @property
    def samples(self) -> int:
        """How many samples there are."""
        return self.steps * self.batch_size

    def data(self) -> tuple[np.ndarray, np.ndarray]:
        """Returns x (samples, timesteps) or (samples, timesteps, features), and y."""
        generator = np.random.default_rng(9)
        shape = (self.samples, self.timesteps)
        if self.model == "features":
            x = generator.standard_normal((*shape, self.features), dtype=np.float32)
        else:
            x = generator.integers(0, WORDS, shape, dtype=np.int32)
        y = generator.integers(0, 2, (self.samples, 1)).astype(np.float32)
        return x, y

    def weights(self) -> list[np.ndarray]:
        """Returns the weights that every contender starts from, in Keras's order."""
        features, units = self.features, self.units
        columns = BLOCKS[self.cell] * units
        bias = (2, columns) if self.cell == "GRU" else (columns,)
        shapes = [(features, columns), (units, columns), bias, (units, 1), (1,)]
        if self.model == "embedding":
            shapes = [(WORDS, features), *shapes]
        elif self.model == "one-hot":
            shapes[0] = (WORDS, columns)
        generator = np.random.default_rng(1)
        return [
            (generator.uniform(-0.5, 0.5, shape) / shape[-1] ** 0.5).astype(np.float32)
            for shape in shapes
        ]
