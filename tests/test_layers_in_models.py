"""The layers in models: trained, saved, wrapped and stacked as Keras's are."""

import subprocess
import sys

import keras
import numpy as np
import pytest
from keras import ops

from tests.cells import CELLS, assert_same, every_cell, inputs, pair, share_weights
from tests.conftest import ROOT

BACKEND = keras.backend.backend()


@every_cell
def test_stateful_layer_goes_on_from_the_last_batch_until_reset(cell):
    ours, builtin = pair(cell, 5, (2, 3, 4), stateful=True, return_state=True)
    assert len(ours.get_weights()) == 3
    first = ours(inputs(2, 3, 4))
    assert_same(first, builtin(inputs(2, 3, 4)))
    second = ours(inputs(2, 3, 4))
    assert_same(second, builtin(inputs(2, 3, 4)))
    assert not np.allclose(*map(ops.convert_to_numpy, (first[0], second[0])))
    ours.reset_state()
    assert_same(ours(inputs(2, 3, 4)), first)


@every_cell
def test_the_state_that_is_kept_is_the_last_hidden_state_not_the_output(cell):
    """Backwards and masked: the last timestep counts, the first is padding."""
    options = {"stateful": True, "go_backwards": True, "zero_output_for_mask": True}
    ours, builtin = pair(cell, 5, (2, 3, 4), return_sequences=True, **options)
    mask = ops.convert_to_tensor(np.array([[0, 1, 1], [0, 0, 1]], bool))
    for _ in range(2):
        assert_same(*(layer(inputs(2, 3, 4), mask=mask) for layer in (ours, builtin)))
        assert_same(list(ours.states), list(builtin.states))


@every_cell
def test_a_state_that_is_given_comes_before_the_one_that_is_kept(cell):
    ours, builtin = pair(cell, 5, (2, 3, 4), stateful=True)
    states = list(inputs(len(cell.equations.STATES), 2, 5))
    for given in (None, states, None):
        assert_same(
            *(layer(inputs(2, 3, 4), initial_state=given) for layer in (ours, builtin))
        )


@every_cell
def test_stateful_layer_refuses_another_batch_size(cell):
    ours, builtin = pair(cell, 3, (2, 3, 4), stateful=True)
    # Keras 3.10's layers lack the check and compute something; 3.12's have it.
    is_checked = not keras.__version__.startswith(("3.10.", "3.11."))
    checked = [ours, builtin] if is_checked else [ours]
    for layer in checked:
        layer(inputs(2, 3, 4))
        with pytest.raises(ValueError, match="Expected batch size: 2"):
            layer(inputs(1, 3, 4))


@every_cell
@pytest.mark.parametrize("merge_mode", ["concat", "sum", "mul", "ave", None])
@pytest.mark.parametrize("return_sequences", [True, False])
def test_bidirectional_works_as_with_the_built_in(cell, merge_mode, return_sequences):
    x, mask = inputs(2, 5, 3), np.array([[1, 1, 0, 1, 1], [1, 1, 1, 0, 0]], bool)
    options = {"return_sequences": return_sequences, "return_state": True}
    both = [
        keras.layers.Bidirectional(
            layer(4, **cell.options, **options), merge_mode=merge_mode
        )
        for layer in (cell.layer, cell.builtin)
    ]
    for layer in both:
        layer.build(x.shape)
    share_weights(*both)
    states = list(inputs(2 * len(cell.equations.STATES), 2, 4))
    call = {"mask": ops.convert_to_tensor(mask), "initial_state": states}
    assert_same(*(layer(x, **call) for layer in both))


def masked_model(cell, rnn, first):
    options = cell.options
    return keras.Sequential(
        [first, rnn(4, return_sequences=True, **options), rnn(3, **options)]
    )


@every_cell
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
    ids=["Masking", "Embedding"],
)
def test_masks_of_earlier_layers_arrive(cell, first, x):
    both = [masked_model(cell, rnn, first()) for rnn in (cell.layer, cell.builtin)]
    for model in both:
        model.build(x.shape)
    share_weights(*both)
    assert_same(*(model.predict(x, verbose=0) for model in both))


