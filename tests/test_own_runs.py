"""A run on a user's own reviews behaves like any other."""

import csv
import json
import re
import shutil
import signal
from pathlib import Path

import pytest

from before_keras import run_settings
from before_keras.own_reviews import Asked
from before_keras.safety.errors import UserError
from chapter9 import data
from chapter9.run_folder.run import Run
from tests import own
from tests.conftest import ROOT, needs_posix

NSMC = ROOT.parent / "shared" / "nsmc"
OPTIONS = (*own.TRAIN, "--tokens", "characters", "--deterministic")


@pytest.fixture(scope="module")
def trained(said, tmp_path_factory):
    """A run of three epochs on Korean reviews, and the file of these."""
    folder = tmp_path_factory.mktemp("own")
    file, run = own.write(folder / "reviews.csv"), folder / "run"
    code, output = said(
        "train.py", "--data", file, "--epochs", 3, "--out", run, *OPTIONS
    )
    assert code == 0, output
    assert "data: reviews.csv, 90 reviews to train on and 10 to test on" in output
    assert "부정 (45), 긍정 (45)" in output
    return run, file


def test_predictions_and_tables_have_the_names_of_the_labels(said, trained):
    run, _ = trained
    code, output = said("predict.py", run, "연기는 별로였지만 이야기가 좋았다", "ㅁ")
    assert code == 1, output  # the second is of no known character
    assert re.search(r"^0\.\d{3} (부정|긍정): 연기", output, re.MULTILINE), output
    code, output = said("predict.py", run, "영화는 좋았다", "--lang", "en")
    assert code == 0
    assert "The number is the probability of 긍정." in output
    code, output = said("predict.py", run, "영화는 좋았다", "--json")
    assert [w["word"] for w in json.loads(output)["words"]] == list("영화는 좋았다")
    code, output = said("evaluate.py", run, "--json")
    assert code == 0
    assert json.loads(output) | {"loss": 0, "accuracy": 0, "confusion": 0} == {
        "loss": 0,
        "accuracy": 0,
        "confusion": 0,
        "labels": ["부정", "긍정"],
        "reviews": 10,
        "data": "own",
    }
    code, output = said("evaluate.py", run)
    assert code == 0
    assert " own " in output  # and in the next line of the cell: reviews
    assert "부정" in output


def test_another_file_is_read_with_the_runs_own_vocabulary(said, trained, tmp_path):
    run, file = trained
    code, output = said("evaluate.py", run, "--data", file, "--json")
    assert code == 0
    assert json.loads(output)["reviews"] == 100  # all of the file
    other = own.write(tmp_path / "o.csv", own.reviews(labels=("0", "1")))
    code, output = said("evaluate.py", run, "--data", other)
    assert code == 1
    assert "o.csv, line 2: the label 0 is neither 부정 nor 긍정" in output
    code, output = said("evaluate.py", run, "--data", "sample")
    assert code == 1
    assert "this model reads words of its own vocabulary" in output


@pytest.mark.long
def test_pictures_and_verify_take_the_run(said, trained, tmp_path):
    run, file = trained
    for command in (
        ("draw.py", "hidden-states", run, "영화는 좋았다", "--out", tmp_path / "h.png"),
        ("draw.py", "memory", run, "--reviews", 5, "--out", tmp_path / "m.png"),
        ("draw.py", "unfolded", run, "좋았다", "--out", tmp_path / "u.png"),
        ("verify.py", "--model", run / "model.keras"),
        ("verify.py", "--results", run),
        ("verify.py", "--section", "own", "--data", file),  # none of IMDB's facts
    ):
        code, output = said(*command)
        assert code == 0, output


def test_the_reviews_are_remembered_and_others_are_refused(said, trained, tmp_path):
    run, file = trained
    folder = tmp_path / "moved"
    shutil.copytree(run, folder)
    _, expected = said("evaluate.py", run, "--json")
    moved = file.rename(file.with_name("moved.csv"))
    try:
        assert said("evaluate.py", folder, "--json") == (0, expected)  # the cache
        code, output = said("train.py", "--resume", folder, "--data", moved)
        assert code == 0, output
    finally:
        moved.rename(file)
    other = own.write(tmp_path / "other.csv", own.reviews(seed=5))
    code, output = said("train.py", "--resume", folder, "--data", other)
    assert code == 1
    assert "the reviews are not those that" in output
    code, output = said("train.py", "--resume", folder, "--tokens", "words")
    assert code == 1
    assert "--tokens words differs from the run's characters" in output


