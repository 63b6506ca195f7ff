"""SimpleRNN beside keras.layers.SimpleRNN: the same API, weights and numbers."""

import inspect
import os
import subprocess
import sys

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from keras import ops

from chapter9 import SimpleRNN
from tests import reference
from tests.conftest import ROOT
from tests.gradients import gradients

BACKEND = keras.backend.backend()
EXAMPLES = 4 if BACKEND == "jax" else 30  # jax compiles each shape
# Keras 3.15's tanh goes through float32 on jax, whatever its input.
TOLERANCE_64 = 2e-6 if BACKEND == "jax" else 1e-10


def pair(units, x, **options):
    """Our layer and the built-in one with the same weights."""
    ours, builtin = (
        SimpleRNN(units, **options),
        keras.layers.SimpleRNN(units, **options),
    )
    ours.build(x.shape)
    builtin.build(x.shape)
    ours.set_weights(builtin.get_weights())
    return ours, builtin


def numbers(outputs):
    return [ops.convert_to_numpy(o) for o in keras.tree.flatten(outputs)]


def assert_same(ours, builtin, tolerance=1e-5):
    ours, builtin = numbers(ours), numbers(builtin)
    assert len(ours) == len(builtin)
    for our, their in zip(ours, builtin, strict=True):
        assert our.dtype == their.dtype
        np.testing.assert_allclose(our, their, rtol=tolerance, atol=tolerance)


@st.composite
def layers(draw):
    """Inputs, options and call arguments of a layer."""
    generator = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    batch, timesteps, features, units = (draw(st.integers(1, n)) for n in (4, 6, 5, 5))
    options = {
        "activation": draw(st.sampled_from(["tanh", "relu", "sigmoid", None])),
        "bias_initializer": "ones",
        **{
            name: draw(st.booleans())
            for name in (
                "use_bias",
                "return_sequences",
                "return_state",
                "go_backwards",
                "unroll",
                "zero_output_for_mask",
            )
        },
    }
    call = {}
    if draw(st.booleans()):
        call["initial_state"] = generator.standard_normal((batch, units))
    if draw(st.booleans()):
        call["mask"] = generator.random((batch, timesteps)) < 0.6
        # Where nothing came before a masked timestep the built-in's output differs
        # from backend to backend; test_masked_start covers ours.
        call["mask"][:, -1 if options["go_backwards"] else 0] = True
    x = generator.standard_normal((batch, timesteps, features))
    return units, x, options, call


def comparable(x, options, call):
    """Float32, without what the built-in does wrong when it is unrolled.

    Keras 3.15: zero_output_for_mask is forgotten, or applied to the wrong timesteps
    with go_backwards; on torch a mask with go_backwards is an error.
    """
    if options["unroll"]:
        options["zero_output_for_mask"] = False
        if BACKEND == "torch":
            call.pop("mask", None)
    call = {
        name: ops.convert_to_tensor(value, "bool" if name == "mask" else "float32")
        for name, value in call.items()
    }
    return x.astype("float32"), call


@settings(deadline=None, max_examples=EXAMPLES)
@given(layers())
def test_outputs_are_the_built_in_layers(problem):
    units, x, options, call = problem
    x, call = comparable(x, options, call)
    ours, builtin = pair(units, x, **options)
    assert_same(ours(x, **call), builtin(x, **call))


@settings(deadline=None, max_examples=EXAMPLES)
@given(layers())
def test_gradients_are_the_built_in_layers(problem):
    units, x, options, call = problem
    x, call = comparable(x, options, call)
    both = pair(units, x, **options)
    weights = both[0].get_weights()

    def loss(layer):
        def function(x, *weights):
            outputs, _ = layer.stateless_call(list(weights), frozen[layer], x, **call)
            return sum(ops.sum(ops.sin(o)) for o in keras.tree.flatten(outputs))

        return function

    frozen = {layer: [v.value for v in layer.non_trainable_variables] for layer in both}
    found = [gradients(loss(layer), [x, *weights]) for layer in both]
    np.testing.assert_allclose(found[0][0], found[1][0], rtol=1e-4, atol=1e-5)
    for our, their in zip(found[0][1], found[1][1], strict=True):
        np.testing.assert_allclose(our, their, rtol=1e-4, atol=1e-5)


