"""Which backend Keras runs on where nobody says, and what is said without any."""

import json

import pytest

from before_keras import backends
from before_keras.names import BACKENDS
from before_keras.safety.errors import UserError


@pytest.fixture
def have(monkeypatch, tmp_path):
    """Makes Python find only these of the backends, and Keras's settings here."""
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    monkeypatch.delenv(backends.VARIABLE, raising=False)

    def only(*names):
        monkeypatch.setattr(backends, "is_installed", names.__contains__)

    return only


@pytest.mark.parametrize(
    ("installed", "chosen"),
    [
        (BACKENDS, "tensorflow"),
        (("jax", "torch"), "jax"),
        (("torch",), "torch"),
        ((), "tensorflow"),
    ],
)
def test_the_first_that_is_installed_is_the_default(have, installed, chosen):
    have(*installed)
    assert backends.default() == chosen


def test_the_environment_names_another_one(have, monkeypatch):
    have(*BACKENDS)
    monkeypatch.setenv("KERAS_BACKEND", "torch")
    assert backends.default() == "torch"


def test_keras_json_counts_only_if_it_names_one_that_is_installed(have, tmp_path):
    (tmp_path / "keras.json").write_text(json.dumps({"backend": "jax"}))
    have(*BACKENDS)
    assert backends.default() == "jax"
    have("torch")
    assert backends.default() == "torch"


@pytest.mark.parametrize("text", ["", "[]", "{}", "\x00", '{"backend": ["jax"]}'])
def test_a_damaged_keras_json_does_not_count(have, tmp_path, text):
    (tmp_path / "keras.json").write_text(text)
    have(*BACKENDS)
    assert backends.default() == "tensorflow"


def test_a_backend_that_is_missing_is_named_with_what_there_is(have):
    have("jax", "torch")
    backends.check("jax")
    words = "^tensorflow is not installed: pip install tensorflow, or use jax, torch$"
    with pytest.raises(UserError, match=words):
        backends.check("tensorflow")
    have()
    with pytest.raises(UserError, match=r"none is installed: pip install tensorflow$"):
        backends.check("tensorflow")
    backends.check("openvino")  # Keras's own affair
