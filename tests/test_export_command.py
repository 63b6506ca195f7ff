"""A run's model in other tools: each in its own runtime, without this project."""

import json
import os
import re
import subprocess
import sys

import keras
import numpy as np
import pytest

import models
from before_keras.export_formats import FORMATS, backend_for
from before_keras.safety.errors import UserError
from chapter9 import exports
from chapter9.exports import comparison
from chapter9.exports.card import text as card_text
from commands.export import twin
from tests import own
from tests.conftest import ROOT, run_command
from tests.export_matrix import run_with_weights, token_ids
from tests.test_packaging import environment

EVERY = (
    *("one-hot:custom", "one-hot:builtin", "embedding:custom", "lstm:builtin"),
    *("lstm-dropout:custom", "lstm-2-layers:builtin", "gru:custom"),
)
SOME = ("embedding:builtin", "lstm-2-layers:custom", "gru:builtin")
MATRIX = [  # all models where the runtime starts quickly; it starts for each of them
    ("tensorflow", "keras", SOME),
    ("tensorflow", "saved_model", SOME),
    ("tensorflow", "onnx", EVERY),
    ("tensorflow", "litert", SOME),
    ("jax", "saved_model", SOME),
    ("torch", "onnx", SOME),
    ("torch", "torch", (*SOME, "one-hot:custom")),
]
LONGEST = 1_100  # seconds on a busy machine; a minute on an idle one
TEXTS = ("word1, WORD2 word3!", "word40 nonsense word9 word7 word8 word5 word4 word2")


def needs(*packages):
    for package in packages:
        pytest.importorskip(package)


@pytest.mark.long
@pytest.mark.timeout(LONGEST + 60)
@pytest.mark.parametrize(("backend", "name", "pairs"), MATRIX)
def test_every_model_says_the_same_in_the_format_s_own_runtime(
    backend, name, pairs, tmp_path
):
    needs(backend, *FORMATS[name].backends[backend], FORMATS[name].runtime)
    code, output, error = run_command(
        *("-m", "tests.export_matrix", name, tmp_path, *pairs),
        KERAS_BACKEND=backend,
        timeout=LONGEST,
    )
    assert code == 0, error[-2000:]
    found = dict(line.split() for line in output.splitlines() if ":" in line)
    assert set(found) == set(pairs)
    assert all(float(difference) < 1e-5 for difference in found.values()), found


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    return run_with_weights(tmp_path_factory.mktemp("run"), "one-hot")


