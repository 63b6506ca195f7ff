"""A recurrent model taken apart: what goes into its layers, every hidden state, output.

The model itself returns its last layer's output alone. Here each recurrent layer is
copied, with its weights, to return the hidden state after every timestep. Any chain of
layers will do, with one recurrent layer or more, of this project or Keras's own.
"""

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
from keras import ops

from before_keras.language import _
from before_keras.safety import bounds
from before_keras.safety.errors import UserError
from chapter9.layers.recurrent import Recurrent

Tensor = Any  # a tensor of the backend that Keras runs on


def is_recurrent(layer: keras.Layer) -> bool:
    """Whether a layer has a hidden state."""
    return isinstance(layer, (Recurrent, keras.layers.RNN))


class Anatomy:
    """A model's layers, before, from and after the recurrent ones.

    Args:
        model: a chain of layers, for one a `keras.Sequential`; the last recurrent layer
            returns its last hidden state.

    Raises:
        ValueError: if there is no recurrent layer, or the last one returns sequences.
    """

    def __init__(self, model: keras.Model):
        layers = [x for x in model.layers if not isinstance(x, keras.layers.InputLayer)]
        places = [i for i, layer in enumerate(layers) if is_recurrent(layer)]
        if not places:
            raise ValueError("the model has no recurrent layer")
        first, last = places[0], places[-1]
        if layers[last].return_sequences:
            raise ValueError("the last recurrent layer must not return sequences")
        self.before = layers[:first]
        self.middle = layers[first : last + 1]
        self.after = layers[last + 1 :]
        self._copies: dict[int, keras.Layer] = {}

    @property
    def recurrent(self) -> list[keras.Layer]:
        """The recurrent layers of the model."""
        return [layer for layer in self.middle if is_recurrent(layer)]

    def inputs(self, tokens: np.ndarray) -> Tensor:
        """Returns what the first recurrent layer takes, (batch, timesteps, features).

        Embeddings or one-hot rows; for a layer with `num_tokens`, which looks its ids
        up, the rows that they stand for.

        Args:
            tokens: the model's input, (batch, timesteps) integers or as the model has.

        Raises:
            UserError: if the rows of a review would have too many numbers.
        """
        sequences = ops.convert_to_tensor(tokens)
        for layer in self.before:
            if isinstance(layer, keras.layers.CategoryEncoding):
                # The layer (Keras 3.15) takes a single timestep for a single number.
                sequences = ops.one_hot(sequences, layer.num_tokens)
            else:
                sequences = layer(sequences)
        num_tokens = getattr(self.middle[0], "num_tokens", None)
        if not num_tokens:
            return sequences
        if (numbers := sequences.shape[1] * num_tokens) > bounds.MAX_NUMBERS:
            raise UserError(
                _(
                    "the one-hot rows of a review have {numbers:,} numbers, more than "
                    "{most:,}: train with fewer --words or --timesteps to draw it"
                ).format(numbers=numbers, most=bounds.MAX_NUMBERS)
            )
        return ops.one_hot(sequences, num_tokens)

    def hidden_states(self, inputs: Tensor) -> list[Tensor]:
        """Returns each recurrent layer's hidden states, (batch, timesteps, units).

        Args:
            inputs: as `inputs` returns them; any number of timesteps.
        """
        # Passed on by hand: in Keras 3.10 a mask given as an argument goes no further.
        states, sequences, mask = [], inputs, None
        for i, layer in enumerate(self.middle):
            if is_recurrent(layer):
                if i not in self._copies:
                    self._copies[i] = _with_every_state(layer, sequences.shape)
                mask = _mask(sequences) if _is_masking(layer) else mask
                sequences = self._copies[i](sequences, mask=mask)
                states.append(sequences)
            else:
                sequences = layer(sequences)
        return states

    def outputs(self, states: Tensor) -> Tensor:
        """Returns what the rest of the model makes of hidden states.

        Args:
            states: (batch, units), or (batch, timesteps, units) for an output after
                every timestep.
        """
        shape = ops.shape(states)
        outputs = ops.reshape(states, (-1, shape[-1]))
        for layer in self.after:
            outputs = layer(outputs)
        return ops.reshape(outputs, (*shape[:-1], *outputs.shape[1:]))

    def output(self, inputs: Tensor) -> Tensor:
        """Returns the model's output, (batch, ...), as a function of `inputs`."""
        return self.outputs(self.hidden_states(inputs)[-1][:, -1])


def _with_every_state(layer, shape) -> keras.Layer:
    config = layer.get_config()
    config |= {"return_sequences": True, "return_state": False, "stateful": False}
    for ids_only in ("num_tokens", "mask_zero"):
        config.pop(ids_only, None)  # the copy takes rows, which have a gradient
    copy = type(layer).from_config(config)
    copy.build((None, *shape[1:]))
    copy.set_weights(layer.get_weights())
    return copy


def _is_masking(layer) -> bool:
    return getattr(layer, "mask_zero", False)


def _mask(rows) -> Tensor:
    """(batch, timesteps) booleans of a layer that masks the token 0: not its row."""
    return ops.equal(rows[:, :, 0], 0)


def gradient(function: Callable[[Tensor], Tensor], x: Tensor) -> np.ndarray:
    """Returns the gradient of the sum of function(x) in x, an array of x's shape."""
    x = ops.convert_to_tensor(x)
    backend = keras.backend.backend()
    if backend == "tensorflow":
        import tensorflow as tf

        with tf.GradientTape() as tape:
            tape.watch(x)
            total = ops.sum(function(x))
        return ops.convert_to_numpy(tape.gradient(total, x))
    if backend == "jax":
        import jax

        return np.asarray(jax.grad(lambda x: ops.sum(function(x)))(x))
    x = x.detach().requires_grad_()
    ops.sum(function(x)).backward()
    return ops.convert_to_numpy(x.grad)
