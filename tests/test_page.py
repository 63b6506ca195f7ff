"""The page as a file: what is in it, what is refused, how it is written."""

import base64
import getpass
import hashlib
import json
import re
import shutil
import socket
import zlib
from pathlib import Path

import keras
import numpy as np
import pytest

import models
import models.recurrent_layers
from before_keras import author, book
from before_keras.places import DATA_VARIABLE
from before_keras.safety.errors import UserError
from before_keras.settings import Settings
from chapter9 import LSTM, data, page
from chapter9.data import Corpus
from chapter9.data.reviews import Reviews
from chapter9.page import html, weights
from chapter9.run_folder.run import Run
from tests.conftest import ROOT, run_command

WORDS = ["the", "and", "film", "good", "bad", "</script>", "<!--", "it's", "éclair"]
WORDS += [f"word{k}" for k in range(60)]
HISTORY = {
    "accuracy": [0.6, 0.7, 0.75],
    "loss": [0.68, 0.6, 0.5],
    "val_accuracy": [0.61, 0.7, 0.69],
    "val_loss": [0.67, 0.58, 0.59],
}
MEMBERS = ("settings.json", "vocabulary.json", "history.csv", "model.keras")


def make_run(
    path, model="one-hot", vocabulary=WORDS, data="sample", **options
) -> tuple[Run, object]:
    """A run folder of a model whose weights are random, biases too, not trained."""
    keras.utils.set_random_seed(1)
    options = {"words": 30, "cells": 5, "timesteps": 12} | options
    settings = Settings(model=model, **options)
    reviews = Reviews.from_lists([[1, 4, 5], [1, 6, 2]], [0, 1])
    corpus = Corpus(data, reviews, reviews, load_words=lambda: list(vocabulary))
    run = Run.create(path, settings, corpus)
    built = settings.model_options() | {"layer": settings.layer}
    network = models.build(model, **built)
    random = np.random.default_rng(2)
    network.set_weights(
        [
            weight if weight.ndim == 2 and weight.shape[0] > 2
            else random.uniform(-0.5, 0.5, weight.shape)
            for weight in network.get_weights()
        ]
    )  # fmt: skip
    run.save_model(network)
    run.save_history(HISTORY)
    return run, network


def data_of(file: Path) -> dict:
    """The JSON inside a page."""
    text = file.read_text(encoding="utf-8")
    return json.loads(re.search(r'id="data">(.*?)</script>', text, re.S)[1])


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    return make_run(tmp_path_factory.mktemp("runs") / "my run")


@pytest.fixture(scope="module")
def written(run, tmp_path_factory):
    path = tmp_path_factory.mktemp("page") / "explore.html"
    page.write(path, [page.run_data(*run)])
    return path


def test_weights_come_back_bit_for_bit(run, written):
    network = data_of(written)["runs"][0]["network"]
    packed = [network["recurrent"][0][name] for name in ("W_x", "W_h", "b")]
    packed += [network["output"][name] for name in ("W", "b")]
    for part, weight in zip(packed, run[1].get_weights(), strict=True):
        values = np.frombuffer(base64.b64decode(part["values"]), "<f4")
        np.testing.assert_array_equal(values.reshape(part["shape"]), weight)


def words_of(file: Path) -> list[list[str]]:
    """The vocabularies in a page, read as `unpackVocabulary` of review_text.js does."""
    packed = map(base64.b64decode, data_of(file)["vocabularies"])
    return [json.loads(zlib.decompress(words)) for words in packed]


def test_vocabulary_comes_back_whole(written):
    assert words_of(written) == [WORDS]


def test_runs_with_the_same_words_share_them(run, tmp_path):
    data = page.run_data(*run)
    other = {**data, "vocabulary": WORDS[::-1]}
    path = tmp_path / "three.html"
    page.write(path, [data, other, {**data}])
    assert words_of(path) == [WORDS, WORDS[::-1]]
    assert [run["vocabulary"] for run in data_of(path)["runs"]] == [0, 1, 0]


def results_of(model):
    """The author's runs with a model, of any edition and number of words."""
    runs = author.training_runs()
    return [run for run in runs if run.is_the_books and run.model == model]


def test_page_has_the_books_models_and_the_authors_results_with_its_own(written):
    data = data_of(written)
    results = [(one["model"], one["loss"]) for one in data["results"]]
    assert results == [("one-hot", run.loss) for run in results_of("one-hot")]
    assert len(data["models"]) == len(book.MODELS)


