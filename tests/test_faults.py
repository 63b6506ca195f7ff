"""docs/faults.md: every fault has a number, which the tests that show it bear too."""

import re
from collections import defaultdict

import pytest

from tests.conftest import ROOT

ROW = r"^\| (\d+) \| .+ \| .+ \| (.+) \|$"
NAME = r"def test_case_((?:\d+_(?:and_)?)+)|# case (\d+):"  # or one of a test's rows


def listed() -> dict[int, set[str]]:
    text = (ROOT / "docs" / "faults.md").read_text(encoding="utf-8")
    rows = re.findall(ROW, text, re.MULTILINE)
    assert [int(number) for number, _ in rows] == list(range(1, len(rows) + 1))
    return {
        int(number): set() if tests == "open" else set(tests.split(", "))
        for number, tests in rows
    }


def in_the_tests() -> dict[int, set[str]]:
    found = defaultdict(set)
    for file in (ROOT / "tests").glob("test_*.py"):
        for groups in re.findall(NAME, file.read_text(encoding="utf-8")):
            for number in re.findall(r"\d+", " ".join(groups)):
                found[int(number)].add(file.name)
    return found


def test_the_list_and_the_tests_have_the_same_faults():
    found = in_the_tests()
    assert len(listed()) >= 80
    assert {number: found.get(number, set()) for number in listed()} == listed()
    assert set(found) <= set(listed())


@pytest.mark.parametrize("name", ["README.md", "README.ko.md"])
def test_the_readmes_lead_to_the_list(name):
    assert "(docs/faults.md)" in (ROOT / name).read_text(encoding="utf-8")
