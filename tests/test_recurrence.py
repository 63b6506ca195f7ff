"""The cells against automatic differentiation and against the NumPy loops."""

import itertools
from dataclasses import dataclass
from functools import partial

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from keras import activations, ops

from chapter9.equations import loop, recurrence
from chapter9.equations.activations import DERIVATIVES
from tests.cells import Cell, assert_same, every_cell
from tests.gradients import gradients, gradients_of_gradients
from tests.reference import numerical_gradient

BACKEND = keras.backend.backend()
NAMES = ("tanh", "sigmoid", "relu", "linear")
EXAMPLES = 3 if BACKEND == "jax" else 15  # jax compiles each shape
# Keras 3.15's tanh goes through float32 on jax, whatever its input.
assert_close = partial(assert_same, tolerance=2e-6 if BACKEND == "jax" else 1e-10)


@dataclass
class Problem:
    """Numbers for a cell, in float64, and the loss's gradient in what it returns."""

    cell: Cell
    batch: int = 2
    timesteps: int = 4
    units: int = 3
    seed: int = 0
    masked: bool = False
    dropped: int = 0  # how many dropout masks there are

    def __post_init__(self):
        generator = np.random.default_rng(self.seed)
        states = [(self.batch, self.units)] * len(self.cell.equations.STATES)
        columns = self.cell.blocks * self.units

        def uniform(*shape):  # small: linear gates multiply without end
            return generator.uniform(-0.9, 0.9, shape)

        self.projected = uniform(self.timesteps, self.batch, columns)
        self.weights = [uniform(self.units, columns)]
        if self.cell.has_recurrent_bias:
            self.weights += [uniform(columns)]
        self.states = [uniform(*shape) for shape in states]
        seen = generator.random((self.timesteps, self.batch, 1)) < 0.6
        self.mask = seen if self.masked else None
        kept = generator.random((self.dropped, self.batch, self.units)) < 0.5
        self.dropout_masks = 2.0 * kept
        self.d_every = uniform(self.timesteps, self.batch, self.units)
        self.d_last = [uniform(*shape) for shape in states]

    @property
    def arrays(self):
        """What the hidden states are differentiable in."""
        return [self.projected, *self.weights, *self.states]

    @property
    def tensors(self):
        return [ops.convert_to_tensor(array) for array in self.arrays]

    def run(self, tensors, functions, run=recurrence.run, **options):
        if self.mask is not None:
            options["mask"] = ops.convert_to_tensor(self.mask)
        if self.dropped:
            options["dropout_masks"] = [*map(ops.convert_to_tensor, self.dropout_masks)]
        cut = 1 + len(self.weights)
        parts = tensors[0], tuple(tensors[1:cut]), tuple(tensors[cut:])
        return run(self.cell.equations, *parts, functions, **options)

    def loss(self, functions, **options):
        """A function of the arrays: a number in which all that `run` returns counts."""

        def function(*arrays):
            every, last = self.run(arrays, functions, **options)
            returned = last if every is None else (every, *last)
            upstream = self.d_last if every is None else [self.d_every, *self.d_last]
            pairs = zip(returned, upstream, strict=True)
            return sum(ops.sum(y * ops.convert_to_tensor(dy)) for y, dy in pairs)

        return function

    def for_loops(self, names):
        """Arguments of the NumPy loops; with an identity for W_x, x is `projected`."""
        bias = np.zeros(self.projected.shape[-1])
        if self.cell.has_recurrent_bias:
            bias = np.stack([bias, self.weights[1]])
        return {
            "inputs": batch_first(self.projected),
            "kernel": np.eye(self.projected.shape[-1]),
            "recurrent_kernel": self.weights[0],
            "bias": bias,
            "initial_state": self.cell.state(self.states),
            "mask": batch_first(self.mask)[:, :, 0] if self.masked else None,
            **dict(zip(self.cell.activations, names, strict=True)),
        }


@st.composite
def problems(draw, cell, dropout=True):
    sizes = [draw(st.integers(1, n)) for n in (4, 6, 5)]
    seed, masked = draw(st.integers(0, 2**32 - 1)), draw(st.booleans())
    dropped = draw(st.sampled_from((0, 1, cell.blocks))) if dropout else 0
    return Problem(cell, *sizes, seed, masked, dropped)


def batch_first(array):
    return np.swapaxes(array, 0, 1)


