"""A stranger's text never reaches the terminal as a command."""

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from before_keras.safety.printable import brief, json_line, printable
from chapter9.data.text import Word
from chapter9.inference.prediction import Prediction

COMMANDS = "\x1b[2J\r\x9b\u202e\u2028\x7f"


@given(st.text(max_size=200), st.integers(1, 100))
def test_text_is_printable_and_not_too_long(text, longest):
    shown = printable(text, longest)
    categories = {unicodedata.category(c) for c in shown if c not in "\u200c\u200d"}
    assert not categories & {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
    assert len(shown) <= longest + len("...")
    if text.isprintable() and len(text) <= longest:
        assert shown == text


@given(st.text(max_size=200))
def test_an_error_is_one_line_in_which_names_can_be_told(text):
    said = brief(ValueError(text))
    assert not {unicodedata.category(c) for c in said} & {"Cc", "Cs", "Zl", "Zp"}
    if text.isprintable():
        assert said == " ".join(text.split())


def test_an_error_is_cut_and_its_control_characters_are_escaped():
    assert brief(f"no\n{COMMANDS}") == r"no \x1b[2J \x9b\u202e \x7f"
    assert brief("a" * 400) == "a" * 300 + "..."
    assert brief("a  b" * 400, longest=3) == "a b..."


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(VALUES.filter(lambda value: "inf" not in repr(value)))
def test_json_says_the_same_on_one_printable_line(value):
    line = json_line(value)
    assert line.isprintable()
    assert json.loads(line) == value


def test_json_has_letters_as_they_are_and_no_nan():
    assert json_line({"단어": "좋은"}) == '{"단어": "좋은"}'
    with pytest.raises(ValueError, match="not JSON compliant"):
        json_line({"probability": float("nan")})


@pytest.mark.parametrize("text", ["좋은\u3000영화", "a\xa0film", "👨\u200d👩"])
def test_honest_text_is_shown_as_it_is(text):
    assert printable(text) == text


def test_a_review_is_shown_and_not_obeyed():
    words = [Word("good", 4), Word(COMMANDS, None), Word("영화", 2)]
    prediction = Prediction(0.5, words, cut_off=0)
    assert str(prediction) == "good (?[2J?????) [영화]"
    assert json.loads(json_line(prediction.as_dict()))["words"][1]["word"] == COMMANDS
