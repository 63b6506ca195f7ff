"""More than two labels: a softmax neuron for each, from the file to the prediction."""

import json
import re
import signal

import keras
import numpy as np
import pytest

import models
from before_keras import run_settings
from before_keras.own_reviews import Asked
from before_keras.safety import bounds
from before_keras.safety.errors import UserError
from before_keras.settings import Settings
from chapter9 import data, output_layer
from chapter9.data.text import Vocabulary
from chapter9.inference import outcomes, tables
from chapter9.inference.evaluation import Evaluation, evaluate
from chapter9.inference.prediction import predict
from chapter9.training import compiled_epoch
from chapter9.training.train import compile_model
from tests import labels, own
from tests.conftest import needs_posix

SIZES = {"words": 60, "cells": 8, "timesteps": 12}
OPTIONS = (
    *("--words", 60, "--cells", 8, "--timesteps", 12),
    *("--batch-size", 8, "--edition", 2, "--lang", "en"),
)
TRAIN = ("--model", "embedding", "--epochs", 25, "--deterministic", *OPTIONS)


@pytest.fixture(scope="module")
def trained(said, tmp_path_factory):
    """A run on news of three topics, which their words tell."""
    folder = tmp_path_factory.mktemp("topics")
    file, run = own.write(folder / "news.csv", labels.topics()), folder / "run"
    code, output = said("train.py", "--data", file, "--out", run, *TRAIN)
    assert code == 0, output
    assert "labels from label: business (36), sports (36), world (36)" in output
    return run, file


