"""What a command imports with Keras, and what it leaves out."""

import subprocess
import sys

import pytest

from before_keras.names import BACKENDS
from tests.conftest import ROOT

SCRIPT = """
import importlib, sys
from commands import keras_import
keras_import.import_keras({backend!r})
loaded = [name for name in keras_import.UNUSED if name in sys.modules]
assert loaded == [name for name in keras_import.UNUSED if name == {backend!r}], loaded
for name in keras_import.UNUSED:
    if importlib.util.find_spec(name):
        importlib.import_module(name)
"""


@pytest.mark.parametrize("backend", BACKENDS)
def test_what_no_command_uses_is_left_out_and_can_be_imported_later(backend):
    pytest.importorskip(backend)
    script = SCRIPT.format(backend=backend)
    subprocess.run([sys.executable, "-c", script], cwd=ROOT, check=True)
