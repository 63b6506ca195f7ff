"""Reading a user's own reviews takes little memory, whatever the file holds.

Python counts what it has allocated, and the kernel lets the process grow by no more.
"""

import contextlib
import mmap
import multiprocessing
import tracemalloc
from concurrent.futures import ProcessPoolExecutor

import pytest

from before_keras.own_reviews import Asked
from before_keras.safety import bounds
from before_keras.safety.errors import UserError
from before_keras.safety.untrusted import STATM
from chapter9.data import own
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


def test_a_file_of_a_gigabyte_is_refused_before_it_is_read(tmp_path):
    path = sparse(tmp_path / "r.csv", 10**9)
    with limited(1), pytest.raises(UserError, match="has more than 134,217,728 bytes"):
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
def test_a_line_as_long_as_the_largest_file_is_never_held(tmp_path, name, start):
    path = sparse(tmp_path / name, bounds.MAX_OWN_FILE, start)
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


def test_texts_that_take_more_than_is_allowed_are_refused(tmp_path):
    """An emoji in a text makes Python take four bytes for each of its characters.

    In a process of its own: in what other tests have freed there is room beside the
    growth that is allowed.
    """
    path = tmp_path / "r.csv"
    row = ("x" * 50_000 + "👍,a\n").encode()
    path.write_bytes(HEADER + row * (ROOM // len(row)))
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        pool.submit(refused_at_32_megabytes, path).result()


def refused_at_32_megabytes(path):
    """The texts would take 4 * ROOM."""
    bounds.MAX_MEMORY = 32 * MEGABYTE
    words = "cannot be read: it needs more than 33,554,432 bytes"
    with limited(40, 2 * ROOM), pytest.raises(UserError, match=words):
        own.load(path, Asked())
