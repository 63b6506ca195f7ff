"""The notebooks' exercises: right answers pass, wrong ones fail, no hint tells it.

The right answers stand here alone, worked out by hand.
"""

import ast
import math

import keras
import numpy as np
import pytest

from chapter9.data.text import Vocabulary
from chapter9.lessons import section_9_1, section_9_2, section_9_3
from chapter9.lessons.exercise import Verdict
from tests.conftest import ROOT

VOCABULARY = Vocabulary(["the", "film", "is", "good", "bad"])
READ = {"vocabulary": VOCABULARY, "words": 9}
SHIFT = np.eye(3, k=1)
ROWS = [[0, 0, 1, 14, 22, 16], [6, 7, 8, 9, 10, 11]]
GATES = {"i": 0.5, "f": 0.73, "g": 0, "o": 0.5}
HALF = 0.5 ** (1 / 100)
HALF_LIFE = math.log(HALF / (1 - HALF))

# An exercise, its right answer, and answers that many give.
NUMBERS = [
    (section_9_1.parameters, 6 * 5 + 5 * 5 + 5, [40, 35, 55, 0, 61]),
    (section_9_1.timesteps_in_gradient, 3, [4, 2, 0]),
    (section_9_1.reach, 0.01 ** (1 / 20), [0.5, 0.9, 1, -0.5]),
    (section_9_2.one_hot_bytes, 25_000 * 100 * 300 * 4, [750_000_000, 10_000_000]),
    (section_9_2.model_parameters, 400 * 6 + 6 * 6 + 6 + 7, [2_442, 2_448, 2_413]),
    (section_9_3.lstm_parameters, 4 * 60, [60, 180, 241]),
    (section_9_3.gru_parameters, 3 * (30 + 25 + 5 + 5), [180, 240, 60]),
    (section_9_3.second_layer, 4 * (4 * 6 + 6 * 6 + 6), [552, 66]),
    (section_9_3.half_life, HALF_LIFE, [0, 1, 3, 10]),
]
OTHERS = [
    (section_9_1.output_shape, (32, 20, 7), [(32, 7), (32, 20, 100), (20, 7)]),
    (section_9_1.forget, np.zeros((3, 3)), [np.eye(3), SHIFT]),
    (section_9_1.last_two, np.diag([0.9, 0], 1), [np.zeros((3, 3)), np.eye(3), SHIFT]),
    (section_9_1.order, {"recurrent"}, [{"dense"}, set(), {"dense", "recurrent"}]),
    (section_9_2.padded, ROWS, [ROWS[::-1], [ROWS[0], [1, 5, 6, 7, 8, 9]]]),
    (section_9_3.untrained_gates, GATES, [GATES | {"f": 0.5}, GATES | {"g": 0.5}]),
]


@pytest.mark.parametrize(
    ("exercise", "right", "wrong"),
    NUMBERS + OTHERS,
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_the_right_answer_passes_and_no_other(exercise, right, wrong):
    assert exercise(right).right is True, exercise(right)
    for answer in wrong:
        verdict = exercise(answer)
        assert verdict.right is False
        assert verdict.text


@pytest.mark.parametrize(
    ("answer", "right"),
    [
        ([1, 4, 5, 6, 7], True),
        ([4, 5, 6, 7], False),  # without the start
        ([1, 1, 2, 3, 4], False),  # ranks
        ([1, 0, 1, 2, 3], False),
        ([1, 7, 6, 5, 4], False),
        (["the", "film"], False),
    ],
)
def test_the_tokens_of_a_review(answer, right):
    assert section_9_2.tokens(answer, **READ).right is right


def likes(token):
    """A model that calls a review positive if its last word is that token."""
    model = keras.Sequential(
        [
            keras.Input((4,), dtype="int32"),
            keras.layers.Embedding(9, 1),
            keras.layers.Lambda(lambda x: x[:, -1]),
            keras.layers.Dense(1, "sigmoid"),
        ]
    )
    rows = np.full((9, 1), -1.0)
    rows[token] = 1
    model.set_weights([rows, np.ones((1, 1)), np.zeros(1)])
    return model


def test_a_review_that_contradicts_its_word():
    given = {"model": likes(VOCABULARY.encode("good", 9)[-1]), **READ}
    assert section_9_2.contradict("the film is good bad", **given)
    for review in ("the film is good", "the film is bad", "", "영화"):
        assert not section_9_2.contradict(review, **given)


@pytest.mark.parametrize(("exercise", "right", "_wrong"), NUMBERS + OTHERS)
def test_no_answer_is_no_mistake_and_nonsense_no_crash(exercise, right, _wrong):
    assert exercise(...).right is None
    assert exercise().right is None
    for nonsense in ("nonsense", None, True, [], {}, [[1]], math.nan):
        verdict = exercise(nonsense)
        assert isinstance(verdict, Verdict)
        assert verdict.right is False


@pytest.mark.parametrize(("exercise", "right", "wrong"), NUMBERS)
def test_no_hint_tells_the_number(exercise, right, wrong):
    shown = {f"{right}", f"{right:,}", f"{right:.2f}"}
    for answer in wrong:
        assert not shown & set(exercise(answer).text.replace("=", " ").split())


@pytest.mark.parametrize("section", ["9_1", "9_2", "9_3"])
def test_no_answer_stands_in_the_sources(section):
    source = (ROOT / f"chapter9/lessons/section_{section}.py").read_text("utf-8")
    written = {
        node.value
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Constant) and type(node.value) in (int, float)
    }
    for exercise, right, _ in NUMBERS:
        if exercise.__module__.endswith(section) and right > 9:
            assert right not in written, exercise.__name__
