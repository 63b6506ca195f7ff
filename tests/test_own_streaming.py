"""A user's own reviews go from file to cache on disk alone, and are what they are.

A few lines that hold everything in memory say what they are.
"""

import os
import signal
import sys
import tempfile
import unicodedata
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from before_keras.own_reviews import TOKENS, Asked
from before_keras.places import CACHE_VARIABLE
from before_keras.safety.errors import UserError
from chapter9.data import own as own_data
from chapter9.data import part_file, table_file, word_counts
from chapter9.data.text import START, UNKNOWN, Vocabulary
from tests import own, processes
from tests.conftest import needs_posix

# "ㄱ" and "11" are the same bytes as Python holds them; "ﬀ" and "İ" change when made
# lower case or composed; white space and punctuation beyond ASCII.
LETTERS = "ㄱ1aA'.,\"\n\t\u3000。가나ㅏİﬀ🎬"
ANY = st.characters(codec="utf-8", exclude_characters="\0\r")
TEXTS = st.text(st.one_of(st.sampled_from(LETTERS), ANY))
ROWS = st.lists(st.tuples(TEXTS, st.sampled_from("xy")), max_size=12)
AT_LEAST = [("ㄱ", "y"), ("11", "x"), ("첫 글", "x"), ("첫 글", "x"), ("a b.", "y")]


def pieces(text, kind):
    """As `tokens.split`, in the words of str."""
    text = unicodedata.normalize("NFC", text)
    if kind == "characters":
        return list(" ".join(text.replace("\ufeff", " ").split()))
    marks = {c for c in text.lower() if unicodedata.category(c)[0] in "PS"} - {"'"}
    return "".join(
        " " if c in marks or c == "\ufeff" else c for c in text.lower()
    ).split()


def reference(rows, test_rows, kind):
    """Tokens and labels of training and test part, words, and texts that are twice."""
    rows, test_rows = (
        [(text.strip(), label) for text, label in part if text.strip()]
        for part in (rows, test_rows)
    )
    names = sorted({label for _, label in rows})
    if not test_rows:
        random, aside = np.random.RandomState(42), set()
        for name in names:
            places = [i for i, (_, label) in enumerate(rows) if label == name]
            count = int(np.ceil(len(places) / 10))
            aside |= set(random.permutation(places)[:count])
        test_rows = [row for i, row in enumerate(rows) if i in aside]
        rows = [row for i, row in enumerate(rows) if i not in aside]
    counts = Counter(piece for text, _ in rows for piece in pieces(text, kind))
    words = sorted(counts, key=lambda word: (-counts[word], word))
    place = {word: 4 + i for i, word in enumerate(words)}

    def encoded(text):
        return [START, *(place.get(piece, UNKNOWN) for piece in pieces(text, kind))]

    parts = [
        ([encoded(text) for text, _ in part], [names.index(label) for _, label in part])
        for part in (rows, test_rows)
    ]
    known = {text for text, _ in rows}
    in_both = sum(text in known for text, _ in test_rows)
    return parts, words, len(rows) - len(known), in_both


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("streaming")


@given(
    ROWS, ROWS, st.sampled_from(TOKENS), st.sampled_from([".csv", ".jsonl"]), st.data()
)
@settings(max_examples=60, deadline=None)
def test_the_reviews_are_those_of_a_few_lines_that_hold_everything(
    folder, rows, test_rows, kind, suffix, drawn
):
    """Also where every few words go to a file, and every few tokens are a block."""
    rows = drawn.draw(st.permutations(rows + AT_LEAST))
    paths = [own.write(folder / f"r{suffix}", rows)]
    if any(text.strip() for text, _ in test_rows):
        paths.append(own.write(folder / f"t{suffix}", test_rows))
    else:
        test_rows = []
    asked = Asked(tokens=kind, test_data=str(paths[1]) if test_rows else "")
    with (
        tempfile.TemporaryDirectory(dir=folder) as cached,
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.setenv(CACHE_VARIABLE, cached)
        patch.setattr(word_counts, "MAX_COUNTS", drawn.draw(st.integers(1, 9)))
        patch.setattr(word_counts, "MAX_FILES", 3)
        patch.setattr(part_file, "BLOCK", drawn.draw(st.integers(1, 20)))
        corpus = own_data.load(paths[0], asked)
        again = own_data.load(paths[0], asked)
        [whole] = Path(cached).glob("own-*[!k]")
        assert len([*whole.iterdir()]) == 8  # nothing that was needed on the way
    parts, words, twice, in_both = reference(rows, test_rows, kind)
    for found in (corpus, again):
        assert found.vocabulary.words == words
        for part, (tokens, labels) in zip(
            (found.training, found.test), parts, strict=True
        ):
            assert [review.tolist() for review in part] == tokens
            assert part.labels.tolist() == labels
            kinds = part.tokens.dtype, part.offsets.dtype, part.labels.dtype
            assert kinds == (np.int32, np.int64, np.int8)
    assert (f"{twice:,} reviews to train on are there" in corpus.note) == (twice > 0)
    assert (f"{in_both:,} of the reviews to test" in corpus.note) == (in_both > 0)


def test_bars_are_shown_in_a_terminal_and_change_nothing(tmp_path, monkeypatch, capsys):
    path = own.write(tmp_path / "r.csv")
    found = []
    for name, terminal in (("a", "1"), ("b", "0")):
        monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path / name))
        monkeypatch.setenv("TTY_COMPATIBLE", terminal)
        found.append(own_data.load(path, Asked()).fingerprint)
        said = capsys.readouterr().err
        for what in ("reading r.csv", "making the vocabulary", "making tokens"):
            assert (what in said) == (terminal == "1")
    assert found[0] == found[1]