def test_reviews_that_are_gone_are_named(trained, tmp_path, monkeypatch):
    run, _ = trained
    monkeypatch.setenv("CHAPTER9_CACHE", str(tmp_path / "none"))
    gone = Run.open(run).data | {"path": str(tmp_path / "gone.csv")}
    with pytest.raises(UserError, match=r"gone\.csv does not hold the reviews of thi"):
        data.load_again(gone)


@pytest.mark.long
@needs_posix
def test_a_killed_run_goes_on_to_the_same_history(said, trained, tmp_path):
    run, file = trained
    killed = tmp_path / "killed"
    arguments = ("--data", file, "--epochs", 3, "--out", killed, *OPTIONS)
    code, output = said("train.py", *arguments, kill_at=40, folder=killed)
    assert code == -signal.SIGKILL, output
    code, output = said("train.py", "--resume", killed)
    assert code == 0, output
    for name in ("history.csv", "vocabulary.json"):
        assert (killed / name).read_bytes() == (run / name).read_bytes()


@pytest.mark.long
def test_seeds_are_trained_on_the_same_reviews(said, trained, tmp_path):
    run, file = trained
    seeds = tmp_path / "seeds"
    arguments = ("--data", file, "--epochs", 3, "--out", seeds, *OPTIONS)
    code, output = said("train.py", *arguments, "--seeds", "7,8")
    assert code == 0, output
    assert (seeds / "seed-7.csv").read_bytes() == (run / "history.csv").read_bytes()


def test_options_of_own_reviews_go_with_own_reviews(said):
    for name in ("--tokens", "--text-column", "--label-column", "--test-data"):
        code, output = said("train.py", "--data", "sample", name, "characters")
        assert code == 1
        assert output == (
            f"error: {name} goes with --data and a file of your own reviews\n"
        )


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"labels": ["a"]}, "the labels of its data are not two names"),
        ({"labels": ["a", 1]}, "the labels of its data are not two names"),
        ({"tokens": "imdb"}, "the tokens of its data are none of words, characters"),
        ({"test_data": None}, "the test_data of its data is no text"),
        ({"more": "x"}, "unknown to format 4: more"),
    ],
)
def test_damaged_settings_of_own_reviews_are_refused(trained, tmp_path, changes, words):
    written = json.loads((trained[0] / "settings.json").read_text())
    written["data"] |= changes
    (tmp_path / "settings.json").write_text(json.dumps(written))
    with pytest.raises(UserError, match=f"settings.json is damaged: {words}"):
        run_settings.read(tmp_path)


@pytest.mark.long
@pytest.mark.timeout(1_200)
@pytest.mark.skipif(not NSMC.exists(), reason="no Korean reviews here")
def test_korean_reviews_end_to_end(said, tmp_path):
    """NSMC: an LSTM on characters learns Korean, and that the last clause counts."""
    run = tmp_path / "run"
    options = "--tokens characters --model lstm --cells 32 --words 2000 --timesteps 60"
    files = ("--data", NSMC / "ratings_train.tsv")
    files += ("--test-data", NSMC / "ratings_test.tsv")
    code, output = said(
        *("train.py", *files, *options.split(), "--edition", 2, "--epochs", 2),
        *("--out", run),
    )
    assert code == 0, output
    code, output = said("evaluate.py", run, "--json")
    assert json.loads(output)["accuracy"] > 0.8
    assert json.loads(output)["reviews"] == 50_000
    liked, disliked = "정말 재미있게 봤어요", "시간이 아깝다"
    code, output = said("predict.py", run, liked, disliked)
    assert [line.split()[1] for line in output.splitlines()[:2]] == ["1:", "0:"]


def nsmc_texts(path: Path, count: int) -> list[str]:
    """The first reviews of the Korean test data."""
    with open(path, encoding="utf-8", newline="") as file:
        rows = csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        return [row[1] for row, _ in zip(rows, range(count + 1), strict=False)][1:]


def test_nothing_of_a_korean_review_is_unknown():
    if not NSMC.exists():
        pytest.skip("no Korean reviews here")
    path = str(NSMC / "ratings_test.tsv")
    corpus = data.load(path, Asked("characters"))
    for text in nsmc_texts(Path(path), 1_000):
        read = corpus.vocabulary.read(text, 100_000)
        assert "".join(word.text for word in read) == " ".join(text.split())
