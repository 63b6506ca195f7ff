"""x, y and their weights, as `model.fit` takes them: checked, cast and split alike."""

from typing import Any

import keras
import numpy as np

# x and y, or x, y and sample weights: tensors with the samples in the first axis.
Samples = tuple[Any, ...]


def prepare(x, y, sample_weight=None, of: str = "") -> Samples:
    """Returns the samples as tensors of the backend.

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
    samples = tuple(_numbers(name, values) for name, values in named.items())
    lengths = [len(values) for values in samples]
    if len(set(lengths)) > 1:
        told = ", ".join(map("{} has {}".format, named, lengths))
        raise ValueError(f"{told} samples: give as many of each")
    if lengths[0] == 0:
        raise ValueError(f"{of}x and {of}y are empty: give at least one sample")
    return samples


def prepare_validation(data) -> Samples:
    """Returns the samples of `validation_data`: x and y, or x, y and sample weights.

    Raises:
        ValueError: as in `prepare`, or if it is no such tuple.
    """
    if not isinstance(data, tuple | list) or len(data) not in (2, 3):
        raise ValueError(
            "validation_data must be (x, y) or (x, y, sample_weight), but is a "
            f"{type(data).__name__}; model.fit takes datasets and generators"
        )
    return prepare(*data, of="validation ")


def split(samples: Samples, validation_split: float) -> tuple[Samples, Samples]:
    """Returns the training and the validation samples: the last fraction, as in `fit`.

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
    weights = np.array(weights, keras.config.floatx()).reshape(classes.shape)
    return *samples, keras.ops.convert_to_tensor(weights)


def _numbers(name: str, values):
    """An array's tensor; floats have Keras's own precision, as in `fit`."""
    one = isinstance(values, np.ndarray) or (
        keras.ops.is_tensor(values) and hasattr(values, "__array__")  # not sparse
    )
    if not one:
        raise ValueError(
            f"{name} is a {type(values).__name__}, but must be one array or tensor of "
            "numbers; model.fit takes several inputs or outputs (lists, dicts), "
            "datasets and generators"
        )
    kind = getattr(values.dtype, "kind", "")
    if kind in ("O", "S", "U") or "string" in str(values.dtype):
        raise ValueError(
            f"{name} holds {values.dtype} and no numbers: turn text into ids before, "
            "or use model.fit"
        )
    if not len(values.shape):
        raise ValueError(f"{name} is one number: the first axis must be the samples")
    floats = keras.backend.is_float_dtype(values.dtype)
    return keras.ops.convert_to_tensor(
        values, keras.config.floatx() if floats else None
    )
