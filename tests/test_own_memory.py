"""Reading a user's own reviews takes little memory, whatever and however much it holds.

Python counts what it has allocated, and the kernel lets the process grow by no more.
"""

import contextlib
import mmap
import multiprocessing
import re
import shutil
import tracemalloc
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest

from before_keras.own_reviews import Asked
from before_keras.safety import bounds
from before_keras.safety.errors import UserError
from before_keras.safety.untrusted import STATM
from chapter9.data import own
from chapter9.data.text import FIRST_WORD
from tests.conftest import needs_linux

resource = pytest.importorskip("resource", reason="no limits on Windows")
pytestmark = needs_linux

MEGABYTE = 2**20
ROOM = 64 * MEGABYTE  # by which the process may grow; every file here is larger
HEADER = b"text,label\n"


@contextlib.contextmanager
def limited(most: float, room: int = ROOM):
    """Within, the process grows by at most `room`, Python's objects by `most` MB."""
    before = resource.getrlimit(resource.RLIMIT_AS)
    pages = int(STATM.read_text(encoding="ascii").split()[0])
    limit = pages * mmap.PAGESIZE + room
    resource.setrlimit(resource.RLIMIT_AS, (limit, before[1]))
    tracemalloc.start()
    try:
        yield
        assert tracemalloc.get_traced_memory()[1] < most * MEGABYTE
    finally:
        tracemalloc.stop()
        resource.setrlimit(resource.RLIMIT_AS, before)


def sparse(path, size, start=HEADER):
    """A file that ends in NUL bytes, which lie on no disk."""
    with open(path, "wb") as file:
        file.write(start)
        file.truncate(size)
    return path


def test_a_file_larger_than_allowed_is_refused_before_it_is_read(tmp_path):
    path = sparse(tmp_path / "r.csv", bounds.MAX_OWN_FILE + 1)
    words = "has more than 4,294,967,296 bytes"
    with limited(1), pytest.raises(UserError, match=words):
        own.load(path, Asked())


@pytest.mark.parametrize(
    ("name", "start"),
    [
        ("r.csv", HEADER),
        ("r.tsv", HEADER.replace(b",", b"\t")),
        ("r.jsonl", b'{"text": "a", "label": "b"}\n'),
        ("r.csv", b"\xff\xfe" + HEADER.decode().encode("utf-16-le")),
    ],
)
def test_a_line_of_a_hundred_megabytes_is_never_held(tmp_path, name, start):
    path = sparse(tmp_path / name, 100 * MEGABYTE, start)
    words = "line 2: it has more than 1,000,000 characters"
    # The line up to the bound, and a block of 1 MB as it is decoded.
    with limited(24), pytest.raises(UserError, match=words):
        own.load(path, Asked())


def test_a_quote_that_never_closes_is_never_held(tmp_path):
    path = tmp_path / "r.csv"
    path.write_bytes(HEADER + b'"' + b"a line of the text\n" * (5 * MEGABYTE))
    words = "line 2: a quote opens there and does not close"
    with limited(24), pytest.raises(UserError, match=words):
        own.load(path, Asked())


def in_a_new_process(function, *arguments):
    """In what other tests have freed there is room beside the allowed growth."""
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        return pool.submit(function, *arguments).result()


def test_words_that_take_more_than_is_allowed_are_refused(tmp_path):
    """A rare Hanja makes Python take four bytes for each character of a word."""
    path = tmp_path / "r.csv"
    with open(path, "w", encoding="utf-8") as file:
        file.write(HEADER.decode())
        for k in range(400):
            file.write(f"{k:0>50000}𠀀,{'ab'[k % 2]}\n")
    in_a_new_process(refused_at_32_megabytes, path)


def refused_at_32_megabytes(path):
    """The words would take 80 MB."""
    bounds.MAX_MEMORY = 32 * MEGABYTE
    words = r"is too large \(it needs more than 33,554,432 bytes of memory\): split it"
    with limited(40, 2 * ROOM), pytest.raises(UserError, match=words):
        own.load(path, Asked())


REVIEWS = 2_000_000
LEFT = 96 * MEGABYTE  # by which the process may grow as it reads them


@pytest.mark.long
def test_two_million_reviews_take_less_memory_than_their_file(tmp_path, monkeypatch):
    monkeypatch.setenv("CHAPTER9_CACHE", str(tmp_path / "cache"))
    path = tmp_path / "r.tsv"
    about = "연기는 별로였지만 이야기가 좋았다고 생각합니다"
    with open(path, "w", encoding="utf-8") as file:
        file.write("text\tlabel\n")
        file.writelines(f"{about} {k}번째\t{k % 2}\n" for k in range(REVIEWS))
    assert path.stat().st_size > 1.5 * LEFT
    try:
        lengths, words = in_a_new_process(read_in_little_memory, path)
    finally:
        shutil.rmtree(tmp_path)
    assert lengths == (9 * REVIEWS // 10, REVIEWS // 10)
    assert words[:5] == sorted(about.split())
    assert len(words) == bounds.MAX_OWN_WORDS - FIRST_WORD


def read_in_little_memory(path):
    """The limit is on what the process allocates; the cache is mapped."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    [allocated] = re.findall(r"VmData:\s+(\d+) kB", status)
    limit = int(allocated) * 1024 + LEFT
    resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))
    corpus = own.load(path, Asked())
    return (len(corpus.training), len(corpus.test)), corpus.vocabulary.words