@settings(deadline=None, max_examples=EXAMPLES)
@given(layers())
def test_outputs_are_the_numpy_loops_in_float64(problem):
    units, x, options, call = problem
    layer = SimpleRNN(units, dtype="float64", **options)
    layer.build(x.shape)
    weights = layer.get_weights()
    outputs, last = reference.simple_rnn(
        x,
        *weights,
        activation=options["activation"] or "linear",
        go_backwards=options["go_backwards"],
        zero_output_for_mask=options["zero_output_for_mask"],
        **call,
    )
    expected = [outputs if options["return_sequences"] else outputs[:, -1]]
    expected += [last] if options["return_state"] else []
    found = numbers(layer(x, **call))
    for our, their in zip(found, expected, strict=True):
        assert our.dtype == np.float64
        np.testing.assert_allclose(our, their, rtol=TOLERANCE_64, atol=TOLERANCE_64)


@settings(deadline=None, max_examples=EXAMPLES)
@given(
    st.integers(1, 4), st.integers(1, 6), st.integers(1, 9), st.integers(0, 2**32 - 1)
)
def test_token_ids_are_their_one_hot_rows(batch, timesteps, num_tokens, seed):
    generator = np.random.default_rng(seed)
    ids = generator.integers(-1, num_tokens + 1, (batch, timesteps))  # two out of range
    rows = (ids[:, :, None] == np.arange(num_tokens)).astype("float32")
    by_id, by_row = SimpleRNN(3, num_tokens=num_tokens), SimpleRNN(3)
    by_id.build(ids.shape)
    by_row.build(rows.shape)
    by_row.set_weights(by_id.get_weights())
    assert by_id.count_params() == by_row.count_params()
    assert_same(by_id(ids), by_row(rows))
    weights = by_id.get_weights()

    def loss(layer, inputs):
        return lambda *weights: ops.sum(
            layer.stateless_call(list(weights), frozen, inputs)[0] ** 2
        )

    frozen = [v.value for v in by_id.non_trainable_variables]
    _, ours = gradients(loss(by_id, ids), weights)
    _, theirs = gradients(loss(by_row, rows), weights)
    for our, their in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(our, their, rtol=1e-5, atol=1e-5)


def test_token_ids_drop_out_as_their_one_hot_rows():
    ids = np.array([[1, 2, 2, 0], [3, 3, 1, 4]])
    rows = np.eye(5, dtype="float32")[ids]
    options = {"dropout": 0.5, "recurrent_dropout": 0.5, "seed": 7}
    by_id, by_row = SimpleRNN(3, num_tokens=5, **options), SimpleRNN(3, **options)
    by_id.build(ids.shape)
    by_row.build(rows.shape)
    by_row.set_weights(by_id.get_weights())
    assert_same(by_id(ids, training=True), by_row(rows, training=True))


def test_one_hot_model_of_500_words_and_8_cells_has_4072_parameters():
    layer = SimpleRNN(8, num_tokens=500)
    layer.build((None, 100))
    assert layer.count_params() == 4_072
    assert [w.shape for w in layer.weights] == [(500, 8), (8, 8), (8,)]


def test_dropout_is_the_built_in_layers():
    x = np.random.default_rng(0).standard_normal((3, 5, 4)).astype("float32")
    options = {"dropout": 0.4, "recurrent_dropout": 0.3, "seed": 3}
    ours, builtin = pair(6, x, return_sequences=True, **options)
    assert_same(ours(x, training=True), builtin(x, training=True))
    assert_same(ours(x), builtin(x))


def test_seeded_layers_start_from_the_built_in_layers_weights():
    weights = []
    for layer in (SimpleRNN, keras.layers.SimpleRNN):
        keras.utils.set_random_seed(1)
        made = layer(5)
        made.build((None, None, 3))
        weights.append(made.get_weights())
    for our, their in zip(*weights, strict=True):
        np.testing.assert_array_equal(our, their)


def test_masked_start_outputs_zeros_and_keeps_the_initial_state():
    x, h_0 = np.ones((1, 3, 2), "float32"), np.full((1, 4), 0.5, "float32")
    layer = SimpleRNN(4, return_sequences=True, return_state=True)
    outputs, state = layer(x, mask=np.zeros((1, 3), bool), initial_state=h_0)
    np.testing.assert_array_equal(ops.convert_to_numpy(outputs), np.zeros((1, 3, 4)))
    np.testing.assert_array_equal(ops.convert_to_numpy(state), h_0)


def test_constructor_and_call_take_the_built_in_layers_arguments():
    def arguments(function):
        parameters = inspect.signature(function).parameters.values()
        return {p.name: p.default for p in parameters if p.name != "kwargs"}

    builtin = arguments(keras.layers.SimpleRNN.__init__)
    ours = arguments(SimpleRNN.__init__)
    assert {name: ours[name] for name in builtin} == builtin
    assert set(ours) - set(builtin) == {"zero_output_for_mask", "num_tokens"}
    assert list(builtin)[: len(builtin)] == list(ours)[: len(builtin)]
    call = arguments(keras.layers.SimpleRNN.call)
    assert arguments(SimpleRNN.call) == call


