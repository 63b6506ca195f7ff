"""What Keras wants of a recurrent layer, once for the three cells.

Arguments, weights, states, masks, dropout, and the form of the output. What a cell
computes is a module of `chapter9/equations/`.
"""

from types import ModuleType
from typing import Any

import keras
from keras import constraints, initializers, ops, regularizers, tree

from chapter9.equations import recurrence
from chapter9.equations.products import from_input


class Recurrent(keras.layers.Layer):
    """The base of `SimpleRNN`, `LSTM` and `GRU`, which say what their arguments are.

    Attributes:
        equations: the module of the cell's equations.
        blocks: the blocks of `units` columns in each kernel, one for each gate.
        own_arguments: the arguments that this cell alone has, for `get_config`.
        seeds_dropout_first: whether the built-in layer seeds dropout before weights.
    """

    equations: ModuleType
    blocks = 1
    own_arguments: tuple[str, ...] = ()
    seeds_dropout_first = False

    def __init__(
        self,
        *,
        units,
        activation,
        use_bias,
        kernel_initializer,
        recurrent_initializer,
        bias_initializer,
        kernel_regularizer,
        recurrent_regularizer,
        bias_regularizer,
        activity_regularizer,
        kernel_constraint,
        recurrent_constraint,
        bias_constraint,
        dropout,
        recurrent_dropout,
        seed,
        return_sequences,
        return_state,
        go_backwards,
        stateful,
        unroll,
        zero_output_for_mask=False,
        num_tokens=None,
        mask_zero=False,
        **kwargs,
    ):
        _check_positive("units", units)
        if num_tokens is not None:
            _check_positive("num_tokens", num_tokens)
            kwargs.setdefault("autocast", False)  # 16 bits cannot hold every token id
        elif mask_zero:
            raise ValueError("`mask_zero` masks the token id 0: it needs `num_tokens`.")
        super().__init__(activity_regularizer=activity_regularizer, **kwargs)
        self.seed = seed
        # The built-in's order, in which each unseeded part draws its seed: with
        # keras.utils.set_random_seed both layers start from the same weights.
        if self.seeds_dropout_first:
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
        if not self.seeds_dropout_first:
            self.seed_generator = keras.random.SeedGenerator(seed)
        self.return_sequences = return_sequences
        self.return_state = return_state
        self.go_backwards = go_backwards
        self.stateful = stateful
        self.unroll = unroll
        self.zero_output_for_mask = zero_output_for_mask
        self.num_tokens = num_tokens
        self.mask_zero = mask_zero
        self.supports_masking = True
        self.input_spec = [keras.layers.InputSpec(ndim=2 if num_tokens else 3)]
        self.state_size = [units] * len(self.equations.STATES)
        self.output_size = units
        self.states: Any = None  # a stateful layer has its states in a list
        self.kernel: Any = None
        self.recurrent_kernel: Any = None
        self.bias: Any = None

    @property
    def cell(self):
        """What the built-in keeps in its cell: `layer.cell.units`, the weights ..."""
        return _Cell(self)

    @property
    def activations(self):
        """What the equations take: the cell's activation and, if any, the gates'."""
        return (self.activation,)

    @property
    def bias_shape(self):
        """A bias for every column of the kernels."""
        return (self.blocks * self.units,)

    def build(self, sequences_shape, initial_state_shape=None):
        """Creates kernel, recurrent_kernel and bias, and a stateful layer's states."""
        if self.kernel is None:
            columns = self.blocks * self.units
            features = self.num_tokens or sequences_shape[-1]
            self.kernel = self._weight("kernel", (features, columns))
            self.recurrent_kernel = self._weight("recurrent", (self.units, columns))
            if self.use_bias:
                self.bias = self._weight("bias", self.bias_shape)
        if self.stateful and self.states is None:
            self._create_states(sequences_shape)

    def _weight(self, what, shape):
        return self.add_weight(
            shape=shape,
            name="recurrent_kernel" if what == "recurrent" else what,
            initializer=self._initializer(what),
            regularizer=getattr(self, f"{what}_regularizer"),
            constraint=getattr(self, f"{what}_constraint"),
        )

    def _initializer(self, what):
        return getattr(self, f"{what}_initializer")

    def _create_states(self, sequences_shape):
        batch_size = sequences_shape[0]
        if batch_size is None:
            raise ValueError(
                "When using `stateful=True` in a RNN, the batch size must be static. "
                f"Found dynamic batch size: sequence.shape={sequences_shape}"
            )
        states = [
            keras.Variable(
                zeros, trainable=False, dtype=self.variable_dtype, name="rnn_state"
            )
            for zeros in self.get_initial_state(batch_size)
        ]
        # Past Keras's tracking: as in the built-in they are neither counted nor saved.
        object.__setattr__(self, "states", states)

    def call(self, sequences, initial_state=None, mask=None, training=False):
        """Returns the hidden states (see the class)."""
        states, mask = (
            self._states(sequences, initial_state),
            self._mask(sequences, mask),
        )
        input_masks, recurrent_masks = self._dropout_masks(sequences, training)
        every, last = recurrence.run(
            self.equations,
            self._project(sequences, input_masks),
            self._recurrent_weights(),
            states,
            self.activations,
            mask=mask,
            dropout_masks=recurrent_masks,
            last_only=not self.return_sequences,
            unroll=self.unroll,
        )
        if self.stateful:
            for variable, state in zip(self.states, last, strict=True):
                variable.assign(state)
        output = self._output(last[0] if every is None else every, mask)
        return (output, *last) if self.return_state else output

    def states_and_gates(self, sequences, initial_state=None, mask=None):
        """Returns what the cell computes in every timestep, by the equation's names.

        Args:
            sequences: as in a call of the layer.
            initial_state: likewise.
            mask: likewise.

        Returns:
            A dict of NumPy arrays, (batch, timesteps, units), in the order in which
            they are computed: for SimpleRNN h; for LSTM h, c, i, f, g, o; for GRU h, z,
            r, g. At a masked timestep h and c are those before it.
        """
        if not self.built:
            self.build(ops.shape(sequences))
        sequences = ops.convert_to_tensor(sequences)
        values = recurrence.every_value(
            self.equations,
            self._project(sequences, ()),
            self._recurrent_weights(),
            self._states(sequences, initial_state),
            self.activations,
            self._mask(sequences, mask),
        )
        return {
            name: ops.convert_to_numpy(ops.transpose(value, (1, 0, 2)))
            for name, value in values.items()
        }

    def _states(self, sequences, initial_state):
        """What was given, what the last batch left, or zeros. (batch, units) each."""
        if self.stateful and sequences.shape[0] not in (None, self.states[0].shape[0]):
            raise ValueError(
                "If an RNN is stateful, the batch size of the input sequences must be "
                "the same as the batch size of the initial state.\n"
                f"- Expected batch size: {self.states[0].shape[0]}\n"
                f"- Received batch size: {sequences.shape[0]}"
            )
        batch_size = ops.shape(sequences)[0]
        if initial_state is None:
            if not self.stateful:
                return tuple(self.get_initial_state(batch_size))
            initial_state = self.states
        given = tree.flatten(initial_state)
        if len(given) != len(self.state_size):
            names = ", ".join(self.equations.STATES)
            raise ValueError(
                f"`initial_state` has {len(given)} arrays, but "
                f"{type(self).__name__} takes {len(self.state_size)}: {names}."
            )
        # A copy: torch would otherwise see the variable change under its gradient.
        return tuple(
            ops.broadcast_to(
                ops.copy(ops.convert_to_tensor(state, dtype=self.compute_dtype)),
                (batch_size, self.units),
            )
            for state in given
        )

    def _mask(self, sequences, mask):
        """(timesteps, batch, 1) booleans, in the order of computation; or None."""
        mask = self._timesteps_that_count(sequences, mask)
        if mask is None:
            return None
        mask = ops.cast(ops.transpose(mask), "bool")[:, :, None]
        return ops.flip(mask, axis=0) if self.go_backwards else mask

    def _timesteps_that_count(self, sequences, mask):
        """(batch, timesteps) booleans, in the order of the input; or None."""
        mask = tree.flatten(mask)[0] if tree.is_nested(mask) else mask
        if mask is not None and len(mask.shape) != 2:
            raise ValueError(
                f"`mask` must be (batch, timesteps), not {tuple(mask.shape)}; "
                "a Masking layer before token ids makes another one: use `mask_zero`."
            )
        if self.mask_zero:
            known = ops.not_equal(sequences, 0)
            mask = known if mask is None else ops.logical_and(mask, known)
        return mask

    def _dropout_masks(self, sequences, training):
        """For x_t, (batch, features), and for h_(t-1), (batch, units); () without."""
        batch_size = ops.shape(sequences)[0]
        return tuple(
            self._draw((batch_size, size), rate, training)
            for size, rate in (
                (self.kernel.shape[0], self.dropout),
                (self.units, self.recurrent_dropout),
            )
        )

    def _draw(self, shape, rate, training):
        number = self._number_of_dropout_masks() if rate > 0 else 0
        if not training:  # the built-in draws and drops them: the next draw is the same
            for _ in range(number):
                self.seed_generator.next()
            return ()
        ones = ops.ones(shape, dtype=self.compute_dtype)
        return tuple(
            keras.random.dropout(ones, rate, seed=self.seed_generator)
            for _ in range(number)
        )

    def _number_of_dropout_masks(self):
        return 1

    def _project(self, sequences, dropout_masks):
        """x_t W_x + b, (timesteps, batch, columns), in the order of computation."""
        kernel = self._value(self.kernel)
        if self.num_tokens:
            projected = self._look_up(sequences, kernel, dropout_masks)
        else:
            sequences = ops.cast(sequences, self.compute_dtype)
            sequences = ops.transpose(sequences, (1, 0, 2))
            projected = from_input(sequences, kernel, dropout_masks)
        if self.unroll and projected.shape[0] is None:
            raise ValueError(
                "Cannot unroll a RNN if the time dimension is undefined: give the "
                "timesteps to `Input(shape=(timesteps, features))`."
            )
        if self.bias is not None:
            projected = projected + self._input_bias()
        return ops.flip(projected, axis=0) if self.go_backwards else projected

    def _look_up(self, token_ids, kernel, dropout_masks):
        """One-hot row k times W_x is row k of W_x. (timesteps, batch, columns)."""
        token_ids = ops.cast(token_ids, "int32")
        in_range = (token_ids >= 0) & (token_ids < self.num_tokens)
        token_ids = ops.where(in_range, token_ids, 0)
        scale = ops.transpose(ops.cast(in_range, self.compute_dtype))[:, :, None]
        # `* 1` makes the gradient dense: with IndexedSlices Keras squares each
        # occurrence of a token separately, and RMSprop would train differently.
        rows = ops.take(kernel * 1, ops.transpose(token_ids), axis=0) * scale
        if not dropout_masks:
            return rows
        kept = [ops.take_along_axis(m, token_ids, axis=1) for m in dropout_masks]
        blocks = ops.split(rows, len(kept), axis=-1)
        pairs = zip(blocks, kept, strict=True)
        dropped = [block * ops.transpose(k)[:, :, None] for block, k in pairs]
        return ops.concatenate(dropped, axis=-1)

    def _input_bias(self):
        return self._value(self.bias)

    def _recurrent_weights(self):
        """What the equations take in the loop."""
        return (self._value(self.recurrent_kernel),)

    def _value(self, weight):
        # A copy: TensorFlow admits no variable in a function with its own gradient.
        return ops.cast(ops.copy(weight), self.compute_dtype)

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
        """Returns zeros in a list, (batch, units) for every state."""
        shape = (batch_size, self.units)
        return [ops.zeros(shape, dtype=self.compute_dtype) for _ in self.state_size]

    def reset_state(self):
        """Sets a stateful layer's states back to 0."""
        for state in self.states or []:
            state.assign(ops.zeros_like(state.value))

    reset_states = reset_state  # the name of Keras 2, which the built-in keeps too

    def compute_output_shape(self, sequences_shape, initial_state_shape=None):
        """Returns (batch, units) or (batch, timesteps, units); the states' shapes."""
        batch_size, timesteps = sequences_shape[:2]
        state_shape = (batch_size, self.units)
        shape = (batch_size, timesteps, self.units)
        output_shape = shape if self.return_sequences else state_shape
        states = [state_shape] * len(self.state_size)
        return (output_shape, *states) if self.return_state else output_shape

    def compute_mask(self, sequences, mask):
        """Returns the mask of the output: the timesteps' where there are timesteps.

        As in the built-in layer it is in the order of the input, even if
        `go_backwards` turns the output round.
        """
        output_mask = None
        if self.return_sequences:
            output_mask = self._timesteps_that_count(sequences, mask)
        return (
            [output_mask, *[None] * len(self.state_size)]
            if self.return_state
            else output_mask
        )

    def get_config(self):
        """Returns the constructor's arguments, as the built-in layer has them."""
        config = super().get_config()
        config.pop("autocast", None)
        names = (
            "units", "use_bias", "dropout", "recurrent_dropout", "return_sequences",
            "return_state", "go_backwards", "stateful", "unroll", "seed",
            "zero_output_for_mask",
        )  # fmt: skip
        config |= {name: getattr(self, name) for name in (*names, *self.own_arguments)}
        config["activation"] = keras.activations.serialize(self.activation)
        config["activity_regularizer"] = regularizers.serialize(
            self.activity_regularizer
        )
        for weight in ("kernel", "recurrent", "bias"):
            for kind in (initializers, regularizers, constraints):
                name = f"{weight}_{kind.__name__.split('.')[-1].removesuffix('s')}"
                config[name] = kind.serialize(getattr(self, name))
        if self.num_tokens:  # without it the built-in takes the same config
            config |= {"num_tokens": self.num_tokens}
        if self.mask_zero:
            config |= {"mask_zero": True}
        return config


class _Cell:
    """A layer's attributes under another name.

    Not the layer itself, which Keras's saving would look for in itself without end.
    """

    def __init__(self, layer):
        self._layer = layer

    def __getattr__(self, name):
        return getattr(self._layer, name)


def _check_positive(name, value):
    if isinstance(value, bool) or not isinstance(value, int) or value <= 0:
        raise ValueError(
            f"Received an invalid value for argument `{name}`, "
            f"expected a positive integer, got {value}."
        )


def arguments(names: dict[str, Any], but: tuple[str, ...] = ()) -> dict[str, Any]:
    """Returns a constructor's `locals()` as keyword arguments of its base class's."""
    left_out = ("self", "__class__", "kwargs", *but)
    return {k: v for k, v in names.items() if k not in left_out} | names["kwargs"]
