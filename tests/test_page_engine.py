"""The page's engine in a real browser: Keras's gradients, and weights after training.

float64 in the browser; Keras trains in float32.
"""

import keras
import numpy as np
import pytest
from keras import ops

from chapter9.page import weights
from tests.browser import opened_page
from tests.gradients import gradients
from tests.test_page import make_run

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

WORDS, TIMESTEPS, UNITS, SIZE, BATCH = 20, 7, 5, 3, 6
CELLS = ("SimpleRNN", "LSTM", "GRU")
OPTIMIZERS = {"rmsprop": keras.optimizers.RMSprop, "adam": keras.optimizers.Adam}


class Embedding(keras.layers.Embedding):
    """With a dense gradient, as on jax.

    On tensorflow it is IndexedSlices, of which Keras 3.15 squares each occurrence of a
    token by itself, so that RMSprop and adam train another way.
    """

    def call(self, inputs):
        return ops.take(self.embeddings * 1, inputs, axis=0)


@pytest.fixture(scope="module")
def shown(tmp_path_factory):
    folder = tmp_path_factory.mktemp("engine")
    with opened_page(folder, make_run(folder / "run")) as opened:
        yield opened
        assert opened.errors == []


def build(cell, embedding, dtype="float32"):
    """Keras's layers alone; the weights have 32 bits, biases too are random."""
    keras.utils.set_random_seed(7)
    first = (
        Embedding(WORDS, SIZE, dtype=dtype)
        if embedding
        else keras.layers.CategoryEncoding(WORDS, output_mode="one_hot", dtype=dtype)
    )
    layers = {
        "bag of words": [
            keras.layers.GlobalAveragePooling1D(dtype=dtype),
            keras.layers.Dense(UNITS, activation="tanh", dtype=dtype),
        ]
    }
    middle = layers.get(cell) or [getattr(keras.layers, cell)(UNITS, dtype=dtype)]
    last = keras.layers.Dense(1, activation="sigmoid", dtype=dtype)
    inputs = keras.Input((TIMESTEPS,), dtype="int32")
    model = keras.Sequential([inputs, first, *middle, last])
    generator = np.random.default_rng(8)
    model.set_weights(
        [
            generator.uniform(-0.8, 0.8, weight.shape).astype("float32")
            for weight in model.get_weights()
        ]
    )
    return model


def packed(model):
    """The model as the page has it; the bag of words is no model of the chapter's."""
    names = [type(layer).__name__ for layer in model.layers]
    if "GlobalAveragePooling1D" not in names:
        return weights.network(weights.of_model(model), "model")
    *embedding, W_x, b, W, b_out = map(weights._packed, model.get_weights())  # noqa: N806
    return {
        "embedding": embedding[0] if embedding else None,
        "recurrent": [{"type": "bag-of-words", "W_x": W_x, "b": b}],
        "output": {"W": W, "b": b_out},
    }


def batches(count):
    generator = np.random.default_rng(9)
    x = generator.integers(0, WORDS, (count, BATCH, TIMESTEPS), dtype=np.int32)
    return x, (x[:, :, 2:3] > x[:, :, -1:]).astype(np.float32)


TRAIN = """([packed, x, y, optimizer, rate, limit]) => {
  const network = unpackNetwork(packed);
  const chosen = optimizer && new OPTIMIZERS[optimizer](rate);
  const [layer] = network.recurrent;
  const variables = variablesOf(network);
  let gradients;
  x.forEach((reviews, k) => {
    const tokens = reviews[0].map((_, t) => Int32Array.from(reviews, (ids) => ids[t]));
    const labels = Float64Array.from(y[k].flat());
    const steps = makeSteps(layer.type, tokens.length, labels.length, layer.units);
    gradients = backward(network, forward(network, tokens, steps), labels);
    clip(gradients, limit);
    chosen?.update(variables, gradients);
  });
  const found = chosen ? variables : gradients;
  return Object.keys(variables).map((name) => Array.from(found[name]));
}"""


def in_the_browser(shown, model, x, y, optimizer=None, rate=0.0, limit=0.0):
    """The gradients of the first batch, or the weights after all: in Keras's shapes."""
    argument = [packed(model), x.tolist(), y.tolist(), optimizer, rate, limit]
    found = shown.run(TRAIN, argument)
    if len(found) > len(model.weights):  # a GRU's two biases are one weight in Keras
        found[-4:-2] = [[*found[-4], *found[-3]]]
    shapes = [weight.shape for weight in model.weights]
    return [np.reshape(f, shape) for f, shape in zip(found, shapes, strict=True)]


@pytest.mark.parametrize(
    ("cell", "embedding"),
    [(cell, True) for cell in (*CELLS, "bag of words")] + [("SimpleRNN", False)],
)
def test_gradients_are_those_of_automatic_differentiation(shown, cell, embedding):
    model = build(cell, embedding, "float64")
    x, y = batches(1)

    def loss(*arrays):
        p, _ = model.stateless_call(arrays, model.non_trainable_variables, x[0])
        return -ops.mean(y[0] * ops.log(p) + (1 - y[0]) * ops.log(1 - p))

    _, *expected = gradients(loss, model.get_weights())
    for found, wanted in zip(in_the_browser(shown, model, x, y), expected, strict=True):
        assert np.abs(wanted).max() > 1e-4
        np.testing.assert_allclose(found, wanted, rtol=0, atol=1e-6)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("cell", CELLS)
def test_100_steps_of_training_give_kerass_weights(shown, cell, optimizer):
    rate, limit = 0.005, 0.2 if cell == "LSTM" else None
    model = build(cell, embedding=cell != "GRU")
    before = packed(model), model.get_weights()
    x, y = batches(100)
    found = in_the_browser(shown, model, x, y, optimizer, rate, limit or 0)
    model.compile(
        OPTIMIZERS[optimizer](rate, global_clipnorm=limit), "binary_crossentropy"
    )
    for reviews, labels in zip(x, y, strict=True):
        model.train_on_batch(reviews, labels)
    after = model.get_weights()
    assert packed(model) != before[0]
    for weight, wanted, old in zip(found, after, before[1], strict=True):
        assert np.abs(wanted - old).max() > 1e-3
        np.testing.assert_allclose(weight, wanted, rtol=0, atol=1e-4)
