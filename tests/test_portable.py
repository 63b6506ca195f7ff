"""What other systems do differently, as far as it can be seen on this one."""

import ast
import os
import subprocess
import sys

import pytest

from before_keras import invocation
from tests.conftest import ROOT
from tests.test_architecture import FILES, dotted, imported

POSIX_ONLY = {"fcntl", "grp", "pwd", "resource", "termios", "tty"}


def calls(file):
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            yield node


def says_how_it_is_encoded(call):
    """Whether a call opens no text file, or names its encoding: Windows has another."""
    name = getattr(call.func, "attr", getattr(call.func, "id", ""))
    named = {keyword.arg for keyword in call.keywords}
    if name in ("read_text", "write_text") and isinstance(call.func, ast.Attribute):
        return "encoding" in named
    if name == "open" and isinstance(call.func, ast.Name):
        modes = [a.value for a in call.args[1:2] if isinstance(a, ast.Constant)]
        return "encoding" in named or any("b" in mode for mode in modes)
    return True


@pytest.mark.parametrize("file", FILES, ids=dotted)
def test_every_text_file_has_its_encoding_named(file):
    for call in calls(file):
        assert says_how_it_is_encoded(call), f"{file}:{call.lineno}"


def test_the_question_about_encodings_is_answered_both_ways():
    def answer(code):
        return says_how_it_is_encoded(ast.parse(code, mode="eval").body)

    assert not answer("path.read_text()")
    assert not answer("open(path)")
    assert not answer("open(path, 'w')")
    assert answer("open(path, 'rb')")
    assert answer("open(path, encoding='utf-8')")
    assert answer("write_text(path, text)")  # safety/files.py's own


@pytest.mark.parametrize("file", FILES, ids=dotted)
def test_modules_start_where_posix_modules_are_missing(file):
    """They are imported, if at all, inside the function that can do without."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    at_start = [n for n in tree.body if isinstance(n, ast.Import | ast.ImportFrom)]
    inside = POSIX_ONLY & set(imported(file))
    for node in at_start:
        names = {alias.name for alias in node.names} | {getattr(node, "module", "")}
        assert not names & POSIX_ONLY, names
    if inside:
        assert "ImportError" in ast.unparse(tree), f"{file} needs {inside}"


def test_without_posix_modules_the_readers_still_read(tmp_path):
    """As on Windows: there is no module `resource`, and no limit."""
    (tmp_path / "a.json").write_text("[1]")
    program = (
        "import sys; sys.modules['resource'] = None; from pathlib import Path\n"
        "from before_keras.safety.untrusted import read_json\n"
        "assert read_json(Path(sys.argv[1])) == [1]\n"
        "from chapter9.model_files import hdf5_program\n"
        "hdf5_program._limit_this_process({})\n"
    )
    command = [sys.executable, "-c", program, str(tmp_path / "a.json")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_a_python_on_another_drive_is_named_by_its_path(monkeypatch):
    """On Windows there is no relative path from one drive to another."""

    def relpath(path):
        raise ValueError(f"path is on mount 'C:', start on mount 'D:': {path}")

    monkeypatch.setattr(os.path, "relpath", relpath)
    monkeypatch.setattr(invocation.shutil, "which", lambda name: None)
    monkeypatch.setattr(sys, "argv", ["train.py"])
    monkeypatch.setattr(sys, "executable", "/other/python")
    assert invocation.command("evaluate", "a run") == (
        "/other/python evaluate.py 'a run'"
    )
