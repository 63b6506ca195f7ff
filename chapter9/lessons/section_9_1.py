"""The exercises of section 9-1: SimpleRNN, its parameters, its shapes, its memory."""

import keras
import numpy as np
from keras import ops

from before_keras.language import _
from chapter9.equations import simple_rnn
from chapter9.layers.simple_rnn import SimpleRNN
from chapter9.lessons.exercise import exercise, number
from chapter9.parameters import terms

CLOSE = 1e-4  # what counts as equal
WORDS = 6  # of a sentence, with 2 numbers each
REACH, LEFT = 20, 0.01  # timesteps, and what is left of h after them


@exercise
def parameters(answer: int) -> str:
    """How many parameters has SimpleRNN(5) on words of 6 numbers?"""
    features, units = 6, 5
    layer = SimpleRNN(units)
    layer.build((None, None, features))
    w_x, w_h, b = (term.count for term in terms.simple_rnn(features, units))
    hints = {
        w_x + units + b: _("W_h connects every neuron with every neuron"),
        w_x + b: _("the hidden state before has weights of its own"),
        w_x + w_h: _("every neuron has a bias"),
    }
    return number(answer, layer.count_params(), hints)


@exercise
def output_shape(answer: tuple[int, ...]) -> str:
    """What shape comes out of SimpleRNN(7, return_sequences=True)?

    In go 32 reviews of 20 words, 100 numbers each.
    """
    batch, timesteps, features = 32, 20, 100
    layer = SimpleRNN(7, return_sequences=True)
    right = ops.shape(layer(np.zeros((batch, timesteps, features), "float32")))
    hints = {
        (batch, right[-1]): _("return_sequences keeps every timestep"),
        (batch, timesteps, features): _("the last number counts neurons"),
    }
    answer = tuple(answer)
    return "" if answer == tuple(right) else hints.get(answer, _("not that shape"))


@exercise
def forget(recurrent_kernel) -> str:
    """Give a W_h, 3 x 3, with which the last word alone counts."""
    counted = _words_that_count(recurrent_kernel)
    return _said(counted) if counted != {WORDS} else ""


@exercise
def last_two(recurrent_kernel) -> str:
    """Give a W_h, 3 x 3, with which the last two words count, and no other."""
    counted = _words_that_count(recurrent_kernel)
    return _said(counted) if counted != {WORDS - 1, WORDS} else ""


def _words_that_count(recurrent_kernel) -> set[int]:
    """The words, from 1, without which the last hidden state would be another one."""
    kernel = np.asarray(recurrent_kernel, "float32")
    if kernel.shape != (3, 3) or not np.isfinite(kernel).all():
        raise ValueError(_("give 3 rows of 3 numbers"))
    layer = SimpleRNN(3)
    layer.build((None, None, 2))
    random = np.random.default_rng(1)
    draw = random.uniform(0.5, 1, (2, 3)).astype("float32")
    layer.set_weights([draw, kernel, np.zeros(3, "float32")])
    x = random.uniform(-0.5, 0.5, (1, WORDS, 2)).astype("float32")
    without = x * (1 - np.eye(WORDS, dtype="float32"))[:, :, None]
    changes = np.abs(layer(without) - layer(x)).max(axis=1)
    return {int(word) for word in np.flatnonzero(changes > CLOSE) + 1}


def _said(counted: set[int]) -> str:
    words = ", ".join(map(str, sorted(counted)))
    return _("of {all} words, these count: {words}").format(all=WORDS, words=words)


@exercise
def timesteps_in_gradient(answer: int) -> str:
    """How many of the timesteps of "I am a boy" add something to dW_h? h_0 is 0."""
    random = np.random.default_rng(2)
    x, w_x, w_h = (random.normal(size=shape) for shape in ((4, 3), (3, 2), (2, 2)))
    states = [np.zeros((1, 2))]
    for x_t in x:
        (h,), _gates = simple_rnn.forward(
            x_t[None] @ w_x, (states[-1],), (w_h,), (keras.activations.tanh,)
        )
        states.append(np.asarray(h))
    right = sum(bool(h.any()) for h in states[:-1])
    hints = {len(x): _("dW_h adds up h_(t-1)^T dz_t, and one h_(t-1) is special")}
    return number(answer, right, hints)


@exercise
def reach(w: float) -> str:
    """With W_h = w for one neuron: which w leaves 1 % of a small h after 20 words?

    All x_t are 0.
    """
    layer = SimpleRNN(1)
    layer.build((None, None, 1))
    layer.set_weights([np.ones((1, 1)), np.array([[float(w)]]), np.zeros(1)])
    before = 1e-3  # so small that tanh(h) is h
    zeros = np.zeros((1, REACH, 1), "float32")
    after = layer(zeros, initial_state=np.array([[before]], "float32"))
    left = float(after[0, 0]) / before
    if abs(left / LEFT - 1) < 0.05:
        return ""
    said = _("after {timesteps} timesteps {share:.2%} is left")
    return said.format(timesteps=REACH, share=left)


@exercise
def order(answer: set[str]) -> str:
    """Which tell "a b a c a" from "a c a b a"? Of dense, convolution, recurrent.

    The dense layer and the convolution, with a kernel of 2, are averaged over the
    words; the recurrent layer's last hidden state is taken.
    """
    layers = {
        "dense": keras.layers.Dense(3, "tanh"),
        "convolution": keras.layers.Conv1D(3, kernel_size=2, activation="tanh"),
        "recurrent": SimpleRNN(3, return_sequences=True),
    }
    a, b, c = np.random.default_rng(3).normal(size=(3, 4)).astype("float32")
    two = np.stack([[a, b, a, c, a], [a, c, a, b, a]])
    right = set()
    for name, layer in layers.items():
        every = ops.convert_to_numpy(layer(two))
        one, other = every[:, -1] if name == "recurrent" else every.mean(axis=1)
        if np.abs(one - other).max() > CLOSE:
            right.add(name)
    if unknown := set(answer) - set(layers):
        raise ValueError(", ".join(sorted(map(str, unknown))))
    if set(answer) == right:
        return ""
    missing = _("one more does") if right - set(answer) else _("not all of them do")
    return missing
