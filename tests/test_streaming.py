"""Samples that stay in a file while a model trains on them: as if they were held."""

import shutil

import keras
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from before_keras.safety import bounds
from before_keras.settings import Settings
from chapter9 import data
from chapter9.data import cache
from chapter9.data.padded import PaddedReviews
from chapter9.data.reviews import Reviews
from chapter9.inference.evaluation import evaluate
from chapter9.run_folder.run import Run
from chapter9.training import blocks, compiled_epoch, samples, train
from tests import tiny
from tests.conftest import needs_linux, run_command
from tests.test_compiled_epoch import BATCH_SIZE, TIMESTEPS, WORDS, quick_model
from tests.test_compiled_epoch import data as arrays

TOKENS = st.lists(st.lists(st.integers(1, 40), max_size=9), min_size=1, max_size=12)


@given(reviews=TOKENS, some=st.data())
def test_padded_reviews_are_those_of_crop_and_pad(reviews, some):
    made = Reviews.from_lists(reviews, [0] * len(reviews))
    whole = made.crop_and_pad(5, 20)
    numbers = st.integers(0, len(reviews) - 1)
    rows = np.array(some.draw(st.lists(numbers, min_size=2, max_size=8)))
    padded = PaddedReviews(made, rows, 5, 20)
    assert padded.shape == (len(padded), 5) == whole[rows].shape
    assert padded.nbytes == whole[rows].nbytes
    np.testing.assert_array_equal(np.asarray(padded), whole[rows])
    np.testing.assert_array_equal(np.asarray(padded[1:]), whole[rows[1:]])
    batches = np.array([[0, 1], [1, 0]])
    np.testing.assert_array_equal(padded[batches], whole[rows[batches]])


@pytest.fixture(params=["mapped", "padded"])
def streamed(request, tmp_path, monkeypatch):
    """Streamed x for the arrays (x, y): in blocks of two batches."""
    x, y = arrays()
    monkeypatch.setattr(blocks, "BLOCK", 2 * BATCH_SIZE * (x[0].nbytes + y[0].nbytes))
    if request.param == "padded":
        reviews = Reviews.from_lists(x.tolist(), y[:, 0])
        return PaddedReviews(reviews, np.arange(len(x)), TIMESTEPS, WORDS)
    np.save(tmp_path / "x.npy", x)
    return np.load(tmp_path / "x.npy", mmap_mode="r")


def same(ours, theirs):
    """Equal but for rounding: XLA compiles a program for each shape of the samples."""
    for one, other in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"validation_split": 0.3},
        {"sample_weight": np.linspace(0, 1, len(arrays()[0])), "batch_size": 5},
        {"class_weight": {0: 0.5, 1: 2.0}},
        {"batch_size": 100},
    ],
    ids=lambda options: ", ".join(options) or "as it is",
)
def test_streamed_samples_train_a_model_to_the_same_weights(streamed, options):
    x, y = arrays()
    options = {"batch_size": BATCH_SIZE, "epochs": 2, "verbose": 0} | options
    results = []
    for given_x in (x, streamed):
        model = quick_model()
        told = compiled_epoch.train_epochs(model, given_x, y, **options).history
        results.append((told, model.get_weights()))
    (expected, weights), (found, found_weights) = results
    for name, values in expected.items():
        np.testing.assert_allclose(found[name], values, rtol=1e-5)
    same(found_weights, weights)


def test_a_tensor_goes_with_streamed_samples_and_numbers_of_another_precision(tmp_path):
    x = np.random.default_rng(0).standard_normal((20, 3))  # float64
    y = (x[:, :1] > 0).astype(np.float64)
    np.save(tmp_path / "x.npy", x)
    weights = []
    for given_x in (x, np.load(tmp_path / "x.npy", mmap_mode="r")):
        keras.utils.set_random_seed(0)
        model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1, "sigmoid")])
        model.compile("adam", "binary_crossentropy")
        targets = keras.ops.convert_to_tensor(y)
        compiled_epoch.train_epochs(model, given_x, targets, epochs=2, verbose=0)
        weights.append(model.get_weights())
    same(*weights)


