"""Reviews that were read once, kept as plain arrays that the next load maps."""

import contextlib
import json
import shutil
import sys
import tempfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import filelock
import numpy as np

from before_keras.language import _
from before_keras.places import CACHE_VARIABLE
from before_keras.safety.errors import UserError, reason
from chapter9.data.reviews import Reviews

TRAINING, TEST = "training", "test"
ARRAYS, CHECKSUM, FACTS = ("tokens", "offsets", "labels"), "crc32", "facts.json"
Cached = tuple[Reviews, Reviews, dict]
Write = Callable[[Path], dict]  # writes the arrays into a folder, returns the facts


def read(folder: Path) -> Cached | None:
    """Returns training and test reviews, and what else was kept with them.

    None if nothing is there yet, or it is damaged, so that it is made again.
    """
    try:
        return _read(folder)
    except Exception:  # a damaged .npy raises almost anything, tokenize.TokenError too
        return None


def keep(folder: Path, kept: Cached) -> None:
    """Writes what `read` returns; where that fails it says so, and goes on."""
    *parts, facts = kept

    def write(temporary: Path) -> dict:
        for part, reviews in zip((TRAINING, TEST), parts, strict=True):
            for name in ARRAYS:
                array = getattr(reviews, name)
                np.save(array_file(temporary, part, name), array, allow_pickle=False)
        return facts

    try:
        _make(folder, write)
    except OSError as error:
        _warn(folder, error)


def make(folder: Path, write: Write) -> Cached:
    """Returns what `write` writes, mapped: none of it has to fit into memory.

    If it cannot be written into the cache, this says so and takes a temporary folder.

    Args:
        folder: of the cache, as `read` takes it.
        write: called once or twice, with an empty folder.
    """
    try:
        return _make(folder, write)
    except OSError as error:
        _warn(folder, error)
    with temporary_folder() as temporary:
        facts = write(temporary)
        return *_parts(temporary), facts


def mapped(folder: Path, part: str) -> Reviews:
    """Returns the reviews whose arrays lie in a folder."""
    files = (array_file(folder, part, name) for name in ARRAYS)
    return Reviews(*(np.load(f, mmap_mode="r", allow_pickle=False) for f in files))


@contextlib.contextmanager
def temporary_folder() -> Iterator[Path]:
    """Yields a folder for one use; what is mapped of its files stays.

    Raises:
        UserError: if it cannot be written to.
    """
    try:
        # Windows does not remove files that are mapped.
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            yield Path(folder)
    except OSError as error:
        raise UserError(
            _(
                "cannot keep the reviews in {folder}: {reason}: make room there, or "
                "name another folder in TMPDIR"
            ).format(folder=tempfile.tempdir or "TMPDIR", reason=reason(error))
        ) from error


def array_file(folder: Path, part: str, name: str) -> Path:
    """Returns the file of one of `ARRAYS`, of the training or the test reviews."""
    return folder / f"{part}_{name}.npy"


def _parts(folder: Path) -> tuple[Reviews, Reviews]:
    return mapped(folder, TRAINING), mapped(folder, TEST)


def _read(folder: Path) -> Cached:
    """The arrays of the cache, mapped.

    Raises:
        Exception: if it is not there or damaged.
    """
    parts = _parts(folder)
    facts = (folder / FACTS).read_text(encoding="utf-8")
    if (folder / CHECKSUM).read_text(encoding="ascii") != _checksum(parts, facts):
        raise ValueError("its checksum is wrong")
    return *parts, json.loads(facts)


def _make(folder: Path, write: Write) -> Cached:
    """Writes the cache, unless another process has done so meanwhile.

    All files or none: they are written beside the folder, which is then renamed.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    with filelock.FileLock(folder.with_suffix(".lock")):
        if kept := read(folder):
            return kept
        temporary = folder.with_suffix(".part")  # one name: a kill leaves one at most
        shutil.rmtree(temporary, ignore_errors=True)
        temporary.mkdir()
        try:
            facts = json.dumps(write(temporary))
            parts = _parts(temporary)
            checksum = _checksum(parts, facts)
            del parts  # Windows renames no folder with files that are mapped
            (temporary / FACTS).write_text(facts, encoding="utf-8", newline="\n")
            (temporary / CHECKSUM).write_text(checksum, encoding="ascii")
            shutil.rmtree(folder, ignore_errors=True)
            temporary.rename(folder)
        finally:
            shutil.rmtree(temporary, ignore_errors=True)
    return *_parts(folder), json.loads(facts)


def _warn(folder: Path, error: OSError) -> None:
    warning = _(
        "warning: no cache in {folder} ({reason}), so every load is slow; "
        "{variable} names another folder"
    )
    said = warning.format(folder=folder, reason=reason(error), variable=CACHE_VARIABLE)
    print(said, file=sys.stderr)


def _checksum(parts: tuple[Reviews, Reviews], facts: str) -> str:
    """Of all files; CRC-32, because it is there against damage and takes 12 ms."""
    checksum = zlib.crc32(facts.encode())
    for reviews in parts:
        for name in ARRAYS:
            array = np.ascontiguousarray(getattr(reviews, name))
            kind = f"{array.dtype.str} {array.shape}".encode()
            checksum = zlib.crc32(array.data, zlib.crc32(kind, checksum))
    return f"{checksum:08x}"
