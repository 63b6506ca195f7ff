"""The processes that take turns: one a backend, because Keras has one in a process.

The driver writes a line of JSON to a worker and waits for its answer, so that one
contender at a time is running and all take turns, slice by slice.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.contender import ONE_THREAD, Contender

ROOT = Path(__file__).parents[1]
ENVIRONMENT = {
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "XLA_PYTHON_CLIENT_PREALLOCATE": "false",  # the others want memory on the GPU too
}


class Worker:
    """A worker as the driver sees it.

    Args:
        arguments: of the program; of this one `Contender.process`.
        program: a module that calls `serve`.
    """

    def __init__(self, *arguments: str, program: str = "benchmarks.worker"):
        self._process = subprocess.Popen(
            [sys.executable, "-m", program, *arguments],
            cwd=ROOT,
            env=os.environ | ENVIRONMENT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def ask(self, **request) -> dict:
        """Sends a request and returns the answer.

        Raises:
            RuntimeError: with what went wrong in the worker.
        """
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        answer = json.loads(line) if line else {"error": "the worker ended"}
        if "error" in answer:
            raise RuntimeError(answer["error"])
        return answer

    def close(self) -> None:
        """Ends the worker."""
        self._process.stdin.close()
        self._process.wait()


def serve(begin: Callable[[], None]) -> None:
    """Answers requests from stdin until it is closed.

    prepare: contender, options -> seconds; run: contender, slice -> seconds, result.

    Args:
        begin: imports what is to be imported before the first request.
    """
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what libraries print must not get between the answers
    begin()
    prepared = {}
    for line in sys.stdin:
        request = json.loads(line)
        begin = time.perf_counter()
        try:
            answer = {"result": _answer(prepared, **request)}
            answer["seconds"] = time.perf_counter() - begin
        except Exception as error:  # the driver decides what to do about it
            text = " ".join(str(error).split())
            answer = {"error": f"{type(error).__name__}: {text}"[:500]}
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


def _answer(prepared: dict, key: str, contender: dict | None = None, slice: int = 0):
    """Prepares a contender under a key, runs it, or (neither given) lets go of it."""
    if contender:
        prepared[key] = Contender.from_dict(contender).prepare()
    elif slice:
        return prepared[key](slice)
    else:
        prepared.pop(key, None)
    return None


def _import_backend() -> None:
    backend, *options = sys.argv[1].split("-")
    if backend != "plain":
        from commands import keras_import

        keras_import.import_keras(backend, one_thread=ONE_THREAD in options)


if __name__ == "__main__":
    serve(_import_backend)
