"""The pages in docs: the same in both languages, code that runs, links that hold."""

import doctest
import json
import re

import pytest

from before_keras import questions
from docs import build
from tests.conftest import ROOT, own_files
from tests.test_readme import READMES, RUN, commands

DOCS = [name for name in own_files() if re.match(r"docs/.*\.md$", name)]
FOR_DEVELOPERS = ("docs/faults.md", "docs/mutants.md")  # in English alone
READERS = [name for name in DOCS if name not in FOR_DEVELOPERS]
PAIRS = [name for name in READERS if not name.endswith(".ko.md")]
COMMANDS = {line for page in RUN for line in commands(page)}


def text(name):
    return (ROOT / name).read_text(encoding="utf-8")


def blocks(name):
    """The Python sessions of a page, in order."""
    return re.findall(r"```pycon\n(.*?)```", text(name), re.DOTALL)


def headings(name):
    return re.findall(r"^#+", text(name), re.MULTILINE)


def rows(name):
    """The cells of a table, row by row."""
    lines = re.findall(r"^\|(.*)\|$", text(name), re.MULTILINE)
    return [[cell.strip() for cell in line.split("|")] for line in lines[2:]]


def test_every_page_is_in_both_languages():
    assert {"docs/questions.md", "docs/glossary.md"} <= set(PAIRS)
    assert sorted(READERS) == sorted(
        name.replace(".md", end) for name in PAIRS for end in (".md", ".ko.md")
    )


@pytest.mark.parametrize("name", PAIRS)
def test_both_languages_have_the_same_pieces(name):
    korean = name.replace(".md", ".ko.md")
    assert blocks(name) == blocks(korean)
    assert headings(name) == headings(korean)
    assert commands(name) == commands(korean)


def test_the_glossaries_are_of_the_same_words():
    english, korean = rows("docs/glossary.md"), rows("docs/glossary.ko.md")
    for one, other in zip(english, korean, strict=True):
        assert one[0].partition(",")[0] in other[1] or other[1] in one[0]
        assert other[0] == one[1]
        names = [re.findall("`.*?`", row[2]) for row in (one, other)]
        assert names[0] == names[1]


@pytest.mark.parametrize("name", DOCS)
def test_every_command_is_one_that_the_readmes_test_runs(name):
    assert set(commands(name)) <= COMMANDS


def test_every_session_runs_from_top_to_bottom():
    """The blocks of the English page; the Korean ones are the same."""
    session = "\n".join(blocks("docs/questions.md"))
    assert session.count(">>>") > 50
    parsed = doctest.DocTestParser().get_doctest(
        session, {}, "questions.md", "docs/questions.md", 0
    )
    said = []
    doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE).run(
        parsed, out=said.append
    )
    assert not said, "".join(said)


def test_the_page_answers_with_the_questions_of_these_pages():
    """After a change: `make questions`."""
    assert build.FILE.read_text(encoding="utf-8") == build.text()
    built = json.loads(build.text())
    asked = re.findall(r'data-why="(.*?)"', text("chapter9/page/template.html"))
    assert set(asked) == set(built["en"]) == set(built["ko"])
    assert set(asked) <= anchors("docs/questions.md")


@pytest.mark.parametrize("place", questions.ALL)
def test_every_question_that_a_message_leads_to_is_there(place):
    for language in ("en", "ko"):
        file, _, anchor = place.in_language(language).partition("#")
        assert anchor in anchors(file)


LINK = re.compile(r"\]\(([^)#\s]*)(?:#([^)\s]*))?\)")


def anchors(name):
    """GitHub's names of a page's headings."""
    titles = re.findall(r"^#+ (.*)$", text(name), re.MULTILINE)
    kept = (re.sub(r"[^\w\- ]", "", title.lower()) for title in titles)
    return {title.strip().replace(" ", "-") for title in kept}


@pytest.mark.parametrize("name", [*DOCS, *READMES, "CHANGELOG.md", "CONTRIBUTING.md"])
def test_every_link_leads_somewhere(name):
    folder = (ROOT / name).parent
    for path, anchor in LINK.findall(text(name)):
        if path.startswith("http"):
            continue
        target = (folder / path).resolve() if path else ROOT / name
        assert target.exists(), path
        if anchor:
            there = target.relative_to(ROOT).as_posix()
            assert anchor in anchors(there), f"{path}#{anchor}"
