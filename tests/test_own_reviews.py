"""A user's own reviews: every kind of file, and every way in which one can be wrong."""

import csv
import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from before_keras.own_reviews import SUFFIXES, Asked
from before_keras.safety import bounds
from before_keras.safety.errors import UserError
from before_keras.safety.printable import brief
from chapter9 import data
from chapter9.data.review_file import ReviewFile
from chapter9.data.reviews import set_aside
from chapter9.data.text import START, UNKNOWN
from tests import own
from tests.conftest import needs_linux


def load(path, **asked):
    return data.load(str(path), Asked(**asked))


def texts(corpus):
    """All texts of a corpus, in characters, as they are decoded."""
    return {
        corpus.vocabulary.decode(part[i][1:])
        for part in (corpus.training, corpus.test)
        for i in range(len(part))
    }


FILES = {
    "CSV": ("r.csv", {}),
    "TSV": ("r.tsv", {}),
    "JSON Lines": ("r.jsonl", {}),
    "CSV of a Windows spreadsheet": ("r.csv", {"encoding": "utf-8-sig", "end": "\r\n"}),
    "CSV in CP949": ("r.csv", {"encoding": "cp949", "end": "\r\n"}),
    "spreadsheet's Unicode text": ("r.tsv", {"encoding": "utf-16"}),
    "old Mac's lines": ("r.csv", {"end": "\r"}),
    "upper case suffix": ("R.CSV", {}),
}


@pytest.mark.parametrize(("name", "form"), FILES.values(), ids=FILES)
def test_every_kind_of_file_gives_the_same_reviews(tmp_path, name, form):
    corpus = load(own.write(tmp_path / name, **form), tokens="characters")
    assert texts(corpus) == {text for text, _ in own.reviews()}
    assert corpus.labels == ("긍정", "부정")[::-1]
    assert (len(corpus.training), len(corpus.test)) == (90, 10)
    assert ("CP949" in corpus.note) == (form.get("encoding") == "cp949")


@pytest.mark.parametrize("delimiter", ";\t")
def test_a_csv_may_have_semicolons_or_tabs_as_spreadsheets_write_it(
    tmp_path, delimiter
):
    path = tmp_path / "r.csv"
    with open(path, "w", newline="", encoding="utf-8") as file:
        rows = [
            ("review", "label"),
            *own.reviews(),
            ('그는 "왜?"; 하고\t물었다', "긍정"),
        ]
        csv.writer(file, delimiter=delimiter).writerows(rows)
    corpus = load(path, tokens="characters")
    assert '그는 "왜?"; 하고 물었다' in texts(corpus)


def test_a_quoted_text_may_have_lines_and_commas_and_a_tsv_has_no_quotes(tmp_path):
    rows = [*own.reviews(), ("첫 줄, 그리고\n둘째 줄", "긍정")]
    corpus = load(own.write(tmp_path / "r.csv", rows), tokens="characters")
    assert "첫 줄, 그리고 둘째 줄" in texts(corpus)
    rows = [*own.reviews(), ('"13구역"에 낚였다', "부정"), ('"닫지 않은', "부정")]
    corpus = load(own.write(tmp_path / "r.tsv", rows), tokens="characters")
    assert {'"13구역"에 낚였다', '"닫지 않은'} <= texts(corpus)


@pytest.mark.parametrize(
    ("header", "asked"),
    [
        (("document", "Sentiment"), {}),
        (("리뷰", "감성"), {}),
        (("a", "b"), {"text_column": "a", "label_column": "b"}),
        (("label", "text"), {"text_column": "label", "label_column": "text"}),
    ],
)
def test_columns_are_found_by_name_or_as_asked_for(tmp_path, header, asked):
    corpus = load(own.write(tmp_path / "r.csv", header=header), **asked)
    assert len(corpus.training) == 90
    assert f"texts from {header[0]}, labels from {header[1]}" in corpus.note


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (("0", "1"), ("0", "1")),
        (("10", "9"), ("9", "10")),
        (("spam", "ham"), ("ham", "spam")),
        (("긍정", "부정"), ("부정", "긍정")),
        (("true", "false"), ("false", "true")),
    ],
)
def test_labels_keep_their_names_the_larger_or_later_is_label_1(
    tmp_path, given, expected
):
    corpus = load(own.write(tmp_path / "r.csv", own.reviews(labels=given)))
    assert corpus.labels == expected


def test_json_may_have_integers_and_truth_values_for_labels(tmp_path):
    path = tmp_path / "r.jsonl"
    rows = [{"text": t, "label": x == "긍정"} for t, x in own.reviews()]
    path.write_text("\n".join(map(json.dumps, rows)))
    assert load(path).labels == ("false", "true")


