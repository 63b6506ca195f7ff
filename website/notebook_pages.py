"""Notebooks as pages: executed, and then as Markdown with their outputs."""

import html
import os
import re
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbconvert import MarkdownExporter

from notebooks import build
from website.pages import ROOT

TIMEOUT = 1_800  # seconds for a cell, which may train on IMDB
FRAME = re.compile(r'<iframe (.*?) srcdoc="(.*?)"></iframe>', re.DOTALL)


def execute(section: str, language: str) -> nbformat.NotebookNode:
    """Returns a notebook with its outputs. It runs in the repository's folder.

    Raises:
        CellExecutionError: if a cell fails.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    notebook = build.built(section, language)
    place = {"metadata": {"path": str(ROOT)}}
    NotebookClient(
        notebook, timeout=TIMEOUT, kernel_name="python3", resources=place
    ).execute()
    return notebook


def markdown(notebook: nbformat.NotebookNode, docs: Path, name: str) -> str:
    """Returns a notebook as Markdown, its pictures and pages in files of their own.

    Args:
        notebook: executed or not; what it wrote to stderr is left out.
        docs: the folder of the language's Markdown.
        name: of the notebook, "9-1"; its files go to notebooks/9-1/.
    """
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = [out for out in cell.outputs if out.get("name") != "stderr"]
    folder = docs / "notebooks" / name
    folder.mkdir(parents=True, exist_ok=True)
    resources = {"output_files_dir": name, "unique_key": "output"}
    text, made = MarkdownExporter().from_notebook_node(notebook, resources)
    for path, content in made["outputs"].items():
        (folder.parent / path).write_bytes(content)

    def frame(found: re.Match) -> str:
        """An embedded page as a file: it is larger than all the rest."""
        number = len(list(folder.glob("page-*.html"))) + 1
        file = folder / f"page-{number}.html"
        file.write_text(html.unescape(found[2]), encoding="utf-8")
        source = f"{name}/{file.name}?{docs.name}"
        title = "the page" if docs.name == "en" else "웹 페이지"
        return f'<iframe {found[1]} src="{source}" title="{title}"></iframe>'

    return FRAME.sub(frame, text)