def choices(of, cell):
    """Every choice of an activation for the cell and, if it has gates, for them."""
    return list(itertools.product(of, repeat=len(cell.activations)))


def functions_named(names):
    return tuple(map(activations.get, names))


def usual(cell):
    return functions_named(("tanh", "sigmoid")[: len(cell.activations)])


def assert_by_hand_is_by_machine(problem, functions, find=gradients, **options):
    loss = problem.loss(functions, **options)
    by_hand = find(loss, problem.arrays)
    with recurrence.automatic_differentiation():
        by_machine = find(loss, problem.arrays)
    assert_close(by_hand, by_machine)


@every_cell
@settings(deadline=None, max_examples=EXAMPLES)
@given(data=st.data())
def test_hand_written_gradient_is_that_of_automatic_differentiation(cell, data):
    problem = data.draw(problems(cell))
    functions = data.draw(st.sampled_from(choices(DERIVATIVES, cell)))
    options = {n: data.draw(st.booleans()) for n in ("unroll", "last_only")}
    assert_by_hand_is_by_machine(problem, functions, **options)


@every_cell
def test_every_pair_of_activations_has_its_derivatives(cell):
    names = choices(NAMES, cell)
    for pair in names[::6] if BACKEND == "jax" else names:
        problem = Problem(cell, timesteps=3)
        assert_by_hand_is_by_machine(problem, functions_named(pair))


@every_cell
def test_gradient_of_the_gradient_is_that_of_automatic_differentiation(cell):
    problem = Problem(cell, timesteps=3, masked=True, dropped=1)
    assert_by_hand_is_by_machine(problem, usual(cell), gradients_of_gradients)


@every_cell
def test_automatic_differentiation_needs_no_hand_written_gradient(cell, monkeypatch):
    problem = Problem(cell)
    loss = problem.loss(usual(cell))
    monkeypatch.delattr(cell.equations, "backward")
    with recurrence.automatic_differentiation():
        gradients(loss, problem.arrays)
    with pytest.raises(AttributeError, match="backward"):
        gradients(loss, problem.arrays)


@every_cell
@settings(deadline=None, max_examples=EXAMPLES)
@given(data=st.data())
def test_states_and_gates_are_those_of_the_numpy_loop(cell, data):
    problem = data.draw(problems(cell, dropout=False))
    names = data.draw(st.sampled_from(choices(NAMES, cell)))
    expected = cell.values(**problem.for_loops(names))
    every, last = problem.run(problem.tensors, functions_named(names))
    assert_close([every], [batch_first(expected["h"])])
    assert_close(last, [expected[state][:, -1] for state in cell.equations.STATES])
    values = problem.run(
        problem.tensors, functions_named(names), recurrence.every_value
    )
    assert tuple(values) == cell.equations.STATES + cell.equations.GATES
    assert_close([*values.values()], [batch_first(expected[name]) for name in values])


@every_cell
@settings(deadline=None, max_examples=EXAMPLES)
@given(data=st.data())
def test_gradients_are_those_of_the_numpy_loop(cell, data):
    problem = data.draw(problems(cell, dropout=False))
    names = data.draw(st.sampled_from(choices(NAMES, cell)))
    problem.d_last = [0 * d for d in problem.d_last]  # the loop has outputs alone
    if problem.masked:  # before the first one the loop's output is 0, not h
        problem.d_every *= np.cumsum(problem.mask, axis=0) > 0
    given, upstream = problem.for_loops(names), batch_first(problem.d_every)
    outputs, _ = cell.outputs(**given)
    expected = cell.gradients(**given, upstream=upstream)
    assert_close(
        gradients(problem.loss(functions_named(names)), problem.arrays),
        [
            np.sum(outputs * upstream),
            batch_first(expected["inputs"]),
            expected["recurrent_kernel"],
            *(expected["bias"][1:] if cell.has_recurrent_bias else []),
            *np.reshape(expected["initial_state"], np.shape(problem.states)),
        ],
    )


