"""A process that outlives one of a job, and says in a line how that one ended.

When a process of a job dies, JAX's network code ends the others by abort(), from C++
and with a page of its own. So the command forks: the child trains, and this one waits.
"""

import atexit
import contextlib
import os
import signal
import sys
import threading
from collections.abc import Iterator

from before_keras.language import _
from before_keras.safety.errors import UserError


def fork(remedy: str, show_all: bool = False) -> None:
    """Goes on in a child; this process ends as the child does. POSIX alone.

    Args:
        remedy: how to go on if the job breaks.
        show_all: whether what C++ writes is shown as well.
    """
    if not hasattr(os, "fork"):
        return
    watched, held = os.pipe()
    child = os.fork()
    if child:
        os.close(watched)
        _end_as(child, remedy)
    os.close(held)
    threading.Thread(target=_end_without_parent, args=[watched], daemon=True).start()
    if not show_all:
        sys.stdout, sys.stderr = map(_moved, (1, 2))


def _moved(number: int):
    """Returns Python's stream in another place, and leaves this one to C++, unseen."""
    there = os.dup(number)
    with open(os.devnull, "wb") as unseen:
        os.dup2(unseen.fileno(), number)
    return open(there, "w", 1, encoding="utf-8", errors="backslashreplace")


@contextlib.contextmanager
def told(remedy: str) -> Iterator[None]:
    """Has an error end this process at once, in words that a user understands.

    JAX's farewell waits for the others, which a broken job has no more.

    Args:
        remedy: how to go on if the job breaks.

    Raises:
        UserError: in the place of what JAX raises when another process is gone.
    """
    try:
        yield
    except BaseException as error:
        code = 130 if isinstance(error, KeyboardInterrupt) else 1
        atexit.register(_end_at_once, code)  # the last to be registered runs first
        if _is_the_network(error):
            raise UserError(_broken(remedy)) from error
        raise


def _is_the_network(error: BaseException) -> bool:
    """Whether an error is JAX's word for a process that does not answer."""
    # Gloo is what carries the sums between CPUs; it raises ValueErrors.
    kind = type(error).__name__
    return kind in ("JaxRuntimeError", "XlaRuntimeError") or "Gloo" in str(error)


def _end_at_once(code: int) -> None:
    with contextlib.suppress(OSError):
        sys.stdout.flush()
        sys.stderr.flush()
    os._exit(code)


def _broken(remedy: str) -> str:
    return _(
        "another process of the job has ended, or cannot be reached any more: {remedy}"
    ).format(remedy=remedy)


def _end_as(child: int, remedy: str) -> None:
    """Waits for the child, hands signals on to it, and exits as it does."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal's reaches the child, too
    signal.signal(signal.SIGTERM, lambda number, frame: os.kill(child, number))
    _pid, status = os.waitpid(child, 0)
    code = os.waitstatus_to_exitcode(status)
    if code < 0:
        print(_("error: ") + _broken(remedy), file=sys.stderr)
    sys.stderr.flush()
    os._exit(code if code >= 0 else 1)


def _end_without_parent(watched: int) -> None:
    os.read(watched, 1)  # returns when the other end closes
    os._exit(1)
