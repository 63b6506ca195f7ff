"""What `states_and_gates` shows of a layer, against the NumPy loops."""

import keras
import numpy as np
import pytest

from tests.cells import CELLS, assert_same, every_cell, pair

BACKEND = keras.backend.backend()
# Keras 3.15's tanh goes through float32 on jax, whatever its input.
TOLERANCE = 2e-6 if BACKEND == "jax" else 1e-10
NAMES = {
    "SimpleRNN": ["h"],
    "LSTM": ["h", "c", "i", "f", "g", "o"],
    "GRU": ["h", "z", "r", "g"],
    "GRU-reset-before": ["h", "z", "r", "g"],
}
BATCH, TIMESTEPS, FEATURES, UNITS = 3, 6, 4, 5
SHAPE = BATCH, TIMESTEPS, FEATURES


def inputs():
    return np.random.default_rng(1).uniform(-0.9, 0.9, SHAPE)


def states_and_mask(cell):
    """Call arguments; the first and the last timestep count, some between do not."""
    generator = np.random.default_rng(2)
    states = generator.uniform(-0.9, 0.9, (len(cell.equations.STATES), BATCH, UNITS))
    mask = generator.random(SHAPE[:2]) < 0.6
    mask[:, [0, -1]] = True
    assert not mask.all()
    return {"initial_state": cell.state(list(states)), "mask": mask}


@every_cell
def test_names_and_shapes_are_those_of_the_equations(cell):
    layer = cell.layer(UNITS, **cell.options)
    values = layer.states_and_gates(inputs())  # which builds the layer
    assert list(values) == NAMES[cell.name]
    for value in values.values():
        assert isinstance(value, np.ndarray)
        assert (value.shape, value.dtype) == ((BATCH, TIMESTEPS, UNITS), np.float32)


@every_cell
@pytest.mark.parametrize("with_states_and_mask", [False, True])
@pytest.mark.parametrize("go_backwards", [False, True])
@pytest.mark.parametrize("use_bias", [False, True])
def test_values_are_those_of_the_numpy_loop(
    cell, with_states_and_mask, go_backwards, use_bias
):
    options = {"go_backwards": go_backwards, "use_bias": use_bias}
    layer, _ = pair(cell, UNITS, SHAPE, dtype="float64", **options)
    call = states_and_mask(cell) if with_states_and_mask else {}
    weights = layer.get_weights()
    expected = cell.values(inputs(), *weights, go_backwards=go_backwards, **call)
    found = layer.states_and_gates(inputs(), **call)
    assert list(found) == list(expected)
    assert_same([*found.values()], [*expected.values()], TOLERANCE)


@every_cell
@pytest.mark.parametrize("with_states_and_mask", [False, True])
def test_h_is_the_layers_own_output(cell, with_states_and_mask):
    layer, _ = pair(cell, UNITS, SHAPE, return_sequences=True, return_state=True)
    call = states_and_mask(cell) if with_states_and_mask else {}
    values = layer.states_and_gates(inputs(), **call)
    outputs, *last = layer(inputs(), **call)
    assert_same(values["h"], outputs, 1e-6)
    states = cell.equations.STATES
    assert_same([values[state][:, -1] for state in states], last, 1e-6)


@every_cell
def test_token_ids_show_what_their_one_hot_rows_show(cell):
    ids = np.array([[1, 2, 2, 0], [3, 3, 1, 4]])
    by_id = cell.layer(UNITS, num_tokens=5, **cell.options)
    by_row, _ = pair(cell, UNITS, (*ids.shape, 5))
    by_id.build(ids.shape)
    by_id.set_weights(by_row.get_weights())
    found, expected = (
        layer.states_and_gates(x)
        for layer, x in ((by_id, ids), (by_row, np.eye(5)[ids]))
    )
    assert_same([*found.values()], [*expected.values()], 1e-6)


@every_cell
def test_a_stateful_layer_shows_its_state_and_keeps_it(cell):
    layer, _ = pair(cell, UNITS, SHAPE, stateful=True, return_sequences=True)
    layer(inputs())
    values = layer.states_and_gates(inputs())
    assert_same(values["h"], layer(inputs()), 1e-6)


def test_dropout_shows_nothing_dropped():
    for cell in CELLS:
        layer, plain = (
            pair(cell, UNITS, SHAPE, dropout=rate, recurrent_dropout=rate)[0]
            for rate in (0.5, 0.0)
        )
        found, expected = (made.states_and_gates(inputs()) for made in (layer, plain))
        assert_same([*found.values()], [*expected.values()], 0)
