"""The layers' numbers: those of Keras's layers and those of the NumPy loops."""

import keras
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from keras import ops

from tests.cells import assert_same, every_cell, numbers, pair, share_weights
from tests.gradients import gradients

BACKEND = keras.backend.backend()
EXAMPLES = 3 if BACKEND == "jax" else 12  # jax compiles each shape
# Keras 3.15's tanh goes through float32 on jax, whatever its input.
TOLERANCE_64 = 2e-6 if BACKEND == "jax" else 1e-10
ACTIVATIONS = ("tanh", "relu", "sigmoid", "linear")
FLAGS = (
    "use_bias",
    "return_sequences",
    "return_state",
    "go_backwards",
    "unroll",
    "zero_output_for_mask",
)
WEIGHTS = ("kernel", "recurrent_kernel", "bias")


@st.composite
def problems(draw, cell):
    """Inputs, units, options and call arguments of a layer."""
    uniform = np.random.default_rng(draw(st.integers(0, 2**32 - 1))).uniform
    batch, timesteps, features, units = (draw(st.integers(1, n)) for n in (4, 6, 5, 5))
    options = {name: draw(st.sampled_from(ACTIVATIONS)) for name in cell.activations}
    options |= {name: draw(st.booleans()) for name in FLAGS}
    if cell.equations.GATES:
        options["implementation"] = draw(st.sampled_from((1, 2)))
    call = {}
    if draw(st.booleans()):
        states = [uniform(-0.9, 0.9, (batch, units)) for _ in cell.equations.STATES]
        call["initial_state"] = cell.state(states)
    if draw(st.booleans()):
        call["mask"] = uniform(size=(batch, timesteps)) < 0.6
        # Where nothing came before a masked timestep the built-in's output differs
        # from backend to backend; test_masked_start covers ours.
        call["mask"][:, -1 if options["go_backwards"] else 0] = True
    return uniform(-0.9, 0.9, (batch, timesteps, features)), units, options, call


def comparable(x, options, call):
    """Float32, without what the built-in does wrong when it is unrolled.

    Keras 3.15: zero_output_for_mask is forgotten, or applied to the wrong timesteps
    with go_backwards; on torch a mask with go_backwards is an error.
    """
    if options["unroll"]:
        options["zero_output_for_mask"] = False
        if BACKEND == "torch":
            call.pop("mask", None)
    dtypes = {"mask": "bool", "initial_state": "float32"}
    call = {
        name: [ops.convert_to_tensor(array, dtypes[name]) for array in value]
        if isinstance(value, list)
        else ops.convert_to_tensor(value, dtypes[name])
        for name, value in call.items()
    }
    return x.astype("float32"), call


def loss(layer, upstream, **call):
    """A function of inputs and weights: outputs times what is upstream, summed up."""
    frozen = [variable.value for variable in layer.non_trainable_variables]

    def function(inputs, *weights):
        outputs, _ = layer.stateless_call(list(weights), frozen, inputs, **call)
        pairs = zip(keras.tree.flatten(outputs), upstream, strict=True)
        return sum(ops.sum(y * ops.convert_to_tensor(dy, y.dtype)) for y, dy in pairs)

    return function


@every_cell
@settings(deadline=None, max_examples=EXAMPLES)
@given(data=st.data())
def test_outputs_and_gradients_are_the_built_in_layers(cell, data):
    x, units, options, call = data.draw(problems(cell))
    x, call = comparable(x, options, call)
    ours, builtin = pair(cell, units, x.shape, **options)
    outputs = keras.tree.flatten(builtin(x, **call))
    upstream = [np.random.default_rng(1).uniform(size=y.shape) for y in outputs]
    arrays = [x, *ours.get_weights()]
    expected = gradients(loss(builtin, upstream, **call), arrays)
    # Gates without bounds let numbers grow, and float32 loses digits: float64 has them.
    assume(all(np.max(np.abs(array)) < 100 for array in numbers(expected)))
    assert_same(keras.tree.flatten(ours(x, **call)), outputs)
    assert_same(gradients(loss(ours, upstream, **call), arrays), expected)


@every_cell
@settings(deadline=None, max_examples=EXAMPLES)
@given(data=st.data())
def test_outputs_and_gradients_are_the_numpy_loops_in_float64(cell, data):
    x, units, options, call = data.draw(problems(cell))
    layer, _ = pair(cell, units, x.shape, dtype="float64", **options)
    weights = dict(zip(WEIGHTS, layer.get_weights(), strict=False))
    shared = (*cell.activations, "go_backwards", "zero_output_for_mask")
    arguments = call | {name: options[name] for name in shared} | weights
    outputs, last = cell.outputs(x, **{"bias": None} | arguments)
    expected = [outputs if options["return_sequences"] else outputs[:, -1]]
    if options["return_state"]:
        expected += keras.tree.flatten(last)
    assert_same(layer(x, **call), expected, TOLERANCE_64)

    upstream = np.random.default_rng(1).uniform(size=outputs.shape)
    into_states = [np.zeros_like(y) for y in expected[1:]]  # the loop has outputs alone
    if options["return_sequences"]:
        into_output = upstream
    else:
        into_output = upstream[:, -1]
        upstream[:, :-1] = 0
    _, *found = gradients(
        loss(layer, [into_output, *into_states], **call), [x, *weights.values()]
    )
    expected = cell.gradients(x, upstream=upstream, **{"bias": None} | arguments)
    assert_same(found, [expected[n] for n in ("inputs", *weights)], TOLERANCE_64)