def test_blocks_have_all_batches_once_and_one_shape(streamed):
    x, y = arrays()
    given_samples = samples.tensors(streamed, y)
    rows = np.random.default_rng(0).permutation(20).reshape(5, 4)
    found, shapes = [], set()
    for there, numbers, count in blocks.blocks(given_samples, rows):
        shapes.add((there[0].shape, there[1].shape, len(numbers)))
        for batch in numbers[:count]:
            found.append([keras.ops.convert_to_numpy(part[batch]) for part in there])
    assert len(shapes) == 1
    assert len(found) == len(rows)
    for batch, (found_x, found_y) in zip(rows, found, strict=True):
        np.testing.assert_array_equal(found_x, x[batch])
        np.testing.assert_array_equal(found_y, y[batch])


def test_a_run_on_more_reviews_than_are_held_is_that_on_few(tmp_path, monkeypatch):
    corpus = data.load(str(tiny.write(tmp_path)))
    settings = Settings("embedding", words=30, timesteps=6, cells=3, batch_size=8)
    results = []
    for held in (bounds.MAX_HELD, 100):
        monkeypatch.setattr(bounds, "MAX_HELD", held)
        keras.utils.set_random_seed(0)
        run = Run.create(tmp_path / str(held), settings, corpus)
        model = quick_model()
        history = train.train(model, corpus, run, verbose=0)
        test = data.prepare(corpus.test, TIMESTEPS, WORDS)
        assert isinstance(test.x, PaddedReviews) == (held == 100)
        results.append((history, evaluate(model, test)))
    (history, evaluation), (streamed_history, streamed_evaluation) = results
    for name, values in history.items():
        np.testing.assert_allclose(streamed_history[name], values, rtol=1e-5)
    assert streamed_evaluation.loss == pytest.approx(evaluation.loss, rel=1e-6)
    np.testing.assert_array_equal(streamed_evaluation.confusion, evaluation.confusion)


TWO_MILLION = """
import resource, sys
from pathlib import Path
from commands import keras_import
keras_import.import_keras("tensorflow", one_thread=True)
import keras
import models
from before_keras.safety import bounds
from chapter9 import data
from chapter9.data import cache
from chapter9.data.reviews import Reviews
from chapter9.training.compiled_epoch import train_epochs
from chapter9.training.train import compile_model

folder, growth, bounds.MAX_HELD = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
reviews, test, _ = cache.read(folder)

def trained(count):
    keras.utils.set_random_seed(0)
    model = models.build("embedding", words=100, timesteps=50, cells=4)
    compile_model(model, 2)
    some = Reviews(reviews.tokens, reviews.offsets[: count + 1], reviews.labels[:count])
    training, validation = data.split(data.Corpus("own", some, test), 50, 100)
    return train_epochs(
        model, training.x, training.y, validation_data=(validation.x, validation.y),
        batch_size=1_000, epochs=1, verbose=0,
    ).history

trained(200_000)
status = Path("/proc/self/status").read_text()
limit = int(status.split("VmData:")[1].split()[0]) * 1024 + growth
resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))
print(trained(2_000_000)["val_accuracy"][0])
"""


@pytest.fixture(scope="module")
def two_million(tmp_path_factory):
    """The cache of reviews of 10 to 40 tokens, whose last one decides."""
    folder, random = tmp_path_factory.mktemp("reviews") / "cache", np.random
    lengths = random.default_rng(0).integers(10, 41, 2_000_000)
    offsets = np.concatenate([[0], np.cumsum(lengths)])
    tokens = random.default_rng(1).integers(1, 100, offsets[-1], dtype=np.int32)
    labels = (tokens[offsets[1:] - 1] < 50).astype(np.int8)
    few = Reviews.from_lists([[1]], [0])
    cache.keep(folder, (Reviews(tokens, offsets, labels), few, {}))
    yield folder
    shutil.rmtree(folder)


@pytest.mark.long
@needs_linux
@pytest.mark.skipif(
    keras.backend.backend() != "tensorflow", reason="TensorFlow in a process"
)
def test_two_million_reviews_train_in_memory_for_a_part_of_them(two_million):
    """Padded they have 400 MB; after an epoch with 200,000 there is room for 250.

    What grows is the order of an epoch, and the labels: a few bytes a review.
    """
    growth, held = 250 * 2**20, bounds.MAX_HELD
    code, out, err = run_command("-c", TWO_MILLION, two_million, growth, held)
    assert code == 0, err[-2000:]
    assert float(out) > 0.95
    # Held in memory they need more, so that the limit is one.
    code, _, err = run_command("-c", TWO_MILLION, two_million, growth, 2**40)
    assert code != 0
    assert "Unable to allocate" in err, err[-2000:]
