"""Training: the best model kept, early stopping as Keras has it, loss that explodes."""

import csv
import json
import os
import re
import signal

import keras
import numpy as np
import pytest
import rich
from hypothesis import given
from hypothesis import strategies as st

import models
from before_keras import book
from before_keras.safety.errors import UserError
from before_keras.settings import Settings
from chapter9 import data
from chapter9.inference.evaluation import evaluate
from chapter9.inference.tables import confusion_table
from chapter9.run_folder.history import best_epoch
from chapter9.run_folder.run import Run
from chapter9.training import train as training
from chapter9.training.recorder import should_stop
from tests import tiny
from tests.conftest import needs_linux

OPTIONS = {"words": 30, "cells": 3, "timesteps": 6, "batch_size": 8}


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    return data.load(str(tiny.write(tmp_path_factory.mktemp("tiny"))))


def train(path, corpus, **options):
    settings = Settings(**OPTIONS, **options)
    run = Run.create(path, settings, corpus)
    keras.utils.set_random_seed(settings.seed)
    model = models.build(settings.model, **settings.model_options())
    return run, model, training.train(model, corpus, run, verbose=0)


def test_run_folder_holds_all_that_the_readme_names(tmp_path, corpus):
    run, _, history = train(tmp_path / "run", corpus, epochs=2)
    names = {file.name for file in run.path.iterdir() if file.name[0] != "."}
    assert names == {
        *("model.keras", "settings.json", "vocabulary.json", "history.csv"),
        *("logs", "snapshots"),
    }
    written = json.loads((run.path / "settings.json").read_text())
    assert written["data"]["name"] == "imdb"
    assert set(written["versions"]) == {"python", "keras", "tensorflow", "numpy"}
    with open(run.path / "history.csv") as table:
        rows = list(csv.DictReader(table))
    assert [row["epoch"] for row in rows] == ["1", "2"]
    assert run.history() == history
    assert list(run.path.glob("logs/**/events*"))


def test_case_17_an_interrupt_while_saving_waits_until_all_is_saved(tmp_path, corpus):
    class Interrupted(Run):
        def save_model(self, model):
            os.kill(os.getpid(), signal.SIGINT)
            super().save_model(model)

    run = Interrupted.create(tmp_path / "run", Settings(**OPTIONS), corpus)
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt):
            training.train(models.new(run), corpus, run, verbose=0)
    finally:
        signal.signal(signal.SIGINT, before)
    names = {str(file.relative_to(run.path)) for file in run.path.rglob("*.*")}
    assert {"model.keras", "history.csv", "snapshots/epoch-00001.npz"} <= names
    assert not list(run.path.rglob(".[0-9]*"))


def test_case_15_no_snapshot_is_ahead_of_the_best_model(tmp_path, corpus):
    """Were it written first, the run would go on after an epoch that is not saved."""
    run = Run.create(tmp_path / "run", Settings(**OPTIONS), corpus)
    run.model_file.mkdir()  # nothing can be put in its place
    with pytest.raises(UserError, match=r"cannot write .*run"):
        training.train(models.new(run), corpus, run, verbose=0)
    assert not list(run.path.rglob("epoch-*"))


def test_case_79_before_the_first_epoch_no_model_is_called_intact(tmp_path, corpus):
    run = Run.create(tmp_path / "run", Settings(**OPTIONS), corpus)
    run.model_file.mkdir()
    with pytest.raises(UserError, match="no epoch is saved yet: make room, then"):
        training.train(models.new(run), corpus, run, verbose=0)


def test_case_67_logs_that_cannot_be_written_are_named(tmp_path, corpus):
    run = Run.create(tmp_path / "run", Settings(**OPTIONS), corpus)
    (run.path / "logs").write_text("a file in the place of the folder")
    with pytest.raises(UserError, match=r"cannot write .*logs: "):
        training.train(models.new(run), corpus, run, verbose=0)


@needs_linux
def test_case_67_a_full_disk_is_not_called_out_of_memory():
    """TensorFlow has one name for both."""
    import tensorflow as tf

    with (
        pytest.raises(tf.errors.ResourceExhaustedError) as full,
        tf.io.gfile.GFile("/dev/full", "w") as file,
    ):
        file.write("x" * 10**6)
    assert "make room" in str(training.explained(full.value))
    with pytest.raises(tf.errors.ResourceExhaustedError) as memory:
        tf.zeros((2**22, 2**22))
    assert "out of memory" in str(training.explained(memory.value))


def test_case_78_a_run_that_goes_on_says_which_versions_differ(
    tmp_path, corpus, capsys
):
    run = Run.create(tmp_path / "run", Settings(**OPTIONS), corpus)
    run.warn_of_other_versions()
    assert capsys.readouterr().err == ""
    file = run.path / "settings.json"
    written = json.loads(file.read_text())
    written["versions"] |= {"numpy": "1.0\x1b[2J", "keras": 3}
    file.write_text(json.dumps(written))
    Run.open(run.path).warn_of_other_versions()
    said = capsys.readouterr().err
    assert f"keras 3 -> {keras.__version__}, numpy 1.0?[2J -> {np.__version__}" in said
    assert "tensorflow" not in said


