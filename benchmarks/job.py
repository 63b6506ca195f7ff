"""Several processes that train one model together, as one worker to the driver.

Each is pinned to a core of its own, as if it were a machine with one, and has XLA on
one thread. With more processes than cores some share one.
"""

import os
import socket
import sys
from concurrent.futures import ThreadPoolExecutor

from benchmarks.worker import Worker, serve


class Job:
    """The processes as the driver sees them: `Worker`, in the plural.

    Args:
        process: "jax-N", as `Contender.process`, for N processes.
    """

    def __init__(self, process: str):
        count, there = int(process.split("-")[1]), f"127.0.0.1:{_free_port()}"
        places = [(str(number), str(count), there) for number in range(count)]
        self._workers = [Worker(*place, program=__name__) for place in places]
        self._threads = ThreadPoolExecutor(count)

    def ask(self, **request) -> dict:
        """Sends all of them a request; returns one's answer, with the longest time.

        Raises:
            RuntimeError: with what went wrong in one of them.
        """
        answers = list(
            self._threads.map(lambda worker: worker.ask(**request), self._workers)
        )
        return answers[0] | {"seconds": max(answer["seconds"] for answer in answers)}

    def close(self) -> None:
        """Ends them, all at once: each waits for the others."""
        list(self._threads.map(Worker.close, self._workers))
        self._threads.shutdown()


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def _join(number: int, count: int, there: str) -> None:
    """Imports Keras as train.py does in a job; before that it takes its core."""
    from before_keras.joint import Job as Joint
    from commands import keras_import

    cores = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(0, {cores[number % len(cores)]})
    os.environ["JAX_PLATFORMS"] = "cpu"
    job = Joint(there, count, number) if count > 1 else None
    keras_import.import_keras("jax", one_thread=True, job=job)


if __name__ == "__main__":
    serve(lambda: _join(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]))
