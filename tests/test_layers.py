"""The layers beside Keras's: the same arguments, config, weights and errors."""

import inspect
import re

import keras
import numpy as np
import pytest
from keras import ops

from chapter9 import GRU, LSTM, SimpleRNN
from tests.cells import assert_same, every_cell, inputs, pair

BACKEND = keras.backend.backend()
CLASSES = {
    layer: getattr(keras.layers, layer.__name__) for layer in (SimpleRNN, LSTM, GRU)
}
every_class = pytest.mark.parametrize(
    ("layer", "builtin"), CLASSES.items(), ids=[layer.__name__ for layer in CLASSES]
)


def parameters(function):
    """The parameters in their order: names, kinds and defaults."""
    found = inspect.signature(function).parameters.values()
    return [(p.name, p.kind, p.default) for p in found if p.name != "kwargs"]


@every_class
def test_constructor_and_call_take_the_built_in_layers_arguments(layer, builtin):
    ours, theirs = parameters(layer.__init__), parameters(builtin.__init__)
    assert ours[: len(theirs)] == theirs
    added = ["zero_output_for_mask", "num_tokens"] if layer is SimpleRNN else []
    assert [name for name, *_ in ours[len(theirs) :]] == added
    assert parameters(layer.call) == parameters(builtin.call)


@every_class
def test_arguments_beyond_the_built_in_layers_are_taken_by_name(layer, builtin):
    made = layer(3, zero_output_for_mask=True, num_tokens=9, mask_zero=True)
    assert (made.zero_output_for_mask, made.num_tokens, made.mask_zero) == (
        True,
        9,
        True,
    )
    with pytest.raises(ValueError, match="Unrecognized keyword arguments"):
        layer(3, tokens=9)


# One argument of each kind away from its default.
CHANGED = {
    "units": 4,
    "name": "rnn",
    "trainable": False,
    "dtype": "float64",
    "activation": "relu",
    "recurrent_activation": "tanh",
    "use_bias": False,
    "unit_forget_bias": False,
    "reset_after": False,
    "kernel_initializer": "he_normal",
    "recurrent_initializer": "zeros",
    "bias_initializer": "ones",
    "kernel_regularizer": "l2",
    "recurrent_regularizer": "l1",
    "bias_regularizer": "l1",
    "activity_regularizer": "l2",
    "kernel_constraint": "max_norm",
    "recurrent_constraint": "unit_norm",
    "bias_constraint": "non_neg",
    "dropout": 0.25,
    "recurrent_dropout": 0.5,
    "seed": 7,
    "return_sequences": True,
    "return_state": True,
    "go_backwards": True,
    "stateful": True,
    "unroll": True,
    "zero_output_for_mask": True,
}


@every_class
def test_config_is_the_built_in_layers_and_goes_both_ways(layer, builtin):
    # The built-in SimpleRNN forgets its seed, and does without the regularizer.
    lost = {"seed", "activity_regularizer"} if layer is SimpleRNN else set()

    def config(made):
        return {k: v for k, v in made.get_config().items() if k not in lost}

    default = config(builtin(3, name="default"))
    assert config(layer(3, name="default")) == default
    changed = {name: CHANGED[name] for name in default}
    ours, theirs = layer(**changed), builtin(**changed)
    assert config(ours) == config(theirs)
    assert not [name for name in default if config(theirs)[name] == default[name]]
    assert config(builtin.from_config(ours.get_config())) == config(theirs)
    assert config(layer.from_config(theirs.get_config())) == config(theirs)


@every_class
def test_config_has_what_the_built_in_layers_lacks(layer, builtin):
    added = {"seed": 7, "activity_regularizer": "l2", "num_tokens": 9}
    made = layer(3, mask_zero=True, **added)
    config = made.get_config()
    again = layer.from_config(config)
    assert again.get_config() == config
    assert (again.seed, again.num_tokens, again.mask_zero) == (7, 9, True)
    assert isinstance(again.activity_regularizer, keras.regularizers.L2)


