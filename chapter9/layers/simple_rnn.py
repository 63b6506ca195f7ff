"""SimpleRNN, the Keras layer around the equation of `equations/simple_rnn.py`."""

import keras

from chapter9.equations import simple_rnn
from chapter9.layers.arguments import passed_on
from chapter9.layers.recurrent import Recurrent


@keras.saving.register_keras_serializable(package="chapter9")
class SimpleRNN(Recurrent):
    """A recurrent layer, h_t = tanh(x_t W_x + h_(t-1) W_h + b), h_0 = 0.

    Takes the place of `keras.layers.SimpleRNN`: the same arguments and defaults, the
    same three weights in the same order, the same numbers. What it adds is
    `num_tokens`, `states_and_gates`, and a gradient written by hand. Book: section 9-1.

    Args:
        units: the number of neurons (the book's cells), a positive integer.
        activation: as Keras's. tanh, relu, sigmoid and None (linear) take the gradient
            written by hand, any other one automatic differentiation.
        use_bias: whether there is a b.
        kernel_initializer, recurrent_initializer, bias_initializer: as Keras's.
        kernel_regularizer, recurrent_regularizer, bias_regularizer: as Keras's.
        activity_regularizer: as Keras's.
        kernel_constraint, recurrent_constraint, bias_constraint: as Keras's.
        dropout: the fraction of the features of x that is dropped, from 0 to 1; the
            same ones at every timestep.
        recurrent_dropout: the fraction of the units of h_(t-1) that is dropped.
        return_sequences: return every timestep's hidden state, not the last one's.
        return_state: return the last hidden state beside the output.
        go_backwards: read the timesteps from last to first.
        stateful: start each batch from the last batch's hidden states.
        unroll: a copy of the step for every timestep instead of a loop.
        seed: the seed of dropout.
        zero_output_for_mask: a masked timestep's output is 0 instead of a repeat.
        num_tokens: the number of different tokens, if the input is token ids, as
            `keras.layers.CategoryEncoding(num_tokens, output_mode="one_hot")` has it:
            id k stands for the one-hot row whose k-th number is 1. A one-hot row times
            W_x is a row of W_x, which is looked up; the array of one-hot rows is never
            built. Weights, count and numbers are those of the one-hot input; an id
            outside 0 ... num_tokens - 1 is a row of zeros, as in `keras.ops.one_hot`.
        mask_zero: with `num_tokens`, mask the token id 0, as `Embedding` does.

    Call arguments:
        sequences: (batch, timesteps, features), or (batch, timesteps) integers with
            `num_tokens`.
        initial_state: h_0, (batch, units), or a list that holds it.
        mask: (batch, timesteps) booleans; at False the hidden state stays as it is.
        training: whether dropout is on.

    Returns:
        (batch, units), the last hidden state; with `return_sequences` (batch,
        timesteps, units); with `return_state` that and the last hidden state.

    Raises:
        ValueError: if `units` or `num_tokens` is no positive integer, if the input, the
            mask or the initial state has a wrong shape, if `unroll` meets an unknown
            number of timesteps, or if a stateful layer's batch size is unknown or
            changes.

    Examples:
        >>> import numpy as np
        >>> from chapter9 import SimpleRNN
        >>> layer = SimpleRNN(3)
        >>> tuple(layer(np.zeros((2, 5, 4), "float32")).shape)
        (2, 3)
        >>> layer.count_params()  # W_x 12, W_h 9, b 3
        24
        >>> token_ids = np.array([[4, 5, 6], [6, 5, 4]])
        >>> tuple(SimpleRNN(3, num_tokens=9)(token_ids).shape)
        (2, 3)

    The weights: kernel W_x (features, units), recurrent_kernel W_h (units, units) and
    bias b (units,): 4 features and 3 units make 12 + 9 + 3 = 24 parameters.
    """

    equations = simple_rnn
    seeds_dropout_first = True

    def __init__(
        self,
        units,
        activation="tanh",
        use_bias=True,
        kernel_initializer="glorot_uniform",
        recurrent_initializer="orthogonal",
        bias_initializer="zeros",
        kernel_regularizer=None,
        recurrent_regularizer=None,
        bias_regularizer=None,
        activity_regularizer=None,
        kernel_constraint=None,
        recurrent_constraint=None,
        bias_constraint=None,
        dropout=0.0,
        recurrent_dropout=0.0,
        return_sequences=False,
        return_state=False,
        go_backwards=False,
        stateful=False,
        unroll=False,
        seed=None,
        zero_output_for_mask=False,
        num_tokens=None,
        **kwargs,
    ):
        super().__init__(**passed_on(locals()))
