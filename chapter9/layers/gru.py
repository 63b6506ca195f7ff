"""GRU, the Keras layer around the equations of `equations/gru.py`."""

import keras
from keras import ops

from chapter9.equations import gru, gru_reset_before
from chapter9.layers.arguments import passed_on
from chapter9.layers.gated import Gated


@keras.saving.register_keras_serializable(package="chapter9")
class GRU(Gated):
    """A gated recurrent unit: two gates, and no state but h.

    Takes the place of `keras.layers.GRU`: the same arguments and defaults, the same
    weights in the same order, the same numbers. What it adds is `num_tokens`,
    `states_and_gates`, and a gradient written by hand. Book: section 9-3.

    Args:
        units, use_bias, dropout, recurrent_dropout: as in `SimpleRNN`.
        return_sequences, return_state, go_backwards: as in `SimpleRNN`.
        stateful, unroll, seed: as in `SimpleRNN`.
        initializers, regularizers, constraints: as in `SimpleRNN`.
        activation: of the candidate g; tanh, relu, sigmoid and None (linear) take the
            gradient written by hand, any other one automatic differentiation.
        recurrent_activation: of the gates z and r; likewise.
        reset_after: whether r multiplies h_(t-1) W_h (`equations/gru.py`), or h_(t-1)
            before that (`equations/gru_reset_before.py`).
        use_cudnn: as Keras's, but there is no cuDNN in it: True is refused.
        zero_output_for_mask, num_tokens, mask_zero: as in `SimpleRNN`.

    Call arguments:
        sequences, initial_state, mask, training: as in `SimpleRNN`.

    Returns:
        As `SimpleRNN`.

    Raises:
        ValueError: as `SimpleRNN`, and for `use_cudnn=True` in the first call.

    The weights have a block of columns for each of z, r, g: kernel W_x (features, 3
    units), recurrent_kernel W_h (units, 3 units), bias b (2, 3 units), one for each
    product, or with reset_after=False (3 units,).

    Examples:
        >>> import numpy as np
        >>> from chapter9 import GRU
        >>> for reset_after in (True, False):
        ...     layer = GRU(8, reset_after=reset_after)
        ...     _ = layer(np.zeros((2, 5, 16), "float32"))
        ...     print(layer.count_params())
        624
        600
    """

    blocks = 3
    own_arguments = ("reset_after",)

    def __init__(
        self,
        units,
        activation="tanh",
        recurrent_activation="sigmoid",
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
        seed=None,
        return_sequences=False,
        return_state=False,
        go_backwards=False,
        stateful=False,
        unroll=False,
        reset_after=True,
        use_cudnn="auto",
        **kwargs,
    ):
        self.equations = gru if reset_after else gru_reset_before
        super().__init__(**passed_on(locals(), but=("reset_after",)))
        self.reset_after = reset_after

    @property
    def bias_shape(self):
        """With reset_after a bias for each of the two products."""
        columns = super().bias_shape
        return (2, *columns) if self.reset_after else columns

    def _input_bias(self):
        bias = super()._input_bias()
        return bias[0] if self.reset_after else bias

    def _recurrent_weights(self):
        weights = super()._recurrent_weights()
        if not self.reset_after:
            return weights
        if self.bias is None:
            return *weights, ops.zeros((3 * self.units,), dtype=self.compute_dtype)
        return *weights, self._value(self.bias)[1]
