"""settings.json: a format number, old runs that stay what they were, refusals.

tests/fixtures/runs holds runs of old versions, killed after two of four epochs, without
logs and pictures, and what the version said of them and after --resume: format-1 of
commit 0911ee8, format-2 of 01ead89, format-3 of e726a7f. They are made by

    git worktree add ../old-version 0911ee8
    cd ../old-version
    python ../<this project>/tests/fixtures/runs/make.py .../format-1
"""

import csv
import json
import shutil

import keras
import numpy as np
import pytest

import chapter9
import models
from before_keras import book, run_settings
from before_keras.run_settings import RunSettings
from before_keras.safety.errors import UserError
from before_keras.settings import Settings
from chapter9.run_folder.run import Run
from tests import processes
from tests.conftest import ROOT

RUNS = ROOT / "tests" / "fixtures" / "runs"
DATA = RUNS / "format-1" / "data" / "imdb.npz"  # the same reviews as in format-2
SAID = {
    number: json.loads((RUNS / f"format-{number}" / "said.json").read_text())
    for number in (1, 2, 3)
}
REVIEWS = ("word1 word2 word3", "word9 word8 nonsense word7 word40")
RECURRENT = {
    "embedding": chapter9.SimpleRNN,
    "lstm": keras.layers.LSTM,
    "gru": chapter9.GRU,
}
OLD = pytest.mark.parametrize(
    ("number", "model"), [(1, "embedding"), (1, "lstm"), (2, "gru"), (3, "gru")]
)
# A last digit may differ from one processor to another.
CLOSE = {"rel": 1e-4, "abs": 1e-6}


@pytest.fixture
def command(tmp_path):
    """Runs a command; returns what it prints."""

    def run(*arguments):
        log = tmp_path / "log"
        log.unlink(missing_ok=True)
        assert processes.run(*arguments, log=log) == 0, log.read_text()
        return log.read_text()

    return run


@pytest.fixture
def says(command):
    """What evaluate.py and predict.py print of a run, as make.py writes it down."""

    def of(path):
        predicted = command("predict.py", path, *REVIEWS, "--json").splitlines()
        return {
            "evaluate": json.loads(
                command("evaluate.py", path, "--data", DATA, "--json")
            ),
            "predict": [json.loads(line) for line in predicted],
            "history": (path / "history.csv").read_text(),
        }

    return of


def assert_says(found, expected):
    for name in ("loss", "accuracy"):
        assert found["evaluate"].pop(name) == pytest.approx(
            expected["evaluate"][name], **CLOSE
        )
    assert found["evaluate"].items() <= expected["evaluate"].items()
    # The old version had a score for a third review, which has no known word.
    for now, then in zip(found["predict"], expected["predict"][:2], strict=True):
        assert now.pop("probability") == pytest.approx(then["probability"], **CLOSE)
        assert now.items() <= then.items()
    for now, then in zip(
        csv.DictReader(found["history"].splitlines()),
        csv.DictReader(expected["history"].splitlines()),
        strict=True,
    ):
        assert {name: float(value) for name, value in now.items()} == pytest.approx(
            {name: float(value) for name, value in then.items()}, **CLOSE
        )


def old(number, model):
    return RUNS / f"format-{number}" / model


@OLD
def test_an_old_run_says_what_the_old_version_said(number, model, says):
    assert_says(says(old(number, model)), SAID[number][model]["cut short"])


@OLD
def test_an_old_run_is_built_of_the_layers_that_it_was_trained_with(number, model):
    loaded = models.load(Run.open(old(number, model)))
    assert type(loaded.layers[1]) is RECURRENT[model]
    assert loaded.layers[1].dropout == (book.GRU_DROPOUT[2] if number == 3 else 0)


@pytest.mark.long
@OLD
def test_an_old_run_goes_on_as_in_the_old_version(
    number, model, tmp_path, command, says
):
    """The GRU of format 2 without the dropout that one of today has, too."""
    run = shutil.copytree(old(number, model), tmp_path / "run")
    command("train.py", "--resume", run, "--data", DATA)
    assert_says(says(run), SAID[number][model]["resumed"])
    with (
        np.load(run / "snapshots" / "epoch-00004.npz") as now,
        np.load(RUNS / f"format-{number}" / f"{model}-resumed.npz") as then,
    ):
        assert set(now.files) == set(then.files)
        for name in set(then.files) - {"history"}:
            np.testing.assert_allclose(now[name], then[name], rtol=1e-4, atol=1e-6)
    written = json.loads((run / "settings.json").read_text())
    assert written.get("format", 1) == number


