"""What Keras wants of a recurrent layer, once for the three cells.

Arguments, weights, states, masks, dropout, and the form of the output. What a cell
computes is a module of `chapter9/equations/`.
"""

from types import ModuleType
from typing import Any

import keras
from keras import constraints, initializers, ops, regularizers, tree

from chapter9.equations import recurrence
from chapter9.equations.gradients import is_traced
from chapter9.layers.arguments import Cell, check_positive
from chapter9.layers.inputs import look_up, project

PARTS = ("kernel", "recurrent", "bias")  # each with its own three of these:
KINDS = {"initializer": initializers, "regularizer": regularizers}
KINDS |= {"constraint": constraints}
KEPT = (  # arguments that get_config returns as they are
    "units", "use_bias", "dropout", "recurrent_dropout", "seed", "return_sequences",
    "return_state", "go_backwards", "stateful", "unroll", "zero_output_for_mask",
)  # fmt: skip


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
        activity_regularizer,
        dropout,
        recurrent_dropout,
        return_sequences,
        return_state,
        go_backwards,
        stateful,
        unroll,
        seed,
        zero_output_for_mask=False,
        num_tokens=None,
        mask_zero=False,
        **kwargs,
    ):
        check_positive("units", units)
        if num_tokens is not None:
            check_positive("num_tokens", num_tokens)
            kwargs.setdefault("autocast", False)  # 16 bits cannot hold every token id
        elif mask_zero:
            raise ValueError("`mask_zero` masks the token id 0: it needs `num_tokens`.")
        options = {name: kwargs.pop(name) for name in _names()}
        super().__init__(activity_regularizer=activity_regularizer, **kwargs)
        # Each unseeded part draws its seed, in the built-in's order: with
        # keras.utils.set_random_seed both layers start from the same weights.
        if self.seeds_dropout_first:
            self.seed_generator = keras.random.SeedGenerator(seed)
        for name, kind in _names().items():
            setattr(self, name, kind.get(options[name]))
        if not self.seeds_dropout_first:
            self.seed_generator = keras.random.SeedGenerator(seed)
        self.units = units
        self.activation = keras.activations.get(activation)
        self.use_bias = use_bias
        self.dropout = min(1.0, max(0.0, dropout))
        self.recurrent_dropout = min(1.0, max(0.0, recurrent_dropout))
        self.return_sequences = return_sequences
        self.return_state = return_state
        self.go_backwards = go_backwards
        self.stateful = stateful
        self.unroll = unroll
        self.seed = seed
        self.zero_output_for_mask = zero_output_for_mask
        self.num_tokens = num_tokens
        self.mask_zero = mask_zero
        self.supports_masking = True
        self.input_spec = [keras.layers.InputSpec(ndim=2 if num_tokens else 3)]
        self.state_size = [units] * len(self.equations.STATES)
        self.states: Any = None  # a stateful layer has its states in a list
        self.kernel: Any = None
        self.recurrent_kernel: Any = None
        self.bias: Any = None

    @property
    def cell(self):
        """What the built-in keeps in its cell: `layer.cell.units`, the weights ..."""
        return Cell(self)

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
            self._any_timesteps = sequences_shape[1] is None
        if self.stateful and self.states is None:
            self._create_states(sequences_shape)

    def _weight(self, part, shape):
        return self.add_weight(
            shape=shape,
            name="recurrent_kernel" if part == "recurrent" else part,
            initializer=self._initializer(part),
            regularizer=getattr(self, f"{part}_regularizer"),
            constraint=getattr(self, f"{part}_constraint"),
        )

    def _initializer(self, part):
        return getattr(self, f"{part}_initializer")

    def _create_states(self, sequences_shape):
        batch_size = sequences_shape[0]
        if batch_size is None:
            raise ValueError(
                "When using `stateful=True` in a RNN, the batch size must be static. "
                f"Found dynamic batch size: sequence.shape={sequences_shape}"
            )
        options = {"trainable": False, "dtype": self.variable_dtype}
        zeros = self.get_initial_state(batch_size)
        states = [keras.Variable(z, name="rnn_state", **options) for z in zeros]
        # Past Keras's tracking: as in the built-in they are neither counted nor saved.
        object.__setattr__(self, "states", states)

    def call(self, sequences, initial_state=None, mask=None, training=False):
        """Returns the hidden states (see the class)."""
        self._check_timesteps(sequences)
        states = self._states(sequences, initial_state)
        mask = self._mask(sequences, mask)
        input_masks, recurrent_masks = self._dropout_masks(sequences, training)
        every, last = recurrence.run(
            self.equations,
            self._projected(sequences, input_masks),
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

        Examples:
            >>> import numpy as np
            >>> from chapter9 import LSTM
            >>> values = LSTM(2).states_and_gates(np.zeros((1, 3, 4), "float32"))
            >>> list(values), values["f"].shape
            (['h', 'c', 'i', 'f', 'g', 'o'], (1, 3, 2))
            >>> print(f"{values['f'][0, 0, 0]:.4f}")  # sigmoid(1), its initial bias
            0.7311
        """
        sequences = ops.convert_to_tensor(sequences)
        if not self.built:
            self.build(tuple(sequences.shape))
        values = recurrence.every_value(
            self.equations,
            self._projected(sequences),
            self._recurrent_weights(),
            self._states(sequences, initial_state),
            self.activations,
            self._mask(sequences, mask),
        )
        return {
            name: ops.convert_to_numpy(ops.transpose(value, (1, 0, 2)))
            for name, value in values.items()
        }

    def _check_timesteps(self, sequences):
        """Refuses what would fix a number of timesteps that was left open."""
        what = ""
        if self.unroll and sequences.shape[1] is None:
            what = "unroll a RNN"
        elif self._any_timesteps and is_traced():
            what = "export a RNN from torch"
        if what:
            raise ValueError(
                f"Cannot {what} if the time dimension is undefined: give the "
                "timesteps to `Input(shape=(timesteps, features))`."
            )

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
        copies = (ops.copy(ops.convert_to_tensor(s, self.compute_dtype)) for s in given)
        return tuple(ops.broadcast_to(s, (batch_size, self.units)) for s in copies)

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
        rates = (
            (self.kernel.shape[0], self.dropout),
            (self.units, self.recurrent_dropout),
        )
        return [self._draw((batch_size, n), rate, training) for n, rate in rates]

    def _draw(self, shape, rate, training):
        masks = range(self._number_of_dropout_masks() if rate > 0 else 0)
        if not training:  # the built-in draws and drops them: the next draw is the same
            for _ in masks:
                self.seed_generator.next()
            return ()
        ones = ops.ones(shape, dtype=self.compute_dtype)
        seed = self.seed_generator
        return tuple(keras.random.dropout(ones, rate, seed=seed) for _ in masks)

    def _number_of_dropout_masks(self):
        return 1

    def _projected(self, sequences, dropout_masks=()):
        """x_t W_x + b, (timesteps, batch, columns), in the order of computation."""
        function = look_up if self.num_tokens else project
        projected = function(sequences, self._value(self.kernel), dropout_masks)
        if self.bias is not None:
            projected = projected + self._input_bias()
        return ops.flip(projected, axis=0) if self.go_backwards else projected

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
        steps = (timesteps,) if self.return_sequences else ()
        output_shape = (batch_size, *steps, self.units)
        states = [(batch_size, self.units)] * len(self.state_size)
        return (output_shape, *states) if self.return_state else output_shape

    def compute_mask(self, sequences, mask):
        """Returns the mask of the output: the timesteps' where there are timesteps.

        As in the built-in layer it is in the order of the input, even if
        `go_backwards` turns the output round.
        """
        output_mask = None
        if self.return_sequences:
            output_mask = self._timesteps_that_count(sequences, mask)
        states = [None] * len(self.state_size)
        return [output_mask, *states] if self.return_state else output_mask

    def get_config(self):
        """Returns the constructor's arguments, as the built-in layer has them."""
        config = super().get_config()
        config.pop("autocast", None)
        config |= {name: getattr(self, name) for name in (*KEPT, *self.own_arguments)}
        config["activation"] = keras.activations.serialize(self.activation)
        regularizer = regularizers.serialize(self.activity_regularizer)
        config["activity_regularizer"] = regularizer
        for name, kind in _names().items():
            config[name] = kind.serialize(getattr(self, name))
        if self.num_tokens:  # without it the built-in takes the same config
            config["num_tokens"] = self.num_tokens
        if self.mask_zero:
            config["mask_zero"] = True
        return config


def _names():
    """kernel_initializer, recurrent_initializer ... and whose functions they need."""
    pairs = ((part, kind) for kind in KINDS for part in PARTS)
    return {f"{part}_{kind}": KINDS[kind] for part, kind in pairs}