def test_page_has_the_authors_curves_where_they_are_drawn_and_nowhere_else(
    run, tmp_path
):
    book_size = {"words": book.WORDS, "timesteps": book.TIMESTEPS}
    on_imdb = make_run(tmp_path / "run", data="imdb", **book_size)
    runs = [page.run_data(*one) for one in (run, on_imdb, on_imdb)]
    page.write(tmp_path / "a.html", runs)
    written = data_of(tmp_path / "a.html")
    on_the_sample, *beside = written["beside"]
    assert on_the_sample == []
    assert beside[0] == beside[1]
    found = [written["results"].pop(k) for k in reversed(beside[0])][::-1]
    reruns = author.reruns("one-hot", book.WORDS, 1)
    for shown, expected in zip(found, reruns, strict=True):
        for name in ("val_loss", "val_accuracy"):
            assert shown[name] == list(expected.history[name])
    assert not any("val_loss" in shown for shown in written["results"])


def test_every_text_is_in_both_languages():
    texts = json.loads(html._read("texts.json"))
    assert texts["ko"].keys() == texts["en"].keys()
    for key, korean in texts["ko"].items():
        holes = re.findall(r"\{\w+\}", korean)
        assert sorted(holes) == sorted(re.findall(r"\{\w+\}", texts["en"][key])), key


def test_every_text_that_is_asked_for_exists():
    keys = json.loads(html._read("texts.json"))["en"].keys()
    asked = re.findall(r'data-(?:text|label)="(\w+)"', html._read("template.html"))
    for script in html.SCRIPTS:
        asked += re.findall(r'\btext\("([\w-]+)"', html._read(script))
    assert set(asked) <= keys


def test_where_imdb_is_missing_it_is_not_downloaded_to_say_how_often_a_run_is_right(
    tmp_path, monkeypatch
):
    def refused(*_):
        raise AssertionError("a download for a page")

    monkeypatch.delenv(DATA_VARIABLE, raising=False)
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    monkeypatch.setattr("chapter9.data.download.download", refused)
    assert page.tested(*make_run(tmp_path / "run", data="imdb")) is None


def test_case_47_a_word_cannot_end_the_script(written):
    text = written.read_text(encoding="utf-8")
    assert text.count("</script>") == 4  # data, plotly, the engine, the page's own
    assert "</script>" in words_of(written)[0]


def test_case_48_only_the_three_scripts_of_the_page_may_run(written):
    text = written.read_text(encoding="utf-8")
    policy = re.search(r'Content-Security-Policy" content="(.*?)"', text)[1]
    scripts = re.findall(r"<script(?: id=\"engine\")?>(.*?)</script>", text, re.S)
    digests = (hashlib.sha256(script.encode()).digest() for script in scripts)
    hashes = " ".join(f"'sha256-{base64.b64encode(d).decode()}'" for d in digests)
    assert f"script-src {hashes};" in policy
    assert policy.startswith("default-src 'none';")
    assert "unsafe-eval" not in policy


def test_case_50_nothing_of_the_machine_is_in_the_file(run, written):
    text = written.read_text(encoding="utf-8")
    own = text.replace(html._read(html.CHARTS), "")
    folders = [str(run[0].path.parent), str(ROOT), str(written.parent)]
    names = [getpass.getuser(), socket.gethostname(), Path.home().name]
    traces = folders + [name for name in names if len(name) > 5]
    for trace in traces:
        assert trace not in own
    assert set(data_of(written)["runs"][0]) == {
        *("name", "checksum", "settings", "data", "parameters", "network"),
        *("vocabulary", "history", "best_epoch", "kind", "labels", "tested"),
    }


def test_case_51_weights_that_are_not_finite_are_refused(run):
    weights = run[1].get_weights()
    broken = [weight.copy() for weight in weights]
    broken[1][0, 0] = np.nan
    run[1].set_weights(broken)
    try:
        with pytest.raises(UserError, match="not finite"):
            page.run_data(*run)
    finally:
        run[1].set_weights(weights)


@pytest.mark.parametrize("layers", models.recurrent_layers.LAYERS.values())
@pytest.mark.parametrize(
    ("make", "option"),
    [
        (lambda of: of.LSTM(3, recurrent_activation="tanh"), "recurrent_activation"),
        (lambda of: of.LSTM(3, go_backwards=True), "go_backwards"),
        (lambda of: of.GRU(3, reset_after=False), "reset_after"),
        (lambda of: of.GRU(3, use_bias=False), "use_bias"),
    ],
)
def test_what_the_page_does_not_compute_is_refused(make, option, layers):
    model = keras.Sequential([keras.Input((4, 2)), make(layers), keras.layers.Dense(1)])
    with pytest.raises(UserError, match=f"my run: the page computes {option}="):
        weights.network(weights.of_model(model), "my run")


