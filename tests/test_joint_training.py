"""Several processes train one model: real processes, joined over the loopback."""

import csv
import json
import os
import random
import signal
import socket
import subprocess
import sys
import time

import numpy as np
import pytest

from before_keras import joint, names
from before_keras.joint import Job
from before_keras.safety.errors import UserError
from before_keras.settings import Settings
from tests import tiny
from tests.conftest import ROOT

ON_JAX = Settings(backend="jax", batch_size=8)
# make soak takes all six; they are compiled for minutes.
SOAK = "CHAPTER9_KILLS" in os.environ
MODELS = list(names.REVIEW_MODELS) if SOAK else ["embedding", "lstm-dropout", "gru"]
GONE = "another process of the job has ended, or cannot be reached any more"
# What XLA makes faster of a program of so few numbers takes longer to compile.
FLAGS = "--xla_backend_optimization_level=0 --xla_force_host_platform_device_count={}"
PROGRAMS = (
    "programs"  # the folder in which XLA leaves what it compiles, for one process
)


def test_a_job_is_what_the_options_or_jax_name(monkeypatch):
    monkeypatch.delenv(joint.VARIABLE, raising=False)
    assert joint.asked(None, None, None, ON_JAX) is None
    here = "127.0.0.1:9000"
    assert joint.asked(here, 2, 1, ON_JAX) == Job(here, 2, 1)
    assert joint.asked("auto", None, None, ON_JAX) == Job(None, None, None)
    monkeypatch.setenv(joint.VARIABLE, here)
    assert joint.asked(None, 4, 3, ON_JAX) == Job(here, 4, 3)
    assert joint.asked(None, None, None, Settings(backend="tensorflow")) is None


@pytest.mark.parametrize(
    ("options", "settings", "words"),
    [
        (("h:1", 2, 0), Settings(backend="tensorflow"), "--backend jax"),
        (("h", 2, 0), ON_JAX, "--coordinator h must be HOST:PORT"),
        ((":1", 2, 0), ON_JAX, "--coordinator :1 must be"),
        (("h:0", 2, 0), ON_JAX, "--coordinator h:0 must be"),
        (("h:65536", 2, 0), ON_JAX, "must be HOST:PORT"),
        ((None, 2, 0), ON_JAX, "--coordinator None must be HOST:PORT"),
        (("h:1", None, 0), ON_JAX, "--processes None must be"),
        (("h:1", 0, 0), ON_JAX, "--processes 0 must be"),
        (("h:1", "two", 0), ON_JAX, "--processes two must be"),
        (("h:1", 2, 2), ON_JAX, "--process 2 must be one of 0 to 1"),
        (("h:1", 2, -1), ON_JAX, "--process -1 must be"),
        (("h:1", 2, None), ON_JAX, "--process None must be"),
        (("h:1", 3, 0), ON_JAX, "--batch-size 8 cannot be divided among 3"),
    ],
)
def test_what_is_no_job_is_refused_in_a_line(monkeypatch, options, settings, words):
    monkeypatch.delenv(joint.VARIABLE, raising=False)
    with pytest.raises(UserError) as error:
        joint.asked(*options, settings)
    assert words in str(error.value)


def free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


class Processes:
    """The processes of one job, each with a file for what it prints."""

    def __init__(self, folder, count, command, devices=1):
        flags = FLAGS.format(devices)
        if count < devices:
            flags += f" --xla_dump_to={folder / PROGRAMS}"
        environment = {"XLA_FLAGS": flags, "JAX_PLATFORMS": "cpu"}
        folder.mkdir(parents=True, exist_ok=True)
        self.logs = [folder / f"{number}.log" for number in range(count)]
        self.all = [
            subprocess.Popen(
                [sys.executable, *map(str, command(number))],
                cwd=ROOT,
                env={**os.environ, **environment},
                stdin=subprocess.DEVNULL,
                stdout=log.open("w"),
                stderr=subprocess.STDOUT,
            )
            for number, log in enumerate(self.logs)
        ]

    def ended(self, seconds=600):
        """Waits for all of them; returns their exit codes."""
        deadline = time.monotonic() + seconds
        try:
            for process in self.all:
                process.wait(max(0.1, deadline - time.monotonic()))
        finally:
            for process in self.all:
                process.kill()
        return [process.wait() for process in self.all]

    def said(self):
        return [log.read_text() for log in self.logs]


def train(folder, count, *options):
    """Starts a job of train.py; a single process is no job."""
    there = f"127.0.0.1:{free_port()}"

    def command(number):
        job = ("--coordinator", there, "--processes", count, "--process", number)
        joined = job if count > 1 else ()
        return "train.py", "--backend", "jax", *joined, *options

    return Processes(folder, count, command)


