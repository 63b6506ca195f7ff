"""verify.py, section 9-3: a broken LSTM or GRU fails its own lines and no other."""

import functools
from types import SimpleNamespace

import keras
import pytest
from keras import ops

import chapter9
import verification
from before_keras import book
from chapter9.equations import gru, gru_reset_before, lstm
from models.recurrent_layers import LAYERS
from verification import experiments, gates, section_9_3
from verification.equations import GATED, GRU, GRU_RESET_BEFORE, LSTM
from verification.report import Report

CLAIMS = {claim.english: claim.number for claim in book.CLAIMS}


def contradicted(place, cell):
    """What fails: "i" for an equation, "loop" for all of them together.

    "4" is claim 4 of section 9-1, "i parameters" are those of a gate.
    """
    return {key(line) for line in section_9_3.cell_lines(cell) if fails(line, place)}


def fails(line, place):
    """Whether the layer in that place fails the line; the other one never does."""
    [other] = set(LAYERS) - {place}
    assert getattr(line, other) == line.book
    return getattr(line, place) != line.book


def key(line):
    what, _, rest = line.claim.en.partition(": ")
    if rest == "parameters":
        return f"{what[-1]} parameters"
    if rest.startswith("every hidden state"):
        return "loop"
    return str(CLAIMS.get(rest, rest[0]))


@pytest.fixture
def put(monkeypatch):
    """Puts a layer into the place of the custom or of the built-in one.

    What is found of the layer in the other place is found once for all tests.
    """

    def put_in(place, name, layer):
        names = ("SimpleRNN", "LSTM", "GRU")
        layers = {each: getattr(LAYERS[place], each) for each in names}
        namespace = SimpleNamespace(**layers | {name: layer})
        monkeypatch.setitem(LAYERS, place, namespace)
        for holder, names in EXPERIMENTS:
            for name in names:
                run = holder[name]
                monkeypatch.setitem(holder, name, anew(place, run, ONCE[run]))

    return put_in


def anew(place, run, once):
    return lambda layer, cell: (run if layer == place else once)(layer, cell)


EXPERIMENTS = [
    (vars(gates), ["each_equation"]),
    (vars(experiments), ["equation"]),
    (section_9_3.EXPERIMENTS, list(section_9_3.EXPERIMENTS)),
]
ONCE = {
    holder[name]: functools.cache(holder[name])
    for holder, names in EXPERIMENTS
    for name in names
}


# Broken equations. Each is the `forward` of a cell of ours, but for one thing.


def lstm_forward(
    order=(0, 1, 2, 3),
    forget_bias=0,
    input_gate=keras.activations.sigmoid,
    new=lambda i, f, g, c: f * c + i * g,
    shown=ops.tanh,
):
    def forward(projected, states, weights, activations, dropout_masks=()):
        (h, c), [kernel] = states, weights
        blocks = ops.split(projected + h @ kernel, 4, axis=-1)
        z_i, z_f, z_g, z_o = (blocks[k] for k in order)
        i, f = input_gate(z_i), ops.sigmoid(z_f + forget_bias)
        g, o = ops.tanh(z_g), ops.sigmoid(z_o)
        c = new(i, f, g, c)
        return (o * shown(c), c), (i, f, g, o)

    return forward


def gru_forward(
    order=(0, 1, 2),
    second_bias=1,
    reset=lambda r, q_g: r * q_g,
    candidate=ops.tanh,
    new=lambda z, h, g: z * h + (1 - z) * g,
):
    def forward(projected, states, weights, activations, dropout_masks=()):
        [h], (kernel, bias) = states, weights
        p, q = (
            ops.split(array, 3, axis=-1)
            for array in (projected, h @ kernel + second_bias * bias)
        )
        (p_z, p_r, p_g), (q_z, q_r, q_g) = ([x[k] for k in order] for x in (p, q))
        z, r = ops.sigmoid(p_z + q_z), ops.sigmoid(p_r + q_r)
        g = candidate(p_g + reset(r, q_g))
        return (new(z, h, g),), (z, r, g, q_g)

    return forward


def other_way_round(projected, states, weights, activations, dropout_masks=()):
    """GRU with reset_after=False, but for its update gate."""
    given = projected, states, weights, activations, dropout_masks
    _, (z, r, g) = gru_reset_before.forward(*given)
    [h] = states
    return ((1 - z) * h + z * g,), (z, r, g)


def with_forward(base, cell, forward):
    """A layer of ours with another forward step where its equations are those."""

    class Broken(base):
        def __init__(self, *args, **kwargs):
            super().__init__(*args, **kwargs)
            if self.equations is cell:
                broken = SimpleNamespace(**vars(cell) | {"forward": forward})
                self.__dict__["equations"] = broken

    return Broken


