"""The one kind of error that a user can mend, and why the operating system refuses."""

from pathlib import Path

from before_keras.language import _


class UserError(Exception):
    """Something the user can mend: the message says what, where and how, in a line.

    The commands print it as it is and exit with 1; a library's caller can catch it.
    """


def reason(error: OSError) -> str:
    """Returns why the operating system refused, in the language in use."""
    return _(error.strerror or str(error))


def cannot_read(path: Path, error: OSError) -> UserError:
    """Returns the error that says why the operating system did not read a file."""
    return UserError(
        _("cannot read {path}: {reason}").format(path=path, reason=reason(error))
    )


def cannot_write(path: Path, error: OSError) -> UserError:
    """Returns the error that says why the operating system did not write a file."""
    return UserError(
        _("cannot write {path}: {reason}").format(path=path, reason=reason(error))
    )
