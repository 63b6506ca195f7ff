"""Nothing lost: killed at any moment, a run ends as if it had never been."""

import concurrent.futures
import json
import os
import random
import signal
import subprocess
import time

import keras
import numpy as np
import pytest

from before_keras.safety.errors import UserError
from before_keras.safety.files import uninterrupted
from chapter9.run_folder import snapshot
from chapter9.run_folder.history import METRICS
from tests import processes, tiny
from tests.conftest import needs_linux, needs_posix, run_command

KILLS = int(os.environ.get("CHAPTER9_KILLS", "12"))  # make soak has 200
EPOCHS = 4


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return tiny.write(tmp_path_factory.mktemp("tiny"))


def arguments(data, out, model="lstm-dropout", *more):
    return (
        *("--model", model, "--data", data, "--out", out, "--epochs", EPOCHS),
        *("--deterministic", "--backend", "tensorflow", *tiny.TRAIN, *more),
    )


def weights(run):
    """The best model's weights, and the last epoch's with the optimizer's."""
    model = keras.models.load_model(run / "model.keras")
    with np.load(run / "snapshots" / f"epoch-{EPOCHS:05}.npz") as last:
        state = [last[name] for name in sorted(last.files)]
    return [*model.get_weights(), *state]


def assert_bit_equal(run, expected):
    for found, wanted in zip(weights(run), expected, strict=True):
        np.testing.assert_array_equal(found, wanted)


@pytest.fixture(scope="module")
def unbroken(data, tmp_path_factory):
    """A run that nothing disturbed, and how long it took."""
    folder = tmp_path_factory.mktemp("unbroken")
    started = time.monotonic()
    code = processes.run(
        "train.py", *arguments(data, folder / "run"), log=folder / "log"
    )
    assert code == 0, (folder / "log").read_text()
    return folder / "run", weights(folder / "run"), time.monotonic() - started


def finish(run, log, data):
    """Resumes until the end; a folder killed before it had settings is still free."""
    if not (run / "settings.json").exists():
        return processes.run("train.py", *arguments(data, run), log=log)
    if (run / "model.keras").exists():
        keras.models.load_model(run / "model.keras")  # complete at every moment
    return resume_with(run, data, log)


@needs_posix
@pytest.mark.long
@pytest.mark.timeout(7200)
def test_case_15_killed_at_every_write_step(data, unbroken, tmp_path):
    def kill(step):
        run, log = tmp_path / f"run{step}", tmp_path / f"log{step}"
        code = processes.run(
            "train.py", *arguments(data, run), log=log, kill_at=step, folder=run
        )
        if code == 0:
            return False  # it has no such step: all steps were killed
        assert code == -signal.SIGKILL, log.read_text()
        assert finish(run, log, data) == 0, log.read_text()
        assert_bit_equal(run, unbroken[1])
        assert {file.name for file in run.rglob(".*")} <= {".lock", ".pid"}
        return True

    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        killed = list(pool.map(kill, range(1, 101, 1 if KILLS >= 200 else 9)))
    assert sum(killed) >= 5
    assert not killed[-1]


