"""The one kind of error that a user can mend, and why the operating system refuses."""

from before_keras.language import _


class UserError(Exception):
    """Something the user can mend: the message says what, where and how, in a line.

    The commands print it as it is and exit with 1; a library's caller can catch it.
    """


def reason(error: OSError) -> str:
    """Returns why a file could not be read or written, in the language in use."""
    return _(error.strerror) if error.strerror else str(error)