TOGETHER = """
import json, sys
from before_keras.joint import Job
from commands import keras_import
count, number, there, folder, names = sys.argv[1:]
count, number = int(count), int(number)
keras_import.import_keras("jax", True, Job(there, count, number) if count > 1 else None)
import jax, keras, numpy as np
if count == 1 and jax.device_count() > 1:
    keras.distribution.set_distribution(keras.distribution.DataParallel())
import models
from chapter9.training import blocks
from chapter9.training.compiled_epoch import train_epochs
from chapter9.training.train import compile_model

blocks.BLOCK = 500  # bytes, two batches
rng = np.random.default_rng(0)
x = rng.integers(0, 30, (75, 6)).astype("int32")  # batches of 8, and one of 3
y = (x[:, 3] > 15).astype("float32")
np.save(f"{folder}/x-{number}.npy", x)
mapped = np.load(f"{folder}/x-{number}.npy", mmap_mode="r")
for name in json.loads(names):
    for layer in ("custom", "builtin"):
        keras.utils.set_random_seed(3)
        model = models.build(name, words=30, timesteps=6, cells=3, layer=layer)
        compile_model(model, 2)
        x = mapped if layer == "custom" and jax.device_count() > 1 else np.array(mapped)
        history = train_epochs(
            model, x, y, epochs=2, batch_size=8, verbose=0, validation_data=(x, y)
        ).history
        found = {f"{i}": np.asarray(w) for i, w in enumerate(model.weights)}
        found |= {figure: np.array(values) for figure, values in history.items()}
        np.savez(f"{folder}/{name}-{layer}-{number}.npz", **found)
"""


def together(folder, count, names, devices=1):
    """Trains models by a job; returns what each process has in the end."""
    there = f"127.0.0.1:{free_port()}"
    folder.mkdir()
    job = Processes(
        folder,
        count,
        lambda n: ("-c", TOGETHER, count, n, there, folder, json.dumps(names)),
        devices,
    )
    assert job.ended() == [0] * count, job.said()
    found = {}
    for file in sorted(folder.glob("*.npz")):
        model, _, number = file.stem.rpartition("-")
        with np.load(file) as arrays:
            found[model, int(number)] = dict(arrays)
    assert len(found) == 2 * count * len(names)
    return found


def check_only_gradients_are_exchanged(programs):
    """What XLA made of an epoch: sums, our layer's in one go; no samples gathered."""
    texts = [file.read_text() for file in programs.glob("*loop*after_opt*tions.txt")]
    sums = [count for text in texts if (count := text.count(" all-reduce("))]
    assert len(sums) == 2 and sums.count(1) >= 1  # of the two layers, on whole batches
    assert not [text for text in texts if "all-gather" in text]


@pytest.mark.long
def test_case_82_a_port_that_another_program_has_is_named(tmp_path):
    pytest.importorskip("jax")
    with socket.create_server(("", 0)) as taken:
        there = f"127.0.0.1:{taken.getsockname()[1]}"
        more = ("--processes", 2, "--process", 0, "--out", tmp_path / "run")
        job = Processes(
            tmp_path,
            1,
            lambda n: ("train.py", "--backend", "jax", "--coordinator", there, *more),
        )
        assert job.ended() == [1]
    [said] = job.said()
    assert f"process 0 cannot listen at {there} (" in said
    assert "give all processes another port" in said
    assert "--resume" not in said
    assert not (tmp_path / "run").exists()


def test_a_process_that_jax_does_not_let_join_says_why(tmp_path):
    """Here because it has used its devices, and because no Slurm has started it."""
    pytest.importorskip("jax")
    script = """
import sys
from before_keras.joint import Job
from before_keras.safety.errors import UserError
from chapter9.training import processes
if sys.argv[1] == "used":
    import jax
    jax.devices()
try:
    processes.join(Job(None, None, None))
except UserError as error:
    print(error)
"""
    for start in ("used", "alone"):
        done = subprocess.run(
            [sys.executable, "-c", script, start],
            env={**os.environ, "KERAS_BACKEND": "jax"},
            cwd=ROOT,
            capture_output=True,
            text=True,
        )
        assert done.stdout.startswith("cannot join the job of jax: "), done.stderr