def predicted(folder, *texts):
    """The probabilities of label 1 that an export's predict.py prints, anywhere."""
    done = subprocess.run(
        [sys.executable, folder / "predict.py", *texts],
        cwd=folder.parent,
        env={k: v for k, v in os.environ.items() if k != "PYTHONPATH"},
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


@pytest.mark.long
@pytest.mark.parametrize("name", FORMATS)
def test_the_program_of_an_export_predicts_from_text_as_predict_py(name, run):
    backend = next(iter(FORMATS[name].backends))
    needs(backend, *FORMATS[name].backends[backend], FORMATS[name].runtime)
    code, output, error = run_command("export.py", run.path, "--to", name)
    assert code == 0, error
    assert error == ""
    assert "20 reviews" in output
    folder = run.path / "exports" / name
    expected = run_command("predict.py", run.path, *TEXTS, "--json")[1].splitlines()
    for line, said in zip(predicted(folder, *TEXTS), expected, strict=True):
        found = float(re.search(r"(\d\.\d+) positive", line)[1])
        assert abs(found - json.loads(said)["probability"]) < 1e-5
    assert len((folder / "predict.py").read_text().splitlines()) <= 26
    for file in folder.rglob("*"):  # nothing of the machine that wrote it
        assert not file.is_file() or str(ROOT).encode() not in file.read_bytes(), file
    assert not list(folder.parent.glob(".*")), "something is left behind"


@pytest.mark.long
def test_the_card_says_what_goes_in_and_what_comes_out(run, tmp_path):
    needs("tf2onnx", "onnxruntime")
    if keras.backend.backend() != "tensorflow":
        pytest.skip("written by tensorflow")
    model, ids = models.load(run), token_ids(run)
    target = tmp_path / "new" / "onnx"
    exports.write(target, "onnx", run, model, twin(run, "onnx", model), ids)
    card = json.loads((target / "card.json").read_text(encoding="utf-8"))
    assert card["input"]["timesteps"] == 6
    assert card["output"] == {"numbers": 1, "labels": ["negative", "positive"]}
    assert card["compared"]["reviews"] == 20
    assert card["size"] == (target / "model.onnx").stat().st_size
    words = json.loads((target / "vocabulary.json").read_text(encoding="utf-8"))
    assert words[:2] == ["word1", "word2"]
    said = (target / "README.md").read_text(encoding="utf-8")
    assert "(reviews, 6) int32" in said
    assert "the probability of positive" in said
    three = card | {"output": {"numbers": 3, "labels": ["a", "b", "c"]}}
    done = comparison.Comparison("onnxruntime 1", 20, 0.0, 1.0)
    assert "a probability for each of a, b, c" in card_text(three, done)
    # An export that is there is kept, and nothing but an export is ever replaced.
    before = (target / "card.json").read_bytes()
    arguments = ("onnx", run, model, twin(run, "onnx", model), ids)
    with pytest.raises(UserError, match="--overwrite replaces it"):
        exports.write(target, *arguments)
    with pytest.raises(UserError, match="is no export: give another --out"):
        exports.write(tmp_path, *arguments, overwrite=True)
    # One that says something else leaves the one before as it was.
    other = twin(run, "onnx", model)
    other.set_weights([-weight for weight in other.get_weights()])
    with pytest.raises(UserError, match=r"differs from the run's model by up to \d"):
        exports.write(target, "onnx", run, model, other, ids, overwrite=True)
    assert (target / "card.json").read_bytes() == before
    assert [path.name for path in target.parent.iterdir()] == ["onnx"]
    exports.write(target, *arguments, overwrite=True)
    assert (target / "card.json").exists()


def test_a_file_that_the_runtime_cannot_open_is_one_line(run, tmp_path):
    (tmp_path / "predict.py").write_text("raise OSError('damaged')\n")
    with pytest.raises(UserError, match=r"cannot open .*\(OSError: damaged\)"):
        comparison.compare(tmp_path, "keras", models.load(run), token_ids(run))


def test_no_export_may_import_this_project(run, tmp_path):
    (tmp_path / "predict.py").write_text("import chapter9\n")
    with pytest.raises(UserError, match="import of chapter9 halted"):
        comparison.compare(tmp_path, "keras", models.load(run), token_ids(run))


@pytest.mark.parametrize(
    ("name", "backend", "able", "other"),
    [
        ("litert", "jax", "tensorflow", "saved_model"),
        ("saved_model", "torch", "tensorflow, jax", "onnx"),
        ("torch", "tensorflow", "torch", "litert"),
        ("onnx", "jax", "tensorflow, torch", "keras"),
    ],
)
def test_a_backend_that_cannot_write_a_format_is_told_what_can(
    name, backend, able, other
):
    with pytest.raises(UserError) as refused:
        backend_for(name, backend)
    message = str(refused.value)
    assert f"{backend} cannot export to {name}" in message
    assert f"({able} can)" in message
    assert other in message
    assert "\n" not in message


@pytest.mark.skipif(os.name != "posix", reason="links to packages")
def test_packages_that_are_missing_are_named_with_pip(tmp_path):
    programs = environment(tmp_path / "venv", "tf2onnx", "onnxruntime")
    done = subprocess.run(
        [programs / "python", ROOT / "export.py", "run", "--to", "onnx"],
        env={**os.environ, "KERAS_BACKEND": "tensorflow", "LANGUAGE": "en"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert done.stderr == (
        "error: --to onnx needs packages that are not installed: "
        "pip install tf2onnx onnxruntime\n"
    )


@pytest.mark.long
def test_reviews_of_ones_own_in_characters_go_out_too(tmp_path):
    needs("tf2onnx", "onnxruntime")
    file, run = own.write(tmp_path / "reviews.csv"), tmp_path / "run"
    train = ("--data", file, "--tokens", "characters", *own.TRAIN, "--epochs", 1)
    code, _, error = run_command("train.py", *train, "--model", "gru", "--out", run)
    assert code == 0, error
    code, output, error = run_command("export.py", run, "--to", "onnx", "--lang", "ko")
    assert code == 0, error
    assert re.search("[가-힣]", output)
    texts = ("연기는 별로였지만 이야기가 좋았다", "영화는  좋았다 ")
    expected = run_command("predict.py", run, *texts, "--json")[1].splitlines()
    lines = predicted(run / "exports" / "onnx", *texts)
    for line, said in zip(lines, expected, strict=True):
        found = float(re.search(r"(\d\.\d+) 긍정", line)[1])
        assert abs(found - json.loads(said)["probability"]) < 1e-5


def test_at_most_a_thousand_reviews_are_compared_from_first_to_last():
    rows = np.arange(25_000)[:, None]
    some = comparison.some_of(rows)
    assert len(some) == 1_000
    assert (some[0, 0], some[-1, 0]) == (0, 24_999)
    assert len(np.unique(some)) == 1_000
    assert (comparison.some_of(rows[:7]) == rows[:7]).all()
