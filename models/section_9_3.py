"""Section 9-3: IMDB with LSTM and GRU, on Embedding(500, 16).

All models take token ids, (batch, timesteps) integers below `words`, and return the
probability that a review is positive, (batch, 1); with `labels` more than two that of
each label, (batch, labels).
"""

import keras

from before_keras import book
from chapter9.output_layer import output_layer
from models.recurrent_layers import recurrent


def lstm(
    layer: str = "custom",
    words: int = book.WORDS,
    cells: int = book.CELLS,
    timesteps: int = book.TIMESTEPS,
    labels: int = 2,
) -> keras.Model:
    """LSTM(8): 8,809 parameters."""
    return _on_embeddings(words, timesteps, labels, recurrent("LSTM", layer), cells)


def lstm_dropout(
    layer: str = "custom",
    words: int = book.WORDS,
    cells: int = book.CELLS,
    timesteps: int = book.TIMESTEPS,
    edition: int = 1,
    labels: int = 2,
) -> keras.Model:
    """LSTM(8) that drops 30 % of its inputs (2nd edition: 20 %)."""
    cell, dropout = recurrent("LSTM", layer), book.DROPOUT[edition]
    return _on_embeddings(words, timesteps, labels, cell, cells, dropout=dropout)


def lstm_2_layers(
    layer: str = "custom",
    words: int = book.WORDS,
    cells: int = book.CELLS,
    timesteps: int = book.TIMESTEPS,
    edition: int = 1,
    labels: int = 2,
) -> keras.Model:
    """Two LSTM layers with dropout, the first returning sequences: 9,353."""
    cell, dropout = recurrent("LSTM", layer), book.DROPOUT[edition]
    return _on_embeddings(
        words, timesteps, labels, cell, cells, layers=2, dropout=dropout
    )


def gru(
    layer: str = "custom",
    words: int = book.WORDS,
    cells: int = book.CELLS,
    timesteps: int = book.TIMESTEPS,
    edition: int = 1,
    labels: int = 2,
) -> keras.Model:
    """GRU(8): 8,633 parameters; in the 2nd edition it drops 20 % of its inputs."""
    cell, dropout = recurrent("GRU", layer), book.GRU_DROPOUT[edition]
    return _on_embeddings(words, timesteps, labels, cell, cells, dropout=dropout)


def _on_embeddings(
    words, timesteps, labels, cell, cells, layers=1, **options
) -> keras.Model:
    """The model; as in the notebooks, each layer draws its initial weights in turn."""
    returns_sequences = [True] * (layers - 1) + [False]
    return keras.Sequential(
        [
            keras.Input((timesteps,), dtype="int32"),
            keras.layers.Embedding(words, book.EMBEDDING_SIZE),
            *(cell(cells, return_sequences=s, **options) for s in returns_sequences),
            output_layer(labels),
        ]
    )
