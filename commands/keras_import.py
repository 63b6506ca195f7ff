"""Imports Keras: on which backend, on how many threads, and quietly."""

import contextlib
import gc
import os
import sys
from collections.abc import Iterator

from before_keras import backends
from before_keras.joint import Job
from before_keras.quiet import silent

# What Keras and TensorFlow import too, if it is installed, for parts that no command
# uses: a third of the time in which a command starts.
UNUSED = ("sklearn", "matplotlib", "IPython", "jax")


def one_thread_suffices(cells: int, batch_size: int) -> bool:
    """Returns whether dispatching a step to threads costs more than the step itself.

    Measured on two cores with TensorFlow: batches of 64 gain up to 16 cells and lose
    from 64 on, batches of 256 with 8 cells lose.
    """
    return cells * batch_size <= 1024


def import_keras(
    backend: str | None = None, one_thread: bool = False, job: Job | None = None
) -> None:
    """Imports Keras on a backend, without what TensorFlow logs while it is loaded.

    Args:
        backend: as `backends.default` says if None.
        one_thread: whether TensorFlow and JAX have one thread, not one for every core.
        job: of several processes, to be joined before the first operation.

    Raises:
        UserError: if the backend is not installed, or the job cannot be joined.
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
        with silent(2), without_unused(backend):
            import keras

            keras.config.set_floatx("float32")  # whatever keras.json says: runs have it
        if job:
            from chapter9.training import processes

            processes.join(job)
        with silent(2):
            keras.ops.zeros(1)  # the first operation looks for a GPU, and logs that too
    finally:
        gc.freeze()
        gc.enable()


@contextlib.contextmanager
def without_unused(backend: str) -> Iterator[None]:
    """Has `import` fail for what is UNUSED on a backend, as where it finds None."""
    unused = [name for name in UNUSED if name != backend]
    missing = [name for name in unused if name not in sys.modules]
    sys.modules.update(dict.fromkeys(missing))  # type: ignore[arg-type]
    try:
        yield
    finally:
        for name in missing:
            del sys.modules[name]
