"""Writes the questions that the page answers from docs/questions.md: `make questions`.

template.html names them by their anchors, data-why="why-tanh". The Korean page has the
same questions in the same order, so the English anchor names both.
"""

import json
import re
from pathlib import Path

FOLDER = Path(__file__).parent
PAGE = FOLDER.parent / "chapter9" / "page"
FILE = PAGE / "questions.json"
SOURCES = {"en": "questions.md", "ko": "questions.ko.md"}


def text() -> str:
    """Returns questions.json: by language and anchor, a title and its answer.

    An answer is a list of ["text", paragraph] and ["code", Python session].
    """
    asked = re.findall(r'data-why="(.*?)"', (PAGE / "template.html").read_text("utf-8"))
    anchors = [_anchor(title) for title, _answer in _questions("en")]
    built = {}
    for language in SOURCES:
        by_anchor = dict(zip(anchors, _questions(language), strict=True))
        built[language] = {
            anchor: {"title": title, "answer": _parts(answer)}
            for anchor, (title, answer) in by_anchor.items()
            if anchor in asked
        }
    return json.dumps(built, ensure_ascii=False, indent=1) + "\n"


def _questions(language: str) -> list[tuple[str, str]]:
    """The headings of the third level, each with the text below it."""
    whole = (FOLDER / SOURCES[language]).read_text("utf-8")
    sections = re.split(r"^### ", whole, flags=re.MULTILINE)[1:]
    pairs = (section.partition("\n") for section in sections)
    return [(title, answer.split("\n## ")[0]) for title, _newline, answer in pairs]


def _anchor(title: str) -> str:
    """GitHub's name of a heading."""
    return re.sub(r"[^\w\- ]", "", title.lower()).strip().replace(" ", "-")


def _parts(answer: str) -> list[list[str]]:
    parts = []
    pieces = re.split(r"```pycon\n(.*?)```", answer, flags=re.DOTALL)
    for place, piece in enumerate(pieces):
        if place % 2:
            parts.append(["code", piece.rstrip()])
            continue
        for paragraph in piece.strip().split("\n\n"):
            words = re.sub(r"\[(.*?)\]\(.*?\)", r"\1", " ".join(paragraph.split()))
            parts += [["text", words]] if words else []
    return parts


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8", newline="\n")