def test_a_file_that_is_loaded_twice_at_once_is_read_once(
    tmp_path, monkeypatch, capsys
):
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path / "cache"))
    path = own.write(tmp_path / "r.csv", own.reviews(2_000))
    with ThreadPoolExecutor(3) as pool:
        corpora = list(pool.map(own_data.load, [path] * 3, [Asked()] * 3))
    assert len({corpus.fingerprint for corpus in corpora}) == 1
    assert capsys.readouterr().err.count("reading") == 1


def _load_killed(step, folder, path):
    os.environ[CACHE_VARIABLE] = str(folder)
    sys.addaudithook(processes.killer(step, str(folder)))
    own_data.load(path, Asked())


@needs_posix
def test_case_15_what_a_kill_leaves_is_cleared_by_the_next_load(tmp_path, monkeypatch):
    path, folder = own.write(tmp_path / "r.csv"), tmp_path / "cache"
    process = processes.Process(target=_load_killed, args=(9, folder, path))
    process.start()
    process.join(60)
    assert process.exitcode == -signal.SIGKILL
    assert [*folder.glob("*.part/*")]
    monkeypatch.setenv(CACHE_VARIABLE, str(folder))
    assert len(own_data.load(path, Asked()).training) == 90
    whole, lock = sorted(folder.iterdir())
    assert lock.name == f"{whole.name}.lock"
    assert len([*whole.iterdir()]) == 8


@pytest.mark.parametrize("more", ["하나 더,긍정\n".encode(), b"\xff\xff,1\n"])
def test_a_file_that_changes_while_it_is_read_is_noticed(tmp_path, monkeypatch, more):
    path = own.write(tmp_path / "r.csv", own.reviews(seed=5))
    encoding_of = table_file.encoding_of

    def changed_then(path):
        encoding = encoding_of(path)
        with open(path, "ab") as file:
            file.write(more)
        return encoding

    monkeypatch.setattr(table_file, "encoding_of", changed_then)
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path / "cache"))
    with pytest.raises(UserError, match=r"r\.csv has changed while it was read: start"):
        own_data.load(path, Asked())
    assert not [*tmp_path.glob("cache/own-*[!k]")]


@pytest.fixture
def temporary(tmp_path, monkeypatch):
    """A folder for temporary files of this test's own."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def test_without_a_cache_the_reviews_are_mapped_all_the_same(
    tmp_path, monkeypatch, temporary, capsys
):
    path = own.write(tmp_path / "r.csv")
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path / "cache"))
    whole = own_data.load(path, Asked())
    monkeypatch.setenv(CACHE_VARIABLE, str(path / "cache"))  # below a file
    found = own_data.load(path, Asked())
    assert "warning: no cache in" in capsys.readouterr().err
    assert found.fingerprint == whole.fingerprint
    assert found.note == whole.note
    assert isinstance(found.training.tokens, np.memmap)
    if os.name == "posix":
        assert not [*temporary.iterdir()]


def test_case_13_and_74_a_full_cache_and_nowhere_else_to_keep_them(
    tmp_path, monkeypatch, temporary, disk, capsys
):
    path = own.write(tmp_path / "r.csv")
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path / "cache"))
    whole = own_data.load(path, Asked()).fingerprint
    small = disk(tmp_path / "small", "8k")
    monkeypatch.setenv(CACHE_VARIABLE, str(small))
    assert own_data.load(path, Asked()).fingerprint == whole
    assert f"warning: no cache in {small}" in capsys.readouterr().err
    assert not [file for file in small.iterdir() if file.is_dir()]
    disk(temporary, "8k")
    with pytest.raises(
        UserError, match=r"cannot keep the reviews in .*temporary: No sp"
    ):
        own_data.load(path, Asked())


def test_a_file_to_evaluate_is_encoded_as_each_text_by_itself(tmp_path, temporary):
    rows = own.reviews(30, seed=7)
    words = Vocabulary(
        sorted({p for t, _ in rows[:20] for p in pieces(t, "words")}), "words"
    )
    path = own.write(tmp_path / "r.csv", [*rows, ("  ", "긍정")])
    found = own_data.encode(path, Asked(), words, ("부정", "긍정"))
    assert [r.tolist() for r in found] == [words.encode(t, 10**6) for t, _ in rows]
    assert found.labels.tolist() == [0, 1] * 15
