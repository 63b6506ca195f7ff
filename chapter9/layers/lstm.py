"""LSTM, the Keras layer around the equations of `equations/lstm.py`."""

import keras
from keras import ops

from chapter9.equations import lstm
from chapter9.layers.arguments import passed_on
from chapter9.layers.gated import Gated


@keras.saving.register_keras_serializable(package="chapter9")
class LSTM(Gated):
    """A long short-term memory layer: beside h it has a cell state c, and three gates.

    Takes the place of `keras.layers.LSTM`: the same arguments and defaults, the same
    weights in the same order, the same numbers. What it adds is `num_tokens`,
    `states_and_gates`, and a gradient written by hand. Book: section 9-3.

    Args:
        units, use_bias, dropout, recurrent_dropout: as in `SimpleRNN`.
        return_sequences, return_state, go_backwards: as in `SimpleRNN`.
        stateful, unroll, seed: as in `SimpleRNN`.
        initializers, regularizers, constraints: as in `SimpleRNN`.
        activation: of the candidate g and of what is shown of c; tanh, relu, sigmoid
            and None (linear) take the gradient written by hand, any other one automatic
            differentiation.
        recurrent_activation: of the gates i, f and o; likewise.
        unit_forget_bias: start the forget gate's bias at 1, so that c is kept.
        use_cudnn: as Keras's, but there is no cuDNN in it: True is refused.
        zero_output_for_mask, num_tokens, mask_zero: as in `SimpleRNN`.

    Call arguments:
        sequences, mask, training: as in `SimpleRNN`.
        initial_state: [h_0, c_0], each (batch, units).

    Returns:
        As `SimpleRNN`; with `return_state` the last h and the last c beside the output.

    Raises:
        ValueError: as `SimpleRNN`, and for `use_cudnn=True` in the first call.

    The weights have a block of columns for each of i, f, g, o: kernel W_x (features, 4
    units), recurrent_kernel W_h (units, 4 units), bias b (4 units,).

    Examples:
        >>> import numpy as np
        >>> from chapter9 import LSTM
        >>> layer = LSTM(8, return_sequences=True)
        >>> tuple(layer(np.zeros((2, 5, 16), "float32")).shape)
        (2, 5, 8)
        >>> layer.count_params()
        800
    """

    equations = lstm
    blocks = 4
    own_arguments = ("unit_forget_bias",)

    def __init__(
        self,
        units,
        activation="tanh",
        recurrent_activation="sigmoid",
        use_bias=True,
        kernel_initializer="glorot_uniform",
        recurrent_initializer="orthogonal",
        bias_initializer="zeros",
        unit_forget_bias=True,
        kernel_regularizer=None,
        recurrent_regularizer=None,
        bias_regularizer=None,
        activity_regularizer=None,
        kernel_constraint=None,
        recurrent_constraint=None,
        bias_constraint=None,
        dropout=0.0,
        recurrent_dropout=0.0,
        seed=None,
        return_sequences=False,
        return_state=False,
        go_backwards=False,
        stateful=False,
        unroll=False,
        use_cudnn="auto",
        **kwargs,
    ):
        super().__init__(**passed_on(locals(), but=("unit_forget_bias",)))
        self.unit_forget_bias = unit_forget_bias

    def _initializer(self, part):
        if part != "bias" or not self.unit_forget_bias:
            return super()._initializer(part)

        def bias(_, dtype=None):
            zeros = self.bias_initializer
            blocks = zeros((self.units,), dtype), ops.ones((self.units,), dtype)
            return ops.concatenate([*blocks, zeros((2 * self.units,), dtype)])

        return bias
