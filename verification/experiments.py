"""The experiments behind section 9-1's claims, each able to come out otherwise.

Each takes "custom" or "builtin" and returns what it found, as text: the book's value,
or what is there instead.
"""

import itertools

import keras
import numpy as np
from keras import ops

import models
from before_keras import book
from models.recurrent_layers import recurrent

TOLERANCE = 1e-5  # of float32
TIMESTEPS = (1, 4, 20)


def equation(layer: str) -> str:
    """Claim 1: every hidden state equals that of a loop written in NumPy."""
    rnn, x = _layer(layer, return_sequences=True), _sentence()
    states = _numpy(rnn(x))
    weights = rnn.get_weights()
    if len(weights) != 3:
        return f"{len(weights)} weights, not 3"
    w_x, w_h, b = weights
    h, loop = np.zeros((1, w_h.shape[0])), []
    for x_t in np.moveaxis(x, 1, 0):
        h = np.tanh(x_t @ w_x + h @ w_h + b)
        loop.append(h)
    return _compared("equal", states, np.stack(loop, axis=1))


def count(layer: str) -> str:
    """Claim 2: the parameters of 3 neurons on 4 inputs."""
    return f"{models.build('weights', layer=layer).count_params():,}"


def connections(layer: str) -> str:
    """Claim 3: a change in any neuron's hidden state reaches every neuron."""
    _, neurons = book.WEIGHTS_FIGURE
    rnn = _layer(layer, neurons)
    before = np.concatenate([np.zeros((1, neurons)), np.eye(neurons)]).astype("float32")
    x = np.repeat(_sentence()[:, :1], len(before), axis=0)
    after = _numpy(rnn(x, initial_state=ops.convert_to_tensor(before)))
    reached = np.abs(after[1:] - after[0]) > TOLERANCE
    if reached.all():
        return str(reached.shape)
    return f"{reached.sum()} of {reached.size} connections"


def sharing(layer: str) -> str:
    """Claim 4: as many weights, and the same step, at whatever number of timesteps."""
    inputs, units = book.WEIGHTS_FIGURE
    built = [_layer(layer, units, return_sequences=True) for _ in TIMESTEPS]
    for rnn, timesteps in zip(built, TIMESTEPS, strict=True):
        rnn.build((1, timesteps, inputs))
    counts = [rnn.count_params() for rnn in built]
    if len(set(counts)) > 1:
        return f"{', '.join(map(str, counts))} parameters"
    one, *_, long = built
    long.set_weights(one.get_weights())
    x = _random((1, TIMESTEPS[-1], inputs))
    h = one(x[:, :1])[:, 0]
    for t in range(1, TIMESTEPS[-1]):
        h = one(x[:, t : t + 1], initial_state=h)[:, 0]
    return _compared("same", _numpy(long(x))[:, -1], _numpy(h))


def input_shape(layer: str) -> str:
    """Claim 5: it takes samples, timesteps, features, and nothing else."""
    model, x = models.build("sentence", layer=layer), _sentence()
    for other in (x[0], x[None]):
        try:
            _layer(layer)(other)
        except ValueError:
            continue
        return f"{other.shape} too"
    model(x)
    return str((len(x), *model.input_shape[1:]))


def last_output(layer: str) -> str:
    """Claim 6: the output is the last timestep's hidden state, and no other."""
    model, x = models.build("sentence", layer=layer), _sentence()
    every = recurrent("SimpleRNN", layer)(book.WORD_SIZE, return_sequences=True)
    every.build(x.shape)
    every.set_weights(model.get_weights())
    states, output = _numpy(every(x)), _numpy(model(x))
    if output.shape != (1, book.WORD_SIZE):
        return str(output.shape)
    equal = np.abs(states - output[:, None]).max(axis=2)[0] < TOLERANCE
    last_only = equal[-1] and not equal[:-1].any()
    return str(output.shape) if last_only else "not the last hidden state"


def every_output(layer: str) -> str:
    """Claim 7: a stack's first layer gives every timestep's hidden state."""
    first, last = models.build("stack", layer=layer).layers
    x = _sentence()
    states = _numpy(first(x))
    if states.ndim != 3:
        return str(states.shape)
    if (output := last(states)).shape != (1, last.units):
        return f"{tuple(output.shape)} from the last layer"
    beginnings = (x[:, : t + 1] for t in range(x.shape[1]))
    ends = [_numpy(first(beginning))[:, -1] for beginning in beginnings]
    return _compared(str(states.shape), states, np.stack(ends, axis=1))


