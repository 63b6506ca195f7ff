"""Writes the notebooks in both languages from their sources: `make notebooks`.

A source, 9-1.py and so on, is a Python file in Jupytext's percent format, so that ruff
reads its code and a diff shows what changed. A cell with lang="en" or lang="ko" is in
that language's notebook, every other one in both. `first_cells.py` stands after the
title of each: it installs the package, and says which language the notebook speaks.

Where pyproject.toml names the project's repository, the first cell installs the package
from there, and with one on GitHub the title has a link that opens the notebook in Colab.
"""

import tomllib
from pathlib import Path

import jupytext
import nbformat

FOLDER = Path(__file__).parent
PROJECT = tomllib.loads((FOLDER.parent / "pyproject.toml").read_text(encoding="utf-8"))
REPOSITORY = PROJECT["project"]["urls"].get("Repository", "").removesuffix("/")
GITHUB = "https://github.com/"
COLAB = {"en": "Open in Colab", "ko": "코랩에서 열기"}
SECTIONS = ("9-1", "9-2", "9-3")
LANGUAGES = ("en", "ko")
KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}


def built(
    section: str, language: str, repository: str = REPOSITORY
) -> nbformat.NotebookNode:
    """Returns a section's notebook, without outputs.

    Args:
        section: "9-1", ...
        language: "en" or "ko".
        repository: the address that the package is installed from, or "".
    """
    title, *cells = _cells(section, language)
    first = _cells("first_cells", language)
    if repository:
        for cell in first:
            cell.source = cell.source.replace(
                "ADDRESS = None", f'ADDRESS = "git+{repository}"'
            )
    if repository.startswith(GITHUB):
        file = f"{repository.removeprefix(GITHUB)}/blob/main/notebooks/{language}"
        address = f"https://colab.research.google.com/github/{file}/{section}.ipynb"
        title.source += f"\n\n[{COLAB[language]}]({address})"
    cells = [title, *first, *cells]
    for number, cell in enumerate(cells):
        cell.id, cell.metadata = f"cell-{number}", {}  # jupytext's ids are random
    metadata = {"kernelspec": KERNEL, "language_info": {"name": "python"}}
    return nbformat.v4.new_notebook(cells=cells, metadata=metadata)


def _cells(name: str, language: str) -> list[nbformat.NotebookNode]:
    notebook = jupytext.read(FOLDER / f"{name}.py", fmt="py:percent")
    return [
        cell
        for cell in notebook.cells
        if cell.metadata.get("lang", language) == language
    ]


def text(section: str, language: str) -> str:
    """Returns the notebook's file."""
    return nbformat.writes(built(section, language), version=4) + "\n"


def path(section: str, language: str) -> Path:
    """Returns where the notebook's file is."""
    return FOLDER / language / f"{section}.ipynb"


def main() -> None:
    """Writes all of them."""
    for language in LANGUAGES:
        for section in SECTIONS:
            file = path(section, language)
            file.parent.mkdir(exist_ok=True)
            file.write_text(text(section, language), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
