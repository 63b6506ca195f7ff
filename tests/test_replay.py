"""The author's trainings once more: the same start, the same order, his figures."""

import dataclasses
import json
import subprocess
import sys

import keras
import numpy as np
import pytest

import models
from before_keras import author, language, names
from chapter9.figures import replayed
from chapter9.training.compiled_dropout import drop_as_in_fit
from chapter9.training.compiled_epoch import train_epochs
from chapter9.training.fit_order import fit_order
from tests.conftest import ROOT, run_command
from verification import replay as replaying
from verification.replay import Replay
from verification.replay_report import Compared, ReplayReport

needs_tensorflow = pytest.mark.skipif(
    keras.backend.backend() != "tensorflow", reason="the notebooks run on TensorFlow"
)


class Rows(keras.Model):
    """A model that learns, and notes which samples it was given."""

    def __init__(self):
        super().__init__()
        self.dense, self.rows = keras.layers.Dense(1), []

    def call(self, x):
        return self.dense(x)

    def train_step(self, data):
        x, _, _ = keras.utils.unpack_x_y_sample_weight(data)
        self.rows.extend(keras.ops.convert_to_numpy(x)[:, 0])
        return super().train_step(data)


@needs_tensorflow
def test_fit_order_is_that_of_every_epoch_of_fit():
    keras.utils.set_random_seed(42)
    model = Rows()
    model.compile("sgd", "mse", run_eagerly=True)
    x = np.arange(100, dtype="float32")[:, None]
    model.fit(x, np.zeros(100), batch_size=8, epochs=2, verbose=0)
    order = fit_order(100, 8)
    assert sorted(order) == list(range(100)) != list(order)
    assert model.rows == [*order, *order]
    keras.utils.set_random_seed(43)
    assert list(fit_order(100, 8)) != list(order)


def some_reviews(count):
    x = np.random.default_rng(3).integers(0, 30, (count, 6), dtype=np.int32)
    return x, (x[:, -1:] % 2).astype("float32")


@needs_tensorflow
@pytest.mark.parametrize("layer", names.LAYERS)
def test_a_compiled_epoch_in_the_order_of_fit_has_the_figures_of_fit(layer):
    x, y = some_reviews(200)
    options = {"epochs": 2, "batch_size": 16, "verbose": 0, "validation_data": (x, y)}

    def built():
        keras.utils.set_random_seed(42)
        model = models.build("lstm", layer=layer, words=30, timesteps=6)
        model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
        return model

    in_fit = built().fit(x, y, **options).history
    model = built()
    rows = fit_order(len(x), 16)
    compiled = train_epochs(model, x, y, order=lambda epoch: rows, **options).history
    other = train_epochs(built(), x, y, **options).history
    for name, values in in_fit.items():
        assert compiled[name] == pytest.approx(values, abs=1e-5)
    assert other["loss"] != pytest.approx(in_fit["loss"], abs=1e-5)


@needs_tensorflow
@pytest.mark.parametrize("layer", names.LAYERS)
def test_a_compiled_epoch_drops_what_fit_drops(layer):
    x, y = some_reviews(40)

    def built():
        keras.utils.set_random_seed(42)
        model = models.build("lstm-dropout", layer=layer, words=30, timesteps=6)
        model.compile("adam", "binary_crossentropy", jit_compile=False)
        return model

    in_fit, alike, other = built(), built(), built()
    options = {"epochs": 2, "batch_size": 16, "verbose": 0, "validation_data": (x, y)}
    in_fit.fit(x, y, shuffle=False, **options)
    options["validation_batch_size"] = 16
    options["order"] = lambda epoch: np.arange(len(x), dtype=np.int32)
    with drop_as_in_fit():
        train_epochs(alike, x, y, **options)
    train_epochs(other, x, y, **options)
    differences = [
        max(np.abs(a - b).max() for a, b in zip(*weights, strict=True))
        for model in (alike, other)
        for weights in [(in_fit.get_weights(), model.get_weights())]
    ]
    assert differences[0] < 1e-5 < 1e-4 < differences[1]


def test_models_are_made_in_the_order_of_their_notebook(monkeypatch):
    made = []

    def build(name, **options):
        made.append((name, options["words"], options.get("edition")))
        return name

    monkeypatch.setattr(models, "build", build)
    assert replaying._made_in_turn("embedding", "builtin") == "embedding"
    assert made == [("one-hot", 200, None), ("embedding", 500, None)]
    made.clear()
    assert replaying._made_in_turn("gru", "custom") == "gru"
    assert made == [
        ("lstm", 500, None),
        ("lstm-dropout", 500, 2),
        ("lstm-2-layers", 500, 2),
        ("gru", 500, 2),
    ]


