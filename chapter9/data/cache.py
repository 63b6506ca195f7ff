"""Reviews that were read once, kept as plain arrays that the next load maps."""

import json
import shutil
import sys
import zlib
from pathlib import Path

import filelock
import numpy as np

from before_keras.language import _
from before_keras.places import CACHE_VARIABLE
from before_keras.safety.errors import reason
from chapter9.data.reviews import Reviews

ARRAYS, CHECKSUM, FACTS = ("tokens", "offsets", "labels"), "crc32", "facts.json"
Cached = tuple[Reviews, Reviews, dict]


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
    training, test, facts = kept
    try:
        _write(folder, (training, test), json.dumps(facts))
    except OSError as error:
        warning = _(
            "warning: no cache in {folder} ({reason}), so every load is slow; "
            "{variable} names another folder"
        )
        said = warning.format(
            folder=folder, reason=reason(error), variable=CACHE_VARIABLE
        )
        print(said, file=sys.stderr)


def _read(folder: Path) -> Cached:
    """The arrays of the cache, mapped.

    Raises:
        Exception: if it is not there or damaged.
    """

    def one(part):
        arrays = [
            np.load(folder / f"{part}_{name}.npy", mmap_mode="r", allow_pickle=False)
            for name in ARRAYS
        ]
        return Reviews(*arrays)

    parts = one("training"), one("test")
    facts = (folder / FACTS).read_text(encoding="utf-8")
    if (folder / CHECKSUM).read_text(encoding="ascii") != _checksum(parts, facts):
        raise ValueError("its checksum is wrong")
    return *parts, json.loads(facts)


def _write(folder: Path, parts: tuple[Reviews, Reviews], facts: str) -> None:
    """All files or none: they are written beside the folder, which is then renamed."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with filelock.FileLock(folder.with_suffix(".lock")):
        temporary = folder.with_suffix(".part")  # one name: a kill leaves one at most
        shutil.rmtree(temporary, ignore_errors=True)
        temporary.mkdir()
        try:
            for part, reviews in zip(("training", "test"), parts, strict=True):
                for name in ARRAYS:
                    array = getattr(reviews, name)
                    np.save(temporary / f"{part}_{name}.npy", array, allow_pickle=False)
            (temporary / FACTS).write_text(facts, encoding="utf-8", newline="\n")
            (temporary / CHECKSUM).write_text(_checksum(parts, facts), encoding="ascii")
            shutil.rmtree(folder, ignore_errors=True)
            temporary.rename(folder)
        finally:
            shutil.rmtree(temporary, ignore_errors=True)


def _checksum(parts: tuple[Reviews, Reviews], facts: str) -> str:
    """Of all files; CRC-32, because it is there against damage and takes 12 ms."""
    checksum = zlib.crc32(facts.encode())
    for reviews in parts:
        for name in ARRAYS:
            array = np.ascontiguousarray(getattr(reviews, name))
            kind = f"{array.dtype.str} {array.shape}".encode()
            checksum = zlib.crc32(array.data, zlib.crc32(kind, checksum))
    return f"{checksum:08x}"