def softmax(z):
    powers = np.exp(z - z.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


@pytest.mark.parametrize("name", models.REVIEW_MODELS)
def test_every_model_ends_in_a_neuron_for_each_label(name):
    two, five = (models.build(name, **SIZES, labels=n) for n in (2, 5))
    assert two.layers[-1].activation is keras.activations.sigmoid
    assert five.output_shape == (None, 5)
    assert five.layers[-1].activation is keras.activations.softmax
    assert five.count_params() == two.count_params() + 4 * (8 + 1)


def test_outputs_and_losses_are_numpys():
    keras.utils.set_random_seed(3)
    model = keras.Sequential([keras.Input((4,)), output_layer.output_layer(5)])
    x = np.random.default_rng(0).normal(size=(6, 4)).astype("float32")
    y = np.array([[0], [1], [2], [3], [4], [4]], "float32")
    kernel, bias = model.get_weights()
    expected = softmax(x @ kernel + bias)
    outputs = model.predict(x, verbose=0)
    np.testing.assert_allclose(outputs, expected, rtol=1e-5)
    losses = -np.log(expected[np.arange(6), y[:, 0].astype(int)])
    np.testing.assert_allclose(output_layer.losses(y, outputs), losses, rtol=1e-4)
    assert output_layer.predicted(outputs).tolist() == expected.argmax(1).tolist()
    found = evaluate(model, data.Split(x, y))
    assert found.loss == pytest.approx(losses.mean(), rel=1e-5)
    assert found.confusion.sum(axis=1).tolist() == [1, 1, 1, 1, 2]
    for label, answer in zip(y[:, 0].astype(int), expected.argmax(1), strict=True):
        assert found.confusion[label, answer] >= 1


def test_two_labels_have_one_neuron_whose_probability_is_that_of_label_1():
    outputs = np.array([[0.2], [0.5], [0.7]])
    np.testing.assert_allclose(
        output_layer.probabilities(outputs), [[0.8, 0.2], [0.5, 0.5], [0.3, 0.7]]
    )
    assert output_layer.predicted(outputs).tolist() == [0, 0, 1]


def test_a_compiled_epoch_equals_fit():
    generator = np.random.default_rng(3)
    x = generator.integers(0, 60, (22, 12), dtype=np.int32)
    y = (x[:, -1:] % 5).astype(np.float32)

    def made():
        keras.utils.set_random_seed(5)
        model = models.build("embedding", **SIZES, labels=5)
        compile_model(model)
        return model

    ours, theirs = made(), made()
    found = compiled_epoch.train_epochs(
        ours, x, y, epochs=2, batch_size=8, seed=1, verbose=0
    ).history
    for epoch in range(2):
        order = compiled_epoch.epoch_order(22, 1, epoch)
        history = theirs.fit(
            x[order], y[order], batch_size=8, shuffle=False, verbose=0
        ).history
        assert list(history) == list(found)
        for name, [value] in history.items():
            assert found[name][epoch] == pytest.approx(value, rel=2e-5)
    for a, b in zip(ours.get_weights(), theirs.get_weights(), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-5)


def test_a_run_keeps_its_labels_and_is_good_at_them(said, trained):
    run, _ = trained
    assert run_settings.read(run).data["labels"] == list(labels.TOPICS)
    code, output = said("evaluate.py", run, "--json")
    assert code == 0, output
    found = json.loads(output)
    assert found["labels"] == list(labels.TOPICS)
    assert found["accuracy"] > 0.9
    assert np.array(found["confusion"]).sum(axis=1).tolist() == [4, 4, 4]
    assert np.trace(found["confusion"]) == round(found["accuracy"] * 12)
    code, output = said("evaluate.py", run, "--lang", "en")
    assert re.search(r"label \\ predicted ┃ business ┃ sports ┃ world", output)
    assert re.search(r"label +┃ reviews ┃ precision ┃ recall", output)


def test_a_prediction_has_its_runners_up(said, trained):
    run, _ = trained
    text = "news 7 of the goal and match and coach"
    code, output = said("predict.py", run, text, "--lang", "en")
    assert code == 0, output
    first, legend = output.splitlines()[:2]
    numbers = re.match(
        r"(0\.\d{3}) sports, (0\.\d{3}) (?:world|business), (0\.\d{3}) \w+: ", first
    )
    shares = [float(number) for number in numbers.groups()]
    assert shares == sorted(shares, reverse=True)
    assert sum(shares) == pytest.approx(1, abs=0.002)
    assert "of those that come after it" in legend
    code, output = said("predict.py", run, text, "--json")
    found = json.loads(output)
    assert found["label"] == "sports" == next(iter(found["probabilities"]))
    assert found["probability"] == found["probabilities"]["sports"]
    code, output = said("predict.py", run, "zzz", "--json")
    assert code == 1
    assert '"probability": null, "label": null, "reason"' in output


def test_predictions_are_those_of_the_model():
    keras.utils.set_random_seed(1)
    vocabulary = Vocabulary(["good", "bad"], "words")
    model = models.build("embedding", words=6, cells=3, timesteps=4, labels=5)
    found = predict(model, vocabulary, ["good bad", "?"], 4, 6, labels.STARS)
    tokens = np.array([[0, 1, *vocabulary.encode("good bad", 6)[1:]]])
    expected = model.predict(tokens, verbose=0)[0]
    np.testing.assert_allclose(found[0].probabilities, expected, rtol=1e-5)
    assert found[0].label == labels.STARS[expected.argmax()]
    assert found[0].probability == max(found[0].probabilities)
    assert found[1].label is None
    assert found[1].probabilities == ()


def test_a_second_file_is_to_test_on_and_must_have_the_same_labels(said, trained):
    run, file = trained
    other = own.write(file.with_name("test.csv"), labels.topics(7, seed=3))
    corpus = data.load(str(file), Asked(test_data=str(other)))
    assert (len(corpus.training), len(corpus.test)) == (120, 7)
    assert corpus.test.labels.tolist() == [0, 1, 2, 0, 1, 2, 0]
    code, output = said("evaluate.py", run, "--data", other, "--json")
    assert json.loads(output)["reviews"] == 7
    wrong = own.write(file.with_name("w.csv"), [*labels.topics(6), ("a", "art")])
    code, output = said("evaluate.py", run, "--data", wrong, "--lang", "en")
    assert code == 1
    said_of_it = "line 8: the label art is none of business, sports, world\n"
    assert output.endswith(said_of_it)


@pytest.mark.long
def test_pictures_and_verify_take_the_run(said, trained, tmp_path):
    run, _ = trained
    text = "news 7 of the goal and match and coach"
    for command in (
        ("draw.py", "confusion", run, "--out", tmp_path / "c.png"),
        ("draw.py", "hidden-states", run, text, "--out", tmp_path / "h.png"),
        ("draw.py", "memory", run, "--reviews", 5, "--out", tmp_path / "m.png"),
        ("draw.py", "unfolded", run, "goal and match", "--out", tmp_path / "u.png"),
        ("draw.py", "shapes", run, "--out", tmp_path / "s.png"),
        ("draw.py", "curves", run, "--out", tmp_path / "l.png"),
        ("verify.py", "--results", run),
        ("export.py", run, "--to", "keras", "--out", tmp_path / "export"),
    ):
        code, output = said(*command)
        assert code == 0, output
    code, output = said("verify.py", "--model", run / "model.keras", "--lang", "en")
    assert code == 0, output
    assert re.search(r"kernel +8 x 3 = 24$", output, re.MULTILINE), output
    assert re.search(r"^ok +24 \+ 3 = 27$", output, re.MULTILINE), output


@pytest.mark.long
@needs_posix
def test_a_killed_run_goes_on_to_the_same_history(said, trained, tmp_path):
    run, file = trained
    killed = tmp_path / "killed"
    arguments = ("--data", file, "--out", killed, *TRAIN)
    code, output = said("train.py", *arguments, kill_at=60, folder=killed)
    assert code == -signal.SIGKILL, output
    code, output = said("train.py", "--resume", killed)
    assert code == 0, output
    assert (killed / "history.csv").read_bytes() == (run / "history.csv").read_bytes()
    ours, theirs = (keras.models.load_model(f / "model.keras") for f in (killed, run))
    for a, b in zip(ours.get_weights(), theirs.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.long
def test_seeds_have_the_figures_of_a_run(said, trained, tmp_path):
    run, file = trained
    arguments = ("--data", file, "--out", tmp_path / "seeds", *TRAIN)
    code, output = said("train.py", *arguments, "--seeds", "7,8")
    assert code == 0, output
    assert "all 2 seeds learned" in output
    assert "accuracy is 0.4 or more" in output
    alone = (run / "history.csv").read_bytes()
    assert (tmp_path / "seeds" / "seed-7.csv").read_bytes() == alone


@pytest.mark.long
def test_stars_are_kept_in_their_order_and_learnt_from_that_of_the_words(
    said, tmp_path
):
    file = own.write(tmp_path / "stars.csv", labels.stars())
    run = tmp_path / "run"
    arguments = ("--model", "gru", "--epochs", 60, "--out", run, *OPTIONS)
    code, output = said("train.py", "--data", file, *arguments)
    assert code == 0, output
    code, output = said("evaluate.py", run, "--json")
    found = json.loads(output)
    assert found["labels"] == list(labels.STARS)
    assert found["accuracy"] > 0.9  # the words are the same in all of them


def test_labels_are_ordered_as_numbers_where_they_are_numbers(tmp_path):
    for given, expected in (
        (("10", "9", "-1"), ("-1", "9", "10")),
        (("2.5", "10", "3"), ("2.5", "3", "10")),
        (("b", "10", "a"), ("10", "a", "b")),
        (("nan", "1", "inf"), ("1", "inf", "nan")),
    ):
        rows = [(f"text {k}", given[k % 3]) for k in range(9)]
        file = own.write(tmp_path / "r.csv", rows)
        assert data.load(str(file)).labels == expected


def test_a_column_of_texts_or_numbers_is_no_column_of_labels(tmp_path):
    rows = [(f"text {k}", str(k / 7)) for k in range(300)]
    with pytest.raises(UserError) as error:
        data.load(str(own.write(tmp_path / "r.csv", rows)))
    assert re.search(
        r"r\.csv, line 102: the label [\d.]+ is one more than 100 different ones: are "
        r"they labels\? Name their column with --label-column$",
        str(error.value),
    )
    rows = [(f"text {k}", str(k % bounds.MAX_LABELS)) for k in range(300)]
    corpus = data.load(str(own.write(tmp_path / "r.csv", rows)))
    assert corpus.labels == tuple(map(str, range(100)))
    assert corpus.training.labels.max() == 99
    assert "18 (2), 19 (2) ..." in corpus.note


@pytest.mark.parametrize(
    "wrong", [["a"], ["a", 1, "b"], ["a", "a", "b"], [f"{k}" for k in range(101)]]
)
def test_damaged_labels_of_a_run_are_refused(trained, tmp_path, wrong):
    written = json.loads((trained[0] / "settings.json").read_text())
    written["data"]["labels"] = wrong
    (tmp_path / "settings.json").write_text(json.dumps(written))
    with pytest.raises(UserError, match="the labels of its data are not two names or"):
        run_settings.read(tmp_path)


def test_guessing_is_harder_with_more_labels():
    history = {"val_loss": [1.0], "val_accuracy": [0.45]}
    assert not outcomes.outcome(0, history).learned
    assert outcomes.outcome(0, history, 3).learned
    assert outcomes.least(2) == outcomes.LEARNED


def test_tables_show_precision_and_recall_and_no_matrix_too_wide():
    names = tuple(map(str, range(12)))
    confusion = np.zeros((12, 12), int)
    confusion[0, 0], confusion[0, 1], confusion[1, 1], confusion[2, 1] = 3, 1, 2, 2
    [table] = tables.label_tables(Evaluation(0.1, 0.6, confusion), names)
    columns = [list(column.cells) for column in table.columns]
    assert [column[:4] for column in columns] == [
        ["0", "1", "2", "3"],
        ["4", "2", "2", "0"],
        ["1.0000", "0.4000", "-", "-"],
        ["0.7500", "1.0000", "0.0000", "-"],
    ]
    two = tables.label_tables(Evaluation(0.1, 0.6, confusion[:2, :2]), names[:2])
    assert len(two) == 1


def test_settings_know_nothing_of_labels():
    """A run on IMDB is written as ever."""
    assert "labels" not in Settings().model_options()
