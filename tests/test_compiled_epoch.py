"""The compiled epoch: what `model.fit` gives on the same batches, to rounding."""

import shutil

import keras
import numpy as np
import pytest

import models
from chapter9.training import compiled_epoch, one_epoch
from chapter9.training import train as training
from chapter9.training.epoch_program import XLA_OPTIONS
from tests import tiny
from tests.conftest import ROOT, run_command

SAMPLES, BATCH_SIZE, TIMESTEPS, WORDS = 22, 8, 6, 30  # the last batch has 6 samples
SIZES = {"words": WORDS, "timesteps": TIMESTEPS, "cells": 4}
WITH_ADAM = (("embedding", "custom"), ("gru", "custom"))  # else RMSprop alone
CASES = [
    pytest.param(name, layer, edition, marks=[] if quick else pytest.mark.long)
    for name in models.REVIEW_MODELS
    for layer in models.LAYERS
    for edition in ((1, 2) if (name, layer) in WITH_ADAM else (1,))
    for quick in [(name, layer, edition) == ("embedding", "custom", 1)]
    # Another backend compiles every model for minutes: there, a layer once.
    if keras.backend.backend() == "tensorflow"
    or (edition == 1 and (layer == "custom" or name == "lstm-2-layers"))
]


def data(samples=SAMPLES):
    generator = np.random.default_rng(3)
    x = generator.integers(0, WORDS, (samples, TIMESTEPS), dtype=np.int32)
    return x, (x[:, -1:] % 2).astype(np.float32)


def build(name="embedding", layer="custom", edition=1):
    keras.utils.set_random_seed(5)
    model = models.build(name, layer=layer, **SIZES)
    training.compile_model(model, edition)
    return model


def quick_model():
    """No recurrence: soon compiled, for what does not depend on the layers."""
    keras.utils.set_random_seed(5)
    model = keras.Sequential(
        [
            keras.Input((TIMESTEPS,), dtype="int32"),
            keras.layers.Embedding(WORDS, 4),
            keras.layers.GlobalAveragePooling1D(),
            keras.layers.Dense(1, activation="sigmoid"),
        ]
    )
    training.compile_model(model)
    return model


def fit(model, epochs=2, **options):
    x, y = data()
    options = {"batch_size": BATCH_SIZE, "seed": 11, "verbose": 0} | options
    return compiled_epoch.train_epochs(model, x, y, epochs=epochs, **options).history


def kerass_fit(model, drops=False, epochs=2):
    """model.fit on the batches of the compiled epoch, epoch by epoch.

    TensorFlow draws other random numbers with XLA than without. So a model that drops
    takes the full batches with jit_compile and the lone last one without, as ours does.
    """
    x, y = data()
    options = {"batch_size": BATCH_SIZE, "shuffle": False, "verbose": 0}
    full = SAMPLES // BATCH_SIZE * BATCH_SIZE
    parts = [(slice(full), True), (slice(full, None), False)]
    if not drops or keras.backend.backend() != "tensorflow":
        parts = [(slice(None), None)]
    history = {}
    for epoch in range(epochs):
        order = compiled_epoch.epoch_order(SAMPLES, 11, epoch)
        sums = {}
        for part, jit_compile in parts:
            if jit_compile is not None:
                model.jit_compile = jit_compile
                model.make_train_function(force=True)
            rows = order[part]
            for name, values in model.fit(x[rows], y[rows], **options).history.items():
                sums[name] = sums.get(name, 0) + values[0] * len(rows) / SAMPLES
        for name, value in sums.items():
            history.setdefault(name, []).append(value)
    return history


@pytest.mark.parametrize(("name", "layer", "edition"), CASES)
def test_results_equal_those_of_fit(name, layer, edition):
    drops = name in ("lstm-dropout", "lstm-2-layers")
    if drops and keras.backend.backend() == "torch":
        pytest.skip("there dropout draws from torch's one generator, whoever asks")
    ours, theirs = build(name, layer, edition), build(name, layer, edition)
    history, expected = fit(ours), kerass_fit(theirs, drops)
    assert list(history) == list(expected)
    for metric, values in expected.items():
        np.testing.assert_allclose(history[metric], values, rtol=2e-5)
    for a, b in zip(ours.get_weights(), theirs.get_weights(), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-5)
    # The state of optimizer and seed generators too: training could go on with `fit`.
    assert int(ours.optimizer.iterations.numpy()) == 2 * 3
    for a, b in zip(
        ours.non_trainable_variables, theirs.non_trainable_variables, strict=True
    ):
        np.testing.assert_array_equal(
            keras.ops.convert_to_numpy(a), keras.ops.convert_to_numpy(b)
        )


