"""Keras's own tests with our layers in the place of Keras's, on every backend."""

import os
import re
import subprocess
import sys

import keras
import pytest

from tests.conftest import ROOT

BACKENDS = ("tensorflow", "jax", "torch")
IN_THEIR_PLACE = """
import sys, pytest, chapter9, keras.src.layers
for name in ("SimpleRNN", "LSTM", "GRU"):
    setattr(keras.src.layers, name, getattr(chapter9, name))
sys.exit(pytest.main(sys.argv[1:]))
"""
# How many tests of Keras 3.15.1 pass; of the GRU's one is for tensorflow alone.
SUITES = {
    "rnn.simple_rnn": 5,
    "rnn.lstm": 6,
    "rnn.gru": {"tensorflow": 9, "jax": 8, "torch": 8},
    "rnn.bidirectional": 10,
    "core.masking": 3,
}
# They ask whether Keras may leave the layers out and call cuDNN; ours it may not.
NOT_OURS = ("test_fused_lstm_eligibility", "test_fused_gru_eligibility")


LONGEST = 1_700  # seconds of a whole file on jax, which compiles every shape anew
# What XLA makes faster of so few numbers takes a third longer to compile.
QUICKLY = {"jax": {"XLA_FLAGS": "--xla_backend_optimization_level=0"}}


def on_backend(backend, *arguments, **environment):
    if backend != "tensorflow":
        pytest.importorskip(backend)
    environment |= QUICKLY.get(backend, {})
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env={**os.environ, "KERAS_BACKEND": backend, **environment},
        capture_output=True,
        text=True,
        timeout=LONGEST,
    )


@pytest.mark.long
@pytest.mark.timeout(LONGEST + 60)
@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("suite", SUITES)
def test_keras_own_suite_passes_with_our_layers(suite, backend):
    options = ["-q", "-p", "no:cacheprovider", "-c", os.devnull]
    left_out = " and ".join(f"not {name}" for name in NOT_OURS)
    module = ["--pyargs", f"keras.src.layers.{suite}_test"]
    arguments = ["-c", IN_THEIR_PLACE, *options, "-k", left_out, *module]
    done = on_backend(backend, *arguments, JAX_ENABLE_X64="0")
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]
    expected = SUITES[suite]
    expected = expected if isinstance(expected, int) else expected[backend]
    [passed] = re.findall(r"(\d+) passed", done.stdout)
    assert int(passed) == expected, done.stdout[-1000:]


@pytest.mark.long
@pytest.mark.timeout(LONGEST + 60)
@pytest.mark.parametrize("backend", BACKENDS[1:])
@pytest.mark.parametrize(
    "name",
    [
        *("recurrence", "layers", "layers_in_models", "layers_numbers"),
        *("states_and_gates", "dropin", "exports", "train_epochs"),
    ],
)
def test_our_own_tests_pass_on_the_other_backends(backend, name):
    if keras.backend.backend() != "tensorflow":
        pytest.skip("started from tensorflow")
    marks = ["-m", "long or not long"]
    arguments = ["-m", "pytest", "-q", *marks, f"tests/test_{name}.py"]
    done = on_backend(backend, *arguments, JAX_ENABLE_X64="1")
    assert done.returncode == 0, done.stdout[-3000:]
