"""One trainer per run folder, which writes nowhere else."""

import contextlib
import os
import re
from collections.abc import Iterator
from pathlib import Path

import filelock

from before_keras.language import _
from before_keras.safety import bounds
from before_keras.safety.errors import UserError, cannot_write
from before_keras.safety.files import UNFINISHED, write_text
from before_keras.safety.untrusted import of_a_run, regular_file

WRITTEN = (
    r"(\.pid|settings\.json|vocabulary\.json|model\.keras|history\.csv"
    r"|learning_curve\.png|epoch-\d{5}\.npz|seeds\.(json|png)|seed-\d+\.csv)"
)


class TakenError(UserError):
    """Another process is in the folder, or another run."""


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Keeps other trainers out of a run folder, and removes what a kill left there.

    A kill ends the lock too.

    Raises:
        TakenError: if another process trains in it, naming the process.
        UserError: if it cannot be written, or holds a link through which something
            elsewhere would be written.
    """
    owner = folder / ".pid"
    with contextlib.ExitStack() as stack:
        try:
            _refuse_links(folder)
            stack.enter_context(filelock.FileLock(folder / ".lock", timeout=0))
            write_text(owner, str(os.getpid()))
            _remove_unfinished(folder)
        except filelock.Timeout:
            raise TakenError(
                _(
                    "{folder} is in use by {process}: "
                    "wait for it, or name another folder with --out"
                ).format(folder=folder, process=_process(owner))
            ) from None
        except OSError as error:
            raise cannot_write(error.filename or folder, error) from error
        yield


def _process(owner: Path) -> str:
    try:
        file = regular_file(owner, of_a_run(), bounds.MAX_NAME)
        number = int(file.read_text(encoding="ascii"))
    except (UserError, OSError, ValueError):  # it has not written it yet
        return _("another process")
    return _("process {number}").format(number=number)


def _refuse_links(folder: Path) -> None:
    logs = folder / "logs"
    for path in (folder / "snapshots", logs, *logs.rglob("*")):
        if path.is_symlink():
            raise UserError(
                _("{path} is a link: put what it links to in its place").format(
                    path=path
                )
            )


def _remove_unfinished(folder: Path) -> None:
    for path in folder.rglob(".*"):
        if re.fullmatch(UNFINISHED + WRITTEN, path.name) and path.is_file():
            path.unlink(missing_ok=True)