@pytest.mark.long
def test_validation_equals_evaluate_and_leaves_the_weights_alone():
    model = build("lstm-dropout")  # dropout must be off
    x, y = data(13)
    history = fit(model, epochs=1, validation_data=(x, y))
    loss, accuracy = model.evaluate(x, y, verbose=0)
    assert history["val_loss"] == pytest.approx([loss], rel=1e-5)
    assert history["val_accuracy"] == pytest.approx([accuracy])


def test_validation_in_several_batches_is_that_of_all_reviews(monkeypatch):
    monkeypatch.setattr(compiled_epoch, "EVALUATION_BATCH", 5)  # 5 + 5 + 3
    model = quick_model()
    x, y = data(13)
    history = fit(model, epochs=1, validation_data=(x, y))
    loss, accuracy = model.evaluate(x, y, verbose=0)
    assert history["val_loss"] == pytest.approx([loss], rel=1e-5)
    assert history["val_accuracy"] == pytest.approx([accuracy])


def test_order_follows_from_seed_and_epoch():
    orders = {
        (seed, epoch): compiled_epoch.epoch_order(50, seed, epoch)
        for seed in (1, 2)
        for epoch in (0, 1)
    }
    for (seed, epoch), order in orders.items():
        again = compiled_epoch.epoch_order(50, seed, epoch)
        np.testing.assert_array_equal(order, again)
        np.testing.assert_array_equal(np.sort(order), np.arange(50))
    assert len({order.tobytes() for order in orders.values()}) == 4


def test_initial_epoch_goes_on_where_a_run_stopped():
    whole, parts = quick_model(), quick_model()
    history = fit(whole, epochs=3)
    fit(parts, epochs=1)
    rest = fit(parts, epochs=3, initial_epoch=1)
    assert rest["loss"] == pytest.approx(history["loss"][1:], rel=1e-5)
    for a, b in zip(whole.get_weights(), parts.get_weights(), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-6)


def test_early_stopping_stops_and_restores_the_best_weights():
    stopped, one_epoch = quick_model(), quick_model()
    stopping = keras.callbacks.EarlyStopping(
        "loss", min_delta=1.0, patience=2, restore_best_weights=True
    )
    history = fit(stopped, epochs=9, callbacks=[stopping])
    assert len(history["loss"]) == 3
    fit(one_epoch, epochs=1)
    for a, b in zip(stopped.get_weights(), one_epoch.get_weights(), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-6)


