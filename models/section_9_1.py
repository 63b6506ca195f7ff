"""Section 9-1 (p. 486-497): the networks of its figures."""

import keras

from before_keras import book
from chapter9.output_layer import output_layer
from models.recurrent_layers import recurrent


def weights(layer: str = "custom") -> keras.Model:
    """4 inputs, 3 neurons: W_x 12 + W_h 9 + b 3 = 24 parameters. Any timesteps."""
    inputs, neurons = book.WEIGHTS_DIAGRAM
    return keras.Sequential(
        [keras.Input((None, inputs)), recurrent("SimpleRNN", layer)(neurons)]
    )


def sentence(layer: str = "custom", cell: str = "SimpleRNN") -> keras.Model:
    """I am a boy, 3 numbers per word: (1, 4, 3) in, the last hidden state, (1, 2), out.

    `cell` puts an LSTM or a GRU in the place of SimpleRNN.
    """
    return keras.Sequential([_sentence_input(), recurrent(cell, layer)(book.STACK[-1])])


def stack(layer: str = "custom", cell: str = "SimpleRNN") -> keras.Model:
    """Two layers: every hidden state, (1, 4, 5), then the last one alone, (1, 2)."""
    rnn, (first, last) = recurrent(cell, layer), book.STACK
    return keras.Sequential(
        [_sentence_input(), rnn(first, return_sequences=True), rnn(last)]
    )


def prediction(layer: str = "custom", classes: int = 2) -> keras.Model:
    """20 timesteps of 100 numbers, 10 cells -> (10,), straight into the output layer.

    Two classes need one sigmoid neuron, more need a softmax neuron each.
    """
    timesteps, word_size, cells = book.PREDICTION_DIAGRAM
    return keras.Sequential(
        [
            keras.Input((timesteps, word_size)),
            recurrent("SimpleRNN", layer)(cells),
            output_layer(classes),
        ]
    )


def _sentence_input():
    return keras.Input((len(book.SENTENCE.split()), book.WORD_SIZE))
