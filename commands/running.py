"""Runs a command: its language, its streams, its errors in one line, its exit code."""

import argparse
import contextlib
import io
import os
import signal
import sys
from typing import NoReturn, Protocol

from before_keras import language
from before_keras.language import _
from before_keras.safety import bounds, interrupts
from before_keras.safety.errors import UserError, reason
from before_keras.safety.printable import brief
from commands.parsing import Parser


class Command(Protocol):
    """A module of this room: its options, and what it does with them."""

    def parser(self) -> Parser:
        """The options."""

    def main(self, arguments: argparse.Namespace) -> None:
        """The command."""


def run(command: Command) -> None:
    """Runs a command and exits: 0 if all went well, 1 on an error, 2 on wrong options.

    An error that the user can mend is one line; so is any other, unless --debug asks
    for the traceback.
    """
    _mend_streams()
    if not os.environ.get("COLUMNS", "80").strip("0"):
        del os.environ["COLUMNS"]  # rich would print nothing in no columns
    language.use(_asked_language(sys.argv[1:]))
    arguments = command.parser().parse_args()
    interrupts.heed()
    try:
        command.main(arguments)
        sys.stdout.flush()
    except KeyboardInterrupt as interrupt:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)  # a second one would cut this short
        # A command may say how to go on; signal's own handler gives no text.
        print(_("interrupted") + str(interrupt), file=sys.stderr)
        sys.exit(130)
    except BrokenPipeError:
        _end_without_reader()
    except SystemExit as end:
        if isinstance(end.__context__, BrokenPipeError):  # what rich makes of it
            _end_without_reader()
        raise
    except Exception as error:
        if arguments.debug:
            raise
        print(_("error: ") + _in_one_line(error), file=sys.stderr)
        try:
            sys.stdout.flush()
        except OSError:  # a full disk: Python would complain of it once more
            _discard_output()
        sys.exit(1)


def _asked_language(arguments: list[str]) -> str:
    """The language of --lang, which --help and wrong options have to know already."""
    first = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    first.add_argument("--lang")
    with contextlib.redirect_stderr(io.StringIO()), contextlib.suppress(SystemExit):
        if (asked := first.parse_known_args(arguments)[0].lang) in language.LANGUAGES:
            return asked
    return language.of_the_locale()


def _in_one_line(error: Exception) -> str:
    """What to say of an error; names out of files and of files can hold anything."""
    text = str(error)
    if isinstance(error, OSError) and error.strerror:
        where = error.filename or _("standard output")
        text = f"{reason(error)}: {where}"
    kind = type(error).__name__
    hint = (
        ""
        if isinstance(error, UserError)
        else _(" ({kind}; --debug shows more)").format(kind=kind)
    )
    return (brief(text, bounds.MAX_ERROR) or kind) + hint


def _mend_streams() -> None:
    """Opens the streams that the caller has closed, and makes any letter printable.

    Else the next file to be opened would get a closed stream's number, and with it
    what TensorFlow logs.
    """
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        try:
            os.fstat(number)
        except OSError:
            os.dup2(os.open(os.devnull, os.O_RDWR), number)
        if getattr(sys, name) is None:
            mode = "w" if number else "r"
            stream = open(number, mode, encoding="utf-8", closefd=False)  # noqa: SIM115
            setattr(sys, name, stream)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a caller may have put in its own
            stream.reconfigure(errors="backslashreplace")


def _end_without_reader() -> NoReturn:
    """Ends as any filter does whose reader, head for one, has had enough."""
    _discard_output()
    sys.exit(128 + 13)  # SIGPIPE's number, as the shell gives it


def _discard_output() -> None:
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