def test_model_checkpoint_saves_the_model_of_its_epoch(tmp_path):
    model = quick_model()
    saved = keras.callbacks.ModelCheckpoint(
        tmp_path / "{epoch}.weights.h5", save_weights_only=True
    )
    fit(model, epochs=2, callbacks=[saved])
    again = quick_model()
    again.load_weights(tmp_path / "2.weights.h5")
    for a, b in zip(model.get_weights(), again.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
    assert (tmp_path / "1.weights.h5").exists()


def test_validation_takes_a_thousand_samples_at_once_at_most():
    seen = set()

    def loss(y, predicted):  # sees the shapes when the program is made
        seen.add(predicted.shape[0])
        return keras.losses.mean_squared_error(y, predicted)

    model = quick_model()
    model.compile("sgd", loss)
    x, y = data(2_500)
    fit(model, epochs=1, validation_data=(x, y))
    assert max(seen) == 1_000
    assert min(seen) >= SAMPLES % BATCH_SIZE


def test_case_61_labels_fewer_or_more_than_inputs_are_refused():
    x, y = data()
    for labels in (y[:-1], np.concatenate([y, y])):
        with pytest.raises(ValueError, match=f"x has {SAMPLES}, y has {len(labels)}"):
            compiled_epoch.train_epochs(quick_model(), x, labels, epochs=1)


def test_case_62_text_that_a_layer_would_split_is_refused_in_words():
    words = keras.layers.TextVectorization(output_sequence_length=TIMESTEPS)
    words.adapt(["not dull but moving"])
    model = keras.Sequential([keras.Input((1,), dtype="string"), words])
    model.add(keras.layers.Embedding(9, 2))
    model.add(keras.layers.Flatten())
    model.compile("sgd", "mse")
    texts = np.array([["not dull"], ["moving"]])
    with pytest.raises(ValueError, match=r"use model\.fit"):
        compiled_epoch.train_epochs(model, texts, np.ones((2, 1)), epochs=1)


def test_case_71_training_stops_where_a_callback_says_so_within_an_epoch():
    heard = []

    class Stop(keras.callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            heard.append(batch)
            self.model.stop_training = True

    history = fit(quick_model(), epochs=3, callbacks=[Stop()])
    assert heard == [0]
    assert len(history["loss"]) == 1


def test_case_71_no_samples_are_refused_in_words():
    x, y = data()
    with pytest.raises(ValueError, match="x and y are empty"):
        compiled_epoch.train_epochs(quick_model(), x[:0], y[:0], epochs=1)


def test_callbacks_see_every_epoch_and_the_last_batch():
    seen = []
    callback = keras.callbacks.LambdaCallback(
        on_epoch_begin=lambda epoch, logs: seen.append(epoch),
        on_train_batch_end=lambda batch, logs: seen.append((batch, sorted(logs))),
    )
    fit(quick_model(), callbacks=[callback])
    assert [item for item in seen if isinstance(item, int)] == [0, 1]
    assert seen.count((2, ["accuracy", "loss"])) == 2


@pytest.mark.parametrize("samples", [1, BATCH_SIZE, BATCH_SIZE + 1])
def test_any_number_of_samples_makes_an_epoch(samples):
    model = quick_model()
    x, y = data(samples)
    history = compiled_epoch.train_epochs(
        model, x, y, epochs=1, batch_size=BATCH_SIZE, verbose=0
    ).history
    assert np.isfinite(history["loss"]).all()
    assert int(model.optimizer.iterations.numpy()) == -(-samples // BATCH_SIZE)


def test_pace_settles_where_a_chunk_takes_about_a_second():
    pace = one_epoch.Pace(seconds=1.0)
    for _ in range(20):
        pace.update(pace.batches * 0.01)
    assert 0.5 <= pace.batches * 0.01 <= 2
    for _ in range(20):
        pace.update(pace.batches * 10.0)
    assert pace.batches == 1


@pytest.mark.skipif(keras.backend.backend() != "jax", reason="XLA's options in JAX")
def test_jax_compiles_with_what_makes_a_gpu_deterministic(monkeypatch):
    expected = fit(quick_model(), epochs=1)["loss"]
    monkeypatch.setitem(XLA_OPTIONS, "xla_gpu_deterministic_ops", True)
    assert fit(quick_model(), epochs=1)["loss"] == pytest.approx(expected, rel=1e-6)
    monkeypatch.setitem(XLA_OPTIONS, "xla_has_no_such_option", True)
    with pytest.raises(Exception, match="No such compile option"):
        fit(quick_model(), epochs=1)


@pytest.mark.skipif(keras.backend.backend() != "jax", reason="XLA's options in JAX")
def test_a_cpu_is_asked_for_nothing_that_is_a_gpus(monkeypatch):
    import jax

    monkeypatch.setattr(jax, "default_backend", lambda: "cpu")
    compiled_epoch.make_deterministic()
    assert not XLA_OPTIONS
    monkeypatch.setattr(jax, "default_backend", lambda: "gpu")
    options = {}
    monkeypatch.setattr(compiled_epoch, "XLA_OPTIONS", options)
    compiled_epoch.make_deterministic()
    assert options == {"xla_gpu_deterministic_ops": True}


@pytest.mark.timeout(1_800)
@pytest.mark.long
@pytest.mark.parametrize("backend", ["jax", "torch"])
def test_on_another_backend(backend):
    if keras.backend.backend() != "tensorflow":
        pytest.skip("is what runs this")
    pytest.importorskip(backend)
    code, out, err = run_command(
        "-m", "pytest", "-q", "-m", "", "-k", "not command and not another",
        "-p", "no:cacheprovider", ROOT / "tests" / "test_compiled_epoch.py",
        KERAS_BACKEND=backend, XLA_FLAGS="--xla_backend_optimization_level=0",
        timeout=1_700,
    )  # fmt: skip
    assert code == 0, out[-3000:] + err[-1000:]


DETERMINISTIC = """
import sys
from commands import train
train.main(train.parser().parse_args(sys.argv[1:]))
import keras
if keras.backend.backend() == "torch":
    import torch
    print("deterministic:", torch.are_deterministic_algorithms_enabled())
else:
    from tensorflow.python.framework import config
    print("deterministic:", config.is_op_determinism_enabled())
"""


@pytest.mark.long
@pytest.mark.parametrize("backend", ["tensorflow", "torch"])
def test_command_deterministic_forbids_operations_that_add_in_any_order(
    backend, tmp_path
):
    """On a CPU reruns are equal as it is; what the flag changes is what may run."""
    pytest.importorskip(backend)
    options = ["--data", tiny.write(tmp_path), *tiny.TRAIN, "--epochs", "1"]
    options += ["--backend", backend]
    for name, flag in (("with", ["--deterministic"]), ("without", [])):
        out = ["--out", tmp_path / name]
        code, said, err = run_command("-c", DETERMINISTIC, *options, *out, *flag)
        assert code == 0, err
        assert f"deterministic: {bool(flag)}" in said


RERUNS = """
import sys
import keras, numpy as np
import models
from chapter9.training import compiled_epoch
if sys.argv[1] == "with":
    compiled_epoch.make_deterministic()
ended = set()
for rerun in range(3):
    generator = np.random.default_rng(0)  # some words are in most reviews
    x = np.minimum(generator.zipf(1.3, (2048, 50)), 499).astype("int32")
    y = generator.integers(0, 2, (2048, 1)).astype("float32")
    keras.utils.set_random_seed(1)
    model = models.build("embedding", words=500, cells=8, timesteps=50)
    model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
    compiled_epoch.train_epochs(model, x, y, epochs=1, batch_size=256, verbose=0)
    weights = map(keras.ops.convert_to_numpy, model.weights)
    ended.add(b"".join(w.tobytes() for w in weights))
if keras.backend.backend() == "torch":
    import torch
    gpu = torch.cuda.is_available()
else:
    import jax
    gpu = jax.default_backend() == "gpu"
print(len(ended), "on a GPU" if gpu else "on a CPU")
"""


@pytest.mark.long
@pytest.mark.skipif(not shutil.which("nvidia-smi"), reason="no GPU")
@pytest.mark.parametrize("backend", ["jax", "torch"])
def test_reruns_on_another_backend_differ_on_a_gpu_without_it(
    backend,
):
    """On a CPU they are equal anyway, see test_command_deterministic."""
    pytest.importorskip(backend)
    for flag in ("with", "without"):
        code, said, err = run_command("-c", RERUNS, flag, KERAS_BACKEND=backend)
        assert code == 0, err
        ended, _, where = said.strip().splitlines()[-1].partition(" ")
        assert where == "on a GPU"
        assert (int(ended) > 1) == (flag == "without"), (flag, said)


@pytest.mark.long
@pytest.mark.parametrize(
    ("model", "batch_size", "how"),
    [
        ("one-hot", "64", "one program, compiled by XLA (on one thread)\n"),
        ("lstm-dropout", "256", "one program, compiled by XLA\n"),
    ],
)
def test_command_deterministic_gives_bit_equal_weights(
    model, batch_size, how, tmp_path
):
    from chapter9.run_folder.run import Run

    weights = []
    for name in ("first", "second"):
        options = ["--model", model, "--data", "sample", "--epochs", "2"]
        options += ["--deterministic", "--out", tmp_path / name]
        options += ["--batch-size", batch_size]
        code, out, err = run_command("train.py", *options)
        assert code == 0, err
        assert how in out
        run = Run.open(tmp_path / name)
        assert run.settings.deterministic
        weights.append(models.load(run).get_weights())
    for a, b in zip(*weights, strict=True):
        np.testing.assert_array_equal(a, b)
    first, second = (tmp_path / name / "history.csv" for name in ("first", "second"))
    assert first.read_bytes() == second.read_bytes()