def prediction(layer: str) -> str:
    """Claim 8: (10,) straight into a sigmoid neuron, or a softmax neuron a class."""
    timesteps, features, cells = book.PREDICTION_FIGURE
    x = _random((2, timesteps, features))
    for classes in (2, 3):
        rnn, output = models.build("prediction", layer=layer, classes=classes).layers
        hidden_state = rnn(x)
        if hidden_state.shape[1:] != (cells,):
            return f"{tuple(hidden_state.shape[1:])}, not ({cells},)"
        probabilities = _numpy(output(hidden_state))
        rows = probabilities.sum(axis=1) if classes > 2 else [1, 1]
        if (
            not np.allclose(rows, 1)
            or probabilities.min() < 0 < 1 < probabilities.max()
        ):
            return f"no probabilities of {classes} classes"
    two = models.build("prediction", layer=layer).layers
    return " + ".join(f"{part.count_params():,}" for part in two)


def names(layer: str) -> str:
    """Claim 9: what a dense, a convolutional and a recurrent layer put out."""
    one_sample = _random((1, 6))
    signal = np.zeros((1, 9, 1), "float32")
    signal[:, 3:6] = _random((1, 3, 1))
    recurrent = _layer(layer, return_state=True)
    found = (
        _name(keras.layers.Dense(4), one_sample),
        _name(keras.layers.Conv1D(2, 3, padding="same"), signal),
        _name(recurrent, _sentence()),
    )
    return ", ".join(found)


def _name(layer, x) -> str:
    """A hidden state comes back in, a feature map moves along with its input."""
    if hasattr(layer, "return_state"):
        output, state = layer(x)
        fed_back, _ = layer(x, initial_state=output)
        is_state = np.allclose(_numpy(output), _numpy(state), atol=TOLERANCE)
        comes_back = not np.allclose(_numpy(fed_back), _numpy(output), atol=TOLERANCE)
        return "hidden state" if is_state and comes_back else "another output"
    moved = np.roll(_numpy(layer(x)), 1, axis=1)
    follows = np.allclose(_numpy(layer(np.roll(x, 1, axis=1))), moved, atol=TOLERANCE)
    return "feature map" if follows else "activation"


def order(layer: str) -> str:
    """Claim 10: whether the order of the words matters, without and with recurrence."""
    x = _sentence()[0]
    others = itertools.permutations(range(len(x)))
    sentences = np.stack([x[list(words)] for words in others])  # the first as it was
    feed_forward = keras.Sequential(
        [keras.layers.Dense(3, "tanh"), keras.layers.GlobalAveragePooling1D()]
    )

    def remembers(network):
        outputs = _numpy(network(sentences))
        changed = np.abs(outputs[1:] - outputs[0]).max(axis=1) > TOLERANCE
        return "yes" if changed.all() else "sometimes" if changed.any() else "no"

    return f"{remembers(feed_forward)}, {remembers(_layer(layer))}"


def _layer(layer: str, units: int = book.WORD_SIZE, **options):
    """A layer with weights that are the same every time, and a bias that is not 0."""

    def drawn(seed):
        return keras.initializers.RandomUniform(-0.9, 0.9, seed=seed)

    return recurrent("SimpleRNN", layer)(
        units,
        kernel_initializer=drawn(1),
        recurrent_initializer=drawn(2),
        bias_initializer=drawn(3),
        **options,
    )


def _sentence() -> np.ndarray:
    """The book's sentence, (1, words, numbers a word)."""
    return _random((1, len(book.SENTENCE.split()), book.WORD_SIZE))


def _random(shape) -> np.ndarray:
    return np.random.default_rng(9).normal(size=shape).astype("float32")


def _numpy(tensor) -> np.ndarray:
    return ops.convert_to_numpy(tensor)


def _compared(value: str, one: np.ndarray, other: np.ndarray) -> str:
    if one.shape != other.shape:
        return f"{one.shape}, not {other.shape}"
    difference = float(np.abs(one - other).max())
    return value if difference < TOLERANCE else f"off by {difference:.2g}"
