"""The page of a run on a user's own reviews: its tokens are Python's, one for one."""

import sys
import unicodedata
from pathlib import Path

import keras
import numpy as np
import pytest

import models
from before_keras.own_reviews import TOKENS, Asked
from before_keras.settings import Settings
from chapter9 import data, page
from chapter9.data.tokens import split
from chapter9.run_folder.run import Run
from tests import own
from tests.browser import Page, chromium
from tests.test_own_runs import NSMC, nsmc_texts
from tests.test_page_browser import compare_with_keras

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

HISTORY = {name: [0.6] for name in ("accuracy", "loss", "val_accuracy", "val_loss")}
SPLIT = "([texts, kind]) => texts.map((text) => splitIntoWords(text, kind))"


def make_run(path, file, kind, model="embedding"):
    """A run folder with random weights, on the reviews of a file."""
    keras.utils.set_random_seed(1)
    settings = Settings(model=model, words=300, cells=4, timesteps=40)
    run = Run.create(path, settings, data.load(str(file), Asked(kind)))
    network = models.new(run)
    run.save_model(network)
    run.save_history(HISTORY)
    return run, network


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """A run whose tokens are words and one of characters, and two of labels 0 and 1."""
    folder = tmp_path_factory.mktemp("runs")
    file = own.write(folder / "reviews.csv")
    made = {kind: make_run(folder / kind, file, kind) for kind in TOKENS}
    if NSMC.exists():
        ratings = NSMC / "ratings_test.tsv"
        made |= {
            f"NSMC, {kind}": make_run(folder / f"nsmc-{kind}", ratings, kind, "lstm")
            for kind in TOKENS
        }
    return made


@pytest.fixture(scope="module")
def opened(runs, tmp_path_factory):
    path = tmp_path_factory.mktemp("page") / "explore.html"
    page.write(path, [page.run_data(*run, page.tested(*run)) for run in runs.values()])
    with chromium() as browser:
        shown = Page(browser, path)
        yield shown
        assert shown.errors == []
        assert shown.requests == [shown.url]


def test_how_often_a_run_is_right_is_counted_on_its_test_reviews(opened, runs):
    for index, (run, model) in enumerate(runs.values()):
        _, reviews = run.test_reviews()
        x = reviews.crop_and_pad(run.settings.timesteps, run.settings.words)
        answers = model.predict(x, verbose=0)[:, 0] > 0.5
        right = int((answers == reviews.labels).sum())
        opened.run(f"() => chooseRun({index})")
        said = f"right about {right:,} of {len(reviews):,} test reviews"
        assert said in opened.text("#identity")
        assert "validation" not in opened.text("#identity")
        opened.run("() => showTab('compare')")
        assert said in opened.text("#verdict-a")
        opened.run("() => showTab('review')")


def characters():
    """Every character that this Python knows, but halves of surrogate pairs."""
    for code in range(sys.maxunicode + 1):
        if unicodedata.category(chr(code)) not in ("Cn", "Cs", "Co"):
            yield chr(code)


@pytest.mark.parametrize("kind", TOKENS)
def test_every_character_is_split_as_in_python(opened, kind):
    texts = [f"Ab{c}C'd {c}" for c in characters()]
    assert len(texts) > 140_000
    # One string each way: lists of that many take a minute.
    script = """([all, kind]) => all.split("\ue000").map(
      (text) => splitIntoWords(text, kind).join("\ue001")).join("\ue000")"""
    found = opened.run(script, ["\ue000".join(texts), kind]).split("\ue000")
    for text, pieces in zip(texts, found, strict=True):
        assert pieces.split("\ue001") == split(text, kind)


@pytest.mark.parametrize("kind", TOKENS)
@pytest.mark.parametrize(
    "text",
    [
        "ΟΔΟΣ ΟΔΟΣ. Σ",  # the last sigma of a word
        "İstanbul DİYARBAKIR ŒUVRE ẞ ǅ",
        unicodedata.normalize("NFD", "각자 읽는다 Éclair"),
        "ㅋㅋㅋ ^^;; 최고!!!  👍🏽 👨‍👩‍👧 ♡\t\r\n\x1c끝\ufeff",
        " \u3000\xa0 ",
        "",
    ],
)
def test_texts_that_languages_disagree_on_are_split_as_in_python(opened, kind, text):
    assert opened.run(SPLIT, [[text], kind]) == [split(text, kind)]


@pytest.mark.parametrize("name", TOKENS)
def test_network_in_the_browser_equals_keras(opened, runs, name):
    reviews = [text for text, _ in own.reviews(40, seed=4)]
    compare_with_keras(opened, list(runs).index(name), *runs[name], reviews)


@pytest.mark.parametrize("name", [f"NSMC, {kind}" for kind in TOKENS])
def test_thousands_of_korean_reviews_are_read_as_in_python(opened, runs, name):
    if name not in runs:
        pytest.skip("no Korean reviews here")
    run, _ = runs[name]
    texts = nsmc_texts(Path(NSMC / "ratings_train.tsv"), 4_000)
    script = """([index, texts]) => texts.map((text) => {
      const { tokens, kind, settings } = page.runs[index];
      const words = readReview(text, tokens, settings.words, kind);
      return cropAndPad(words, settings.timesteps).tokens;
    })"""
    found = opened.run(script, [list(runs).index(name), texts])
    encoded = [run.vocabulary.encode(text, run.settings.words) for text in texts]
    reviews = data.reviews.Reviews.from_lists(encoded, np.zeros(len(texts)))
    assert found == reviews.crop_and_pad(40, run.settings.words).tolist()


@pytest.mark.parametrize("kind", TOKENS)
def test_the_page_shows_the_names_of_the_labels(opened, runs, kind):
    opened.run(f"() => {{ stop(); start(); chooseRun({list(runs).index(kind)}) }}")
    assert opened.run("() => state.text") == "연기는 별로였지만 이야기가 좋았다"
    opened.write("영화는 좋았다 그런데 음악은 지루하다")
    said = opened.text("#verdict")
    assert "probability of 긍정" in said
    assert said.split()[1] == ("긍정" if float(said.split()[0]) > 0.5 else "부정")
    assert "own reviews" in opened.text("#identity")
    assert "vocabulary" not in opened.text("#marks")  # no word is dropped


@pytest.mark.parametrize(
    ("kind", "changed"), [("words", "좋았다 영화는"), ("characters", "화영는 좋았다")]
)
def test_words_or_characters_are_swapped(opened, runs, kind, changed):
    opened.run(f"() => {{ stop(); start(); chooseRun({list(runs).index(kind)}) }}")
    opened.write("영화는 좋았다")
    opened.run("() => { showTab('compare'); chooseForEdit(0); chooseForEdit(1) }")
    opened.run("() => swapWords()")
    text = "() => joinWords(compare.words, page.runs[compare.b].kind)"
    assert opened.run(text) == changed
    shown = "() => read(compare.b, joinWords(compare.words, 'KIND')).words"
    words = opened.run(shown.replace("KIND", kind))
    assert [word["text"] for word in words] == split(changed, kind)
