"""to_builtin and from_builtin: the same model with the other layers."""

import subprocess
import sys

import keras
import numpy as np
import pytest
from keras import layers

import chapter9
import models
from tests.conftest import ROOT

RNG = np.random.default_rng(0)


def recurrent_layers(model):
    """The classes of all recurrent layers, those within other layers too."""
    found = [
        type(layer)
        for layer in model._flatten_layers(include_self=False)
        if type(layer).__name__ in ("SimpleRNN", "LSTM", "GRU")
    ]
    assert found
    return found


def assert_both_ways(model, x):
    builtin = chapter9.to_builtin(model)
    ours = chapter9.from_builtin(builtin)
    names = [kind.__name__ for kind in recurrent_layers(model)]
    assert recurrent_layers(builtin) == [getattr(layers, name) for name in names]
    assert recurrent_layers(ours) == [getattr(chapter9, name) for name in names]
    expected = model.predict(x, verbose=0)
    for twin in (builtin, ours):
        np.testing.assert_allclose(twin.predict(x, verbose=0), expected, atol=1e-6)
        for weight, wanted in zip(twin.get_weights(), model.get_weights(), strict=True):
            np.testing.assert_array_equal(weight, wanted)
    return builtin, ours


@pytest.mark.parametrize("name", models.REVIEW_MODELS)
def test_every_model_of_the_chapter_goes_both_ways(name):
    model = models.build(name, words=30, cells=3, timesteps=7)
    model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
    builtin, ours = assert_both_ways(model, RNG.integers(0, 30, (4, 7)))
    assert builtin.compiled and ours.compiled


def functional_model():
    inputs = keras.Input((7, 3))
    shared = chapter9.GRU(3, reset_after=False)
    both_ways = layers.Bidirectional(chapter9.LSTM(4, return_sequences=True))(inputs)
    nested = keras.Sequential(
        [keras.Input((7, 8)), chapter9.SimpleRNN(3, go_backwards=True)]
    )
    outputs = [shared(inputs), shared(inputs * 2), nested(both_ways)]
    return keras.Model(inputs, layers.Concatenate()(outputs))


def test_layers_that_are_shared_wrapped_and_nested_go_both_ways():
    model = functional_model()
    builtin, _ = assert_both_ways(model, RNG.standard_normal((4, 7, 3)))
    assert len(builtin.weights) == len(model.weights)


def test_files_of_the_built_in_open_as_ours_and_ours_as_the_built_in(tmp_path):
    model, x = functional_model(), RNG.standard_normal((4, 7, 3)).astype("float32")
    expected = model.predict(x, verbose=0)
    chapter9.to_builtin(model).save(tmp_path / "builtin.keras")
    opened = keras.models.load_model(tmp_path / "builtin.keras")
    ours = chapter9.from_builtin(opened)
    np.testing.assert_allclose(ours.predict(x, verbose=0), expected, atol=1e-6)

    opened.save_weights(tmp_path / "builtin.weights.h5")
    other = chapter9.from_builtin(opened)
    other.set_weights([0 * weight for weight in other.get_weights()])
    chapter9.load_builtin_weights(other, tmp_path / "builtin.weights.h5")
    np.testing.assert_allclose(other.predict(x, verbose=0), expected, atol=1e-6)


def test_a_converted_file_needs_no_chapter9(tmp_path):
    model = models.build("one-hot", words=30, cells=3, timesteps=7)
    x = RNG.integers(0, 30, (4, 7))
    chapter9.to_builtin(model).save(tmp_path / "model.keras")
    np.save(tmp_path / "x.npy", x)
    script = (
        "import sys, keras, numpy\n"
        "model = keras.models.load_model(sys.argv[1] + '/model.keras')\n"
        "x = numpy.load(sys.argv[1] + '/x.npy')\n"
        "numpy.save(sys.argv[1] + '/y.npy', model.predict(x, verbose=0))\n"
        "assert 'chapter9' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", script, str(tmp_path)], check=True, cwd=ROOT)
    expected = model.predict(x, verbose=0)
    np.testing.assert_allclose(np.load(tmp_path / "y.npy"), expected, atol=1e-6)


def test_mask_zero_has_no_equal_among_the_built_ins():
    model = keras.Sequential(
        [keras.Input((3,)), chapter9.GRU(2, num_tokens=5, mask_zero=True)]
    )
    with pytest.raises(ValueError, match="mask_zero=True, for which Keras's GRU"):
        chapter9.to_builtin(model)
