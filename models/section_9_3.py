"""Section 9-3: IMDB with LSTM and GRU, on Embedding(500, 16).

All models take token ids, (batch, timesteps) integers below `words`, and return the
probability that a review is positive, (batch, 1).
"""

import keras
from keras.layers import GRU, LSTM

from before_keras import book


def lstm(
    words: int = 500, cells: int = 8, timesteps: int = book.TIMESTEPS
) -> keras.Model:
    """LSTM(8): 8,809 parameters."""
    return _on_embeddings(words, timesteps, LSTM(cells))


def lstm_dropout(
    words: int = 500,
    cells: int = 8,
    timesteps: int = book.TIMESTEPS,
    edition: int = 1,
) -> keras.Model:
    """LSTM(8) that drops 30 % of its inputs (2nd edition: 20 %)."""
    return _on_embeddings(words, timesteps, LSTM(cells, dropout=book.DROPOUT[edition]))


def lstm_2_layers(
    words: int = 500,
    cells: int = 8,
    timesteps: int = book.TIMESTEPS,
    edition: int = 1,
) -> keras.Model:
    """Two LSTM layers with dropout, the first returning sequences: 9,353."""
    dropout = book.DROPOUT[edition]
    return _on_embeddings(
        words,
        timesteps,
        LSTM(cells, dropout=dropout, return_sequences=True),
        LSTM(cells, dropout=dropout),
    )


def gru(
    words: int = 500, cells: int = 8, timesteps: int = book.TIMESTEPS
) -> keras.Model:
    """GRU(8): 8,633 parameters."""
    return _on_embeddings(words, timesteps, GRU(cells))


def _on_embeddings(words, timesteps, *recurrent) -> keras.Model:
    return keras.Sequential(
        [
            keras.Input((timesteps,), dtype="int32"),
            keras.layers.Embedding(words, book.EMBEDDING_SIZE),
            *recurrent,
            keras.layers.Dense(1, activation="sigmoid"),
        ]
    )