def by_id_and_by_row(cell, num_tokens, ids, mask_zero=False, **options):
    """Our layer on token ids and Keras's on their one-hot rows; and the rows."""
    rows = (ids[:, :, None] == np.arange(num_tokens)).astype("float32")
    by_id = cell.layer(
        3, num_tokens=num_tokens, mask_zero=mask_zero, **cell.options, **options
    )
    by_row = cell.builtin(3, **cell.options, **options)
    by_id.build(ids.shape)
    by_row.build(rows.shape)
    share_weights(by_id, by_row)
    return by_id, by_row, ops.convert_to_tensor(rows)


@every_cell
@settings(deadline=None, max_examples=EXAMPLES)
@given(
    st.integers(1, 4), st.integers(1, 6), st.integers(1, 9), st.integers(0, 2**32 - 1)
)
def test_token_ids_are_their_one_hot_rows(cell, batch, timesteps, num_tokens, seed):
    generator = np.random.default_rng(seed)
    ids = generator.integers(-1, num_tokens + 1, (batch, timesteps))  # two out of range
    by_id, by_row, rows = by_id_and_by_row(cell, num_tokens, ids)
    assert by_id.count_params() == by_row.count_params()
    assert_same(by_id(ids), by_row(rows))
    upstream = [generator.uniform(size=(batch, 3))]

    def found(layer, inputs):
        function = loss(layer, upstream)
        weights = by_id.get_weights()
        return gradients(lambda *weights: function(inputs, *weights), weights)

    assert_same(found(by_id, ids), found(by_row, rows))


IDS = np.array([[1, 2, 2, 0], [3, 0, 1, 4]])


@every_cell
@pytest.mark.parametrize("go_backwards", [False, True])
def test_mask_zero_masks_the_token_id_0(cell, go_backwards):
    ids = np.flip(IDS, axis=1) if go_backwards else IDS
    options = {"return_sequences": True, "go_backwards": go_backwards}
    by_id, by_row, rows = by_id_and_by_row(cell, 5, ids, mask_zero=True, **options)
    mask = ops.convert_to_tensor(ids != 0)
    assert_same(by_id(ids), by_row(rows, mask=mask))
    assert_same(by_id.compute_mask(ids, None), mask)


RATES = (
    {"dropout": 0.4},
    {"recurrent_dropout": 0.3},
    {"dropout": 0.4, "recurrent_dropout": 0.3},
)


def implementations(cell):
    """The options that choose a dropout mask for each gate, or one for all."""
    if not cell.equations.GATES:
        return [{}]
    # Keras 3.15's implementation 1 with dropout alone fails but for use_cudnn=False.
    return [{"implementation": n, "use_cudnn": False} for n in (1, 2)]


@every_cell
@pytest.mark.parametrize("rates", RATES, ids="+".join)
def test_dropout_masks_are_the_built_in_layers(cell, rates):
    x = np.random.default_rng(0).uniform(-0.9, 0.9, (3, 5, 4)).astype("float32")
    upstream = [np.random.default_rng(1).uniform(size=(3, 5, 6))]
    for options in implementations(cell):
        options |= {"return_sequences": True, "seed": 3, **rates}
        ours, builtin = pair(cell, 6, x.shape, **options)
        for training in (True, False, True):  # inference draws masks and drops them
            assert_same(ours(x, training=training), builtin(x, training=training))
        arrays = [x, *ours.get_weights()]
        found, expected = (
            gradients(loss(layer, upstream, training=True), arrays)
            for layer in (ours, builtin)
        )
        assert_same(found, expected)


@every_cell
@pytest.mark.parametrize("rates", RATES, ids="+".join)
def test_token_ids_drop_out_as_their_one_hot_rows(cell, rates):
    for options in implementations(cell):
        by_id, by_row, rows = by_id_and_by_row(cell, 5, IDS, seed=7, **rates, **options)
        assert_same(by_id(IDS, training=True), by_row(rows, training=True))


@every_cell
@pytest.mark.parametrize("policy", ["mixed_bfloat16", "mixed_float16"])
def test_token_ids_that_16_bits_cannot_hold_are_their_one_hot_rows(cell, policy):
    ids = np.array([[257, 4097, 2]], "float32")  # Input's dtype
    by_id, by_row, rows = by_id_and_by_row(cell, 4098, ids, dtype=policy)
    found, expected = (
        ops.cast(layer(inputs), "float32")
        for layer, inputs in ((by_id, ids), (by_row, rows))
    )
    assert_same(found, expected, 0.02)


@every_cell
@pytest.mark.parametrize("zero_output_for_mask", [False, True])
def test_masked_start_outputs_zeros_and_keeps_the_initial_state(
    cell, zero_output_for_mask
):
    layer = cell.layer(
        4,
        return_sequences=True,
        return_state=True,
        zero_output_for_mask=zero_output_for_mask,
        **cell.options,
    )
    states = [np.full((1, 4), 0.5, "float32") for _ in cell.equations.STATES]
    mask = np.zeros((1, 3), bool)
    outputs, *last = layer(np.ones((1, 3, 2)), mask=mask, initial_state=states)
    assert_same([outputs, *last], [np.zeros((1, 3, 4), "float32"), *states], 0)
