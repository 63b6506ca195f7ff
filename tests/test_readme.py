"""READMEs and pages, to the letter: every command in its order, in a fresh folder.

First the English ones, from README on; then what only the Korean README has.

The folder holds what a clone does, an environment in .venv, and the files that a reader
brings: reviews (few of them, so that training takes seconds) and models of Keras's.
"""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pytest

from chapter9.data import sample
from tests import own
from tests.conftest import ROOT, own_files
from tests.labels import topics

READMES = ("README.md", "README.ko.md")
# The pages in their order. Their Korean has the same commands (tests/test_docs.py).
PAGES = (
    "reviews",
    "export",
    "seeds",
    "processes",
    "replay",
    "see",
    "speed",
    "questions",
    "glossary",
)
FOR_DEVELOPERS = {"faults.md", "mutants.md"}  # with no command of the project's
RUN = (READMES[0], *(f"docs/{name}.md" for name in PAGES), READMES[1])
NOT_HERE = {  # commands that something else runs, and what does
    r"make train": ".ci/run",
    r"make test": ".ci/run, which this test is a part of",
    r"(python3|py) -m venv|source|\.venv.Scripts": "make train, in .ci/run",
    r"python -m pip": "make train, in .ci/run",
    r"python -m benchmarks.key_presses": "tests/test_page_learning.py, a few presses",
    r".*make bench": "tests/test_benchmarks.py, with a round of a few steps",
    r"python train\.py$": "make train, in .ci/run",
    r"for k in 1 0": "tests/test_joint_training.py, with fewer reviews",
    r"for m in .* --seeds|python draw.py seeds runs/\{": "the same, smaller, before it",
}
# With so few reviews a run is worse than the author's, and verify.py must say so.
FAILS = ("verify.py --results", "verify.py --replay")
REVIEWS = 300


def commands(readme: str) -> list[str]:
    """The commands of a README in order, without their comments.

    They stand in indented lines, or in the text and its tables as code.
    """
    text = (ROOT / readme).read_text(encoding="utf-8")
    text = re.sub(r"```.*?```", "", text, flags=re.DOTALL)
    found = re.findall(r"^    (\S.*)$|`((?:python|for) .*?)`", text, re.MULTILINE)
    lines = [indented or inline for indented, inline in found]
    told = [re.split(r"\s+# ", line)[0].strip() for line in lines]
    return [line for line in told if not line.startswith("h_t =")]


def scripts(readme: str) -> list[str]:
    """The Python blocks of a README in order."""
    text = (ROOT / readme).read_text(encoding="utf-8")
    return re.findall(r"```python\n(.*?)```", text, re.DOTALL)


def write_reviews(path: Path) -> None:
    """An imdb.npz as Keras has it, of the first of the sample's reviews."""
    words, training, test = sample.generate(training=REVIEWS, test=REVIEWS)
    arrays = {}
    for part, (tokens, labels) in {"train": training, "test": test}.items():
        ranks = np.empty(len(tokens), object)
        ranks[:] = [[max(token - 3, 1) for token in review[1:]] for review in tokens]
        arrays |= {f"x_{part}": ranks, f"y_{part}": labels}
    np.savez(path, **arrays)
    ranks = ", ".join(f'"{word}": {rank}' for rank, word in enumerate(words, 1))
    path.with_name("imdb_word_index.json").write_text(f"{{{ranks}}}")


def write_korean_reviews(path: Path) -> None:
    """Film reviews as NSMC has them, few: a text, and 0 or 1."""
    header, labels = ("document", "label"), ("0", "1")
    own.write(path, own.reviews(REVIEWS, labels=labels), header)
    test = own.reviews(60, seed=1, labels=labels)
    own.write(path.with_name("ratings_test.tsv"), test, header)


def write_news(path: Path) -> None:
    """Headlines of three topics."""
    own.write(path, topics(REVIEWS))


def write_models(folder: Path) -> None:
    """Models of Keras's own, under the names that the READMEs give them."""
    layers = keras.layers
    theirs = keras.Sequential([keras.Input((5, 3)), layers.LSTM(4), layers.Dense(1)])
    theirs.save(folder / "theirs.keras")
    theirs.save(folder / "my_model.keras")
    theirs.save_weights(folder / "theirs.weights.h5")
    gru = [layers.Embedding(500, 16), layers.GRU(8), layers.Dense(1, "sigmoid")]
    reads = keras.Sequential([keras.Input((100,), dtype="int32"), *gru])
    reads.save(folder / "my_gru.keras")


@pytest.fixture
def clone(tmp_path):
    """A fresh folder as `git clone` leaves it, with .venv and the reader's files."""
    for name in own_files():
        if not name.startswith("tests/"):
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, tmp_path / name)
    (tmp_path / ".venv").symlink_to(sys.prefix)
    write_reviews(tmp_path / "imdb.npz")
    write_korean_reviews(tmp_path / "ratings_train.tsv")
    write_news(tmp_path / "news.csv")
    write_models(tmp_path)
    return tmp_path


@pytest.fixture
def shell(clone, monkeypatch):
    """Runs a line in the clone, in the activated environment; returns its output."""
    monkeypatch.setenv("PATH", f"{clone / '.venv' / 'bin'}:{Path('/usr/bin')}:/bin")
    monkeypatch.setenv("BROWSER", "true")  # a browser that opens nothing
    monkeypatch.delenv("PYTHONPATH", raising=False)

    def run(line, code=(0,), **environment):
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        done = subprocess.run(
            line, shell=True, cwd=clone, capture_output=True, text=True, timeout=600
        )
        assert done.returncode in code, f"{line}\n{done.stdout[-2000:]}{done.stderr}"
        return done.stdout

    return run


@pytest.mark.long
@pytest.mark.timeout(2_600)
def test_every_command_of_the_readmes_and_pages_runs_in_its_order(shell, clone):
    said = {}
    for line in dict.fromkeys(line for page in RUN for line in commands(page)):
        if any(re.match(other, line) for other in NOT_HERE):
            continue
        # IMDB's own facts are IMDB's: verify.py takes no other reviews for it.
        own = "verify.py" in line and "--replay" not in line
        data = "" if own else str(clone / "imdb.npz")
        code = (0, 1) if any(fails in line for fails in FAILS) else (0,)
        said[line] = shell(line, code, CHAPTER9_DATA=data)
    [pair] = [text for line, text in said.items() if "not dull but moving" in line]
    first, second, *_ = re.findall(r"^(\d\.\d+)", pair, re.MULTILINE)
    assert float(first) > 0.5 > float(second), pair  # order decides, and on each side
    for readme in READMES:
        (clone / "all.py").write_text("\n".join(scripts(readme)), encoding="utf-8")
        shell("python all.py")


def test_every_page_for_readers_is_run_and_each_readme_shows_every_command():
    """A page in docs/ that RUN lacks would have commands that nothing runs."""
    texts = {file.name for file in (ROOT / "docs").glob("*.md")}
    english = {name for name in texts if ".ko." not in name}
    assert english - FOR_DEVELOPERS == {f"{name}.md" for name in PAGES}
    for name in FOR_DEVELOPERS & texts:
        assert not commands(f"docs/{name}")
    programs = {"train.py", "evaluate.py", "predict.py", "verify.py", "explore.py"}
    for readme in READMES:
        shown = {line.split()[1] for line in commands(readme) if "python " in line}
        assert programs <= shown


def test_ci_runs_what_this_test_leaves_out():
    ci = (ROOT / ".ci" / "run").read_text()
    assert re.search(r"^make train\b", ci, re.MULTILINE)
    assert re.search(r"^make test\b", ci, re.MULTILINE)
