"""The recurrence against the NumPy specification and automatic differentiation."""

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from keras import ops

from chapter9.equations import recurrence
from tests import reference
from tests.gradients import gradients

ACTIVATIONS = ("tanh", "sigmoid", "relu", "linear")
# Keras 3.15's tanh goes through float32 on jax, whatever its input.
EXAMPLES = 4 if keras.backend.backend() == "jax" else 40  # jax compiles each shape
TOLERANCE = 2e-6 if keras.backend.backend() == "jax" else 1e-10


@st.composite
def problems(draw):
    """Shapes, options and numbers of a recurrence, in float64."""
    batch, timesteps, units = (draw(st.integers(1, n)) for n in (4, 6, 5))
    generator = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    normal = generator.standard_normal
    return {
        "projected": normal((timesteps, batch, units)),
        "recurrent_kernel": normal((units, units)) / 2,
        "initial_state": normal((batch, units)),
        "mask": generator.random((timesteps, batch, 1)) < 0.6
        if draw(st.booleans())
        else None,
        "dropout_mask": 2.0 * (generator.random((batch, units)) < 0.5)
        if draw(st.booleans())
        else None,
        "activation": draw(st.sampled_from(ACTIVATIONS)),
        "unroll": draw(st.booleans()),
        "last_only": draw(st.booleans()),
        "upstream": normal((timesteps, batch, units)),
    }


def scalar(problem, arrays, activation):
    """A number that depends on every hidden state, or on the last one."""
    options = {name: problem[name] for name in ("unroll", "last_only")}
    masks = {
        name: None if problem[name] is None else ops.convert_to_tensor(problem[name])
        for name in ("mask", "dropout_mask")
    }
    states = recurrence.hidden_states(
        *arrays, activation=activation, **masks, **options
    )
    upstream = problem["upstream"][-1] if problem["last_only"] else problem["upstream"]
    return ops.sum(states * ops.convert_to_tensor(upstream))


@settings(deadline=None, max_examples=EXAMPLES)
@given(problems())
def test_hand_written_gradient_is_that_of_automatic_differentiation(problem):
    arrays = [problem[n] for n in ("projected", "recurrent_kernel", "initial_state")]
    by_hand = keras.activations.get(problem["activation"])

    def by_machine(z):  # not in DERIVATIVES, so that it is differentiated for us
        return by_hand(z)

    value, ours = gradients(lambda *a: scalar(problem, a, by_hand), arrays)
    expected, theirs = gradients(lambda *a: scalar(problem, a, by_machine), arrays)
    np.testing.assert_allclose(value, expected, rtol=TOLERANCE, atol=TOLERANCE)
    for our, their in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(our, their, rtol=TOLERANCE, atol=TOLERANCE)


@settings(deadline=None, max_examples=EXAMPLES)
@given(problems())
def test_hidden_states_and_gradients_are_those_of_the_numpy_loop(problem):
    if problem["dropout_mask"] is not None:
        problem["dropout_mask"] = None  # the specification knows none
    problem["last_only"] = False
    arrays = [problem[n] for n in ("projected", "recurrent_kernel", "initial_state")]
    units = arrays[0].shape[-1]
    mask = None if problem["mask"] is None else problem["mask"][:, :, 0].T
    options = {
        "activation": problem["activation"],
        "initial_state": arrays[2],
        "mask": mask,
    }
    x = np.swapaxes(arrays[0], 0, 1)
    identity, zeros = np.eye(units), np.zeros(units)
    # Only where something was seen do the specification's outputs equal its states.
    seen = np.ones(x.shape[:2]) if mask is None else np.cumsum(mask, axis=1) > 0
    problem["upstream"] *= seen.T[:, :, None]
    upstream = np.swapaxes(problem["upstream"], 0, 1)
    outputs, _ = reference.simple_rnn(x, identity, arrays[1], zeros, **options)
    expected = reference.simple_rnn_gradients(
        x, identity, arrays[1], zeros, upstream, **options
    )
    activation = keras.activations.get(problem["activation"])
    value, ours = gradients(lambda *a: scalar(problem, a, activation), arrays)
    np.testing.assert_allclose(
        value, np.sum(outputs * upstream), rtol=TOLERANCE, atol=TOLERANCE
    )
    expected_arrays = (
        np.swapaxes(expected["inputs"], 0, 1),
        expected["recurrent_kernel"],
        expected["initial_state"],
    )
    for our, their in zip(ours, expected_arrays, strict=True):
        np.testing.assert_allclose(our, their, rtol=TOLERANCE, atol=TOLERANCE)


def test_numpy_specification_has_the_gradient_that_its_values_show():
    generator = np.random.default_rng(0)
    x, w_x, w_h, b, upstream = (
        generator.standard_normal(shape)
        for shape in ((2, 5, 3), (3, 4), (4, 4), (4,), (2, 5, 4))
    )
    found = reference.simple_rnn_gradients(x, w_x, w_h, b, upstream)["recurrent_kernel"]
    shown = reference.numerical_gradient(
        lambda w: np.sum(reference.simple_rnn(x, w_x, w, b)[0] * upstream), w_h
    )
    np.testing.assert_allclose(found, shown, atol=1e-6)


@pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="tensorflow's jit")
@pytest.mark.parametrize("activation", ["tanh", "softsign"])
def test_gradient_compiles_by_hand_and_by_machine(activation):
    import tensorflow as tf

    function = keras.activations.get(activation)
    generator = np.random.default_rng(0)
    arrays = [
        tf.constant(generator.standard_normal(shape))
        for shape in ((7, 2, 3), (3, 3), (2, 3))
    ]

    def differentiate(*arrays):
        with tf.GradientTape() as tape:
            tape.watch(arrays)
            states = recurrence.hidden_states(*arrays, activation=function)
            value = tf.reduce_sum(states**2)
        return tape.gradient(value, arrays)

    compiled = tf.function(differentiate, jit_compile=True)(*arrays)
    for ours, eager in zip(compiled, differentiate(*arrays), strict=True):
        np.testing.assert_allclose(ours, eager, rtol=1e-8, atol=1e-9)
