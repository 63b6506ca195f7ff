"""Messages that come from elsewhere: for `make messages` to collect, never imported.

argparse asks gettext for the Korean of its own; those of Python 3.11 to 3.13 that our
options can lead to stand here. The reasons of the operating system and of a download
are looked up as they come. What is not here is said in English.
"""

from before_keras.language import _


def of_argparse():
    """What --help and a wrong option lead to."""
    yield _("usage: ")
    yield _("positional arguments")
    yield _("options")
    yield _("subcommands")  # from 3.13 on, as the next
    yield _("%(heading)s:")
    yield _("show this help message and exit")
    yield _("show program's version number and exit")
    yield _(" (default: %(default)s)")  # from 3.13 on
    yield _("%(prog)s: error: %(message)s\n")
    yield _("argument %(argument_name)s: %(message)s")
    yield _("the following arguments are required: %s")
    yield _("one of the arguments %s is required")
    yield _("unrecognized arguments: %s")
    yield _("not allowed with argument %s")
    yield _("ignored explicit argument %r")
    yield _("expected one argument")
    yield _("expected at most one argument")
    yield _("expected at least one argument")
    yield _("invalid choice: %(value)r (choose from %(choices)s)")
    yield _("invalid %(type)s value: %(value)r")
    yield _("ambiguous option: %(option)s could match %(matches)s")
    yield _("unexpected option string: %s")


def of_the_operating_system():
    """What `strerror` says of a file."""
    yield _("No such file or directory")
    yield _("Permission denied")
    yield _("Operation not permitted")
    yield _("Is a directory")
    yield _("Not a directory")
    yield _("Directory not empty")
    yield _("File exists")
    yield _("File name too long")
    yield _("File too large")
    yield _("No space left on device")
    yield _("Disk quota exceeded")
    yield _("Read-only file system")
    yield _("Input/output error")
    yield _("Too many open files")
    yield _("Too many levels of symbolic links")
    yield _("Invalid argument")
    yield _("Device or resource busy")
    yield _("Cannot allocate memory")


def of_a_download():
    """Why a server could not be reached."""
    yield _("Connection refused")
    yield _("Connection reset by peer")
    yield _("Connection timed out")
    yield _("Name or service not known")
    yield _("Temporary failure in name resolution")
    yield _("nodename nor servname provided, or not known")  # macOS
    yield _("Network is unreachable")
    yield _("No route to host")
    yield _("timed out")
