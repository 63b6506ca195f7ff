"""A network trained in the page as a .keras file: Keras and this project read it."""

import base64
import zipfile

import keras
import numpy as np
import pytest

import models
from chapter9 import page
from chapter9.model_files import saved_layers
from chapter9.model_files.load_weights import load_weights
from tests.browser import opened_page
from tests.test_page import make_run
from tests.test_page_learning import choose, settled, train

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
CELLS = ("simple-rnn", "lstm", "gru", "bag-of-words")
T, WORDS, UNITS = 6, 7, 3


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    folder = tmp_path_factory.mktemp("saving")
    with opened_page(folder, make_run(folder / "run")) as shown:
        yield shown


# A network of random weights, biases too: its file in base 64, and P of some reviews.
SAVED = """([cell, embedding, timesteps, words, units, reviews]) => {
  const random = randomFrom(5);
  const network = initialNetwork({ cell, units, words, embedding }, random);
  for (const values of Object.values(variablesOf(network))) {
    values.forEach((_, k) => (values[k] = random() - 0.5));
  }
  const bytes = kerasFile(network, timesteps);
  const found = reviews.map((ids) => runNetwork(network, ids).probabilities.at(-1));
  return [btoa(String.fromCharCode(...bytes)), found];
}"""


def as_keras_takes_it(reviews, embedding):
    return np.array(reviews) if embedding else np.eye(WORDS)[reviews]


@pytest.mark.parametrize("embedding", [0, 4], ids=["one-hot", "embedding"])
@pytest.mark.parametrize("cell", CELLS)
def test_keras_computes_what_the_page_does(shared, tmp_path, cell, embedding):
    reviews = np.random.default_rng(1).integers(0, WORDS, (9, T)).tolist()
    given = [cell, embedding, T, WORDS, UNITS, reviews]
    content, expected = shared.run(SAVED, given)
    path = tmp_path / "my.keras"
    path.write_bytes(base64.b64decode(content))
    assert zipfile.ZipFile(path).testzip() is None
    model = keras.saving.load_model(path, safe_mode=True)
    found = model.predict(as_keras_takes_it(reviews, embedding), verbose=0)[:, 0]
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-5)
    told = sum(layer.count for layer in saved_layers.of_file(path))
    assert told == model.count_params()
    if cell == "bag-of-words":
        return
    ours = page.saved_model(path)  # what the page saved it opens again
    assert ours["parameters"] == told
    assert ours["settings"]["timesteps"] == T


def test_what_was_trained_is_downloaded_and_read_by_keras_and_by_this_project(
    shared, tmp_path
):
    shared.run("() => { start(); showTab('learn'); chooseTask('sample') }")
    settled(shared)
    shared.run("drawLearn")
    choose(shared, timesteps="20", units="4")
    train(shared, 1)
    with shared.tab.expect_download() as info:
        shared.tab.click("#learn-save")
    assert info.value.suggested_filename == "sample-simple-rnn.keras"
    assert "(reviews, 20, 500)" in shared.text("#learn-saved")
    path = tmp_path / "sample-simple-rnn.keras"
    info.value.save_as(path)
    tokens, expected = shared.run(
        """() => {
          const { tokens, probability } = readWith(networkShown());
          return [tokens, probability];
        }"""
    )
    [[by_keras]] = keras.saving.load_model(path).predict(np.eye(500)[[tokens]])
    model = models.build("one-hot", words=500, cells=4, timesteps=20)
    load_weights(model, path)
    [[by_ours]] = model.predict(np.array([tokens]))
    assert float(by_keras) == pytest.approx(expected, abs=1e-5)
    assert float(by_ours) == pytest.approx(expected, abs=1e-5)
    assert shared.errors == []
    assert shared.requests == [shared.url]


def test_sentences_with_an_embedding_have_zeros_where_no_word_is(shared, tmp_path):
    shared.run("() => { start(); showTab('learn'); chooseTask('sentences') }")
    settled(shared)
    shared.run("drawLearn")
    choose(shared, embedding="2", cell="gru")
    with shared.tab.expect_download() as info:
        shared.tab.click("#learn-save")
    info.value.save_as(tmp_path / "my.keras")
    tokens, expected = shared.run(
        """() => {
          const { tokens, probability } = readWith(networkShown());
          return [tokens, probability];
        }"""
    )
    model = keras.saving.load_model(tmp_path / "my.keras")
    [[found]] = model.predict(np.array([tokens]) + 1)
    assert float(found) == pytest.approx(expected, abs=1e-5)
