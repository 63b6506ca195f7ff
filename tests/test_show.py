"""A ledger: no line too wide, no word lost or broken, in any terminal."""

import io

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console

from before_keras.show import Entry, Ledger, wrapped

WORDS = st.lists(st.text("abc가나다0,()", min_size=1, max_size=8), max_size=20)
PARTS = WORDS.map(" ".join).filter(bool)


@given(WORDS.map(" ".join), st.lists(st.tuples(PARTS, PARTS), max_size=3))
def test_no_line_is_too_wide_and_no_word_is_lost_or_broken(left, values):
    entry = Entry(left, tuple(values), mark="ok", shown="맞음")
    words = " ".join(["맞음", left, *(" ".join(value) for value in values)]).split()
    for width in (24, 40, 80):
        lines = [line.plain for line in Ledger(((entry,),)).lines(width)]
        assert max(map(cell_len, lines)) <= width
        assert " ".join(lines).split() == words


def test_a_value_stands_at_the_right_margin_beside_its_claim_if_both_fit():
    entries = (
        Entry("claim", (("3 +", "= 4"),)),
        Entry("a long claim", (("3 +", "= 4"),)),
    )
    lines = [line.plain for line in Ledger((entries,)).lines(16)]
    assert lines == ["claim    3 + = 4", "a long claim", "         3 + = 4"]


def test_a_value_is_broken_at_its_parts_first():
    entry = Entry("claim", (("1 + 2 + 3 + 4 + 5", "= 1 + 14"),))
    lines = [line.plain for line in Ledger(((entry,),)).lines(20)]
    assert lines == ["claim", "   1 + 2 + 3 + 4 + 5", "            = 1 + 14"]


def test_a_value_without_a_claim_makes_no_empty_line():
    [line] = Ledger(((Entry("", (("x" * 80,),)),),)).lines()
    assert line.plain == "x" * 80


def test_only_a_word_wider_than_the_line_is_broken():
    assert wrapped("a " + "b" * 25 + " c", 10) == ["a", "b" * 10, "b" * 10, "bbbbb c"]


def test_a_mark_is_coloured_and_a_name_in_brackets_is_no_colour():
    file = io.StringIO()
    screen = Console(file=file, force_terminal=True, color_system="standard")
    screen.print(Ledger(((Entry("[red]name", mark="ok", shown="ok"),),)))
    assert file.getvalue() == "\x1b[32mok  \x1b[0m[red]name\n"
