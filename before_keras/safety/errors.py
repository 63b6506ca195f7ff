"""The one kind of error that a user can mend."""


class UserError(Exception):
    """Something the user can mend: the message says what, where and how, in a line.

    The commands print it as it is and exit with 1; a library's caller can catch it.
    """