@needs_posix
@pytest.mark.long
@pytest.mark.timeout(7200)
def test_case_14_and_16_killed_at_random_moments_again_and_again(
    data, unbroken, tmp_path
):
    moments = random.Random(9)

    def kill_twice(i):
        run, log = tmp_path / f"run{i}", tmp_path / f"log{i}"
        process = processes.start("train.py", *arguments(data, run), log=log)
        epochs = []
        for _ in range(2):
            process.join(moments.uniform(0, unbroken[2]))
            process.kill()
            process.join()
            if not (run / "settings.json").exists():
                break
            epochs.append(max(map(str, run.glob("snapshots/*.npz")), default=""))
            process = processes.start(
                "train.py", "--resume", run, "--data", data, log=log
            )
        process.kill()
        process.join()
        assert epochs == sorted(epochs)  # the epoch never goes back
        assert finish(run, log, data) == 0, log.read_text()
        assert_bit_equal(run, unbroken[1])
        return True

    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        assert all(pool.map(kill_twice, range(KILLS // 2)))


@needs_posix
@pytest.mark.long
@pytest.mark.parametrize(
    ("model", "layer"), [("lstm", "custom"), ("gru", "custom"), ("gru", "builtin")]
)
def test_case_14_lstm_and_gru_go_on_with_the_layer_they_began_with(
    data, tmp_path, model, layer
):
    log, whole, killed = (tmp_path / name for name in ("log", "whole", "killed"))
    options = (model, "--layer", layer)
    assert processes.run("train.py", *arguments(data, whole, *options), log=log) == 0
    cut = {"log": log, "kill_at": 32, "folder": killed}  # in the third epoch
    code = processes.run("train.py", *arguments(data, killed, *options), **cut)
    assert code == -signal.SIGKILL, log.read_text()
    assert not (killed / "snapshots" / f"epoch-{EPOCHS:05}.npz").exists()
    assert resume_with(killed, data, log, "--layer", layer) == 0, log.read_text()
    assert_bit_equal(killed, weights(whole))


BROKEN = """
import os, signal, sys
from pathlib import Path
import keras
import models
from before_keras.settings import Settings
from chapter9 import data
from chapter9.run_folder.run import Run
from chapter9.training.train import train

class Interrupted(Run):
    def save_history(self, history):
        super().save_history(history)
        if len(history["loss"]) == 2:
            os.kill(os.getpid(), signal.SIGINT)

corpus, folder = data.load(sys.argv[1]), Path(sys.argv[2])
sizes = {"words": 30, "cells": 3, "timesteps": 6, "batch_size": 8, "epochs": 4}
options = Settings("lstm-dropout", backend="torch", **sizes)
histories = []
for kind, name in ((Run, "whole"), (Interrupted, "broken")):
    run = kind.create(folder / name, options, corpus)
    keras.utils.set_random_seed(7)
    try:
        histories.append(train(models.new(run), corpus, run, verbose=0))
    except KeyboardInterrupt:
        run = Run.open(run.path)
        keras.utils.set_random_seed(7)
        histories.append(train(models.new(run), corpus, run, verbose=0))
        print("interrupted")
print("equal", histories[0] == histories[1], len(histories[1]["loss"]))
"""


@needs_posix
@pytest.mark.long
def test_case_66_a_resume_is_bit_equal_on_torch_with_dropout(data, tmp_path):
    pytest.importorskip("torch")
    code, said, error = run_command("-c", BROKEN, data, tmp_path, KERAS_BACKEND="torch")
    assert code == 0, error
    assert said.splitlines()[-2:] == ["interrupted", f"equal True {EPOCHS}"]


@pytest.mark.long
def test_case_27_same_seed_same_bits_another_seed_others(data, unbroken, tmp_path):
    log = tmp_path / "log"
    again, other = tmp_path / "again", tmp_path / "other"
    assert processes.run("train.py", *arguments(data, again), log=log) == 0
    assert_bit_equal(again, unbroken[1])
    seeded = arguments(data, other, "lstm-dropout", "--seed", 8)
    assert processes.run("train.py", *seeded, log=log) == 0
    assert any((a != b).any() for a, b in zip(weights(other), unbroken[1], strict=True))


def wait_until_it_trains(run, process):
    """Returns when the trainer has its folder, seconds before the first epoch ends."""
    while not (run / "logs").exists():
        time.sleep(0.01)
        assert process.is_alive()


@needs_posix
@pytest.mark.long
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_case_17_interrupt_prints_the_command_that_resumes(
    data, tmp_path, number, unbroken
):
    run, log = tmp_path / "a run", tmp_path / "log"
    long_run = [*arguments(data, run), "--epochs", 10_000]
    process = processes.start("train.py", *long_run, log=log)
    wait_until_it_trains(run, process)
    os.kill(process.pid, number)
    process.join(60)
    assert process.exitcode == 130
    assert f"train.py --resume '{run}'" in log.read_text()


@needs_posix
@pytest.mark.long
def test_case_17_an_interrupt_before_training_says_how_to_begin_it(data, tmp_path):
    """While the model is built: the run has its settings already."""
    run, log = tmp_path / "run", tmp_path / "log"
    process = processes.start("train.py", *arguments(data, run), log=log)
    while not log.exists() or "an epoch is" not in log.read_text():
        time.sleep(0.001)
        assert process.is_alive()
    os.kill(process.pid, signal.SIGTERM)
    process.join(60)
    assert process.exitcode == 130, log.read_text()
    assert f"train.py --resume {run}" in log.read_text()
    assert resume_with(run, data, log) == 0


@needs_posix
@pytest.mark.long
def test_case_25_a_second_trainer_is_refused_and_the_first_named(data, tmp_path):
    run, log, second = (tmp_path / name for name in ("run", "log", "second"))
    process = processes.start(
        "train.py", *arguments(data, run), "--epochs", 10_000, log=log
    )
    wait_until_it_trains(run, process)
    os.kill(process.pid, signal.SIGSTOP)  # so that it cannot end before the second
    code = processes.run("train.py", "--resume", run, "--data", data, log=second)
    process.kill()
    process.join()
    assert code == 1
    assert f"in use by process {process.pid}" in second.read_text()


@pytest.fixture
def copied(unbroken, tmp_path):
    """A copy of the unbroken run, to do harm to."""
    import shutil

    return shutil.copytree(unbroken[0], tmp_path / "copy"), tmp_path / "log"


@pytest.mark.long
def test_case_24_a_finished_run_has_nothing_to_do(copied, data):
    run, log = copied
    before = (run / "model.keras").read_bytes()
    assert resume_with(run, data, log) == 0
    assert f"is complete after {EPOCHS} epochs" in log.read_text()
    assert (run / "model.keras").read_bytes() == before


def resume_with(run, data, log, *more):
    return processes.run("train.py", "--resume", run, "--data", data, *more, log=log)


@pytest.mark.long
def test_case_20_changed_options_or_data_are_refused(copied, data, tmp_path):
    run, log = copied
    assert resume_with(run, data, log, "--seed", 99) == 1
    assert "--seed 99 differs from the run's 7" in log.read_text()
    assert resume_with(run, tiny.write(tmp_path / "other", seed=1), log) == 1
    assert "the reviews are not those" in log.read_text()


@pytest.mark.long
def test_case_21_and_22_damaged_snapshots(copied, data, unbroken):
    run, log = copied
    newest = max((run / "snapshots").iterdir())
    content = bytearray(newest.read_bytes())
    content[len(content) // 2] ^= 0xFF
    newest.write_bytes(content)
    assert resume_with(run, data, log) == 0, log.read_text()
    assert f"{newest} is damaged, not used" in log.read_text()
    assert_bit_equal(run, unbroken[1])
    for snapshot_file in (run / "snapshots").iterdir():
        snapshot_file.write_bytes(b"")
    assert resume_with(run, data, log) == 1
    assert "every snapshot" in log.read_text()
    for snapshot_file in (run / "snapshots").iterdir():
        snapshot_file.unlink()
    assert resume_with(run, data, log) == 1  # never begun anew in silence
    assert f"no snapshot, but {EPOCHS} epochs are recorded" in log.read_text()


@pytest.mark.long
def test_case_23_early_stopping_goes_on_counting(copied, data):
    """Three epochs that were no better: a resumed run stops at once."""
    run, log = copied
    settings = json.loads((run / "settings.json").read_text())
    settings["settings"]["epochs"] = 50
    (run / "settings.json").write_text(json.dumps(settings))
    newest = max((run / "snapshots").iterdir())
    with np.load(newest) as members:
        arrays = dict(members)
    history = json.loads(arrays["history"].tobytes())
    history["val_loss"] = [0.5, 0.6, 0.6, 0.6]
    arrays["history"] = np.frombuffer(json.dumps(history).encode(), np.uint8)
    np.savez(newest, **arrays)
    assert resume_with(run, data, log) == 0, log.read_text()
    assert "is complete after 4 epochs" in log.read_text()


@needs_posix
@pytest.mark.long
def test_case_18_full_disk_leaves_the_best_model(data, tmp_path, unbroken):
    """A file-size limit stops the snapshot's write as a full disk does."""
    run = tmp_path / "run"
    script = (
        "import resource, signal, runpy, sys\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "import chapter9.run_folder.snapshot as s\n"
        "save = s.save\n"
        "def full(folder, model, history):\n"
        "    if len(history['loss']) == 3:\n"
        "        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))\n"
        "    save(folder, model, history)\n"
        "s.save = full\n"
        "sys.argv = sys.argv[1:]\n"
        "runpy.run_path('train.py', run_name='__main__')\n"
    )
    code, _, error = run_command("-c", script, "train.py", *arguments(data, run))
    assert code == 1
    assert "the best model so far is intact: make room" in error
    assert "Traceback" not in error
    keras.models.load_model(run / "model.keras")
    assert not list(run.glob(".*.npz"))
    log = tmp_path / "log"
    assert resume_with(run, data, log) == 0, log.read_text()
    assert_bit_equal(run, unbroken[1])


@needs_linux
@pytest.mark.long
@pytest.mark.parametrize(("size", "begun"), [("40k", False), ("90k", True)])
def test_case_67_a_run_that_fills_its_disk_goes_on_when_there_is_room(
    data, tmp_path, unbroken, disk, size, begun
):
    folder, log = disk(tmp_path / "disk", size), tmp_path / "log"
    run = folder / "run"
    assert processes.run("train.py", *arguments(data, run), log=log) == 1
    said = log.read_text()
    assert "make room" in said.splitlines()[-1]
    assert "out of memory" not in said
    assert "Traceback" not in said
    assert begun == bool(list(run.glob("snapshots/*.npz")))
    subprocess.run(["mount", "-o", "remount,size=64m", str(folder)], check=True)
    assert finish(run, log, data) == 0, log.read_text()
    assert_bit_equal(run, unbroken[1])


def small_model(optimizer="rmsprop"):
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])
    model.compile(optimizer, "mse")
    model.optimizer.build(model.trainable_variables)
    return model


HISTORY = {name: [1.0] for name in METRICS}


def test_snapshot_restores_what_was_saved(tmp_path):
    saved, other = small_model(), small_model()
    saved.fit(np.ones((4, 3)), np.ones((4, 2)), verbose=0)
    snapshot.save(tmp_path, saved, HISTORY)
    assert snapshot.restore(tmp_path, other) == HISTORY
    for found, wanted in zip(
        [*other.variables, *other.optimizer.variables],
        [*saved.variables, *saved.optimizer.variables],
        strict=True,
    ):
        np.testing.assert_array_equal(found.numpy(), wanted.numpy())


def test_case_26_optimizer_state_that_does_not_fit_is_an_error(tmp_path):
    snapshot.save(tmp_path, small_model(), HISTORY)
    with pytest.raises(UserError, match="does not fit this model and optimizer"):
        snapshot.restore(tmp_path, small_model("adam"))


@pytest.mark.parametrize(
    "change",
    [
        {"model-0": np.full((3, 2), np.nan, "f4")},
        {"optimizer-0": np.array("no number")},
        {"history": np.frombuffer(b"[1]", np.uint8)},
        {"history": np.frombuffer(b'{"loss": [1.0]}', np.uint8)},
        {
            "history": np.frombuffer(
                json.dumps(HISTORY | {"loss": [np.inf]}).encode(), np.uint8
            )
        },
    ],
)
def test_case_21_a_snapshot_of_other_than_numbers_is_not_used(tmp_path, change, capsys):
    model = small_model()
    snapshot.save(tmp_path, model, HISTORY)
    with np.load(tmp_path / "epoch-00001.npz") as members:
        spoilt = {**members, **change}
    np.savez(tmp_path / "epoch-00002.npz", **spoilt)
    assert snapshot.restore(tmp_path, model) == HISTORY
    assert "epoch-00002.npz is damaged, not used" in capsys.readouterr().err


def test_case_57_a_snapshot_holds_the_state_and_nothing_else(tmp_path):
    """Before numpy 2.2 savez's allow_pickle= would be one more array."""
    model = small_model()
    snapshot.save(tmp_path, model, HISTORY)
    variables = {"model": model.variables, "optimizer": model.optimizer.variables}
    named = {f"{group}-{i}" for group, of in variables.items() for i in range(len(of))}
    with np.load(tmp_path / "epoch-00001.npz") as members:
        assert set(members.files) == {"history", *named}
    assert snapshot.restore(tmp_path, model) == HISTORY


def test_case_26_state_of_another_type_is_an_error(tmp_path):
    model = small_model()
    snapshot.save(tmp_path, model, HISTORY)
    with np.load(tmp_path / "epoch-00001.npz") as members:
        spoilt = {**members, "model-0": members["model-0"].astype("i8")}
    np.savez(tmp_path / "epoch-00001.npz", **spoilt)
    with pytest.raises(UserError, match="does not fit this model and optimizer: model"):
        snapshot.restore(tmp_path, model)


@needs_posix
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_case_17_what_is_being_saved_is_saved_before_an_interrupt_counts(number):
    saved = False
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt), uninterrupted():
            os.kill(os.getpid(), number)
            time.sleep(0.05)
            saved = True
        assert signal.getsignal(number) is signal.default_int_handler
    finally:
        signal.signal(signal.SIGTERM, before)
    assert saved


def test_every_flipped_byte_of_a_snapshot_is_noticed_or_harmless(tmp_path, capsys):
    model = small_model()
    snapshot.save(tmp_path, model, HISTORY)
    file = next(tmp_path.glob("*.npz"))
    whole = file.read_bytes()
    before = [v.numpy() for v in model.variables]
    for place in range(0, len(whole), 7):
        file.write_bytes(
            whole[:place] + bytes([whole[place] ^ 0x10]) + whole[place + 1 :]
        )
        try:
            assert snapshot.restore(tmp_path, model) == HISTORY
        except UserError:
            continue
        for variable, value in zip(model.variables, before, strict=True):
            np.testing.assert_array_equal(variable.numpy(), value)


def test_only_two_snapshots_are_kept(tmp_path):
    for epochs in range(1, 5):
        snapshot.save(
            tmp_path, small_model(), {name: [1.0] * epochs for name in METRICS}
        )
    names = sorted(file.name for file in tmp_path.iterdir())
    assert names == ["epoch-00003.npz", "epoch-00004.npz"]
