"""The experiments behind claims 1 to 7 of section 9-1: what a recurrent layer does.

Each takes "custom" or "builtin" and returns what it found, as text: the book's value,
or what is there instead. Those that take a cell run for LSTM and GRU as well.
"""

import numpy as np
from keras import ops

import models
from before_keras import book
from before_keras.language import _
from verification import equations
from verification.apparatus import (
    TOLERANCE,
    another_shape,
    compared,
    layer_of,
    not_three,
    random,
    sentence,
    to_numpy,
)
from verification.equations import SIMPLE_RNN, Cell

TIMESTEPS = (1, 4, 20)
MONTHS = 12  # of a time series with one number a month


def equation(layer: str, cell: Cell = SIMPLE_RNN) -> str:
    """Claim 1: every hidden state equals that of a loop written in NumPy."""
    rnn, x = layer_of(layer, cell, return_sequences=True), sentence()
    states, weights = to_numpy(rnn(x)), rnn.get_weights()
    if len(weights) != 3:
        return not_three(weights)
    return compared("equal", states, equations.loop(cell, x, weights))


def count(layer: str) -> str:
    """Claim 2: the parameters of 3 neurons on 4 inputs."""
    return f"{models.build('weights', layer=layer).count_params():,}"


def connections(layer: str) -> str:
    """Claim 3: a change in any neuron's hidden state reaches every neuron."""
    neurons = book.WEIGHTS_DIAGRAM[1]
    rnn = layer_of(layer, units=neurons)
    before = np.concatenate([np.zeros((1, neurons)), np.eye(neurons)]).astype("float32")
    x = np.repeat(sentence()[:, :1], len(before), axis=0)
    after = to_numpy(rnn(x, initial_state=ops.convert_to_tensor(before)))
    reached = np.abs(after[1:] - after[0]) > TOLERANCE
    if reached.all():
        return f"{reached.size:,}"
    return _("{number} of {all} connections").format(
        number=reached.sum(), all=reached.size
    )


def sharing(layer: str, cell: Cell = SIMPLE_RNN) -> str:
    """Claim 4: as many weights, and the same step, at whatever number of timesteps."""
    inputs, units = book.WEIGHTS_DIAGRAM
    # The cell state of an LSTM goes on as well, and is not among the outputs.
    options = {"return_sequences": True, "return_state": "c" in cell.states}
    built = [layer_of(layer, cell, units, **options) for timesteps in TIMESTEPS]
    for rnn, timesteps in zip(built, TIMESTEPS, strict=True):
        rnn.build((1, timesteps, inputs))
    counts = [rnn.count_params() for rnn in built]
    if len(set(counts)) > 1:
        numbers = ", ".join(map(str, counts))
        return _("{numbers} parameters").format(numbers=numbers)
    one, long = built[0], built[-1]
    long.set_weights(one.get_weights())
    x = random((1, TIMESTEPS[-1], inputs))
    states: list = []
    for t in range(TIMESTEPS[-1]):
        states = _states_after(one, x[:, t : t + 1], states or None)
    at_once = _states_after(long, x)
    return compared(fewer(counts[0]), to_numpy(at_once[0]), to_numpy(states[0]))


def fewer(count: int) -> str:
    """Returns a layer's parameters beside those it would have if it did not share them.

    Every timestep would have weights of its own: as many as the layer has now.
    """
    timesteps = TIMESTEPS[-1]
    return f"{count:,} < {timesteps} x {count:,} = {timesteps * count:,}"


def _states_after(rnn, x, initial_state=None) -> list:
    """The last hidden state and, if the layer returns its states, the last c."""
    output = rnn(x, initial_state=initial_state)
    hidden_states, *states = output if rnn.return_state else (output,)
    return [hidden_states[:, -1], *states[1:]]


def input_shape(layer: str, cell: Cell = SIMPLE_RNN) -> str:
    """Claim 5: it takes samples, timesteps, features, and nothing else."""
    series = layer_of(layer, cell, return_sequences=True)
    states, expected = series(random((2, MONTHS, 1))), (2, MONTHS, series.units)
    if states.shape != expected:
        return another_shape(tuple(states.shape), expected)
    model, x = models.build("sentence", layer=layer, cell=cell.name), sentence()
    for other in (x[0], x[None]):
        try:
            layer_of(layer, cell)(other)
        except ValueError:
            continue
        return _("{shape} too").format(shape=other.shape)
    model(x)
    return str((len(x), *model.input_shape[1:]))


def last_output(layer: str, cell: Cell = SIMPLE_RNN) -> str:
    """Claim 6: the output is the last timestep's hidden state, and no other."""
    model, x = models.build("sentence", layer=layer, cell=cell.name), sentence()
    output = to_numpy(model(x))
    if output.shape != (1, book.STACK[-1]):
        return str(output.shape)
    every = layer_of(layer, cell, book.STACK[-1], return_sequences=True)
    every.build(x.shape)
    every.set_weights(model.get_weights())
    states = to_numpy(every(x))
    equal = np.abs(states - output[:, None]).max(axis=2)[0] < TOLERANCE
    last_only = equal[-1] and not equal[:-1].any()
    return str(output.shape) if last_only else _("not the last hidden state")


def every_output(layer: str, cell: Cell = SIMPLE_RNN) -> str:
    """Claim 7: a stack's first layer gives every timestep's hidden state."""
    first, last = models.build("stack", layer=layer, cell=cell.name).layers
    x = sentence()
    states = to_numpy(first(x))
    if states.ndim != 3:
        return str(states.shape)
    if (output := last(states)).shape != (1, last.units):
        return _("{shape} from the last layer").format(shape=tuple(output.shape))
    beginnings = (x[:, : t + 1] for t in range(x.shape[1]))
    ends = [to_numpy(first(beginning))[:, -1] for beginning in beginnings]
    return compared(str(states.shape), states, np.stack(ends, axis=1))