def test_best_epochs_weights_are_saved_and_restored(tmp_path, corpus):
    run, model, history = train(tmp_path / "run", corpus, model="lstm", edition=2)
    _, validation = data.split(corpus, 6, 30)
    loss, accuracy = model.evaluate(validation.x, validation.y, verbose=0)
    best = best_epoch(history)
    assert best < len(history["loss"]) - 1, "the last weights are the best"
    assert loss == pytest.approx(history["val_loss"][best], rel=1e-5)
    assert accuracy == pytest.approx(history["val_accuracy"][best], rel=1e-5)
    saved = keras.models.load_model(run.model_file)
    for ours, theirs in zip(model.get_weights(), saved.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)


@given(st.lists(st.sampled_from([0.1, 0.2, 0.3, 0.4]), min_size=1, max_size=20))
def test_early_stopping_is_keras_early_stopping(losses):
    callback = keras.callbacks.EarlyStopping(patience=book.PATIENCE)
    callback.set_model(keras.Sequential())
    callback.on_train_begin()
    for epoch, loss in enumerate(losses):
        callback.model.stop_training = False
        callback.on_epoch_end(epoch, {"val_loss": loss})
        stops = should_stop({"val_loss": losses[: epoch + 1]})
        assert stops == callback.model.stop_training
        if stops:
            break


def test_edition_1_is_rmsprop_at_1e_4_and_edition_2_adam():
    for edition, kind in ((1, keras.optimizers.RMSprop), (2, keras.optimizers.Adam)):
        model = models.build("weights")
        training.compile_model(model, edition)
        assert type(model.optimizer) is kind
        assert model.loss == "binary_crossentropy"
    assert book.LEARNING_RATE == 1e-4


def test_case_19_loss_that_is_not_finite_keeps_the_last_finite_model(
    tmp_path, corpus, monkeypatch
):
    run, _, _ = train(tmp_path / "run", corpus, epochs=1)
    before = run.model_file.read_bytes()
    settings = json.loads((run.path / "settings.json").read_text())
    settings["settings"]["epochs"] = 50
    (run.path / "settings.json").write_text(json.dumps(settings))

    def explode(model, edition):
        model.compile(
            "rmsprop", loss=lambda y, p: p * float("nan"), metrics=["accuracy"]
        )

    monkeypatch.setattr(training, "compile_model", explode)
    run = Run.open(run.path)
    model = models.build(run.settings.model, **run.settings.model_options())
    with pytest.raises(
        UserError, match="the loss is not finite in epoch 2, batch 1, at"
    ):
        training.train(model, corpus, run, verbose=0)
    assert run.model_file.read_bytes() == before


def test_case_28_out_of_memory_suggests_batch_or_length(tmp_path, corpus, monkeypatch):
    import tensorflow as tf

    settings = Settings(**OPTIONS)
    run = Run.create(tmp_path / "run", settings, corpus)
    model = models.build(settings.model, **settings.model_options())

    def exhausted(*arguments, **options):
        tf.zeros((2**22, 2**22))  # 64 TiB, asked for in earnest

    monkeypatch.setattr(training.compiled_epoch, "train_epochs", exhausted)
    with pytest.raises(UserError, match="smaller --batch-size or --timesteps"):
        training.train(model, corpus, run, verbose=0)


def test_the_confusion_matrix_has_a_row_for_each_label(capsys):
    """A model that says of every review what its one token is."""
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, "sigmoid")])
    model.set_weights([np.array([[9.0]]), np.array([-4.5])])
    said = np.array([0, 1, 1, 1, 1, 0, 0, 1, 1])[:, None]
    labels = np.array([0, 0, 0, 0, 1, 1, 1, 1, 1], "float32")[:, None]
    result = evaluate(model, data.Split(said, labels))
    assert result.confusion.tolist() == [[1, 3], [2, 3]]
    assert result.accuracy == pytest.approx(4 / 9)
    rich.print(confusion_table(result))
    cells = [re.findall(r"\d", line) for line in capsys.readouterr().out.splitlines()]
    assert [row for row in cells if row] == [["1", "3"], ["2", "3"]]


@pytest.mark.long
@pytest.mark.parametrize("edition", [1, 2])
@pytest.mark.parametrize("name", models.REVIEW_MODELS)
def test_every_model_trains_evaluates_and_predicts(tmp_path, corpus, name, edition):
    from chapter9.inference.prediction import predict

    run, model, history = train(
        tmp_path / "run", corpus, model=name, edition=edition, epochs=1
    )
    assert len(history["loss"]) == 1
    loaded = models.load(run)
    reviews = data.prepare(corpus.test, 6, 30)
    result = evaluate(loaded, reviews)
    loss, accuracy = model.evaluate(reviews.x, reviews.y, verbose=0)
    assert result.loss == pytest.approx(loss, rel=1e-5)
    assert result.accuracy == pytest.approx(accuracy)
    assert result.confusion.sum() == len(corpus.test)
    review = corpus.vocabulary.decode(corpus.test[0].tolist()[1:])
    [said] = predict(loaded, run.vocabulary, [review], 6, 30)
    [expected] = loaded.predict(reviews.x[:1], verbose=0)
    assert said.probability == pytest.approx(float(expected[0]), abs=1e-6)
