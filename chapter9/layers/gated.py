"""What LSTM and GRU share: gates, with an activation of their own."""

import keras

from chapter9.layers.recurrent import Recurrent


class Gated(Recurrent):
    """The base of `LSTM` and `GRU`.

    Args:
        recurrent_activation: of the gates.
        use_cudnn: True is refused, but as in the built-in layers not before the layer
            is used.
        implementation: 1 has a dropout mask for each gate, 2 one for all of them, as in
            the built-in layers; with recurrent_dropout it is 1.
        **kwargs: what `Recurrent` takes.
    """

    def __init__(self, *, recurrent_activation, use_cudnn, implementation=2, **kwargs):
        if use_cudnn not in ("auto", True, False):
            raise ValueError(
                f"`use_cudnn` must be 'auto', True or False, not {use_cudnn!r}."
            )
        super().__init__(**kwargs)
        self.recurrent_activation = keras.activations.get(recurrent_activation)
        self.use_cudnn = use_cudnn
        self.implementation = 1 if self.recurrent_dropout else implementation

    @property
    def activations(self):
        """What the equations take: the cell's activation and the gates'."""
        return self.activation, self.recurrent_activation

    def build(self, sequences_shape, initial_state_shape=None):
        """Creates the weights, unless cuDNN is asked for."""
        if self.use_cudnn is True:
            raise ValueError(
                "Received use_cudnn=True, but this layer has no cuDNN in it: "
                "leave it at 'auto', or take the one of keras.layers."
            )
        super().build(sequences_shape, initial_state_shape)

    def _number_of_dropout_masks(self):
        return self.blocks if self.implementation == 1 else 1

    def get_config(self):
        """Returns the constructor's arguments, as the built-in layer has them."""
        activation = keras.activations.serialize(self.recurrent_activation)
        return super().get_config() | {"recurrent_activation": activation}