def test_a_tenth_of_each_label_is_set_aside_always_the_same():
    labels = np.array([0] * 80 + [1] * 20)
    aside = set_aside(labels)
    assert np.bincount(labels[aside]).tolist() == [8, 2]
    assert set_aside(labels).tolist() == aside.tolist()
    assert set_aside(labels, seed=1).tolist() != aside.tolist()


def test_the_vocabulary_comes_from_the_training_part_alone(tmp_path):
    rows = [("zzz yyy", "긍정"), ("좋았다 zzz", "부정")]
    test_file = own.write(tmp_path / "test.csv", rows)
    corpus = load(own.write(tmp_path / "r.csv"), test_data=str(test_file))
    assert "zzz" not in corpus.vocabulary.words
    assert corpus.test[0].tolist() == [START, UNKNOWN, UNKNOWN]
    assert corpus.vocabulary.decode(corpus.test[1]) == "[start] 좋았다 [unknown]"
    assert (len(corpus.training), len(corpus.test)) == (100, 2)
    assert corpus.test.labels.tolist() == [1, 0]  # 긍정 is label 1


@pytest.mark.parametrize("kind", ["words", "characters"])
def test_all_reviews_at_once_are_encoded_as_each_by_itself(tmp_path, kind):
    rows = own.reviews(30)
    test_file = own.write(tmp_path / "test.csv", rows)
    corpus = load(
        own.write(tmp_path / "r.csv", own.reviews(50, 1)),
        tokens=kind,
        test_data=str(test_file),
    )
    for i, (text, _) in enumerate(rows):
        assert corpus.vocabulary.encode(text, 10**6) == corpus.test[i].tolist()


def test_duplicates_and_empty_texts_are_counted_and_said(tmp_path):
    again = own.reviews()[:1]
    rows = [*own.reviews(), *again, ("", "긍정"), ("  ", "부정")]
    test_file = own.write(tmp_path / "test.csv", own.reviews()[:3])
    corpus = load(own.write(tmp_path / "r.csv", rows), test_data=str(test_file))
    assert "2 reviews without a text are left out (first: line 103)" in corpus.note
    assert "1 reviews to train on are there more than once" in corpus.note
    assert "3 of the reviews to test on are among those to train on" in corpus.note
    assert len(corpus.training) == 101


def test_a_second_load_maps_the_cache_and_a_changed_file_is_read(
    tmp_path, monkeypatch, capsys
):
    monkeypatch.setenv("CHAPTER9_CACHE", str(tmp_path / "cache"))
    path = own.write(tmp_path / "r.csv")
    first = load(path)
    assert "reading" in capsys.readouterr().err
    again = load(path)
    assert "reading" not in capsys.readouterr().err
    assert isinstance(again.training.tokens, np.memmap)
    assert again.fingerprint == first.fingerprint
    assert again.vocabulary.words == first.vocabulary.words
    assert again.note == first.note
    own.write(path, own.reviews(seed=2))
    assert load(path).fingerprint != first.fingerprint
    assert load(path, tokens="characters").vocabulary.kind == "characters"


def test_the_same_bytes_under_another_suffix_are_another_file(tmp_path):
    rows = [*own.reviews(40), ("따옴표는 글자다", "긍정")]
    tsv = own.write(tmp_path / "r.tsv", [(f'"{text}"', label) for text, label in rows])
    table = tsv.rename(tmp_path / "r.csv")
    as_csv = load(table, tokens="characters")
    as_tsv = load(table.rename(tsv), tokens="characters")
    assert '"' not in as_csv.vocabulary.words
    assert '"' in as_tsv.vocabulary.words


ROWS = "".join(f"글 {i},{'ab'[i % 2]}\n" for i in range(20))
WRONG = {
    "no text column": (
        "제목,label\na,1\n",
        r"none of the columns .* --text-column.*see docs/questions.md#can-i-use-korean",
    ),
    "no label column": ("text,별\na,1\n", r"none of the columns .* --label-column"),
    "one label": ("text,label\na,1\nb,1\n", r"has one label only, 1: give"),
    "a single label": (f"text,label\n{ROWS}x,c\n", "a single review with the label c:"),
    "a gap": (f"text,label\n{ROWS}x,\n", r"line 22: the review has no label: fill"),
    "a gap in JSON": ('{"text": "a", "label": null}', "line 1: the review has no lab"),
    "a long label": (f"text,label\na,{'x' * 90}\n", r"line 2: x+\.\.\. is no label"),
    "an open quote": (f'text,label\n{ROWS}"x,a\n{ROWS}', "line 22: a quote opens the"),
    "a quote within": (f'text,label\n{ROWS}"x" y,a\n', "line 22: .* is written twice"),
    "three columns": (f"text,label\n{ROWS}x, y,a\n", r"line 22: it has 3 columns, th"),
    "nothing": ("", r"none of the columns .* it has nothing"),
    "a header": ("text,label\n", "holds no review with a text"),
    "empty texts": ("text,label\n ,a\n ,b\n", "holds no review with a text"),
    "one of a label": ("text,label\na,1\nb,2\nc,2\n", "a single review with the label"),
    "NUL": ("text,label\na\0b,1\n", "line 2: it holds NUL bytes"),
    "no JSON": ('{"text": "a", "label": "1"}\n{"text', "line 2: it is no JSON: "),
    "JSON list": ('["a"]', "line 1: it is no JSON object"),
    "JSON number": ('{"text": 1.5, "label": "1"}', "text is neither a text nor an int"),
    "deep JSON": ("[" * 100_000, "line 1: it is no JSON"),
}


