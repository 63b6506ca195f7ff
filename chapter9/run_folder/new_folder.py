"""A new run's folder: one process's alone, however many start at the same moment."""

import contextlib
import re
from collections.abc import Iterator
from datetime import datetime
from itertools import count
from pathlib import Path

from before_keras.language import _
from before_keras.safety.errors import UserError, cannot_write
from before_keras.safety.files import UNFINISHED
from before_keras.safety.printable import printable
from chapter9.run_folder.run_lock import TakenError, locked

# What a start that did not get as far as its settings leaves: the folder is free.
UNBEGUN = rf"\.lock|\.pid|vocabulary\.json|{UNFINISHED}.*"


def check_free(folder: Path) -> None:
    """Makes sure that there is no run in a folder, nor anything else of the user's.

    Raises:
        TakenError: if there is.
        UserError: if it cannot be looked into, or its name is no UTF-8.
    """
    try:
        str(folder).encode()
    except UnicodeEncodeError:  # TensorBoard could not write into it
        raise UserError(
            _("{path} is no UTF-8: name another folder with --out").format(
                path=printable(str(folder))
            )
        ) from None
    try:
        free = not folder.exists() or (
            folder.is_dir()
            and all(re.fullmatch(UNBEGUN, path.name) for path in folder.iterdir())
        )
    except OSError as error:
        raise cannot_write(folder, error) from error
    if not free:
        raise TakenError(
            _("{path} exists already: name another one with --out").format(path=folder)
        )


@contextlib.contextmanager
def claimed(folder: Path | None, kind: str) -> Iterator[Path]:
    """Yields a folder for a new run, which no other process has or gets.

    Args:
        folder: as the user names it; None for one below runs/, numbered if it is taken.
        kind: what a name below runs/ begins with.

    Raises:
        TakenError: if the folder that the user names is taken.
        UserError: if it cannot be written.
    """
    with contextlib.ExitStack() as stack:
        for path in [folder] if folder else _names(kind):
            try:
                stack.enter_context(_claim(path))
                break
            except TakenError:
                if folder:
                    raise
        yield path


@contextlib.contextmanager
def _claim(path: Path) -> Iterator[None]:
    check_free(path)  # before the lock leaves a file in somebody else's folder
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise cannot_write(path, error) from error
    with locked(path):
        check_free(path)
        yield


def _names(kind: str) -> Iterator[Path]:
    """runs/<kind>-<time>, which sorts by time; then with -2, -3 ..."""
    now = datetime.now().strftime("%Y%m%d-%H%M%S")
    first = Path("runs") / f"{kind}-{now}"
    yield first
    for number in count(2):
        yield first.with_name(f"{first.name}-{number}")
