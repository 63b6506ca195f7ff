"""Many runs that start at the same moment: each has a folder of its own."""

import json
import os
import subprocess
import sys

import pytest

from before_keras.safety.errors import UserError
from before_keras.settings import Settings
from chapter9 import data
from chapter9.run_folder.new_folder import check_free, claimed
from chapter9.run_folder.run import Run
from chapter9.run_folder.run_lock import TakenError
from tests import processes, tiny
from tests.conftest import ROOT, needs_linux, needs_posix

PROCESSES, FOLDERS = 4, 25


@pytest.fixture
def corpus(tmp_path):
    return data.load(str(tiny.write(tmp_path / "data")))


def create(folder, source, number, barrier):
    """Makes runs below runs/ as fast as it can, at the same time as others do."""
    os.chdir(folder)
    corpus = data.load(source)
    corpus.vocabulary  # noqa: B018 - read before the start, not after it
    for seed in range(number * FOLDERS, (number + 1) * FOLDERS):
        barrier.wait()
        run = Run.create(None, Settings(seed=seed), corpus)
        assert Run.open(run.path).settings.seed == seed


def test_case_56_folders_made_at_the_same_moment_hold_their_own_settings(tmp_path):
    source = str(tiny.write(tmp_path / "data"))
    barrier = processes.CONTEXT.Barrier(PROCESSES)
    started = [
        processes.Process(target=create, args=(tmp_path, source, number, barrier))
        for number in range(PROCESSES)
    ]
    for process in started:
        process.start()
    for process in started:
        process.join(120)
        assert process.exitcode == 0
    runs = list((tmp_path / "runs").iterdir())
    seeds = {Run.open(run).settings.seed for run in runs}
    assert seeds == set(range(PROCESSES * FOLDERS))
    assert len(runs) == PROCESSES * FOLDERS
    assert {path.name for run in runs for path in run.iterdir()} == {
        ".lock", ".pid", "settings.json", "vocabulary.json",
    }  # fmt: skip


@pytest.mark.long
def test_three_commands_started_together_train_three_runs(tmp_path):
    file = tiny.write(tmp_path / "data")
    command = [sys.executable, ROOT / "train.py", "--data", file, "--epochs", "1"]
    started = [
        subprocess.Popen(
            [*map(str, command), "--seed", str(seed), *tiny.TRAIN],
            cwd=tmp_path,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        for seed in (1, 2, 3)
    ]
    for process in started:
        _, error = process.communicate(timeout=300)
        assert process.returncode == 0, error.decode()
    runs = sorted((tmp_path / "runs").iterdir())
    settings = [json.loads((run / "settings.json").read_text()) for run in runs]
    assert sorted(one["settings"]["seed"] for one in settings) == [1, 2, 3]
    assert all((run / "model.keras").exists() for run in runs)


def test_a_name_below_runs_that_is_taken_gets_a_number(tmp_path, monkeypatch, corpus):
    monkeypatch.chdir(tmp_path)
    with claimed(None, "one-hot") as first, claimed(None, "one-hot") as second:
        assert first != second
        assert first.is_dir()
        assert second.is_dir()


def test_a_named_folder_that_is_taken_is_refused(tmp_path, corpus):
    run = Run.create(tmp_path / "run", Settings(), corpus)
    with pytest.raises(TakenError, match="exists already: name another"):
        Run.create(run.path, Settings(seed=1), corpus)
    assert Run.open(run.path).settings.seed == 7
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "diary.txt").write_text("mine")
    with pytest.raises(UserError, match="exists already"):
        check_free(tmp_path / "notes")
    with (
        claimed(tmp_path / "new", "one-hot") as path,
        pytest.raises(UserError, match="in use by process"),
        claimed(path, "one-hot"),
    ):
        pytest.fail("two have it")


def test_case_79_a_folder_without_settings_is_free_again(tmp_path, corpus, monkeypatch):
    """What a full disk, or a kill, leaves before there is anything to resume."""

    def full(*_):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("before_keras.run_settings.write", full)
        with pytest.raises(UserError, match="No space left"):
            Run.create(tmp_path / "run", Settings(), corpus)
    assert (tmp_path / "run" / "vocabulary.json").exists()
    run = Run.create(tmp_path / "run", Settings(), corpus)
    assert Run.open(run.path).settings == Settings()


@needs_linux
def test_case_77_a_folder_whose_name_is_no_utf_8_is_refused_at_once(tmp_path, corpus):
    folder = tmp_path / os.fsdecode(b"caf\xe9")
    with pytest.raises(UserError, match=r"caf\? is no UTF-8"):
        Run.create(folder, Settings(), corpus)
    assert not folder.exists()


@needs_posix
def test_a_folder_that_cannot_be_looked_into_is_named(tmp_path):
    with pytest.raises(UserError, match=r"cannot write .*xxx: File name too long"):
        check_free(tmp_path / ("x" * 300))


def test_an_empty_folder_of_the_users_is_taken(tmp_path, corpus):
    (tmp_path / "run").mkdir()
    assert Run.create(tmp_path / "run", Settings(), corpus).path == tmp_path / "run"
