"""Files whole: checksums, and writes that a kill or Ctrl-C leaves done or undone."""

import contextlib
import hashlib
import os
import signal
import threading
from collections.abc import Iterator
from pathlib import Path

from before_keras.safety.errors import cannot_read

UNFINISHED = r"\.\d+-"  # what `atomic` puts before the name of a file not yet whole


@contextlib.contextmanager
def atomic(path: Path) -> Iterator[Path]:
    """Yields a temporary path beside `path` that takes its place when all went well."""
    path = Path(path)
    temporary = path.with_name(f".{os.getpid()}-{path.name}")  # keeps the suffix
    try:
        yield temporary
        flush(temporary)
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def flush(path: Path) -> None:
    """Has the disk take what was written to a file, before it gets its name."""
    with open(path, "r+b") as file:  # Windows flushes no file opened "rb"
        os.fsync(file.fileno())


@contextlib.contextmanager
def uninterrupted() -> Iterator[None]:
    """Holds back Ctrl-C and SIGTERM until what is within is done.

    Keras 3.15 saves within bare excepts, which would swallow an interrupt.
    """
    if threading.current_thread() is not threading.main_thread():
        yield  # signals go to the main thread
        return
    held: list[int] = []
    handlers = {
        number: signal.signal(number, lambda number, frame: held.append(number))
        for number in (signal.SIGINT, signal.SIGTERM)
    }
    try:
        yield
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)
        if held:
            signal.raise_signal(held[0])


def write_text(path: Path, text: str) -> None:
    """Writes a text file atomically."""
    with atomic(path) as temporary:
        temporary.write_text(text, encoding="utf-8", newline="\n")


def checksum(path: Path, like: str = "") -> str:
    """Returns a file's SHA-256, or "md5:" and its MD5 if `like` starts with "md5:".

    Raises:
        UserError: if the file cannot be read.
    """
    prefix = "md5:" if like.startswith("md5:") else ""
    try:
        with open(path, "rb") as file:
            return (
                prefix + hashlib.file_digest(file, prefix[:-1] or "sha256").hexdigest()
            )
    except OSError as error:
        raise cannot_read(path, error) from error