@pytest.mark.parametrize("name", ["lstm", "lstm-2-layers", "gru"])
def test_each_layer_draws_its_weights_in_the_notebooks_order(name):
    """As with `add`: the Embedding first, then the recurrent layers, then Dense."""
    keras.utils.set_random_seed(42)
    model = models.build(name, layer="builtin", words=30, timesteps=6)
    keras.utils.set_random_seed(42)
    one_by_one = keras.Sequential([keras.Input((6,), dtype="int32")])
    for layer in model.layers:
        config = layer.get_config()
        for key in [key for key in config if key.endswith("_initializer")]:
            del config[key]
        config.pop("seed", None)
        one_by_one.add(type(layer)(**config | {"name": None}))
    for ours, theirs in zip(model.weights, one_by_one.weights, strict=True):
        np.testing.assert_array_equal(ours, theirs)


def repeated(model="lstm", first=0.0, later=0.0, **changes):
    """A replay whose figures are his; off in the first epoch, or in those after it."""
    his = replaying._newest(model)
    history = {name: list(values) for name, values in his.history.items()}
    for name in ("val_loss", "val_accuracy"):
        history[name] = [
            value + (later if row else first) for row, value in enumerate(history[name])
        ]
    return dataclasses.replace(Replay(his, "builtin", True, history), **changes)


def test_his_own_training_agrees_with_itself():
    compared = Compared(repeated())
    assert compared.equal == len(compared.epochs) == 17
    assert compared.best == compared.replay.his.best_epoch == 14
    assert compared.holds and compared.largest_difference("loss") == 0


def test_how_far_the_digits_agree_and_by_how_much_they_differ():
    compared = Compared(repeated(later=0.0004))
    assert compared.equal == 1
    assert compared.largest_difference("loss") == 0.0004
    assert Compared(repeated(first=0.0004)).equal == 0


@pytest.mark.parametrize(
    "first, later, holds",
    [(0.0009, 0.2, True), (0.002, 0.0, True), (0.002, 0.2, False)],
    ids=["alike at first", "as good at its best", "neither"],
)
def test_a_replay_holds_that_starts_alike_or_ends_as_good(first, later, holds):
    assert Compared(repeated(first=first, later=later)).holds is holds
    assert ReplayReport((repeated(first=first, later=later),)).holds is holds


@pytest.mark.parametrize("spoken", language.LANGUAGES)
def test_the_report_has_a_line_for_every_epoch(spoken):
    language.use(spoken)
    try:
        lines = str(ReplayReport((repeated(later=0.0004),))).splitlines()
    finally:
        language.use("en")
    epochs = [line for line in lines if line.startswith(("epoch ", "에포크 "))]
    assert len(epochs) == 17
    assert epochs[0].split()[2:5] == ["0.4902", "0.4902", "+0.0000"]
    assert epochs[1].split()[2:5] == ["0.4556", "0.4560", "+0.0004"]
    assert max(map(len, lines)) <= 80


def test_what_json_holds():
    [one] = ReplayReport((repeated(),)).as_dict()["replays"]
    assert (one["model"], one["commit"], one["equal_epochs"]) == ("lstm", "25b29be", 17)
    assert one["best_epoch"] == {"his": 14, "here": 14}
    assert json.loads(json.dumps(one))["epochs"][13]["loss"] == [0.4217, 0.4217]


def test_the_newest_version_of_a_notebook_counts():
    dates = {name: replaying._newest(name).dates for name in names.REVIEW_MODELS}
    assert set(dates.values()) <= {"2025-06, 08; 2026-02", "2025-08; 2026-02"} | {
        "2025-01, 06, 08; 2026-02"
    }


def test_picture(tmp_path):
    one, other = repeated(), repeated("embedding", later=0.01)
    path = tmp_path / "replay.png"
    for spoken in language.LANGUAGES:
        replayed.draw([(r.his, r.history) for r in (one, other)], path, spoken)
        assert path.stat().st_size > 10_000


def test_his_dropout_trainings_differ_in_validation_alone():
    """Up to Keras 3.8, layers on cuDNN dropped inputs in validation too."""
    for model in ("lstm-dropout", "lstm-2-layers", "gru"):
        old, new = author.reruns(model, 500, 2)
        shared = min(old.epochs, new.epochs)
        for name in ("loss", "accuracy"):
            assert old.history[name][:shared] == new.history[name][:shared]
        losses = zip(old.history["val_loss"], new.history["val_loss"], strict=False)
        assert all(with_dropout > without for with_dropout, without in losses)