def test_config_is_the_built_in_layers_and_goes_both_ways():
    options = {"kernel_regularizer": "l2", "recurrent_constraint": "unit_norm"}
    ours = SimpleRNN(3, name="rnn", **options).get_config()
    theirs = keras.layers.SimpleRNN(3, name="rnn", **options).get_config()
    assert {k: v for k, v in ours.items() if k != "seed"} == theirs
    assert keras.layers.SimpleRNN.from_config(ours).units == 3
    again = SimpleRNN.from_config({**theirs, "num_tokens": 9}).get_config()
    assert again == {**ours, "num_tokens": 9}


def test_stateful_layer_goes_on_from_the_last_batch_until_reset():
    x = np.random.default_rng(0).standard_normal((2, 3, 4)).astype("float32")
    ours, builtin = pair(5, x, stateful=True)
    assert len(ours.get_weights()) == 3
    for _ in range(2):
        assert_same(ours(x), builtin(x))
    ours.reset_state()
    builtin.reset_state()
    assert_same(ours(x), builtin(x))


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
def test_errors_are_the_built_in_layers(make, shape, words):
    messages = []
    for layer in (SimpleRNN, keras.layers.SimpleRNN):
        with pytest.raises(ValueError, match=words) as error:
            made = make(layer)
            x = keras.Input(batch_shape=shape)
            keras.Model(x, made(x)).predict(np.zeros((2, 3, 4)), verbose=0)
        messages.append(str(error.value).split("\n")[0][:40])
    assert messages[0][:25] == messages[1][:25]


@pytest.mark.skipif(BACKEND != "tensorflow", reason="only there is a length unknown")
@pytest.mark.parametrize("rnn", [SimpleRNN, keras.layers.SimpleRNN])
def test_unrolling_an_unknown_number_of_timesteps_is_refused(rnn):
    import tensorflow as tf

    layer = rnn(3, unroll=True)
    with pytest.raises(ValueError, match="Cannot unroll a RNN"):
        tf.function(layer).get_concrete_function(tf.TensorSpec((2, None, 4)))


def test_stateful_layer_refuses_another_batch_size():
    x = np.zeros((2, 3, 4), "float32")
    for layer in (
        SimpleRNN(3, stateful=True),
        keras.layers.SimpleRNN(3, stateful=True),
    ):
        layer(x)
        with pytest.raises(ValueError, match="Expected batch size: 2"):
            layer(x[:1])


def test_no_tokens_are_refused():
    with pytest.raises(ValueError, match="num_tokens"):
        SimpleRNN(3, num_tokens=0)


@pytest.mark.parametrize("merge_mode", ["concat", "sum", None])
@pytest.mark.parametrize("return_sequences", [True, False])
def test_bidirectional_works_as_with_the_built_in(merge_mode, return_sequences):
    x = np.random.default_rng(0).standard_normal((2, 5, 3)).astype("float32")
    mask = np.array([[1, 1, 0, 1, 1], [1, 1, 1, 0, 0]], bool)
    both = [
        keras.layers.Bidirectional(
            layer(4, return_sequences=return_sequences), merge_mode=merge_mode
        )
        for layer in (SimpleRNN, keras.layers.SimpleRNN)
    ]
    for layer in both:
        layer.build(x.shape)
    both[0].set_weights(both[1].get_weights())
    assert_same(*(layer(x, mask=mask) for layer in both))


def masked_model(rnn, first):
    return keras.Sequential([first, rnn(4, return_sequences=True), rnn(3)])


@pytest.mark.parametrize(
    ("first", "x"),
    [
        (
            lambda: keras.layers.Masking(),
            np.array([[[1.0, 2], [0, 0], [3, 1]], [[1, 1], [2, 0], [0, 0]]], "float32"),
        ),
        (
            lambda: keras.layers.Embedding(5, 2, mask_zero=True),
            np.array([[1, 0, 2], [3, 4, 0]]),
        ),
    ],
)
def test_masks_of_earlier_layers_arrive(first, x):
    both = [masked_model(rnn, first()) for rnn in (SimpleRNN, keras.layers.SimpleRNN)]
    for model in both:
        model.build(x.shape)
    both[0].set_weights(both[1].get_weights())
    assert_same(*(model.predict(x, verbose=0) for model in both))


