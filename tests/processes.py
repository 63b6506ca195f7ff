"""The real commands as real processes, from a server that has imported Keras already.

A fork of it starts in milliseconds instead of seconds; what runs in it is the command
file itself, and what kills it is SIGKILL.
"""

import contextlib
import multiprocessing
import os
import runpy
import signal
import sys
import threading
import time

from tests.conftest import ROOT

CONTEXT = multiprocessing.get_context("forkserver" if os.name == "posix" else "spawn")
if os.name == "posix":
    CONTEXT.set_forkserver_preload(["tests.preloaded"])
LOCK = threading.RLock()
FILE_EVENTS = ("open", "os.rename", "os.remove", "os.mkdir")


class Process(CONTEXT.Process):
    """A process that several threads may start and wait for.

    Whoever starts one asks after all others too, and of two threads that ask at once
    one reads 255 in place of the exit code (CPython 3.11).
    """

    def start(self):
        with LOCK:
            super().start()

    def join(self, timeout=None):
        deadline = None if timeout is None else time.monotonic() + timeout
        while self.is_alive() and (deadline is None or time.monotonic() < deadline):
            time.sleep(0.01)

    def is_alive(self):
        with LOCK:
            return super().is_alive()

    @property
    def exitcode(self):
        with LOCK:
            return super().exitcode


def start(command, *arguments, log, kill_at=None, folder=None):
    """Starts a command; its output goes to a file.

    Args:
        command: "train.py" or another one.
        *arguments: of the command.
        log: the file for its output.
        kill_at: kill it with SIGKILL right before its n-th write step in `folder`.
        folder: the folder whose write steps count.
    """
    process = Process(
        target=_main,
        args=(
            *(command, list(map(str, arguments)), log, kill_at, folder),
            dict(os.environ),
        ),
    )
    process.start()
    return process


def run(command, *arguments, log, **options):
    """Runs a command to its end; returns its exit code, -9 after SIGKILL."""
    process = start(command, *arguments, log=log, **options)
    process.join(300)
    if process.is_alive():
        process.kill()
        raise TimeoutError(log.read_text())
    return process.exitcode


def _main(command, arguments, log, kill_at, folder, environment):
    os.environ.update(environment)  # the server has the one that it started with
    output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(output, 1)
    os.dup2(output, 2)
    sys.stdout = open(1, "w", buffering=1, closefd=False)  # noqa: SIM115
    sys.stderr = open(2, "w", buffering=1, closefd=False)  # noqa: SIM115
    os.chdir(ROOT)
    sys.path.insert(0, str(ROOT))
    if kill_at is not None:
        sys.addaudithook(killer(kill_at, str(folder)))
    sys.argv = [command, *arguments]
    runpy.run_path(str(ROOT / command), run_name="__main__")


def killer(kill_at, folder, events=FILE_EVENTS):
    """Kills this process right before its n-th step that changes the folder."""
    steps = 0

    def hook(event, arguments):
        nonlocal steps
        if event not in events or not str(arguments[0]).startswith(folder):
            return
        with contextlib.suppress(IndexError, TypeError):
            if event == "open" and not arguments[2] & (os.O_WRONLY | os.O_RDWR):
                return
        steps += 1
        if steps == kill_at:
            os.kill(os.getpid(), signal.SIGKILL)

    return hook