@pytest.mark.long
@pytest.mark.timeout(1_300)
def test_a_joint_run_is_that_of_one_process_with_the_whole_batch(tmp_path):
    """With the custom layers a job's samples are in a file, and read block by block."""
    pytest.importorskip("jax")
    alone = together(tmp_path / "1", 1, MODELS)
    by_two = together(tmp_path / "2", 2, MODELS)
    by_four = together(tmp_path / "4", 4, ["lstm-dropout"])
    by_devices = together(tmp_path / "devices", 1, ["lstm-dropout"], devices=2)
    check_only_gradients_are_exchanged(tmp_path / "devices" / PROGRAMS)
    for (model, _), found in by_two.items():
        for name, values in found.items():  # all processes have the same, in every bit
            np.testing.assert_array_equal(values, by_two[model, 0][name])
    for joint_run in (by_two, by_four, by_devices):
        for (model, _), found in joint_run.items():
            for name, values in alone[model, 0].items():
                np.testing.assert_allclose(
                    found[name], values, rtol=1e-4, atol=1e-5, err_msg=f"{model} {name}"
                )


@pytest.fixture(scope="module")
def reviews(tmp_path_factory):
    """Reviews from which twelve epochs learn: ten words are positive, ten are not."""
    pytest.importorskip("jax")
    file = tiny.write(tmp_path_factory.mktemp("reviews"))
    with np.load(file, allow_pickle=True) as arrays:
        parts = dict(arrays)
    for part in ("train", "test"):
        for review, label in zip(parts[f"x_{part}"], parts[f"y_{part}"], strict=True):
            review[:] = [rank % 10 + 1 + 10 * int(label) for rank in review]
    np.savez(file, **parts)
    return file


def options(reviews, out, epochs=12):
    more = ("--model", "embedding", "--edition", 2, "--epochs", epochs)
    return "--data", reviews, "--out", out, *more, *tiny.TRAIN


def figures(run):
    """The history of a run, as numbers."""
    with (run / "history.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return np.array([[float(value) for value in row.values()] for row in rows])


@pytest.fixture(scope="module")
def unbroken(reviews, tmp_path_factory):
    """The history of the run that no process has broken."""
    folder = tmp_path_factory.mktemp("unbroken")
    job = train(folder, 1, *options(reviews, folder / "run"))
    assert job.ended() == [0], job.said()
    found = figures(folder / "run")
    assert len(found) == 12
    return found


@pytest.mark.long
@pytest.mark.timeout(1_300)
def test_killed_a_job_ends_and_goes_on_with_another_number_of_processes(
    reviews, unbroken, tmp_path
):
    """SIGKILL of any of them; the others end within a minute, with one line."""
    random.seed(1)
    run = tmp_path / "run"
    begin = options(reviews, run)
    for count, victim in ((2, 0), (2, 1), (4, 2)):
        job = train(tmp_path / f"{count}-{victim}", count, *begin)
        snapshots = run / "snapshots"
        before = set(snapshots.glob("*.npz"))
        while set(snapshots.glob("*.npz")) <= before and job.all[0].poll() is None:
            time.sleep(0.02)  # an epoch is complete
        time.sleep(random.random() / 5)
        job.all[victim].kill()
        codes = job.ended(60)
        assert codes[victim] == -signal.SIGKILL, job.said()
        for number, said in enumerate(job.said()):
            if number == victim or codes[number] == 0:
                continue
            assert codes[number] == 1, said
            [line] = [line for line in said.splitlines() if "error" in line]
            assert GONE in line and f"--resume {run}" in line
            assert "Traceback" not in said and "***" not in said
        begin = ("--resume", run)
    for count in (1, 2):
        job = train(tmp_path / f"end-{count}", count, *begin)
        assert job.ended() == [0] * count, job.said()
        np.testing.assert_allclose(figures(run), unbroken, atol=1e-4)


@pytest.mark.long
@pytest.mark.timeout(700)
def test_processes_that_are_told_to_train_differently_say_so_and_end(reviews, tmp_path):
    there = f"127.0.0.1:{free_port()}"

    def command(number):
        job = ("--coordinator", there, "--processes", 2, "--process", number)
        seed = ("--seed", 40 + number)
        return (
            *("train.py", "--backend", "jax", *job, *seed),
            *options(reviews, tmp_path / "run"),
        )

    job = Processes(tmp_path / "logs", 2, command)
    assert job.ended(200) == [1, 1], job.said()
    for said in job.said():
        assert "error: the processes differ in their options: process 1" in said


@pytest.mark.long
@pytest.mark.timeout(700)
def test_one_writes_and_shows_and_an_interrupt_says_how_to_go_on(reviews, tmp_path):
    run = tmp_path / "run"
    job = train(tmp_path / "logs", 2, *options(reviews, run, 10_000))
    while not list(run.glob("snapshots/*.npz")) and job.all[0].poll() is None:
        time.sleep(0.05)
    job.all[0].send_signal(signal.SIGTERM)
    codes = job.ended(60)
    first, second = job.said()
    assert codes == [130, 1], (first, second)
    assert f"train.py --resume {run}" in first
    assert "process 1 of 2 has joined; process 0 shows and writes" in second
    assert GONE in second
    assert "Epoch 1/" in first and "Epoch" not in second
