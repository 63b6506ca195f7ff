"""train_epochs beside model.fit: what it does as fit does, and what it refuses."""

import keras
import numpy as np
import pytest

from chapter9.training import compiled_epoch
from tests.test_compiled_epoch import (
    BATCH_SIZE,
    SAMPLES,
    TIMESTEPS,
    WORDS,
    data,
    quick_model,
)

ORDER = compiled_epoch.epoch_order(SAMPLES, 0, 0)
compiled_only = pytest.mark.skipif(
    keras.backend.backend() == "torch", reason="torch compiles nothing"
)


def train(model, x=None, y=None, epochs=1, **options):
    if x is None:
        x, y = data()
    options = {"batch_size": BATCH_SIZE, "verbose": 0} | options
    return compiled_epoch.train_epochs(model, x, y, epochs=epochs, **options).history


def fit(model, **options):
    """An epoch of Keras's own on the samples in our order."""
    x, y = data()
    options = {"batch_size": BATCH_SIZE, "shuffle": False, "verbose": 0} | options
    return model.fit(x[ORDER], y[ORDER], **options).history


def recompiled(model, **options):
    options = {"loss": "binary_crossentropy", "metrics": ["accuracy"]} | options
    model.compile(**{"optimizer": "adam"} | options)
    return model


def assert_same(ours, theirs, history=None, expected=None):
    for a, b in zip(ours.get_weights(), theirs.get_weights(), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-6)
    for name, values in (expected or {}).items():
        np.testing.assert_allclose(history[name], values, rtol=1e-4)


class Told(keras.callbacks.Callback):
    """Notes what it is told, batches left out."""

    def __init__(self):
        super().__init__()
        self.told = []

    def __getattribute__(self, name):
        own = name.startswith("on_") and "batch" not in name
        if own and not name.startswith("on_predict"):
            self.told.append(name)
        return super().__getattribute__(name)


# What it does as `fit` does.


@pytest.mark.parametrize("overwrite", [None, 2])
def test_moving_averages_of_the_weights_are_written_back(overwrite):
    def build():
        options = {"use_ema": True, "ema_overwrite_frequency": overwrite}
        adam = keras.optimizers.Adam(0.1, ema_momentum=0.5, **options)
        return recompiled(quick_model(), optimizer=adam)

    ours, theirs = build(), build()
    assert_same(ours, theirs, train(ours), fit(theirs))


def test_validation_takes_the_averaged_weights_and_training_goes_on_with_the_raw():
    def build():
        adam = keras.optimizers.Adam(0.1, use_ema=True, ema_momentum=0.5)
        return recompiled(quick_model(), optimizer=adam)

    x, y = data(13)
    ours, theirs = build(), build()
    found, expected = (
        run(
            model,
            validation_data=(x, y),
            callbacks=[keras.callbacks.SwapEMAWeights()],
        )
        for run, model in ((train, ours), (fit, theirs))
    )
    assert_same(ours, theirs, found, expected)
    raw = build()
    assert train(raw, validation_data=(x, y))["val_loss"] != pytest.approx(
        found["val_loss"], rel=1e-4
    )


def test_callbacks_are_told_of_everything_in_fits_order():
    x, y = data(13)
    ours, theirs = Told(), Told()
    train(quick_model(), validation_data=(x, y), callbacks=[ours])
    fit(quick_model(), validation_data=(x, y), callbacks=[theirs])
    assert ours.told == theirs.told
    assert "on_test_begin" in ours.told


class OwnStep(keras.Model):
    """A training step of its own, whose logs are not those of the metrics."""

    traced = 0

    def __init__(self, inner):
        super().__init__()
        self.inner = inner

    def call(self, x, training=False):
        return self.inner(x, training=training)

    def train_step(self, *arguments):
        type(self).traced += 1
        found = super().train_step(*arguments)
        if isinstance(found, tuple):  # on jax the state comes with the logs
            logs, state = found
            return logs | {"twice": 2 * logs["loss"]}, state
        return found | {"twice": 2 * found["loss"]}


def test_a_step_of_ones_own_keeps_its_logs():
    history = train(recompiled(OwnStep(quick_model())))
    np.testing.assert_allclose(history["twice"], 2 * np.array(history["loss"]))


@compiled_only
def test_a_second_call_compiles_nothing_until_the_model_is_compiled_anew():
    model = recompiled(OwnStep(quick_model()))
    train(model)
    traced = OwnStep.traced
    train(model)
    assert OwnStep.traced == traced
    before = model.get_weights()
    recompiled(model, optimizer=keras.optimizers.SGD(0.0))
    train(model)
    assert OwnStep.traced > traced
    for weight, wanted in zip(model.get_weights(), before, strict=True):
        np.testing.assert_array_equal(weight, wanted)  # the new learning rate is 0


