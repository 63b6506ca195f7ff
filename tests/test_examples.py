"""The public names: each is documented, and the examples of their docstrings run."""

import doctest
import sys

import pytest

import chapter9

NAMES = [name for name in chapter9.__all__ if not name.startswith("__")]


def examples(thing, name):
    """The doctests of a name and, for a class, of its methods, inherited ones too."""
    found = {}
    for one in (thing, *(thing.__mro__[1:] if isinstance(thing, type) else ())):
        if one.__module__.startswith("chapter9"):
            names = vars(sys.modules[one.__module__])
            tests = doctest.DocTestFinder().find(one, name, globs=dict(names))
            found |= {(test.filename, test.lineno): test for test in tests}
    return [test for test in found.values() if test.examples]


@pytest.mark.parametrize("name", NAMES)
def test_the_examples_of_a_public_name_run(name):
    thing = getattr(chapter9, name)
    found = examples(thing, name)
    assert found, "Examples: are missing"
    for test in found:
        said = []
        doctest.DocTestRunner().run(test, out=said.append)
        assert not said, "".join(said)


def test_states_and_gates_has_an_example():
    names = [test.name for test in examples(chapter9.LSTM, "LSTM")]
    assert any("states_and_gates" in name for name in names)


@pytest.mark.parametrize("name", NAMES)
def test_a_public_name_says_what_it_takes(name):
    documented = getattr(chapter9, name).__doc__
    assert "Examples:" in documented
    if name != "automatic_differentiation":  # it takes nothing
        assert "Args:" in documented


def test_the_changelog_has_the_version():
    from tests.conftest import ROOT

    log = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert f"## {chapter9.__version__}" in log
