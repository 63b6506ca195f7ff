"""What the commands share: parsing, the choice of backend, errors in one line."""

import argparse
import contextlib
import gc
import io
import os
import signal
import sys
import tempfile
from collections.abc import Iterator
from typing import Protocol

from before_keras import backends, language
from before_keras.language import _
from before_keras.places import DATA_VARIABLE, REVIEWS, WORD_INDEX
from before_keras.safety import bounds
from before_keras.safety.errors import UserError
from before_keras.safety.printable import brief


class Parser(argparse.ArgumentParser):
    """An argument parser with --lang, --debug, and examples below the options."""

    def __init__(self, description: str, examples: str):
        super().__init__(
            description=description,
            epilog=examples,
            formatter_class=_HelpFormatter,
            allow_abbrev=False,
        )
        add_common(self, language.spoken(), False)


def add_common(parser: argparse.ArgumentParser, spoken: str, debug: bool | str) -> None:
    """Adds --lang and --debug, with these defaults."""
    parser.add_argument(
        "--lang",
        choices=language.LANGUAGES,
        default=spoken,
        help=_("English or Korean (default: the system's language)"),
    )
    parser.add_argument(
        "--debug",
        action="store_true",
        default=debug,
        help=_("show where an error arose"),
    )


class _HelpFormatter(argparse.RawDescriptionHelpFormatter):
    def _get_help_string(self, action):
        """Adds the default, where there is one and the help does not tell it.

        argparse has a formatter for that; until Python 3.13 it knows English alone.
        """
        default = _(" (default: %(default)s)")
        is_told = default.partition(":")[0] in action.help
        if action.default in (None, False, argparse.SUPPRESS) or is_told:
            return action.help
        return action.help + default


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
    language.use(_asked_language(sys.argv[1:]))
    arguments = command.parser().parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # as Ctrl-C
    try:
        command.main(arguments)
        sys.stdout.flush()
    except KeyboardInterrupt as interrupt:
        # A command may say how to go on; signal's own handler gives no text.
        print(_("interrupted") + str(interrupt), file=sys.stderr)
        sys.exit(130)
    except BrokenPipeError:  # the reader, head for one, has had enough
        _discard_output()
        sys.exit(128 + 13)  # SIGPIPE's number, as the shell gives it for any filter
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
        text = f"{_(error.strerror)}: {error.filename or _('standard output')}"
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


def _discard_output() -> None:
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def integer(text: str) -> int | str:
    """Returns the number, or any other text as it is: `Settings` shows the range."""
    try:
        return int(text)
    except ValueError:
        return text


def data_help() -> str:
    """Returns the help text of --data."""
    return _(
        "imdb, sample, auto (imdb if available), or the path of an {reviews}, beside "
        "which {words} lies; {variable} may name that file"
    ).format(reviews=REVIEWS, words=WORD_INDEX, variable=DATA_VARIABLE)


def run_help() -> str:
    """Returns the help text of a run."""
    return _("a folder that train.py wrote")


def data_of_run_help() -> str:
    """Returns the help text of --data where a run knows its reviews."""
    return _("as in train.py (default: what the run was trained on)")


def first_look(model, run) -> None:
    """Prints what a model says of the same words in two orders."""
    from chapter9.inference.order import read_both

    settings = run.settings
    both = read_both(model, run.vocabulary, settings.timesteps, settings.words)
    if both:
        print(_("the same words in two orders, as this model reads them:"))
    for prediction in both:
        print(f"  {prediction.line()}")


def given(parser: Parser) -> dict:
    """Returns the options that stand on the command line, without any defaults."""
    nothing = dict.fromkeys(vars(parser.parse_args()))
    found = vars(parser.parse_args(namespace=argparse.Namespace(**nothing)))
    return {name: value for name, value in found.items() if value is not None}


def one_thread_suffices(cells: int, batch_size: int) -> bool:
    """Returns whether dispatching a step to threads costs more than the step itself.

    Measured on two cores with TensorFlow: batches of 64 gain up to 16 cells and lose
    from 64 on, batches of 256 with 8 cells lose.
    """
    return cells * batch_size <= 1024


def import_keras(backend: str | None = None, one_thread: bool = False) -> None:
    """Imports Keras on a backend, without what TensorFlow logs while it is loaded.

    Args:
        backend: as `backends.default` says if None.
        one_thread: whether TensorFlow and JAX have one thread, not one for every core.

    Raises:
        UserError: if the backend is not installed.
    """
    backend = backend or backends.default()
    backends.check(backend)
    os.environ[backends.VARIABLE] = backend
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    if one_thread:
        os.environ.setdefault("TF_NUM_INTRAOP_THREADS", "1")
        os.environ.setdefault("NPROC", "1")  # what XLA reads in JAX
        flags = os.environ.get("XLA_FLAGS", "")
        os.environ["XLA_FLAGS"] = f"--xla_cpu_multi_thread_eigen=false {flags}".strip()
    # A million objects that stay to the end: the garbage collector need not look at
    # them, now or at exit. That takes two seconds off every command.
    gc.disable()
    try:
        with _silent_stderr():
            import keras

            keras.ops.zeros(1)  # the first operation looks for a GPU, and logs that too
    finally:
        gc.freeze()
        gc.enable()


@contextlib.contextmanager
def _silent_stderr() -> Iterator[None]:
    """Holds back what is written to stderr, and shows it if an error is raised.

    TensorFlow 2.21 writes from C++ before its log level counts, so the descriptor
    itself is turned.
    """
    sys.stderr.flush()
    with tempfile.TemporaryFile() as held, contextlib.ExitStack() as stack:
        stderr = os.dup(2)
        stack.callback(os.close, stderr)
        os.dup2(held.fileno(), 2)
        try:
            yield
        except Exception:
            os.dup2(stderr, 2)
            held.seek(0)
            sys.stderr.write(held.read().decode(errors="replace"))
            raise
        finally:
            os.dup2(stderr, 2)
