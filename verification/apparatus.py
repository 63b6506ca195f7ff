"""What the experiments share: a layer with drawn weights, a sentence, a comparison."""

import numpy as np
from keras import ops

from before_keras import book
from before_keras.language import _
from models.recurrent_layers import recurrent
from verification.equations import SIMPLE_RNN, Cell

TOLERANCE = 1e-5  # of float32


def layer_of(
    layer: str, cell: Cell = SIMPLE_RNN, units: int = book.STACK[0], **options
):
    """Returns a layer whose weights are the same every time, on every backend.

    Its bias is not 0.

    Args:
        layer: "custom" or "builtin".
        cell: of which kind.
        units: the number of neurons; another number than a word has.
        **options: of its constructor.
    """
    return recurrent(cell.name, layer)(
        units,
        kernel_initializer=_drawn(1),
        recurrent_initializer=_drawn(2),
        bias_initializer=_drawn(3),
        **cell.options,
        **options,
    )


def _drawn(seed: int):
    def initializer(shape, dtype=None):
        return np.random.default_rng(seed).uniform(-0.9, 0.9, shape).astype(dtype)

    return initializer


def sentence() -> np.ndarray:
    """Returns the book's sentence, (1, words, numbers per word)."""
    return random((1, len(book.SENTENCE.split()), book.WORD_SIZE))


def random(shape: tuple[int, ...]) -> np.ndarray:
    """Returns numbers that are the same every time."""
    return np.random.default_rng(9).normal(size=shape).astype("float32")


def to_numpy(tensor) -> np.ndarray:
    """Returns a tensor of the backend as an array."""
    return ops.convert_to_numpy(tensor)


def compared(value: str, one: np.ndarray, other: np.ndarray) -> str:
    """Returns `value` if both arrays are equal, else what is different."""
    if one.shape != other.shape:
        return _("{found}, not {expected}").format(
            found=one.shape, expected=other.shape
        )
    difference = float(np.abs(one - other).max())
    if difference < TOLERANCE:
        return value
    return _("off by {difference:.2g}").format(difference=difference)


def another_shape(found: tuple, expected: tuple) -> str:
    """Returns "(1, 3), not (1, 4)"."""
    return _("{found}, not {expected}").format(found=found, expected=expected)


def not_three(weights: list) -> str:
    """Returns what there is in place of a kernel, a recurrent kernel and a bias."""
    return _("{number} weights, not 3").format(number=len(weights))
