"""The limit: the same training step as a C loop on one core (c_loop.c)."""

import ctypes
import shutil
import subprocess
import tempfile
from pathlib import Path

import numpy as np

from before_keras.book import LEARNING_RATE, WORDS
from benchmarks.work import Work

SOURCE = Path(__file__).with_name("c_loop.c")


def c_loop(work: Work):
    """Compiles the loop for the work's sizes and returns what runs it.

    Raises:
        RuntimeError: if there is no gcc, or the work is not the embedding model.
    """
    if (work.model, work.cell) != ("embedding", "SimpleRNN"):
        raise RuntimeError("the C loop has the embedding model alone")
    if not shutil.which("gcc"):
        raise RuntimeError("skipped: the C loop needs gcc")
    library = ctypes.CDLL(_compile(work))
    library.run.restype = ctypes.c_float
    weights = np.concatenate([weight.ravel() for weight in work.weights()])
    velocity = np.zeros_like(weights)
    x, y = work.data()

    def run(steps):
        arrays = (weights, velocity, x, y)
        return library.run(steps, *(ctypes.c_void_p(a.ctypes.data) for a in arrays))

    return run


def _compile(work: Work) -> str:
    sizes = {"B": work.batch_size, "T": work.timesteps, "F": work.features}
    sizes |= {"U": work.units, "WORDS": WORDS, "LEARNING_RATE": f"{LEARNING_RATE}f"}
    library = Path(tempfile.mkdtemp()) / "c_loop.so"
    options = ["-O3", "-march=native", "-ffast-math", "-fPIC", "-shared"]
    options += [f"-D{name}={size}" for name, size in sizes.items()]
    command = ["gcc", *options, str(SOURCE), "-o", str(library), "-lm"]
    subprocess.run(command, check=True)
    return str(library)