@pytest.mark.parametrize(("content", "words"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_said_in_one_line(tmp_path, content, words):
    path = tmp_path / ("r.jsonl" if content[:1] in "{[" and content else "r.csv")
    path.write_text(content, encoding="utf-8")
    with pytest.raises(UserError, match=words) as error:
        load(path)
    assert str(error.value).startswith(str(path))
    assert "\n" not in str(error.value)
    assert csv.field_size_limit() == 131_072  # as Python has it


def test_mixed_encodings_are_named_with_the_lines(tmp_path):
    path = tmp_path / "r.csv"
    rows = b"text,label\n" + "가나다라각힣똠,1\n".encode()
    path.write_bytes(rows + "뷁과 샾,0\n".encode("cp949") + b"\xff\xff,1\n")
    with pytest.raises(UserError, match=r"line 3 is no UTF-8.*line \d is no CP949"):
        load(path)


def test_a_spreadsheet_itself_is_named(tmp_path):
    path = tmp_path / "r.csv"
    path.write_bytes(b"PK\x03\x04 and so on")
    with pytest.raises(UserError, match="save it as CSV UTF-8"):
        load(path)


@needs_linux
def test_a_billion_characters_in_a_line_take_no_memory(tmp_path):
    path = tmp_path / "r.csv"
    with open(path, "wb") as file:
        file.write(b"text,label\n")
        file.truncate(bounds.MAX_OWN_FILE + 1)  # NUL bytes, on no disk
    with pytest.raises(UserError, match="has more than 4,294,967,296 bytes"):
        load(path)
    path.write_text("text,label\n" + "x" * (bounds.MAX_LINE + 1))
    with pytest.raises(UserError, match="line 2: it has more than 1,000,000 char"):
        load(path)
    path.write_text("text,label\n" + "x" * (bounds.MAX_REVIEW + 1) + ",a\n")
    with pytest.raises(UserError, match="line 2: a text of more than 100,000 char"):
        load(path)


def test_reviews_that_need_too_much_memory_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(bounds, "MAX_OWN_TOKENS", 1_000)
    path = own.write(tmp_path / "r.csv", own.reviews(seed=3))  # not in the cache
    with pytest.raises(UserError, match=r"is too large \(it has more than 1,000 tok"):
        load(path, tokens="characters")
    monkeypatch.setattr(bounds, "MAX_OWN_REVIEWS", 50)
    with pytest.raises(UserError, match="line 52: more than 50 reviews"):
        load(path)


def test_the_label_of_a_test_file_must_be_one_of_the_training_files(tmp_path):
    path = own.write(tmp_path / "r.csv")
    other = own.write(tmp_path / "t.csv", own.reviews(labels=("neg", "긍정")))
    with pytest.raises(
        UserError, match=r"t\.csv, line 2: the label neg is neither 부정"
    ):
        load(path, test_data=str(other))


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_whatever_a_file_holds_it_is_read_or_refused_in_one_line(folder, drawn):
    suffix = drawn.draw(st.sampled_from(SUFFIXES))
    good = own.write(folder / f"good{suffix}", own.reviews(6)).read_bytes()
    place = drawn.draw(st.integers(0, len(good)))
    damage = drawn.draw(st.binary(max_size=8))
    damaged = good[:place] + damage + good[place + drawn.draw(st.integers(0, 8)) :]
    content = drawn.draw(st.one_of(st.just(damaged), st.binary(max_size=100)))
    path = folder / f"damaged{suffix}"
    path.write_bytes(content)
    try:
        found = ReviewFile(path, Asked())
        texts = list(found.texts())
    except UserError as error:
        assert str(error).startswith(str(path))
        assert "\n" not in brief(error, bounds.MAX_ERROR)
    else:
        assert len(texts) == len(found.targets) > 0


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("damaged")
