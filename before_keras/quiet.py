"""Holds back what libraries write while they work."""

import contextlib
import os
import sys
import tempfile
from collections.abc import Iterator


@contextlib.contextmanager
def silent(*numbers: int, shown_on_error: bool = True) -> Iterator[None]:
    """Holds back what is written to streams.

    TensorFlow 2.21 writes from C++ before its log level counts, so the descriptors
    themselves are turned.

    Args:
        *numbers: the streams' descriptors, 1 for stdout and 2 for stderr.
        shown_on_error: whether an error brings out what was held back.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    with tempfile.TemporaryFile() as held, contextlib.ExitStack() as stack:
        kept = {number: os.dup(number) for number in numbers}
        for number, copy in kept.items():
            stack.callback(os.close, copy)
            stack.callback(os.dup2, copy, number)
            os.dup2(held.fileno(), number)
        try:
            yield
        except Exception:
            sys.stdout.flush()
            for number, copy in kept.items():
                os.dup2(copy, number)
            held.seek(0)
            if shown_on_error:
                sys.stderr.write(held.read().decode(errors="replace"))
            raise
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
