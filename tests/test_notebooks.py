"""The notebooks: one source for both languages, and every cell runs where it is opened.

That is a folder that has nothing of the project but the wheel, in an environment that
has not installed it: the first cell does.
"""

import os
import re
import subprocess

import filelock
import pytest

from tests.conftest import ROOT
from tests.test_packaging import environment, sdist, wheel  # noqa: F401

nbformat = pytest.importorskip("nbformat")
pytest.importorskip("jupytext")
pytest.importorskip("nbclient")

from notebooks import build  # noqa: E402

BOTH = [(section, lang) for section in build.SECTIONS for lang in build.LANGUAGES]


def cells(section, language, kind):
    notebook = nbformat.read(build.path(section, language), as_version=4)
    return [cell for cell in notebook.cells if cell.cell_type == kind]


@pytest.mark.parametrize(("section", "language"), BOTH)
def test_the_notebook_is_that_of_its_source(section, language):
    written = build.path(section, language).read_text(encoding="utf-8")
    assert written == build.text(section, language), "make notebooks"
    nbformat.validate(nbformat.reads(written, as_version=4))


@pytest.mark.parametrize("section", build.SECTIONS)
def test_both_languages_have_the_same_code_and_the_same_in_prose(section):
    english, korean = (
        [cell.source for cell in cells(section, language, "code")]
        for language in build.LANGUAGES
    )
    differ = [
        (one, other) for one, other in zip(english, korean, strict=True) if one != other
    ]
    [(one, other)] = differ  # the cell that says which language it is
    assert one.replace('"en"', '"ko"') == other
    prose = zip(
        cells(section, "en", "markdown"), cells(section, "ko", "markdown"), strict=True
    )
    for one, other in prose:
        assert share_of_hangul(one.source) < 0.3 < share_of_hangul(other.source)
        for same in (r"^#+ ", r"`[^`]+`", r"\$[^$]+\$"):  # headings, code, mathematics
            found, wanted = (
                set(re.findall(same, text, re.MULTILINE))
                for text in (other.source, one.source)
            )
            assert found == wanted


@pytest.mark.parametrize(("section", "language"), BOTH)
def test_a_repository_is_where_colab_and_pip_find_it_and_without_one_nothing(
    section, language
):
    repository = "https://github.com/somebody/chapter9"
    notebook = build.built(section, language, repository)
    link = (
        "(https://colab.research.google.com/github/somebody/chapter9/blob/main/"
        f"{build.path(section, language).relative_to(ROOT).as_posix()})"
    )
    assert notebook.cells[0].source.endswith(link)
    [install] = [cell for cell in notebook.cells if "ADDRESS = " in cell.source]
    assert f'ADDRESS = "git+{repository}"' in install.source
    compile(install.source, "cell", "exec")
    elsewhere = str(build.built(section, language, "https://example.org/chapter9"))
    assert 'git+https://example.org/chapter9"' in elsewhere
    for without in (elsewhere, str(build.built(section, language, ""))):
        assert "colab.research" not in without
    assert "git+" not in str(build.built(section, language, ""))


def share_of_hangul(text):
    """Of the letters outside code and mathematics."""
    letters = re.findall(r"[A-Za-z가-힣]", re.sub(r"`[^`]+`|\$[^$]+\$", "", text))
    return sum(letter >= "가" for letter in letters) / len(letters)


RUN = """
import re
import sys
import nbformat
from nbclient import NotebookClient

notebook = nbformat.read(sys.argv[1], as_version=4)
for cell in notebook.cells:
    cell.source = cell.source.replace("data.load()", 'data.load("sample")')
    cell.source = re.sub(r"^EPOCHS = \\d+", "EPOCHS = 1", cell.source, flags=re.M)
NotebookClient(notebook, timeout=600, kernel_name="python3").execute()
nbformat.write(notebook, "executed.ipynb")
"""


def execute(section, language, package, folder):
    """Runs a notebook in a folder that has the wheel alone; returns its new file."""
    programs, folder = environment(folder / "venv"), folder / "empty"
    folder.mkdir()
    (folder / package.name).symlink_to(package)
    kept = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
    done = subprocess.run(
        [programs / "python", "-c", RUN, build.path(section, language)],
        cwd=folder,
        env={**kept, "PIP_NO_INDEX": "1"},
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return folder / "executed.ipynb"


@pytest.fixture(scope="module")
def executed(request, tmp_path_factory):
    """Runs a notebook, once for all tests and all of their workers; returns its file.

    They are LANGUAGE-SECTION.ipynb in one folder, as `python -m website` takes them.
    """
    shared = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent
    (shared / "executed").mkdir(exist_ok=True)

    def run(section, language):
        file = shared / "executed" / f"{language}-{section}.ipynb"
        with filelock.FileLock(file.with_suffix(".lock")):
            if not file.exists():
                folder = tmp_path_factory.mktemp(file.stem)
                wheel = request.getfixturevalue("wheel")
                os.replace(execute(section, language, wheel, folder), file)
        return file

    return run


EXECUTED = [("9-1", "ko"), ("9-2", "en"), ("9-3", "ko")]


@pytest.mark.long
@pytest.mark.parametrize(("section", "language"), EXECUTED)
def test_every_cell_runs_with_the_wheel_alone(section, language, executed):
    """On the sample, with one epoch where the learner has several."""
    notebook = nbformat.read(executed(section, language), as_version=4)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert all(cell.execution_count for cell in code)
    for cell in code:
        if "picture(" in cell.source and "replayed" not in cell.source:
            assert any("image/png" in shown.get("data", {}) for shown in cell.outputs)
        if cell.source.startswith("exercises."):
            [shown] = cell.outputs
            assert "..." in shown.data["text/plain"]  # no answer yet
    assert str(ROOT) not in str(notebook)
