"""The batches of a pass, as many at once as lie on the device.

Samples that are on the device are one block. Of streamed ones (`samples.is_streamed`) a
block has a few megabytes, and while the model works on it a thread reads the next.
"""

import itertools
import math
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import keras
import numpy as np

from chapter9.training import processes
from chapter9.training.samples import Samples, is_streamed, read

BLOCK = 4 * 2**20  # bytes, in which the smallest model finds work for 0.1 seconds


def blocks(
    samples: Samples, rows: np.ndarray
) -> Iterator[tuple[Samples, np.ndarray, int]]:
    """Yields what is on the device: samples, rows, and how many batches they are.

    Batch i of a block is `samples[rows[i]]`. All blocks have equally many rows, so that
    one program takes them all; the last ones of the last block are no batches.

    Args:
        samples: all of them.
        rows: (batches, batch size) numbers of samples, the batches in their order.
    """
    if not is_streamed(samples):
        yield *processes.shared(samples, rows), len(rows)
        return
    size = _batches(samples, rows)
    parts = [rows[start : start + size] for start in range(0, len(rows), size)]
    if processes.mesh() is not None:  # each device reads its share of the block
        for part in parts:
            yield *processes.shared(samples, _filled(part, size)), len(part)
        return
    with ThreadPoolExecutor(1) as thread:
        coming = thread.submit(_read, samples, _filled(parts[0], size))
        for part, following in itertools.zip_longest(parts, parts[1:]):
            there = tuple(map(keras.ops.convert_to_tensor, coming.result()))
            if following is not None:
                coming = thread.submit(_read, samples, _filled(following, size))
            yield there, np.arange(size), len(part)


def _batches(samples: Samples, rows: np.ndarray) -> int:
    """How many batches a block has; the blocks are of one size but for the last."""
    sample = sum(
        math.prod(values.shape[1:]) * np.dtype(values.dtype).itemsize
        for values in samples
    )
    return math.ceil(len(rows) / math.ceil(rows.size * sample / BLOCK))


def _filled(part: np.ndarray, size: int) -> np.ndarray:
    """The batches of a block, the last one again where they are fewer than `size`."""
    return np.pad(part, ((0, size - len(part)), (0, 0)), mode="edge")


def _read(samples: Samples, rows: np.ndarray) -> tuple[np.ndarray, ...]:
    """The samples of some batches, (batches, batch size, ...)."""
    return tuple(read(values, rows) for values in samples)