@every_cell
def test_timesteps_and_batch_may_vary(cell):
    layer = cell.layer(3, **cell.options)
    x = keras.Input((None, 2))
    model = keras.Model(x, layer(x))
    for shape in ((1, 4, 2), (3, 7, 2), (2, 1, 2)):
        outputs, _ = cell.outputs(inputs(*shape), *layer.get_weights())
        found = model.predict(inputs(*shape), verbose=0)
        np.testing.assert_allclose(found, outputs[:, -1], atol=1e-5)


@every_cell
def test_batches_of_different_lengths_train_as_with_the_built_in(cell):
    generator = np.random.default_rng(0)
    lengths = (3, 7, 5)
    ids = [np.maximum(0, generator.integers(-1, 9, (4, n))) for n in lengths]
    for batch in ids:
        batch[:, 0] = 1  # see test_layers_numbers.problems
    both = [
        masked_model(cell, rnn, keras.layers.Embedding(9, 2, mask_zero=True))
        for rnn in (cell.layer, cell.builtin)
    ]
    for model in both:
        model.build((None, None))
    share_weights(*both)
    for model in both:
        model.compile("rmsprop", "mse")
        batches = ((batch, inputs(4, 3)) for batch in ids)
        model.fit(batches, steps_per_epoch=len(lengths), epochs=1, verbose=0)
    assert_same(*(model.get_weights() for model in both), 1e-4)


@every_cell
@pytest.mark.parametrize("policy", ["mixed_bfloat16", "mixed_float16"])
def test_mixed_precision_computes_in_16_bits_beside_float32_weights(cell, policy):
    both = pair(cell, 4, (2, 5, 3), dtype=policy)
    assert {w.dtype for w in both[0].weights} == {"float32"}
    found, expected = (layer(inputs(2, 5, 3)) for layer in both)
    assert found.dtype == expected.dtype
    assert_same(ops.cast(found, "float32"), ops.cast(expected, "float32"), 0.02)


@every_cell
@pytest.mark.parametrize(
    "mode",
    [
        {"jit_compile": False},
        {"run_eagerly": True},
        pytest.param({"jit_compile": True}, marks=pytest.mark.long),
    ],
    ids=str,
)
def test_fit_gives_the_built_in_layers_weights(cell, mode):
    if BACKEND == "torch" and mode.get("jit_compile"):
        pytest.skip("no such mode")
    after = []
    for rnn in (cell.layer, cell.builtin):
        keras.utils.set_random_seed(0)
        options = {"kernel_regularizer": "l2", "bias_constraint": "non_neg"}
        layer = rnn(4, **cell.options, **options)
        model = keras.Sequential([keras.Input((6, 3)), layer])
        model.compile("rmsprop", "mse", **mode)
        x, y = inputs(20, 6, 3), inputs(20, 4)
        model.fit(x, y, batch_size=8, epochs=2, shuffle=False, verbose=0)
        after.append(model.get_weights())
    assert_same(*after)


def test_saved_models_load_after_import_chapter9(tmp_path):
    x = np.random.default_rng(0).integers(0, 9, (4, 5))
    models = {}
    for cell in CELLS:
        layer = cell.layer(3, num_tokens=9, **cell.options)
        models[cell.name] = keras.Sequential([keras.Input((5,), dtype="int32"), layer])
        models[cell.name].save(tmp_path / f"{cell.name}.keras")
    np.save(tmp_path / "x.npy", x)
    script = (
        "import keras, numpy, pathlib, sys, chapter9\n"
        "folder = pathlib.Path(sys.argv[1])\n"
        "x = numpy.load(folder / 'x.npy')\n"
        "for path in folder.glob('*.keras'):\n"
        "    model = keras.models.load_model(path)\n"
        "    numpy.save(path.with_suffix('.npy'), model.predict(x, verbose=0))\n"
    )
    subprocess.run([sys.executable, "-c", script, str(tmp_path)], check=True, cwd=ROOT)
    for name, model in models.items():
        found = np.load(tmp_path / f"{name}.npy")
        assert_same(found, model.predict(x, verbose=0), 1e-6)
