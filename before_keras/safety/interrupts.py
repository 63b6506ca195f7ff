"""Ctrl-C and SIGTERM, also where a library swallows them.

TensorFlow's C++ loses the exception now and then, and Keras has bare excepts. So what
has come is remembered, and raised once more by who asks.
"""

import contextlib
import signal
from collections.abc import Iterator
from typing import NoReturn

_come: list[int] = []


def heed() -> None:
    """From now on both raise KeyboardInterrupt, and are remembered.

    Ctrl-C stays ignored where it is, as in what a script starts in the background.
    """
    signal.signal(signal.SIGTERM, _remember)
    if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
        signal.signal(signal.SIGINT, _remember)


def check() -> None:
    """Raises KeyboardInterrupt if one has come, and this process has gone on."""
    if _come:
        raise KeyboardInterrupt


@contextlib.contextmanager
def ignored_by_children() -> Iterator[None]:
    """Has processes that start in this context ignore Ctrl-C, which comes to them too.

    Who started them ends them.
    """
    heeded = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, heeded)


def _remember(number, frame) -> NoReturn:
    _come.append(number)
    raise KeyboardInterrupt