@every_class
@pytest.mark.parametrize(
    "options",
    [
        {},
        {"use_bias": False},
        {"unit_forget_bias": False, "bias_initializer": "ones"},
        {"bias_initializer": "random_normal"},
        {"reset_after": False},
        {"kernel_initializer": keras.initializers.HeNormal(seed=3), "dropout": 0.5},
    ],
    ids=lambda options: "+".join(options) or "defaults",
)
def test_layers_start_from_the_built_in_layers_weights(layer, builtin, options):
    known = inspect.signature(builtin).parameters
    options = {name: value for name, value in options.items() if name in known}
    found = []
    for made in (layer, builtin):
        keras.utils.set_random_seed(1)
        both = [made(5, **options) for _ in range(2)]  # drawing seeds in turn
        for one in both:
            one.build((None, None, 3))
        found.append([weight for one in both for weight in one.weights])
    for our, their in zip(*found, strict=True):
        assert (our.name, our.shape) == (their.name, their.shape)
        np.testing.assert_array_equal(*map(ops.convert_to_numpy, (our, their)))


def test_one_hot_model_of_500_words_and_8_cells_has_4072_parameters():
    layer = SimpleRNN(8, num_tokens=500)
    layer.build((None, 100))
    assert layer.count_params() == 4_072
    assert [w.shape for w in layer.weights] == [(500, 8), (8, 8), (8,)]


@every_cell
def test_regularizers_penalize_as_in_the_built_in_layers(cell):
    options = {f"{what}_regularizer": "l2" for what in ("kernel", "recurrent", "bias")}
    both = pair(cell, 5, (2, 3, 4), **options)
    for layer in both:
        layer(inputs(2, 3, 4))
    assert_same(both[0].losses, both[1].losses)


@every_cell
def test_activity_regularizer_penalizes_the_output_as_any_layers_does(cell):
    """The built-in recurrent layers' does nothing."""
    layer, _ = pair(cell, 5, (2, 3, 4), activity_regularizer="l1")
    other = keras.layers.Activation("linear", activity_regularizer="l1")
    other(layer(inputs(2, 3, 4)))
    assert_same(layer.losses, other.losses)
    [loss] = layer.losses
    assert loss > 0


@every_class
@pytest.mark.parametrize(
    ("make", "shape", "words"),
    [
        (lambda layer: layer(0), (2, 3, 4), "positive integer, got 0"),
        (lambda layer: layer(3), (2, 4), "expected ndim=3, found ndim=2"),
        (
            lambda layer: layer(3, stateful=True),
            (None, 3, 4),
            "batch size must be static",
        ),
    ],
)
def test_errors_are_the_built_in_layers(layer, builtin, make, shape, words):
    messages = []
    for rnn in (layer, builtin):
        with pytest.raises(ValueError, match=words) as error:
            made = make(rnn)
            x = keras.Input(batch_shape=shape)
            keras.Model(x, made(x)).predict(np.zeros((2, 3, 4)), verbose=0)
        first = str(error.value).split("\n")[0]
        messages.append(re.sub(r"_\d+", "", first)[:25])  # the layer's number
    assert messages[0] == messages[1]


@pytest.mark.skipif(BACKEND != "tensorflow", reason="only there is a length unknown")
@pytest.mark.parametrize("rnn", [*CLASSES, *CLASSES.values()])
def test_unrolling_an_unknown_number_of_timesteps_is_refused(rnn):
    import tensorflow as tf

    layer = rnn(3, unroll=True)
    with pytest.raises(ValueError, match="Cannot unroll a RNN"):
        tf.function(layer).get_concrete_function(tf.TensorSpec((2, None, 4)))


@every_class
def test_bad_arguments_are_refused_in_one_line(layer, builtin):
    for options, words in (
        ({"units": 2.5}, "`units`, expected a positive integer, got 2.5"),
        ({"num_tokens": 0}, "`num_tokens`, expected a positive integer, got 0"),
        ({"mask_zero": True}, "it needs `num_tokens`"),
    ):
        with pytest.raises(ValueError, match=words) as error:
            layer(**{"units": 3} | options)
        assert "\n" not in str(error.value)


@every_cell
def test_another_number_of_states_is_refused(cell):
    states = [np.zeros((2, 3), "float32")] * 3
    with pytest.raises(ValueError, match=f"takes {len(cell.equations.STATES)}: h"):
        cell.layer(3, **cell.options)(inputs(2, 3, 4), initial_state=states)


@pytest.mark.parametrize("layer", [LSTM, GRU])
def test_cudnn_is_refused_when_the_layer_is_used(layer):
    with pytest.raises(ValueError, match="'auto', True or False, not 'yes'"):
        layer(3, use_cudnn="yes")
    made = layer(3, use_cudnn=True)
    with pytest.raises(ValueError, match="no cuDNN in it: leave it at 'auto'"):
        made(inputs(2, 3, 4))
