"""Runs tests in forks of a process that has imported Keras, which takes seconds.

Started in the folder whose tests are run; takes a job a line, as JSON, and answers in
one. Nothing of the project is imported before the fork.
"""

import contextlib
import json
import os
import signal
import sys
import time
from pathlib import Path


def main() -> None:
    """Does the jobs on stdin."""
    import h5py  # noqa: F401
    import hypothesis  # noqa: F401
    import keras  # noqa: F401
    import pytest

    for line in sys.stdin:
        job = json.loads(line)
        code = in_a_fork(lambda job=job: pytest.main(job["arguments"]), **job["fork"])
        print(json.dumps(code), flush=True)


def in_a_fork(work, log: str, seconds: float) -> int | None:
    """Returns the exit code of a function in a process of its own, None if too slow.

    Args:
        work: the function.
        log: the file for its output.
        seconds: when the process is killed, and with it all that it has started.
    """
    child = os.fork()
    if child == 0:
        os.setsid()
        with contextlib.suppress(OSError):  # if a change eats memory, this one goes
            Path("/proc/self/oom_score_adj").write_text("1000")
        output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.dup2(output, 1)
        os.dup2(output, 2)
        code = 99
        try:
            code = int(work())
        finally:
            sys.stdout.flush()
            os._exit(code)
    deadline = time.monotonic() + seconds
    code = None
    while time.monotonic() < deadline:
        pid, status = os.waitpid(child, os.WNOHANG)
        if pid:
            code = os.waitstatus_to_exitcode(status)
            break
        time.sleep(0.05)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child, signal.SIGKILL)
    if code is None:
        os.waitpid(child, 0)
    return code


if __name__ == "__main__":
    main()
