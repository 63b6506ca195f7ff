"""Several replays at once: in processes that end with the one that started them."""

import json
import multiprocessing
import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import keras
import pytest

from before_keras import backends
from before_keras.safety.errors import UserError
from commands import replays
from tests.conftest import ROOT, needs_linux, run_command
from tests.test_readme import write_reviews

pytestmark = pytest.mark.skipif(
    keras.backend.backend() != "tensorflow", reason="a replay needs TensorFlow"
)
SAID = "training as the author does"


@pytest.fixture(scope="module")
def reviews(tmp_path_factory):
    """Few reviews, so that a training takes seconds."""
    file = tmp_path_factory.mktemp("reviews") / "imdb.npz"
    write_reviews(file)
    return file


@contextmanager
def replaying(reviews):
    """Two replays, both in training: the command, and their processes."""
    line = ["verify.py", "--replay", "lstm", "gru", "--data", reviews]
    with subprocess.Popen(
        [sys.executable, *line], cwd=ROOT, stderr=subprocess.PIPE, text=True
    ) as command:
        for _ in range(2):
            assert SAID in command.stderr.readline()
        workers = [
            child
            for child in children(command.pid)
            if "spawn_main" in Path(f"/proc/{child}/cmdline").read_text()
        ]
        assert len(workers) == 2
        yield command, workers
        command.wait(timeout=60)
    ended = time.monotonic() + 20
    while any(map(alive, workers)):
        assert time.monotonic() < ended, "a process outlives its command"
        time.sleep(0.1)


def children(process):
    return Path(f"/proc/{process}/task/{process}/children").read_text().split()


def alive(process):
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def test_without_matplotlib_a_picture_is_refused_in_a_line(reviews, tmp_path):
    (tmp_path / "matplotlib.py").write_text("raise ImportError('there is none')")
    picture = tmp_path / "picture.png"
    line = ("verify.py", "--replay", "lstm", "--data", reviews, "--out", picture)
    code, out, err = run_command(*line, PYTHONPATH=str(tmp_path))
    said = "drawing needs matplotlib (there is none): pip install matplotlib"
    assert (code, out) == (1, "") and err.endswith(f"{said}\n"), err
    assert "Traceback" not in err


@pytest.mark.long
def test_they_are_reported_in_the_order_in_which_they_were_named(reviews):
    code, out, err = run_command(
        "verify.py", "--replay", "lstm", "gru", "--layer", "custom", "--json",
        "--data", reviews,
    )  # fmt: skip
    assert code in (0, 1), err  # so few reviews need not do as well as his
    found = json.loads(out)["replays"]
    assert [one["model"] for one in found] == ["lstm", "gru"]
    assert [one["layer"] for one in found] == ["custom", "custom"]
    assert err.count(SAID) == len(err.splitlines()) == 2


@pytest.mark.long
@needs_linux
def test_case_83_a_replay_that_is_killed_is_told_in_a_line(reviews):
    with replaying(reviews) as (command, workers):
        os.kill(int(workers[0]), signal.SIGKILL)
        [line] = command.stderr.read().splitlines()
    assert command.returncode == 1
    assert line.startswith("error: a process of the replay was killed")


@pytest.mark.long
@needs_linux
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_ends_all_of_them(number, reviews):
    with replaying(reviews) as (command, _):
        command.send_signal(number)
        assert command.stderr.read() == "interrupted\n"
    assert command.returncode == 130


@pytest.mark.long
@needs_linux
def test_they_end_with_a_command_that_is_killed(reviews):
    with replaying(reviews) as (command, _):
        command.kill()


def test_without_tensorflow_none_is_started(monkeypatch):
    monkeypatch.setattr(backends, "is_installed", lambda name: name == "jax")
    with (
        pytest.raises(UserError, match="tensorflow is not installed"),
        replays.started(["lstm"], "auto", "custom", True),
    ):
        pytest.fail("started")
    assert not multiprocessing.active_children()
