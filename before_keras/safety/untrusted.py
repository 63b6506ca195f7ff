"""Reading what a stranger may have written: regular files, in bounded memory."""

import contextlib
import functools
import json
import math
import mmap
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

from before_keras.language import _
from before_keras.safety import bounds
from before_keras.safety.errors import UserError, cannot_read, reason
from before_keras.safety.printable import brief

STATM = Path("/proc/self/statm")  # Linux: the pages that this process has
_ONE_AT_A_TIME = threading.RLock()  # the limit is the whole process's


def of_a_run() -> str:
    """Returns the remedy for a file of a run folder."""
    return _("check that this is a run folder that train.py wrote")


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
    except OSError as error:
        raise cannot_read(path, error) from error
    except (ValueError, RecursionError) as error:
        raise UserError(
            _("{path} is damaged: {reason}").format(path=path, reason=brief(error))
        ) from error


@contextlib.contextmanager
def bounded_memory() -> Iterator[None]:
    """Lets this process grow by MAX_MEMORY within, and by no more.

    Of several threads one reads at a time. Where the operating system has no such limit
    (Windows, macOS) it bounds nothing.

    Raises:
        ValueError: in place of the MemoryError.
    """
    try:
        with _ONE_AT_A_TIME:
            unlimit = _limit_growth(bounds.MAX_MEMORY)
            try:
                yield
            finally:
                unlimit()
    except MemoryError:
        raise ValueError(
            _("it needs more than {most:,} bytes of memory").format(
                most=bounds.MAX_MEMORY
            )
        ) from None


def _limit_growth(growth: int) -> Callable[[], None]:
    """Limits this process's address space; returns what restores the limit before."""
    try:
        import resource

        pages = int(STATM.read_text(encoding="ascii").split()[0])
    except (ImportError, OSError):
        return lambda: None
    before, most = resource.getrlimit(resource.RLIMIT_AS)
    limits = [pages * mmap.PAGESIZE + growth, before, most]
    limit = min(number for number in limits if number != resource.RLIM_INFINITY)
    resource.setrlimit(resource.RLIMIT_AS, (limit, most))
    return functools.partial(resource.setrlimit, resource.RLIMIT_AS, (before, most))
