"""A run finds its reviews again, without an option and without a network."""

import shutil

import pytest

from before_keras.safety.errors import UserError
from chapter9 import data
from chapter9.run_folder.run import Run
from tests import processes, tiny


@pytest.fixture
def said(tmp_path, monkeypatch):
    """Runs a command with nothing of Keras's at hand; returns exit code and output."""
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))

    def run(*arguments):
        log = tmp_path / "log"
        log.unlink(missing_ok=True)
        code = processes.run(*arguments, log=log)
        datasets = tmp_path / "keras" / "datasets"
        assert not datasets.exists(), "it looked for a download"
        return code, log.read_text()

    return run


@pytest.fixture
def trained(said, tmp_path):
    """A run on an imdb.npz of the user's own, and the file."""
    file, run = tiny.write(tmp_path / "data"), tmp_path / "run"
    options = ("--data", file, "--epochs", 1, "--out", run, *tiny.TRAIN)
    code, output = said("train.py", *options)
    assert code == 0, output
    return file, run


def every_command(run, folder):
    """The commands that need a run's reviews, with no word of where these are."""
    yield "evaluate.py", run
    yield "train.py", "--resume", run
    picture = folder / f"{len(list(folder.iterdir()))}.png"
    yield "draw.py", "memory", run, "--out", picture, "--reviews", 10


def test_the_file_is_where_it_was(said, trained, tmp_path):
    for command in every_command(trained[1], tmp_path):
        code, output = said(*command)
        assert code == 0, output


def test_the_file_has_moved_but_was_read_before(said, trained, tmp_path):
    file, run = trained
    shutil.move(file.parent, tmp_path / "elsewhere")
    for command in every_command(run, tmp_path):
        code, output = said(*command)
        assert code == 0, output


def test_another_file_has_taken_its_place(said, trained, tmp_path):
    file, run = trained
    _, expected = said("evaluate.py", run, "--json")
    tiny.write(file.parent, seed=1)
    code, found = said("evaluate.py", run, "--json")
    assert code == 0
    assert found == expected  # the reviews of the run, out of the cache


def test_case_59_other_reviews_are_refused_unless_asked_for(
    said, trained, tmp_path, monkeypatch
):
    file, run = trained
    _, expected = said("evaluate.py", run, "--json")
    monkeypatch.setenv("CHAPTER9_CACHE", str(tmp_path / "no cache"))
    file.unlink()
    other = tiny.write(tmp_path / "other", seed=1)
    monkeypatch.setenv("CHAPTER9_DATA", str(other))
    for command in every_command(run, tmp_path):
        code, output = said(*command)
        assert code == 1
        assert output.startswith(f"error: {other} holds other reviews than those of")
        assert output.count("\n") == 1
    code, found = said("evaluate.py", run, "--data", other, "--json")
    assert code == 0
    assert found != expected
    code, output = said("train.py", "--resume", run, "--data", other)
    assert code == 1  # never: a resumed run goes on with its own
    assert "the reviews are not those that" in output


def test_case_76_an_empty_name_is_refused(said, trained):
    for command in ("evaluate.py", trained[1]), ("draw.py", "memory", trained[1]):
        code, output = said(*command, "--data", "")
        assert code == 1
        assert "the path of the data is empty" in output


def test_a_run_that_does_not_know_its_file_looks_where_imdb_is(trained, monkeypatch):
    """As runs of older versions."""
    file, path = trained
    run = Run.open(path)
    old = {k: v for k, v in run.data.items() if k not in ("path", "checksum")}
    monkeypatch.setenv("CHAPTER9_DATA", str(file))
    found = data.load_again(old)
    assert found.fingerprint == run.data["fingerprint"]
    monkeypatch.setenv("CHAPTER9_DATA", str(tiny.write(file.parent / "x", seed=1)))
    with pytest.raises(UserError, match="holds other reviews than those of this run"):
        data.load_again(old)


def test_a_sample_that_has_changed_since_is_refused():
    remembered = {"name": "sample", "fingerprint": "of an older version"}
    with pytest.raises(UserError, match="sample holds other reviews"):
        data.load_again(remembered)


def test_the_file_and_its_words_are_named_where_they_are_missing(said, tmp_path):
    file = tiny.write(tmp_path / "data")
    (file.parent / "imdb_word_index.json").unlink()
    log = tmp_path / "log"
    code = processes.run("train.py", "--data", file, *tiny.TRAIN, log=log)
    assert code == 1
    assert f"imdb_word_index.json may also lie beside {file}" in log.read_text()
