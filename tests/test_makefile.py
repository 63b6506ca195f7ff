"""Which Python `make` takes, and what it says without one: Makefiles run for real."""

import re
import shutil
import subprocess

import pytest
import yaml

from tests.conftest import ROOT

MAKE = shutil.which("make")
pytestmark = pytest.mark.skipif(MAKE is None, reason="no make")
SUPPORTED, UNSUPPORTED = 0, 1  # how a Python answers the Makefile's question


@pytest.fixture
def make(tmp_path):
    """Says what `make` would run, where only these Pythons are to be found."""
    for name in ("Makefile", "requirements.txt", "pyproject.toml"):
        shutil.copyfile(ROOT / name, tmp_path / name)

    def says(*arguments, pythons):
        folder = tmp_path / "bin"
        folder.mkdir()
        for name, answer in pythons.items():
            stub(folder / name, answer)
        done = subprocess.run(
            [MAKE, "-n", *arguments],
            cwd=tmp_path,
            env={"PATH": str(folder)},
            capture_output=True,
            text=True,
        )
        return done.returncode, done.stdout, done.stderr

    return says


def stub(path, answer):
    path.write_text(f"#!/bin/sh\nexit {answer}\n")
    path.chmod(0o755)


@pytest.mark.parametrize(
    ("pythons", "taken"),
    [
        ({"python3.13": SUPPORTED, "python3.11": SUPPORTED}, "python3.13"),
        # pyenv has a python3.13 in PATH that only says where one would be.
        ({"python3.13": 127, "python3.12": SUPPORTED}, "python3.12"),
        ({"python3": UNSUPPORTED, "python": SUPPORTED}, "python"),
        ({"python3": SUPPORTED, "python": SUPPORTED}, "python3"),
    ],
)
def test_the_first_supported_python_is_taken(make, pythons, taken):
    code, output, error = make("train", pythons=pythons)
    assert (code, error) == (0, "")
    first, install, *_ = output.splitlines()
    assert first == f"{taken} -m venv .venv"
    assert install.endswith("-e '.[tensorflow,pictures]'")


def test_the_python_of_an_environment_that_is_there_is_kept(make, tmp_path):
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    stub(tmp_path / ".venv" / "bin" / "python", SUPPORTED)
    _, output, _ = make("train", pythons={"python3.13": SUPPORTED})
    assert output.startswith(".venv/bin/python -m venv .venv\n")


@pytest.mark.parametrize("target", ["train", "test"])
@pytest.mark.parametrize("pythons", [{}, {"python3": UNSUPPORTED}])
def test_without_one_a_line_says_what_to_install(make, target, pythons):
    code, _, error = make(target, pythons=pythons)
    assert code == 2
    assert error.count("\n") == 1
    assert "no Python from 3.11 to 3.13 with venv: install one" in error
    assert f"make {target} PYTHON=" in error


def test_python_given_by_name_is_taken_as_it_is(make):
    pythons = {"python3.13": SUPPORTED}
    _, output, _ = make("train", "PYTHON=/opt/python3", pythons=pythons)
    assert output.startswith("/opt/python3 -m venv .venv\n")


def test_make_test_leaves_torch_out_unless_asked(make):
    _, output, _ = make("test", pythons={"python3": SUPPORTED})
    assert "-e '.[test,jax,export]'" in output
    ci = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert "EXTRAS=test,backends,export" in ci


def test_the_question_is_whether_this_python_will_do(tmp_path):
    """The Makefile's question to a Python, answered by the one that runs the tests."""
    import sys

    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    [question] = [
        line.removeprefix("OURS := ")
        for line in makefile.splitlines()
        if line.startswith("OURS := ")
    ]
    assert subprocess.run([sys.executable, "-c", question]).returncode == SUPPORTED
    older = question.replace("sys.version_info", "(3, 10, 9)")
    assert subprocess.run([sys.executable, "-c", older]).returncode == UNSUPPORTED
    newer = question.replace("sys.version_info", "(3, 14, 0)")
    assert subprocess.run([sys.executable, "-c", newer]).returncode == UNSUPPORTED


def test_pre_commit_checks_what_make_check_does():
    text = (ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8")
    [repository] = yaml.safe_load(text)["repos"]
    [hook] = repository["hooks"]
    assert hook["entry"] == "make check"
    assert hook["pass_filenames"] is False
    named = re.search(r"^\.PHONY:(.*)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert "check" in named[1].split()
