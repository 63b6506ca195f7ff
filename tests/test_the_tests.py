"""The tests themselves: none is skipped, and none fails, for how they were started."""

import os
import signal
import subprocess
import sys

import pytest

from tests.conftest import ROOT, needs_posix


def run_tests(*arguments, **options):
    """Runs tests of this file in a process of its own; returns its exit code."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    done = subprocess.run(
        [*command, *arguments], cwd=ROOT, capture_output=True, text=True, **options
    )
    return done.returncode, done.stdout + done.stderr


def test_ctrl_c_interrupts():
    with pytest.raises(KeyboardInterrupt):
        signal.raise_signal(signal.SIGINT)


@needs_posix
def test_ctrl_c_interrupts_where_nohup_started_the_tests():
    name = f"{__file__}::test_ctrl_c_interrupts"
    line = f"trap '' INT; exec {sys.executable} -m pytest -q -p no:cacheprovider {name}"
    done = subprocess.run(["sh", "-c", line], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def test_data_that_is_named_and_not_there_ends_the_tests():
    environment = {**os.environ, "CHAPTER9_DATA": "mistyped/imdb.npz"}
    code, said = run_tests(f"{__file__}::test_ctrl_c_interrupts", env=environment)
    assert code == pytest.ExitCode.USAGE_ERROR
    assert "CHAPTER9_DATA names no file: mistyped/imdb.npz" in said
