"""Reading what a stranger may have written: regular files, in bounded memory."""

import contextlib
import json
import math
import mmap
from collections.abc import Iterator
from pathlib import Path

from before_keras.language import _
from before_keras.safety import bounds
from before_keras.safety.errors import UserError, reason
from before_keras.safety.printable import brief


def of_a_run() -> str:
    """Returns the remedy for a file of a run folder."""
    return _("it belongs to what train.py writes")


def regular_file(path: Path, remedy: str, largest: float = math.inf) -> Path:
    """Returns the path if it is that of a regular file, or of a link to one.

    A device or a FIFO could be endless, or be waited for without end.

    Args:
        path: as the user or another file gives it.
        remedy: what to give in its place, for the message.
        largest: bytes that it may have.

    Raises:
        UserError: if it is not a regular file, is too large, or is unreadable.
    """
    path = Path(path)
    try:
        if not path.is_file():
            message = (
                _("{path} is no regular file: {remedy}")
                if path.exists()
                else _("{path} does not exist: {remedy}")
            )
            raise UserError(message.format(path=path, remedy=remedy))
        if path.stat().st_size > largest:
            raise UserError(
                _("{path} has more than {largest:,} bytes: {remedy}").format(
                    path=path, largest=largest, remedy=remedy
                )
            )
    except OSError as error:
        raise UserError(
            _("cannot read {path}: {reason}: {remedy}").format(
                path=path, reason=reason(error), remedy=remedy
            )
        ) from error
    return path


def read_json(path: Path, remedy: str | None = None):
    """Returns what a JSON file holds.

    Args:
        path: of the file.
        remedy: what to give in its place, for the message; `of_a_run` if None.

    Raises:
        UserError: if it is no regular file, too large, or damaged.
    """
    regular_file(path, remedy or of_a_run(), bounds.MAX_TEXT_FILE)
    try:
        with bounded_memory():
            return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise UserError(
            _("{path} is damaged: {reason}").format(path=path, reason=brief(error))
        ) from error


@contextlib.contextmanager
def bounded_memory() -> Iterator[None]:
    """Lets this process grow by MAX_MEMORY within, and by no more.

    Where the operating system has no such limit (Windows, macOS) it bounds nothing.

    Raises:
        ValueError: in place of the MemoryError.
    """
    try:
        with _address_space(bounds.MAX_MEMORY):
            yield
    except MemoryError:
        raise ValueError(
            _("it needs more than {most:,} bytes of memory").format(
                most=bounds.MAX_MEMORY
            )
        ) from None


@contextlib.contextmanager
def _address_space(growth: int) -> Iterator[None]:
    try:
        import resource

        pages = int(Path("/proc/self/statm").read_text().split()[0])
    except (ImportError, OSError):
        yield
        return
    before, most = resource.getrlimit(resource.RLIMIT_AS)
    limits = [pages * mmap.PAGESIZE + growth, before, most]
    limit = min(number for number in limits if number != resource.RLIM_INFINITY)
    resource.setrlimit(resource.RLIMIT_AS, (limit, most))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (before, most))