@pytest.mark.parametrize(
    "options, error",
    [
        (["--layer", "custom"], "--layer goes with --replay"),
        (["--fit"], "--fit goes with --replay"),
        (["--out", "x.png"], "--out goes with --replay"),
        (["--overwrite"], "--overwrite goes with --replay"),
        (["--replay", "lstm", "--out", "x.txt"], "must end in .png or .svg"),
        (["--replay", "lstm", "--out", "docs/replay.png"], "exists already"),
        (["--replay", "lstm", "--data", "sample"], "--replay needs IMDB"),
    ],
)
def test_what_does_not_go_together_is_refused_in_a_line(options, error):
    code, _, err = run_command("verify.py", *options)
    assert code == 1 and error in err and len(err.splitlines()) == 1


@pytest.mark.long
@needs_tensorflow
@pytest.mark.parametrize(
    "model, layer, epochs, best",
    [("lstm", "builtin", 17, 14), ("lstm-2-layers", "custom", 25, 22)],
)
def test_the_authors_lstm_comes_out_again_in_every_epoch(
    model, layer, epochs, best, imdb_path
):
    code, out, err = run_command(
        "verify.py",
        "--replay",
        model,
        "--layer",
        layer,
        "--json",
        "--data",
        imdb_path,
        timeout=900,
    )
    assert code == 0, err
    [one] = json.loads(out)["replays"]
    assert one["compiled"] and one["epochs_run"] == {"his": epochs, "here": epochs}
    assert one["best_epoch"] == {"his": best, "here": best}
    for epoch in one["epochs"]:
        his, here = epoch["loss"]
        assert abs(his - here) <= 0.001


@pytest.mark.long
@needs_tensorflow
def test_simple_rnn_starts_as_his_does(imdb_path):
    code, out, err = run_command(
        "verify.py",
        "--replay",
        "embedding",
        "--layer",
        "custom",
        "--json",
        "--data",
        imdb_path,
        timeout=900,
    )
    assert code == 0, err
    [one] = json.loads(out)["replays"]
    assert one["epochs"][0]["loss"] == [0.6750, 0.6750]
    assert one["equal_epochs"] >= 1


def test_what_the_progress_bar_printed():
    bar = replaying._ProgressBar()
    bar.on_epoch_begin(0)
    for batch, loss in enumerate((4.0, 2.0, 1.0)):
        bar.on_train_batch_end(batch, {"loss": loss, "accuracy": 0.5})
    bar.on_epoch_end(0)
    assert bar.printed == {"loss": [(4 + 2 + 1 + 1) / 4], "accuracy": [0.5]}
    report = str(ReplayReport((repeated(printed=bar.printed),)))
    assert "author 0.6481 / 0.6052, here 2.0000 / 0.5000" in " ".join(report.split())


FIRST_EPOCH = """
import sys
from commands import keras_import

keras_import.import_keras("tensorflow")
from before_keras import book
from chapter9 import data
from verification import replay

nudge = float(sys.argv[2])
book.EPOCHS = 1
made = replay._made_in_turn

def nudged(*arguments):
    network = made(*arguments)
    network.layers[-1].kernel.assign_add(network.layers[-1].kernel * 0 + nudge)
    return network

replay._made_in_turn = nudged
found = replay.replay("lstm-dropout", data.load(sys.argv[1]), compiled=False)
print(*(figures[0] for figures in found.printed.values()), found.history["val_loss"][0])
"""


def first_epoch(imdb_path, nudge):
    """Training loss and accuracy as printed, and validation loss, after one epoch."""
    done = subprocess.run(
        [sys.executable, "-c", FIRST_EPOCH, imdb_path, str(nudge)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=900,
    )
    assert done.returncode == 0, done.stderr
    return list(map(float, done.stdout.split()[-3:]))


@needs_tensorflow
@pytest.mark.long
def test_dropout_starts_as_his_and_a_rounding_error_moves_its_validation(imdb_path):
    """Weights, order and masks begin as in his notebook; rounding does the rest."""
    his = replaying._newest("lstm-dropout").history
    assert (his["loss"][0], his["accuracy"][0]) == (0.6662, 0.5852)
    *training, validation = first_epoch(imdb_path, 0.0)
    *nudged, moved = first_epoch(imdb_path, 1e-7)
    for figures in (training, nudged):
        assert figures == pytest.approx([0.6662, 0.5852], abs=2e-4)
    assert abs(validation - moved) > 0.001
