"""SimpleRNN, the Keras layer around the recurrence of `recurrence.py`."""

from typing import Any

import keras
from keras import constraints, initializers, ops, regularizers, tree

from chapter9.equations import simple_rnn as recurrence


@keras.saving.register_keras_serializable(package="chapter9")
class SimpleRNN(keras.layers.Layer):
    """A recurrent layer, h_t = tanh(x_t W_x + h_(t-1) W_h + b), h_0 = 0.

    Takes the place of `keras.layers.SimpleRNN`: the same arguments and defaults, the
    same three weights in the same order, the same numbers. What it adds is `num_tokens`
    and a gradient written by hand (`recurrence.py`). Book: section 9-1, p. 486-497.

    Args:
        units: the number of neurons (the book's cells), a positive integer.
        activation: as Keras's. tanh, relu, sigmoid and None (linear) take the gradient
            written by hand, any other one automatic differentiation.
        use_bias: whether there is a b.
        kernel_initializer, recurrent_initializer, bias_initializer,
        kernel_regularizer, recurrent_regularizer, bias_regularizer,
        activity_regularizer, kernel_constraint, recurrent_constraint, bias_constraint:
            as Keras's.
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
        ValueError: if `units` or `num_tokens` is not positive, if the input's rank is
            wrong, if `unroll` meets an unknown number of timesteps, or if a stateful
            layer's batch size is unknown or changes.

    The weights: kernel W_x (features, units), recurrent_kernel W_h (units, units) and
    bias b (units,): 4 features and 3 units make 12 + 9 + 3 = 24 parameters.
    """

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
        for name, value in (("units", units), ("num_tokens", num_tokens)):
            if value is not None and value <= 0:
                raise ValueError(
                    f"Received an invalid value for argument `{name}`, "
                    f"expected a positive integer, got {value}."
                )
        super().__init__(activity_regularizer=activity_regularizer, **kwargs)
        # The built-in's order, in which each unseeded part draws its seed: with
        # keras.utils.set_random_seed both layers start from the same weights.
        self.seed = seed
        self.seed_generator = keras.random.SeedGenerator(seed)
        self.units = units
        self.activation = keras.activations.get(activation)
        self.use_bias = use_bias
        self.kernel_initializer = initializers.get(kernel_initializer)
        self.recurrent_initializer = initializers.get(recurrent_initializer)
        self.bias_initializer = initializers.get(bias_initializer)
        self.kernel_regularizer = regularizers.get(kernel_regularizer)
        self.recurrent_regularizer = regularizers.get(recurrent_regularizer)
        self.bias_regularizer = regularizers.get(bias_regularizer)
        self.kernel_constraint = constraints.get(kernel_constraint)
        self.recurrent_constraint = constraints.get(recurrent_constraint)
        self.bias_constraint = constraints.get(bias_constraint)
        self.dropout = min(1.0, max(0.0, dropout))
        self.recurrent_dropout = min(1.0, max(0.0, recurrent_dropout))
        self.return_sequences = return_sequences
        self.return_state = return_state
        self.go_backwards = go_backwards
        self.stateful = stateful
        self.unroll = unroll
        self.zero_output_for_mask = zero_output_for_mask
        self.num_tokens = num_tokens
        self.supports_masking = True
        self.input_spec = [keras.layers.InputSpec(ndim=2 if num_tokens else 3)]
        self.states: Any = None  # a stateful layer has its hidden states in a list

    def build(self, sequences_shape, initial_state_shape=None):
        """Creates the three weights, and a stateful layer's hidden states."""
        features = self.num_tokens or sequences_shape[-1]
        self.kernel = self.add_weight(
            shape=(features, self.units),
            name="kernel",
            initializer=self.kernel_initializer,
            regularizer=self.kernel_regularizer,
            constraint=self.kernel_constraint,
        )
        self.recurrent_kernel = self.add_weight(
            shape=(self.units, self.units),
            name="recurrent_kernel",
            initializer=self.recurrent_initializer,
            regularizer=self.recurrent_regularizer,
            constraint=self.recurrent_constraint,
        )
        self.bias = None
        if self.use_bias:
            self.bias = self.add_weight(
                shape=(self.units,),
                name="bias",
                initializer=self.bias_initializer,
                regularizer=self.bias_regularizer,
                constraint=self.bias_constraint,
            )
        if self.stateful:
            self._build_states(sequences_shape)

    def _build_states(self, sequences_shape):
        batch_size = sequences_shape[0]
        if batch_size is None:
            raise ValueError(
                "When using `stateful=True` in a RNN, the batch size must be static. "
                f"Found dynamic batch size: sequence.shape={sequences_shape}"
            )
        state = keras.Variable(
            ops.zeros((batch_size, self.units)),
            trainable=False,
            dtype=self.variable_dtype,
            name="rnn_state",
        )
        # Past Keras's tracking: as in the built-in it is neither counted nor saved.
        object.__setattr__(self, "states", [state])

    def call(self, sequences, initial_state=None, mask=None, training=False):
        """Returns the hidden states (see the class)."""
        h_0 = self._initial_state(sequences, initial_state)
        input_mask, recurrent_mask = self._dropout_masks(sequences, h_0, training)
        projected = self._project(sequences, input_mask)
        if mask is not None:
            mask = ops.transpose(ops.reshape(mask, ops.shape(sequences)[:2]))
            mask = ops.cast(mask, "bool")[:, :, None]
        if self.go_backwards:
            projected = ops.flip(projected, axis=0)
            mask = None if mask is None else ops.flip(mask, axis=0)

        states = self._hidden_states(projected, h_0, mask, recurrent_mask)
        last_state = states[-1] if len(states.shape) == 3 else states
        if self.stateful:
            self.states[0].assign(last_state)
        output = self._output(states, mask)
        return (output, last_state) if self.return_state else output

    def _initial_state(self, sequences, initial_state):
        """h_0: what was given, what the last batch left, or zeros. (batch, units)."""
        if self.stateful and sequences.shape[0] not in (None, self.states[0].shape[0]):
            raise ValueError(
                "If an RNN is stateful, the batch size of the input sequences must be "
                "the same as the batch size of the initial state.\n"
                f"- Expected batch size: {self.states[0].shape[0]}\n"
                f"- Received batch size: {sequences.shape[0]}"
            )
        if initial_state is None:
            if not self.stateful:
                return self.get_initial_state(ops.shape(sequences)[0])[0]
            initial_state = self.states
        state = tree.flatten(initial_state)[0]
        # A copy: torch would otherwise see the variable change under its gradient.
        return ops.copy(ops.convert_to_tensor(state, dtype=self.compute_dtype))

    def _dropout_masks(self, sequences, h_0, training):
        """(batch, features) for x_t and (batch, units) for h_(t-1), or None."""

        def draw(shape, rate):
            if not training or rate == 0:
                return None
            ones = ops.ones(shape, dtype=self.compute_dtype)
            return keras.random.dropout(ones, rate, seed=self.seed_generator)

        batch_size = ops.shape(sequences)[0]
        return (
            draw((batch_size, self.kernel.shape[0]), self.dropout),
            draw(ops.shape(h_0), self.recurrent_dropout),
        )

    def _project(self, sequences, dropout_mask):
        """x_t W_x + b for every timestep, (timesteps, batch, units)."""
        if self.num_tokens:
            projected = self._look_up(sequences, dropout_mask)
        else:
            if dropout_mask is not None:
                sequences = sequences * dropout_mask[:, None, :]
            batch_size, timesteps = ops.shape(sequences)[:2]
            rows = ops.reshape(sequences, (-1, sequences.shape[-1]))
            projected = rows @ ops.copy(self.kernel)
            projected = ops.reshape(projected, (batch_size, timesteps, self.units))
            projected = ops.transpose(projected, (1, 0, 2))
        return projected if self.bias is None else projected + self.bias

    def _look_up(self, token_ids, dropout_mask):
        """One-hot row k times W_x is row k of W_x. (timesteps, batch, units)."""
        token_ids = ops.cast(token_ids, "int32")
        in_range = (token_ids >= 0) & (token_ids < self.num_tokens)
        token_ids = ops.where(in_range, token_ids, 0)
        scale = ops.cast(in_range, self.compute_dtype)
        if dropout_mask is not None:
            scale = scale * ops.take_along_axis(dropout_mask, token_ids, axis=1)
        # * 1 has TensorFlow's gradient be an array, as that of one-hot rows is. As rows
        # and their ids Keras 3.15's optimizers would square each occurrence of a token
        # by itself, not their sum, and the model would learn something else.
        rows = ops.take(self.kernel * 1, ops.transpose(token_ids), axis=0)
        return rows * ops.transpose(scale)[:, :, None]

    def _hidden_states(self, projected, h_0, mask, dropout_mask):
        """Every timestep's hidden state, or the last one's if no other is asked for."""
        if self.unroll and projected.shape[0] is None:
            raise ValueError(
                "Cannot unroll a RNN if the time dimension is undefined: give the "
                "timesteps to `Input(shape=(timesteps, features))`."
            )
        return recurrence.hidden_states(
            projected,
            # A copy: TensorFlow admits no variable in a function with its own gradient.
            ops.copy(self.recurrent_kernel),
            h_0,
            activation=self.activation,
            mask=mask,
            dropout_mask=dropout_mask,
            last_only=not self.return_sequences,
            unroll=self.unroll,
        )

    def _output(self, states, mask):
        """The hidden states as the layer's output, batch first.

        A masked timestep repeats the output before it, which is 0 at the start even if
        h_0 is not; with `zero_output_for_mask` it is 0.
        """
        if mask is not None:
            if not self.zero_output_for_mask:  # masked, but something came before
                mask = ops.cumsum(ops.cast(mask, "int32"), axis=0) > 0
            states = ops.where(mask if self.return_sequences else mask[-1], states, 0)
        return ops.transpose(states, (1, 0, 2)) if self.return_sequences else states

    def get_initial_state(self, batch_size):
        """Returns h_0 = 0 for every sample, in a list: [(batch, units)]."""
        return [ops.zeros((batch_size, self.units), dtype=self.compute_dtype)]

    def reset_state(self):
        """Sets a stateful layer's hidden states back to 0."""
        for state in self.states or []:
            state.assign(ops.zeros_like(state.value))

    reset_states = reset_state  # the name of Keras 2, which the built-in keeps too

    def compute_output_shape(self, sequences_shape, initial_state_shape=None):
        """Returns (batch, units) or (batch, timesteps, units); the state's shape."""
        batch_size, timesteps = sequences_shape[:2]
        state_shape = (batch_size, self.units)
        shape = (batch_size, timesteps, self.units)
        output_shape = shape if self.return_sequences else state_shape
        return (output_shape, state_shape) if self.return_state else output_shape

    def compute_mask(self, _, mask):
        """Returns the mask of the output: the timesteps' where there are timesteps."""
        output_mask = tree.flatten(mask)[0] if self.return_sequences else None
        return [output_mask, None] if self.return_state else output_mask

    def get_config(self):
        """Returns the constructor's arguments, as `keras.layers.SimpleRNN` has them."""
        config = {
            **super().get_config(),
            "units": self.units,
            "activation": keras.activations.serialize(self.activation),
            "use_bias": self.use_bias,
            "activity_regularizer": regularizers.serialize(self.activity_regularizer),
            "dropout": self.dropout,
            "recurrent_dropout": self.recurrent_dropout,
            "return_sequences": self.return_sequences,
            "return_state": self.return_state,
            "go_backwards": self.go_backwards,
            "stateful": self.stateful,
            "unroll": self.unroll,
            "seed": self.seed,
            "zero_output_for_mask": self.zero_output_for_mask,
        }
        for weight in ("kernel", "recurrent", "bias"):
            for kind in (initializers, regularizers, constraints):
                name = f"{weight}_{kind.__name__.split('.')[-1].removesuffix('s')}"
                config[name] = kind.serialize(getattr(self, name))
        if self.num_tokens:  # without it the built-in takes the same config
            config["num_tokens"] = self.num_tokens
        return config
