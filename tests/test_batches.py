"""How many reviews are taken at once, and that the results do not depend on it."""

import keras
import numpy as np
import pytest

import models
from before_keras.safety import bounds
from chapter9 import data
from chapter9.data.text import Vocabulary
from chapter9.figures.memory import gradient_norms
from chapter9.inference import prediction
from chapter9.inference.evaluation import evaluate
from chapter9.training import batches


@pytest.mark.parametrize(
    ("name", "options", "numbers"),
    [
        # timesteps x (each layer's numbers of a timestep, gates included)
        ("one-hot", {}, 100 * (10 + 1)),
        ("one-hot", {"layer": "builtin"}, 100 * (500 + 10 + 1)),
        ("embedding", {}, 100 * (16 + 8 + 1)),
        ("lstm", {"cells": 8}, 100 * (16 + 4 * 8 + 1)),
        ("lstm-2-layers", {"timesteps": 50}, 50 * (16 + 4 * 8 + 4 * 8 + 1)),
    ],
)
def test_a_batch_holds_ten_million_numbers_at_most(name, options, numbers):
    model = models.build(name, **options)
    x = np.zeros((1, options.get("timesteps", 100)), np.int32)
    assert batches.batch_size(model, x, most=10**9) == 10_000_000 // numbers
    assert batches.batch_size(model, x, most=64) == 64
    assert batches.batch_size(model, x, most=64, more=6 * 10**6) == 1
    assert batches.batch_size(model, x, most=64, more=10**9) == 1


class Subclass(keras.Model):
    def __init__(self):
        super().__init__()
        self.dense = keras.layers.Dense(3)

    def call(self, x):
        return self.dense(x)


@pytest.mark.parametrize(
    "model",
    [
        lambda: keras.Sequential([keras.Input((None, 2)), keras.layers.LSTM(4)]),
        lambda: keras.Sequential([keras.layers.Dense(3)]),  # not built
        Subclass,
        lambda: keras.Sequential(
            [keras.Input((5, 2)), keras.layers.Normalization(axis=None)]
        ),
        lambda: keras.Model(
            (x := keras.Input((5, 2))), keras.layers.LSTM(4, return_state=True)(x)
        ),
    ],
)
def test_any_model_has_a_batch(model):
    x = np.zeros((7, 5, 2), "float32")
    model = model()
    assert batches.batch_size(model, x, most=64) == 64
    size = batches.batch_size(model, x, most=10**9)
    assert 10_000_000 // (5 * 40) < size <= 10_000_000 // 5


@pytest.fixture
def small(monkeypatch):
    """A model, and a function that lets its batches have so many reviews at most."""
    keras.utils.set_random_seed(1)
    model = models.build("lstm-2-layers", words=30, cells=3, timesteps=6)

    def limit(reviews):
        numbers = 6 * (16 + 4 * 3 + 4 * 3 + 1)
        monkeypatch.setattr(bounds, "MAX_NUMBERS", reviews * (numbers + 6 * 16))
        return model

    return limit


def test_results_do_not_depend_on_the_batch(small):
    x = np.random.default_rng(0).integers(1, 30, (40, 6))
    y = (x[:, :1] > 15).astype("float32")
    words = Vocabulary([f"w{i}" for i in range(30)])
    texts = [" ".join(f"w{i}" for i in row) for row in x]
    results = []
    for reviews in (100, 3):
        model = small(reviews)
        evaluation = evaluate(model, data.Split(x, y))
        predicted = prediction.predict(model, words, texts, 6, 30)
        results.append(
            [
                evaluation.loss,
                *evaluation.confusion.ravel(),
                *(one.probability for one in predicted),
                *gradient_norms(model, x).ravel(),
            ]
        )
    np.testing.assert_allclose(*results, rtol=1e-5, atol=1e-8)