def test_weights_of_samples_and_classes_count():
    weights = np.random.default_rng(0).random(SAMPLES).astype("float32")
    ours, theirs = quick_model(), quick_model()
    found = train(ours, sample_weight=weights)
    assert_same(ours, theirs, found, fit(theirs, sample_weight=weights[ORDER]))
    ours, theirs = quick_model(), quick_model()
    found = train(ours, class_weight={0: 0.2, 1: 3.0})
    assert_same(ours, theirs, found, fit(theirs, class_weight={0: 0.2, 1: 3.0}))


def test_validation_split_takes_the_last_samples():
    x, y = data()
    history = train(quick_model(), validation_split=0.25)
    kept = int(SAMPLES * 0.75)
    apart = train(
        quick_model(), x[:kept], y[:kept], validation_data=(x[kept:], y[kept:])
    )
    for name in ("loss", "val_loss", "val_accuracy"):
        np.testing.assert_allclose(history[name], apart[name], rtol=1e-6)


# What it refuses, in one line that says what to do.

X, Y = data()


@pytest.mark.parametrize(
    ("x", "y", "options", "words"),
    [
        (X, Y[:-3], {}, "x has 22, y has 19 samples"),
        (X[:5], Y, {}, "x has 5, y has 22 samples"),
        (X[:0], Y[:0], {}, "empty"),
        (X, Y, {"batch_size": 0}, "batch_size is 0"),
        (
            X,
            Y,
            {"validation_data": (X, Y[:3])},
            "validation x has 22, validation y has 3",
        ),
        (X, Y, {"validation_data": (X[:0], Y[:0])}, "validation x and validation y"),
        (X, Y, {"sample_weight": np.ones(3)}, "sample_weight has 3 samples"),
        (X, Y, {"validation_split": 1.5}, "validation_split=1.5"),
        (X.tolist(), Y, {}, r"x is a list.*model\.fit"),
        ({"ids": X}, Y, {}, r"x is a dict.*model\.fit"),
        ([X, X], Y, {}, r"x is a list.*model\.fit"),
        (X.astype(str), Y, {}, "turn text into ids"),
    ],
)
def test_samples_that_do_not_fit_are_refused_before_training(x, y, options, words):
    model = quick_model()
    before = model.get_weights()
    with pytest.raises(ValueError, match=words) as error:
        train(model, x, y, **options)
    assert "\n" not in str(error.value)
    for weight, wanted in zip(model.get_weights(), before, strict=True):
        np.testing.assert_array_equal(weight, wanted)


def stateful_model():
    return keras.Sequential(
        [
            keras.Input(batch_shape=(BATCH_SIZE, TIMESTEPS), dtype="int32"),
            keras.layers.Embedding(WORDS, 4),
            keras.layers.SimpleRNN(2, stateful=True),
            keras.layers.Dense(1, activation="sigmoid"),
        ]
    )


def model_of_two(inputs, outputs):
    ins = [keras.Input((TIMESTEPS,)) for _ in range(inputs)]
    joined = keras.layers.Concatenate()(ins) if inputs > 1 else ins[0]
    return keras.Model(ins, [keras.layers.Dense(1)(joined) for _ in range(outputs)])


@pytest.mark.parametrize(
    ("build", "words"),
    [
        (lambda: keras.Sequential([keras.layers.Dense(1)]), "not compiled"),
        (lambda: recompiled(stateful_model()), "stateful.*model.fit"),
        (lambda: recompiled(model_of_two(2, 1)), "several inputs: use model.fit"),
        (lambda: recompiled(model_of_two(1, 2)), "several outputs: use model.fit"),
        pytest.param(
            lambda: recompiled(quick_model(), run_eagerly=True),
            "run_eagerly.*model.fit",
            marks=compiled_only,
        ),
    ],
)
def test_models_that_only_fit_can_train_are_refused(build, words):
    with pytest.raises(ValueError, match=words) as error:
        train(build(), *data())
    assert "\n" not in str(error.value)


def test_datasets_are_refused():
    tf = pytest.importorskip("tensorflow")
    dataset = tf.data.Dataset.from_tensor_slices(data()).batch(4)
    with pytest.raises(ValueError, match=r"datasets and generators need"):
        train(quick_model(), dataset, None)