@pytest.mark.parametrize(
    "first",
    [
        keras.layers.Embedding(9, 2, mask_zero=True),
        LSTM(3, num_tokens=9, mask_zero=True),
    ],
)
def test_a_model_that_masks_the_padding_is_refused(first):
    model = keras.Sequential([keras.Input((4,)), first])
    with pytest.raises(UserError, match="the page computes mask_zero=False"):
        weights.network(weights.of_model(model), "my run")


@pytest.mark.parametrize("member", MEMBERS)
def test_case_51_a_damaged_run_is_refused(run, tmp_path, member):
    folder = shutil.copytree(run[0].path, tmp_path / "run")
    content = (folder / member).read_bytes()
    (folder / member).write_bytes(content[: len(content) // 2])
    if member == "history.csv":
        (folder / member).write_bytes(content.replace(b"0.58", b"nan"))
    with pytest.raises(UserError, match=member):
        damaged = Run.open(folder)
        page.run_data(damaged, models.load(damaged))


def test_case_52_page_names_run_and_checksum(run, written):
    data = data_of(written)["runs"][0]
    digest = hashlib.sha256(run[0].model_file.read_bytes()).hexdigest()
    assert (data["name"], data["checksum"]) == ("my run", digest)


def test_case_53_an_existing_file_needs_overwrite(run, tmp_path):
    path = tmp_path / "page.html"
    path.write_text("mine")
    data = [page.run_data(*run)]
    with pytest.raises(UserError, match="--overwrite"):
        page.write(path, data)
    assert path.read_text() == "mine"
    page.write(path, data, overwrite=True)
    assert path.stat().st_size > 1_000_000


def test_case_53_a_write_that_fails_leaves_the_old_page(run, tmp_path, monkeypatch):
    path = tmp_path / "page.html"
    path.write_text("mine")
    monkeypatch.setattr("os.replace", lambda *_: (_ for _ in ()).throw(OSError(28, "")))
    with pytest.raises(UserError, match="cannot write"):
        page.write(path, [page.run_data(*run)], overwrite=True)
    assert [file.name for file in tmp_path.iterdir()] == ["page.html"]
    assert path.read_text() == "mine"


def test_case_54_without_javascript_there_is_one_line(written):
    text = written.read_text(encoding="utf-8")
    (line,) = re.findall(r"<noscript>(.*?)</noscript>", text, re.S)
    assert "\n" not in line and "JavaScript" in line and "자바스크립트" in line


def test_a_page_that_would_be_too_large_is_refused(run, tmp_path):
    data = page.run_data(*run)
    random = np.random.default_rng(1)
    data["vocabulary"] = [random.bytes(20).hex() for _ in range(200_000)]
    with pytest.raises(UserError, match="6,000,000"):
        page.write(tmp_path / "page.html", [data])
    assert not list(tmp_path.iterdir())


def test_explore_command_writes_the_page(run, tmp_path):
    path = tmp_path / "a page.html"
    code, output, error = run_command(
        "explore.py", run[0].path, "--no-open", "--out", path
    )
    assert (code, error) == (0, "") and str(path) in output
    assert data_of(path)["runs"][0]["name"] == "my run"
    code, _, error = run_command(
        "explore.py", run[0].path, "--no-open", "--out", path, "--debug=no"
    )
    assert code == 2  # --debug takes no value
    code, _, error = run_command("explore.py", run[0].path, "--no-open", "--out", path)
    assert code == 1 and "--overwrite" in error and error.count("\n") == 1


@pytest.mark.long
def test_explore_writes_a_runs_own_page_again_and_nobody_elses(run, tmp_path):
    folder = shutil.copytree(run[0].path, tmp_path / "run")
    own = folder / "explore.html"
    for _ in range(2):
        code, output, error = run_command("explore.py", folder, "--no-open")
        assert code == 0, error
        assert f"wrote {own}" in output
    own.write_text("<html>notes of mine</html>")
    code, _, error = run_command("explore.py", folder, "--no-open")
    assert code == 1
    assert "exists already: --overwrite replaces it" in error
    assert own.read_text() == "<html>notes of mine</html>"


@pytest.mark.long
def test_explore_without_a_run_trains_the_sample_first(tmp_path, monkeypatch):
    from commands import explore

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(explore, "SAMPLE_EPOCHS", 1)
    path = tmp_path / "page.html"
    explore.main(explore.parser().parse_args(["--no-open", "--out", str(path)]))
    (folder,) = (tmp_path / "runs").iterdir()
    assert data_of(path)["runs"][0]["name"] == folder.name


@pytest.mark.long
def test_the_examples_for_the_sample_have_its_words():
    known = data.load("sample").vocabulary
    for review in json.loads(html._read("examples.json"))["sample"]:
        assert all(word.token for word in known.read(review, 500)), review
