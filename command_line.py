"""What the commands share: parsing, the choice of backend, errors in one line."""

import argparse
import contextlib
import gc
import io
import os
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator

from before_keras.safety import bounds
from before_keras.safety.errors import UserError
from before_keras.safety.printable import brief


class Parser(argparse.ArgumentParser):
    """An argument parser with --debug, defaults in the help and examples below it."""

    def __init__(self, description: str, examples: str):
        super().__init__(
            description=description,
            epilog=examples,
            formatter_class=_HelpFormatter,
            allow_abbrev=False,
        )
        self.add_argument(
            "--debug", action="store_true", help="show where an error arose"
        )


class _HelpFormatter(
    argparse.ArgumentDefaultsHelpFormatter, argparse.RawDescriptionHelpFormatter
):
    def _get_help_string(self, action):
        """Leaves out the default where there is none to speak of."""
        if action.default in (None, False):
            return action.help
        return super()._get_help_string(action)


def run(parser: Parser, command: Callable[[argparse.Namespace], None]) -> None:
    """Runs a command and exits: 0 if all went well, 1 on an error, 2 on wrong options.

    An error that the user can mend is one line; so is any other, unless --debug asks
    for the traceback.
    """
    _mend_streams()
    arguments = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # as Ctrl-C
    try:
        command(arguments)
        sys.stdout.flush()
    except KeyboardInterrupt as interrupt:
        # A command may say how to go on; signal's own handler gives no text.
        print(f"interrupted{interrupt}", file=sys.stderr)
        sys.exit(130)
    except BrokenPipeError:  # the reader, head for one, has had enough
        _discard_output()
        sys.exit(128 + 13)  # SIGPIPE's number, as the shell gives it for any filter
    except Exception as error:
        if arguments.debug:
            raise
        print(f"error: {_in_one_line(error)}", file=sys.stderr)
        try:
            sys.stdout.flush()
        except OSError:  # a full disk: Python would complain of it once more
            _discard_output()
        sys.exit(1)


def _in_one_line(error: Exception) -> str:
    """What to say of an error; names out of files and of files can hold anything."""
    text = str(error)
    if isinstance(error, OSError) and error.strerror:
        text = f"{error.strerror}: {error.filename or 'standard output'}"
    kind = type(error).__name__
    hint = "" if isinstance(error, UserError) else f" ({kind}; --debug shows more)"
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
        backend: Keras's own choice if None.
        one_thread: whether TensorFlow and JAX have one thread, not one for every core.
    """
    if backend:
        os.environ["KERAS_BACKEND"] = backend
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
