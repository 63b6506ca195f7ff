"""Section 9-2: IMDB with SimpleRNN, words as one-hot rows or as embeddings.

All models take token ids, (batch, timesteps) integers below `words`, and return the
probability that a review is positive, (batch, 1); with `labels` more than two that of
each label, (batch, labels).
"""

import keras

from before_keras import book
from before_keras.settings import default_cells
from chapter9.output_layer import output_layer
from models.recurrent_layers import recurrent


def one_hot(
    layer: str = "custom",
    words: int = book.WORDS,
    cells: int = default_cells("one-hot"),
    timesteps: int = book.TIMESTEPS,
    labels: int = 2,
) -> keras.Model:
    """One-hot -> SimpleRNN -> Dense(1): 5,121 parameters; with 8 cells 4,081.

    The custom layer looks the ids up; for the built-in one the model makes the one-hot
    rows of each batch. Neither builds them for all reviews, as the book does.
    """
    if layer == "custom":
        rnn = [recurrent("SimpleRNN", layer)(cells, num_tokens=words)]
    else:
        one_hot_rows = keras.layers.CategoryEncoding(words, output_mode="one_hot")
        rnn = [one_hot_rows, recurrent("SimpleRNN", layer)(cells)]
        if timesteps == 1:  # whose axis CategoryEncoding drops
            rnn.insert(1, keras.layers.Reshape((1, words)))
    return keras.Sequential([_token_ids(timesteps), *rnn, output_layer(labels)])


def embedding(
    layer: str = "custom",
    words: int = book.WORDS,
    cells: int = book.CELLS,
    timesteps: int = book.TIMESTEPS,
    labels: int = 2,
) -> keras.Model:
    """Embedding(words, 16) -> SimpleRNN(8) -> Dense(1): 8,209 parameters."""
    return keras.Sequential(
        [
            _token_ids(timesteps),
            keras.layers.Embedding(words, book.EMBEDDING_SIZE),
            recurrent("SimpleRNN", layer)(cells),
            output_layer(labels),
        ]
    )


def _token_ids(timesteps):
    return keras.Input((timesteps,), dtype="int32")
