"""x, y and their weights, as `model.fit` takes them: checked, cast and split alike."""

from typing import Any

import keras
import numpy as np

from chapter9.data.padded import PaddedReviews

# x and y, or x, y and sample weights, with the samples in the first axis: tensors, or
# arrays that are read block by block if one of them is streamed.
Samples = tuple[Any, ...]
STREAMED = (np.memmap, PaddedReviews)  # may be more than the memory has


def prepare(
    x,
    y,
    sample_weight=None,
    class_weight: dict[int, float] | None = None,
    validation_data=None,
    validation_split: float = 0.0,
) -> tuple[Samples, Samples | None]:
    """Returns the samples to train on and to validate on, if any; all as in `fit`.

    Args:
        x: the inputs, one array or tensor; an `np.memmap` stays on disk.
        y: the targets, likewise.
        sample_weight: a weight for each sample, likewise.
        class_weight: a weight for each class; not for validation.
        validation_data: (x, y) or (x, y, sample_weight).
        validation_split: the last fraction is for validation, without such data.

    Raises:
        ValueError: if they are not arrays of numbers, are empty, or differ in length.
    """
    training = tensors(x, y, sample_weight)
    validation = None
    if validation_data is not None:
        if not isinstance(validation_data, tuple | list) or not (
            2 <= len(validation_data) <= 3
        ):
            raise ValueError(
                "validation_data must be (x, y) or (x, y, sample_weight), but is a "
                f"{type(validation_data).__name__}; for datasets use model.fit"
            )
        validation = tensors(*validation_data, of="validation ")
    elif validation_split:
        training, validation = split(training, validation_split)
    if class_weight is not None:
        training = weighted(training, class_weight)
    return training, validation


def is_streamed(samples: Samples) -> bool:
    """Returns whether the samples are read block by block, for one is in a file."""
    return any(isinstance(values, STREAMED) for values in samples)


def read(values, rows) -> np.ndarray:
    """Returns samples as an array; floats have Keras's own precision, as in `fit`.

    Args:
        values: an array or what is streamed, the samples in the first axis.
        rows: their numbers, integers of any shape, or a slice.
    """
    array = np.asarray(values[rows])
    floats = keras.backend.is_float_dtype(_dtype(array))
    return array.astype(keras.config.floatx(), copy=False) if floats else array


def first(samples: Samples, count: int) -> Samples:
    """Returns the first samples, as arrays or tensors."""
    if is_streamed(samples):
        return tuple(read(values, slice(count)) for values in samples)
    return tuple(values[:count] for values in samples)


def tensors(x, y, sample_weight=None, *, of: str = "") -> Samples:
    """Returns x, y and, if given, the weights as tensors of the backend.

    If one of them is streamed, they stay where they are.

    Args:
        x: one array or tensor.
        y: likewise.
        sample_weight: likewise, or None.
        of: what to call them in an error, "validation " for one.

    Raises:
        ValueError: if they are not arrays of numbers, are empty, or differ in length.
    """
    named = {f"{of}x": x, f"{of}y": y}
    if sample_weight is not None:
        named[f"{of}sample_weight"] = sample_weight
    take = _host if is_streamed(tuple(named.values())) else _numbers
    samples = tuple(take(name, values) for name, values in named.items())
    lengths = [len(values) for values in samples]
    if len(set(lengths)) > 1:
        told = ", ".join(map("{} has {}".format, named, lengths))
        raise ValueError(f"{told} samples: give as many of each")
    if lengths[0] == 0:
        raise ValueError(f"{of}x and {of}y are empty: give at least one sample")
    return samples


def split(samples: Samples, validation_split: float) -> tuple[Samples, Samples]:
    """Returns the samples without the last fraction, and the last fraction.

    Raises:
        ValueError: if one of them would be empty.
    """
    total = len(samples[0])
    count = int(total * (1.0 - validation_split))
    if not 0 < count < total:
        raise ValueError(
            f"validation_split={validation_split} leaves {count} of {total} samples to "
            "train on: give more samples or another fraction between 0 and 1"
        )
    training = tuple(values[:count] for values in samples)
    return training, tuple(values[count:] for values in samples)


def weighted(samples: Samples, class_weight: dict[int, float]) -> Samples:
    """Returns x and y with the weight of each sample's class, 1 where it has none.

    Raises:
        ValueError: if the samples have weights already.
    """
    if len(samples) > 2:
        raise ValueError("class_weight and sample_weight exclude each other: give one")
    classes = keras.ops.convert_to_numpy(samples[1])
    if classes.ndim > 1:
        one_hot = classes.shape[-1] > 1
        classes = classes.argmax(-1) if one_hot else classes[..., 0]
    weights = [class_weight.get(int(number), 1.0) for number in classes.round().ravel()]
    array = np.array(weights, keras.config.floatx()).reshape(classes.shape)
    streamed = is_streamed(samples)
    return *samples, array if streamed else keras.ops.convert_to_tensor(array)


def _numbers(name: str, values):
    """An array's tensor; floats have Keras's own precision, as in `fit`."""
    floats = keras.backend.is_float_dtype(_dtype(_checked(name, values)))
    return keras.ops.convert_to_tensor(
        values, keras.config.floatx() if floats else None
    )


def _host(name: str, values):
    """An array, or what is streamed, as it is."""
    arrays = np.ndarray | PaddedReviews
    known = isinstance(_checked(name, values), arrays)
    return values if known else keras.ops.convert_to_numpy(values)


def _checked(name: str, values):
    """The values as they are, if they are an array of numbers."""
    dense = keras.ops.is_tensor(values) and hasattr(values, "__array__")
    if not isinstance(values, np.ndarray | PaddedReviews) and not dense:
        raise ValueError(
            f"{name} is a {type(values).__name__}, but must be one NumPy array or "
            "tensor; lists, dicts, datasets and generators need model.fit"
        )
    if _dtype(values) == "string":
        raise ValueError(
            f"{name} has dtype {values.dtype}, but must be numbers: turn text into ids "
            "before, or use model.fit"
        )
    if not len(values.shape):
        raise ValueError(f"{name} is a single number: its first axis must be samples")
    return values


def _dtype(values) -> str:
    """Keras's name of a dtype; "string" of what are no numbers."""
    try:
        return keras.backend.standardize_dtype(values.dtype)
    except ValueError:  # objects, texts, dates
        return "string"