# What fails if the layer tells its gates, and if they are observed by what they do:
# then a gate is wrong too if the one that is held meanwhile, or the state, is.
LSTMS = {
    "as it is": ({}, "", ""),
    "gates in another order": ({"order": (0, 1, 3, 2)}, "g o loop", "i g o c loop"),
    "a forget bias of 1 added": ({"forget_bias": 1}, "f loop", "f loop"),
    "tanh for the input gate": ({"input_gate": ops.tanh}, "i loop", "i f c loop"),
    "input and forget gate swapped": (
        {"new": lambda i, f, g, c: i * c + f * g},
        "c loop",
        "i f g o c h loop",
    ),
    "nothing forgotten": ({"new": lambda i, f, g, c: c + i * g}, "c loop", "f loop"),
    "no tanh of the cell state": ({"shown": lambda c: c}, "h loop", "o h loop"),
}
GRUS = {
    "as it is": ({}, "", ""),
    "gates in another order": ({"order": (1, 0, 2)}, "z r loop", "z r g h loop"),
    "no second bias": ({"second_bias": 0}, "z r g loop", "z r g loop"),
    "nothing reset": ({"reset": lambda r, q_g: q_g}, "g loop", "r loop"),
    "sigmoid for the candidate": (
        {"candidate": ops.sigmoid},
        "g loop",
        "z r g h loop",
    ),
    "update gate the other way round": (
        {"new": lambda z, h, g: (1 - z) * h + z * g},
        "h loop",
        "z r g h loop",
    ),
}
BROKEN = [
    pytest.param(cell, place, with_forward(base, module, forward(**change)), fail,
                 id=f"{cell}-{place}-{name}")
    for cell, base, module, forward, cases in (
        (LSTM, chapter9.LSTM, lstm, lstm_forward, LSTMS),
        (GRU, chapter9.GRU, gru, gru_forward, GRUS),
    )
    for name, (change, *fails_in) in cases.items()
    for place, fail in zip(LAYERS, fails_in, strict=True)
]  # fmt: skip


@pytest.mark.filterwarnings("ignore:invalid value")  # arctanh of what is no tanh
@pytest.mark.parametrize(("cell", "place", "layer", "expected"), BROKEN)
def test_a_broken_equation_fails_its_own_line(cell, place, layer, expected, put):
    put(place, cell.name, layer)
    assert contradicted(place, cell) == set(expected.split())


def test_only_the_form_of_gru_that_is_broken_fails(put):
    broken = with_forward(chapter9.GRU, gru_reset_before, other_way_round)
    put("custom", "GRU", broken)
    assert contradicted("custom", GRU_RESET_BEFORE) == {"h", "loop"}
    assert contradicted("custom", GRU) == set()


# Layers that are broken beside their equations.


def telling_another_candidate(base):
    class TellsAnotherCandidate(base):
        def states_and_gates(self, *args, **kwargs):
            found = super().states_and_gates(*args, **kwargs)
            return found | {"g": found["g"][:, ::-1]}

    return TellsAnotherCandidate


def without_bias(base):
    class NoBias(base):
        def __init__(self, *args, **kwargs):
            super().__init__(*args, **{**kwargs, "use_bias": False})

    return NoBias


def first_hidden_state(base):
    class FirstHiddenState(base):
        def call(self, sequences, initial_state=None):
            if not (self.return_sequences or self.return_state):
                sequences = sequences[:, :1]
            return super().call(sequences, initial_state)

    return FirstHiddenState


def last_state_at_every_timestep(base):
    class LastStateAtEveryTimestep(base):
        def call(self, sequences, initial_state=None):
            output = super().call(sequences, initial_state)
            if not self.return_sequences or self.return_state:
                return output
            return ops.zeros_like(output) + output[:, -1:]

    return LastStateAtEveryTimestep


def weights_for_each_timestep(base):
    class WeightsForEachTimestep(base):
        def call(self, sequences, initial_state=None):
            scale = 1 + ops.arange(sequences.shape[1], dtype="float32")
            return super().call(sequences * scale[:, None], initial_state)

    return WeightsForEachTimestep


def any_rank(base):
    class AnyRank(base):
        def __init__(self, *args, **kwargs):
            super().__init__(*args, **kwargs)
            self.input_spec = None

        def __call__(self, sequences, **kwargs):
            if len(sequences.shape) == 2:
                sequences = ops.convert_to_tensor(sequences)[None]
            return super().__call__(sequences, **kwargs)

    return AnyRank


@pytest.mark.parametrize("cell", [LSTM, GRU], ids=str)
@pytest.mark.parametrize(
    ("broken", "expected"),
    [
        (first_hidden_state, {"6"}),
        (last_state_at_every_timestep, {"loop", "6", "7"}),
        (weights_for_each_timestep, {"loop", "4"}),
        (any_rank, {"5"}),
    ],
)
def test_a_layer_broken_beside_its_equations_fails_those_claims(
    broken, expected, cell, put
):
    put("custom", cell.name, broken(getattr(chapter9, cell.name)))
    assert contradicted("custom", cell) == expected


@pytest.mark.parametrize("cell", GATED, ids=str)
def test_a_layer_that_tells_another_candidate_fails_the_lines_that_have_it(cell, put):
    put("custom", cell.name, telling_another_candidate(getattr(chapter9, cell.name)))
    assert contradicted("custom", cell) == {"g", "c" if cell is LSTM else "h"}


@pytest.mark.parametrize("place", LAYERS)
@pytest.mark.parametrize("cell", GATED, ids=str)
def test_a_layer_without_a_bias_fails_counts_and_equations(cell, place, put):
    if (keras.backend.backend(), cell, place) == ("jax", GRU, "builtin"):
        pytest.skip("Keras 3.15: with 64 bits on jax its GRU without a bias fails")
    put(place, cell.name, without_bias(getattr(LAYERS[place], cell.name)))
    counts = {f"{gate} parameters" for gate in cell.gates}
    shared = set() if cell is GRU_RESET_BEFORE else {"4"}  # it counts them as well
    assert contradicted(place, cell) == {*counts, *shared, *cell.written, "loop"}


def test_no_claim_is_cut_off_in_either_language():
    lines = verification.lines(["9-3"])
    for language in ("en", "ko"):
        assert "..." not in str(Report(tuple(lines), language))
        texts = {line.claim.in_language(language) for line in lines}
        assert len(texts) == len(lines)