@every_cell
@pytest.mark.parametrize("per_gate", [False, True])
def test_dropping_units_of_h_is_dropping_rows_of_the_recurrent_kernel(cell, per_gate):
    dropped = cell.blocks if per_gate else 1
    problem = Problem(cell, batch=1, units=5, dropped=dropped)
    with_masks = gradients(problem.loss(usual(cell)), problem.arrays)
    columns = cell.blocks // dropped * problem.units  # of one mask
    rows = np.concatenate(
        [np.repeat(mask.T, columns, axis=1) for mask in problem.dropout_masks], axis=1
    )
    problem.dropped = 0

    def without_rows(projected, kernel, *others):
        kernel = kernel * ops.convert_to_tensor(rows)
        return problem.loss(usual(cell))(projected, kernel, *others)

    assert_close(with_masks, gradients(without_rows, problem.arrays))


@pytest.mark.skipif(BACKEND != "jax", reason="forward mode of jax")
@every_cell
def test_automatic_differentiation_allows_forward_mode(cell):
    import jax

    problem = Problem(cell, masked=True)
    loss = problem.loss(usual(cell))
    _, *expected = gradients(loss, problem.arrays)
    with recurrence.automatic_differentiation():
        forward = jax.jacfwd(loss, tuple(range(len(expected))))
        assert_close(jax.jit(forward)(*problem.arrays), expected)


@pytest.mark.skipif(BACKEND != "jax", reason="the loop of jax")
@pytest.mark.parametrize("last_only", [False, True])
@every_cell
def test_rounds_of_several_timesteps_change_no_number(cell, last_only, monkeypatch):
    """As on a GPU: 7 timesteps are two rounds and one more, or less than one."""
    import jax

    problem = Problem(cell, timesteps=7, masked=True)
    losses = [problem.loss(usual(cell), last_only=last_only) for _ in range(3)]
    expected = gradients(losses[0], problem.arrays)
    for timesteps, loss in zip((3, 10), losses[1:], strict=True):  # traced anew
        monkeypatch.setitem(loop.UNROLLED, jax.default_backend(), timesteps)
        assert f"unroll={timesteps}" in str(jax.make_jaxpr(loss)(*problem.tensors))
        assert_close(gradients(loss, problem.arrays), expected)


@pytest.mark.skipif(BACKEND != "torch", reason="torch.func")
@every_cell
def test_torch_func_takes_the_hand_written_gradient(cell):
    import torch

    problem = Problem(cell, masked=True)
    loss = problem.loss(usual(cell))
    _, *expected = gradients(loss, problem.arrays)
    differentiate = torch.func.grad(loss, tuple(range(len(expected))))
    assert_close(differentiate(*problem.tensors), expected)
    twice = [torch.stack([tensor, tensor]) for tensor in problem.tensors]
    found = torch.func.vmap(differentiate)(*twice)
    assert_close(found, [np.stack([array, array]) for array in expected])


@pytest.mark.skipif(BACKEND != "tensorflow", reason="tensorflow's jit")
@pytest.mark.parametrize(
    ("activation", "last_only"), [("tanh", False), ("softsign", True)]
)
@every_cell
def test_gradient_compiles_by_hand_and_by_machine(cell, activation, last_only):
    import tensorflow as tf

    problem = Problem(cell, timesteps=7, masked=True, dropped=cell.blocks)
    functions = (activations.get(activation), *usual(cell)[1:])
    loss = problem.loss(functions, last_only=last_only)

    def differentiate(*arrays):
        with tf.GradientTape() as tape:
            tape.watch(arrays)
            value = loss(*arrays)
        return tape.gradient(value, arrays)

    compiled = tf.function(differentiate, jit_compile=True)(*problem.tensors)
    assert_close(compiled, differentiate(*problem.tensors))


@every_cell
def test_numpy_loops_have_the_gradients_that_their_values_show(cell):
    normal = np.random.default_rng(0).standard_normal
    columns = 4 * cell.blocks
    arrays = {
        "inputs": normal((2, 5, 3)),
        "kernel": normal((3, columns)),
        "recurrent_kernel": normal((4, columns)),
        "bias": normal((2, columns) if cell.has_recurrent_bias else columns),
        "initial_state": cell.state(normal((len(cell.equations.STATES), 2, 4))),
    }
    upstream, mask = normal((2, 5, 4)), normal((2, 5)) > -0.5
    found = cell.gradients(**arrays, upstream=upstream, mask=mask)
    for name, array in arrays.items():

        def loss(changed, name=name):
            outputs, _ = cell.outputs(**arrays | {name: changed}, mask=mask)
            return np.sum(outputs * upstream)

        shown = numerical_gradient(loss, array)
        np.testing.assert_allclose(found[name], shown, atol=1e-6, err_msg=name)