@pytest.fixture
def folder(tmp_path):
    """A run folder with settings alone, and a function that rewrites them."""
    data = {"name": "sample", "fingerprint": "", "vocabulary": ""}
    run_settings.write(
        tmp_path, RunSettings(Settings(model="lstm"), data, {"keras": "3.15.1"})
    )

    def change(**changes):
        file = tmp_path / "settings.json"
        written = json.loads(file.read_text()) | changes
        kept = {name: value for name, value in written.items() if value is not None}
        file.write_text(json.dumps(kept))
        return tmp_path

    return change


def test_what_was_written_is_read(folder):
    path = folder()
    assert json.loads((path / "settings.json").read_text())["format"] == 4
    assert run_settings.read(path) == RunSettings(
        Settings(model="lstm", layer="custom"),
        {"name": "sample", "fingerprint": "", "vocabulary": ""},
        {"keras": "3.15.1"},
    )


@pytest.mark.parametrize("name", models.REVIEW_MODELS)
@pytest.mark.parametrize("layer", models.LAYERS)
def test_lstm_and_gru_of_format_1_are_kerass_whatever_it_says(folder, name, layer):
    settings = vars(Settings(model=name, layer=layer))
    read = run_settings.read(folder(format=None, settings=settings)).settings
    is_simple_rnn = name in ("one-hot", "embedding")
    assert read.layer == (layer if is_simple_rnn else "builtin")
    assert run_settings.read(folder(format=2, settings=settings)).settings.layer == (
        layer
    )


@pytest.mark.parametrize("edition", [1, 2])
@pytest.mark.parametrize("number", [1, 2, 3, 4])
@pytest.mark.parametrize("name", models.REVIEW_MODELS)
def test_only_a_gru_of_today_drops_what_the_2nd_edition_drops(
    folder, name, number, edition
):
    settings = vars(Settings(model=name, edition=edition))
    if number < 3:
        del settings["gru_dropout"]
    read = run_settings.read(folder(format=number, settings=settings)).settings
    built = models.build(name, **read.model_options())
    found = {layer.dropout for layer in built.layers if hasattr(layer, "dropout")}
    with_dropout = {"lstm-dropout", "lstm-2-layers"}
    expected = book.DROPOUT[edition] if name in with_dropout else 0
    if (name, edition) == ("gru", 2) and number > 2:
        expected = book.GRU_DROPOUT[2]
    assert found == {expected}
    assert read.lacks_dropout == (name == "gru" and number < 3 and edition == 2)


@pytest.mark.parametrize("number", [5, 10**30, 10**4000])
def test_case_64_a_newer_format_says_what_to_do(folder, number):
    path = folder(format=number, settings={"a new": "option"}, more=1)
    with pytest.raises(UserError) as error:
        run_settings.read(path)
    said = str(error.value)
    assert said.startswith(f"{path / 'settings.json'} has the format {str(number)[:9]}")
    assert "update this project (git pull)" in said
    assert "\n" not in said
    assert len(said) < 500


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"format": 0}, "its format is no number from 1 on"),
        ({"format": True}, "its format is no number from 1 on"),
        ({"format": "2"}, "its format is no number from 1 on"),
        ({"format": [2]}, "its format is no number from 1 on"),
        ({"new": 1}, "unknown to format 4: new"),
        ({"settings": vars(Settings()) | {"gru_dropout": 0}}, "--gru-dropout 0: one"),
        ({"new\x1b": 1, "format": None}, r"unknown to format 1: new\?"),
        ({"settings": None}, "the settings must be"),
        ({"settings": []}, "the settings must be"),
        ({"data": None}, "its data is none of imdb, sample, own"),
        ({"data": ["imdb"]}, "its data is none of imdb, sample, own"),
        ({"data": {"name": "imdb", "vocabulary": ""}}, "its data has no fingerprint"),
        ({"data": {"name": "imdb", "fingerprint": ""}}, "its data has no vocabulary"),
        ({"versions": [1]}, "its versions are not valid"),
    ],
)
def test_impossible_settings_are_damaged(folder, changes, words):
    path = folder(**changes)
    with pytest.raises(UserError, match=f"settings.json is damaged: {words}"):
        Run.open(path)


def test_no_run_of_format_3_has_reviews_of_the_users_own(folder):
    data = {"name": "own", "fingerprint": "", "vocabulary": ""}
    with pytest.raises(UserError, match=r"its data is none of imdb, sample$"):
        run_settings.read(folder(format=3, data=data))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"format": 5}, "update this project"),
        ({"settings": {"backend": "torch"}}, "is damaged: the settings must be"),
    ],
)
def test_resume_says_in_one_line_what_is_wrong(folder, changes, words, tmp_path):
    log = tmp_path / "log"
    path = folder(**changes)
    assert processes.run("train.py", "--resume", path, log=log) == 1
    assert log.read_text().startswith("error: ")
    assert words in log.read_text()
    assert log.read_text().count("\n") == 1