def test_timesteps_and_batch_may_vary():
    layer = SimpleRNN(3)
    inputs = keras.Input((None, 2))
    model = keras.Model(inputs, layer(inputs))
    for shape in ((1, 4, 2), (3, 7, 2), (2, 1, 2)):
        x = np.random.default_rng(0).standard_normal(shape).astype("float32")
        expected = reference.simple_rnn(x, *layer.get_weights())[0][:, -1]
        np.testing.assert_allclose(model.predict(x, verbose=0), expected, atol=1e-5)


@pytest.mark.parametrize("policy", ["mixed_bfloat16", "mixed_float16"])
def test_mixed_precision_computes_in_16_bits_beside_float32_weights(policy):
    x = np.random.default_rng(0).standard_normal((2, 5, 3)).astype("float32")
    ours, builtin = pair(4, x, dtype=policy)
    assert {w.dtype for w in ours.weights} == {"float32"}
    found, expected = ours(x), builtin(x)
    assert found.dtype == expected.dtype
    found, expected = (
        ops.convert_to_numpy(ops.cast(o, "float32")) for o in (found, expected)
    )
    np.testing.assert_allclose(found, expected, atol=0.02)


@pytest.mark.parametrize("jit_compile", [False, True])
@pytest.mark.parametrize("run_eagerly", [False, True])
def test_fit_gives_the_built_in_layers_weights(jit_compile, run_eagerly):
    if (run_eagerly and jit_compile) or (BACKEND == "torch" and jit_compile):
        pytest.skip("no such mode")
    generator = np.random.default_rng(0)
    x = generator.standard_normal((20, 6, 3)).astype("float32")
    y = generator.standard_normal((20, 4)).astype("float32")
    after = []
    for rnn in (SimpleRNN, keras.layers.SimpleRNN):
        keras.utils.set_random_seed(0)
        layer = rnn(4, kernel_regularizer="l2", bias_constraint="non_neg")
        model = keras.Sequential([keras.Input((6, 3)), layer])
        model.compile(
            "rmsprop", "mse", jit_compile=jit_compile, run_eagerly=run_eagerly
        )
        model.fit(x, y, batch_size=8, epochs=2, shuffle=False, verbose=0)
        after.append(model.get_weights())
    for our, their in zip(*after, strict=True):
        np.testing.assert_allclose(our, their, rtol=1e-4, atol=1e-5)


def test_saved_model_loads_after_import_chapter9(tmp_path):
    x = np.random.default_rng(0).integers(0, 9, (4, 5))
    model = keras.Sequential(
        [keras.Input((5,), dtype="int32"), SimpleRNN(3, num_tokens=9)]
    )
    model.save(tmp_path / "model.keras")
    np.save(tmp_path / "x.npy", x)
    script = (
        "import keras, numpy, sys, chapter9\n"
        "model = keras.models.load_model(sys.argv[1] + '/model.keras')\n"
        "x = numpy.load(sys.argv[1] + '/x.npy')\n"
        "numpy.save(sys.argv[1] + '/y.npy', model.predict(x, verbose=0))\n"
    )
    subprocess.run([sys.executable, "-c", script, str(tmp_path)], check=True, cwd=ROOT)
    expected = model.predict(x, verbose=0)
    np.testing.assert_allclose(np.load(tmp_path / "y.npy"), expected, atol=1e-6)


KERAS_SUITE = """
import sys, keras, pytest, keras.src.layers
from chapter9 import SimpleRNN
keras.src.layers.SimpleRNN = SimpleRNN
sys.exit(pytest.main(["-q", "-p", "no:cacheprovider", "-c", "/dev/null", "--pyargs",
                      "keras.src.layers.rnn.simple_rnn_test"]))
"""


def on_backend(backend, *arguments):
    if backend != "tensorflow":
        pytest.importorskip(backend)
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env={
            **os.environ,
            "KERAS_BACKEND": backend,
            "JAX_ENABLE_X64": "0" if "-c" in arguments else "1",
        },
        capture_output=True,
        text=True,
        timeout=500,
    )


@pytest.mark.long
@pytest.mark.parametrize("backend", ["tensorflow", "jax", "torch"])
def test_keras_own_suite_passes_with_our_layer(backend):
    done = on_backend(backend, "-c", KERAS_SUITE)
    assert done.returncode == 0, done.stdout[-3000:]
    assert "5 passed" in done.stdout


@pytest.mark.long
@pytest.mark.parametrize("backend", ["jax", "torch"])
def test_all_of_this_holds_on_the_other_backends(backend):
    if BACKEND != "tensorflow":
        pytest.skip("started from tensorflow")
    files = ["tests/test_layers.py", "tests/test_recurrence.py"]
    environment_free = ["-m", "pytest", "-q", "-m", "not long", *files]
    done = on_backend(backend, *environment_free)
    assert done.returncode == 0, done.stdout[-3000:]
