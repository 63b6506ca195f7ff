"""Ctrl-C and SIGTERM, also where a library swallows them.

TensorFlow's C++ loses the exception now and then, and Keras has bare excepts. So what
has come is remembered, and raised once more by who asks.
"""

import signal
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


def _remember(number, frame) -> NoReturn:
    _come.append(number)
    raise KeyboardInterrupt
