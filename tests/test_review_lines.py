"""Reviews in a file: every line that is one, and never all of their words at once."""

import io
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from before_keras.safety import bounds
from before_keras.safety.errors import UserError
from chapter9.inference.prediction import MAX_BATCH
from chapter9.inference.review_lines import (
    batches,
    read_file,
    read_lines,
)

LINE = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1)


@given(
    st.lists(LINE.filter(str.strip), min_size=1), st.sampled_from(["\n", "\r\n", "\r"])
)
def test_every_line_that_is_not_blank_is_a_review(lines, end):
    text = end.join(["", *lines, " ", ""])
    assert list(read_lines(io.BytesIO(text.encode()), "it")) == lines


def test_a_file_is_read_without_its_byte_order_mark(tmp_path):
    path = tmp_path / "reviews.txt"
    path.write_text("좋은 영화\n나쁜 영화\n", encoding="utf-8-sig")
    assert list(read_file(path)) == ["좋은 영화", "나쁜 영화"]


@given(
    st.lists(st.integers(0, 2 * bounds.MAX_REVIEW), max_size=20), st.integers(0, 600)
)
def test_batches_are_bounded_and_leave_out_nothing(lengths, short):
    reviews = [length * "x" for length in lengths] + ["y"] * short
    found = list(batches(iter(reviews)))
    assert [review for batch in found for review in batch] == reviews
    for batch in found:
        assert 1 <= len(batch) <= MAX_BATCH
        assert sum(map(len, batch)) <= bounds.MAX_REVIEWS_TEXT


def test_utf_16_is_told_to_be_saved_as_utf_8():
    with pytest.raises(UserError, match=r"no UTF-8 text \(byte 0\): save it as UTF-8"):
        read_lines(io.BytesIO("good".encode("utf-16")), "it")


def test_case_44_millions_of_lines_take_little_memory():
    content = b"ab\n" * (bounds.MAX_REVIEWS_FILE // 3)
    tracemalloc.start()
    try:
        lines = read_lines(io.BytesIO(content), "it")
        assert sum(1 for _ in zip(lines, range(10_000), strict=False)) == 10_000
        assert tracemalloc.get_traced_memory()[1] < 6 * bounds.MAX_REVIEWS_FILE
    finally:
        tracemalloc.stop()
