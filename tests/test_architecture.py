"""Data flows one way: no module imports one to its right."""

import ast
from pathlib import Path

import pytest

from tests.conftest import ROOT

ORDER = (
    # what everything may use
    *("errors", "files", "printable", "untrusted", "language", "show", "book"),
    # data
    *("text", "reviews", "sample", "imdb_file", "download", "imdb", "data"),
    # the layer, and what a model has
    *("recurrence", "simple_rnn", "parameters", "model_files"),
    # training and the run folder
    *("settings", "history", "run_lock", "run", "snapshot"),
    *("batches", "epoch_program", "compiled_epoch", "training"),
    # what is made of a run
    *("evaluation", "prediction", "review_lines", "tables"),
    *("figures", "page"),
)
FILES = sorted((ROOT / "chapter9").rglob("*.py"))


def imported(file):
    """The modules that a file imports, also inside its functions."""
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def place(name):
    return ORDER.index(name.split(".")[1])


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(ROOT)))
def test_no_module_imports_one_to_its_right(file):
    own = file.relative_to(ROOT).with_suffix("").as_posix().replace("/", ".")
    for name in imported(file):
        top = name.split(".")[0]
        assert top not in ("models", "verification", "command_line", "tests"), name
        known = top == "chapter9" and name.split(".")[1:2]
        if known and known[0] in ORDER and own != "chapter9.__init__":
            assert place(name) <= place(own), f"{own} imports {name}"


def test_every_module_has_its_place():
    modules = {file.relative_to(ROOT / "chapter9").parts[0] for file in FILES}
    names = {Path(module).stem for module in modules} - {"__init__"}
    assert names == set(ORDER)


def test_models_use_the_chapter_and_not_the_other_way_round():
    for file in (ROOT / "models").glob("*.py"):
        for name in imported(file):
            assert name.split(".")[0] not in ("verification", "train", "evaluate")
