"""Reading an imdb.npz without trusting it: nothing in it is run.

Keras's file holds pickled arrays of lists of integers. A pickle can call any function,
so this unpickler knows two names, numpy's array and dtype, and puts in their place two
classes of its own that only keep what they are given.
"""

import io
import pickle
import pickletools
import zipfile
from pathlib import Path

import numpy as np
from numpy.lib import format as npy

from before_keras.safety import bounds
from before_keras.safety.errors import UserError
from before_keras.safety.printable import brief
from before_keras.safety.untrusted import bounded_memory
from chapter9.data.reviews import Reviews

ARRAYS = ("x_train", "y_train", "x_test", "y_test")
MIN_REVIEWS = {"train": 2, "test": 1}  # reviews; of two, one is trained on
HASHED = {"DICT", "EMPTY_DICT", "EMPTY_SET", "FROZENSET"}


def read(path: Path, is_keras_own: bool = False) -> tuple[Reviews, Reviews]:
    """Returns the training and the test reviews of an imdb.npz.

    Args:
        path: the file.
        is_keras_own: whether its checksum is that of Keras's file; any other is looked
            through before it is unpickled, which takes seconds for one as large.

    Raises:
        UserError: if the file is missing, damaged, not what Keras's imdb.npz is, or
            wants anything else than lists of integers unpickled.
    """
    try:
        with bounded_memory(), zipfile.ZipFile(path) as archive:
            training = _part(archive, "train", is_keras_own)
            return training, _part(archive, "test", is_keras_own)
    except OSError as error:
        raise UserError(f"cannot read {path}: {error.strerror or error}") from error
    except (ValueError, pickle.UnpicklingError) as error:
        raise UserError(f"{path} is not Keras's IMDB data: {brief(error)}") from error
    except Exception as error:  # a damaged zip raises almost anything
        raise UserError(
            f"{path} is no .npz file or is damaged: {brief(error)}"
        ) from error


def _part(archive: zipfile.ZipFile, part: str, is_keras_own: bool) -> Reviews:
    lists, labels = (
        _member(archive, f"{kind}_{part}", is_keras_own) for kind in ("x", "y")
    )
    return _reviews(lists, labels, part)


def _member(archive: zipfile.ZipFile, name: str, is_keras_own: bool):
    """An array of the archive: (n,) integers, or a list of lists of integers."""
    try:
        info = archive.getinfo(f"{name}.npy")
    except KeyError:
        found = ", ".join(archive.namelist()[:8]) or "nothing"
        expected = ", ".join(f"{array}.npy" for array in ARRAYS)
        raise ValueError(f"it holds {found}; expected {expected}") from None
    if info.file_size > bounds.MAX_ARRAYS:
        raise ValueError(f"{name} unpacks to {info.file_size:,} bytes")
    with archive.open(info) as packed:
        file = io.BytesIO(packed.read(bounds.MAX_ARRAYS + 1))
    version = npy.read_magic(file)
    read_header = {(1, 0): npy.read_array_header_1_0, (2, 0): npy.read_array_header_2_0}
    if version not in read_header:
        raise ValueError(f"{name} has the unknown .npy version {version}")
    shape, _, dtype = read_header[version](file)
    if len(shape) != 1:
        raise ValueError(f"{name} has shape {shape}; expected one axis")
    if dtype.hasobject:
        return _lists(file, name, shape[0], is_keras_own)
    body = file.read()
    if dtype.kind not in "iu" or len(body) != shape[0] * dtype.itemsize:
        raise ValueError(f"{name} is {dtype} {shape} in {len(body):,} bytes")
    return np.frombuffer(body, dtype)


class _Kept:
    """Stands in for numpy's array and dtype: keeps the state that it is given."""

    def __init__(self, *args):
        self.state = None

    def __setstate__(self, state):
        self.state = state


class _Unpickler(pickle.Unpickler):
    def find_class(self, module, name):
        numpy_names = {"_reconstruct", "ndarray", "dtype"}
        if module.split(".")[0] == "numpy" and name in numpy_names:
            return _Kept
        raise pickle.UnpicklingError(f"it asks for {module}.{name}, which is refused")


def _check_opcodes(file) -> None:
    """Refuses what hashes its contents: chosen well, they keep a processor for hours.

    Lists and tuples, all that Keras's own file has, take time in proportion.
    """
    start = file.tell()
    most = bounds.MAX_TOKENS + 10 * bounds.MAX_REVIEWS
    for count, (opcode, _, _) in enumerate(pickletools.genops(file)):
        if opcode.name in HASHED:
            raise pickle.UnpicklingError("it holds something else than lists")
        if count > most:
            raise pickle.UnpicklingError(
                f"it holds more than {bounds.MAX_TOKENS:,} tokens in "
                f"{bounds.MAX_REVIEWS:,} reviews"
            )
    file.seek(start)


def _lists(file, name, length, is_keras_own):
    try:
        if not is_keras_own:
            _check_opcodes(file)
        kept = _Unpickler(file, encoding="bytes").load()
    except (pickle.UnpicklingError, EOFError, MemoryError):
        raise
    except Exception as error:  # a damaged pickle raises almost anything
        raise ValueError(f"{name} is damaged: {error}") from error
    # An array's state: version, shape, dtype, column-major, and the list of objects.
    state = getattr(kept, "state", None)
    lists = state[-1] if isinstance(state, tuple) and state else None
    if not isinstance(lists, list) or len(lists) != length:
        raise ValueError(f"{name} is no array of {length:,} lists")
    return lists


def _reviews(lists, labels, part) -> Reviews:
    """Checks what the arrays hold, naming the first review that is wrong."""
    if not isinstance(lists, list) or not isinstance(labels, np.ndarray):
        raise ValueError(f"x_{part} must be lists and y_{part} integers")
    if len(lists) != len(labels):
        raise ValueError(
            f"x_{part} has {len(lists):,} reviews, y_{part} {len(labels):,} labels"
        )
    if len(lists) < MIN_REVIEWS[part]:
        raise ValueError(
            f"x_{part} has {len(lists)} reviews; expected {MIN_REVIEWS[part]} or more"
        )
    if len(lists) > bounds.MAX_REVIEWS:
        raise ValueError(f"x_{part} has more than {bounds.MAX_REVIEWS:,} reviews")
    wrong = np.flatnonzero((labels != 0) & (labels != 1))
    if wrong.size:
        raise ValueError(f"y_{part}[{wrong[0]}] is {labels[wrong[0]]}; expected 0 or 1")
    for i, review in enumerate(lists):
        if not isinstance(review, list) or not review:
            raise ValueError(f"x_{part}[{i}] is empty or no list")
        if set(map(type, review)) != {int}:
            raise ValueError(f"x_{part}[{i}] holds something else than integers")
        if min(review) < 0 or max(review) > bounds.MAX_TOKEN:
            token = min(review) if min(review) < 0 else max(review)
            shown = token if token.bit_length() < 64 else "of 20 digits or more"
            raise ValueError(
                f"x_{part}[{i}] holds the token {shown}; "
                f"expected 0 to {bounds.MAX_TOKEN:,}"
            )
    if (tokens := sum(map(len, lists))) > bounds.MAX_TOKENS:
        raise ValueError(f"x_{part} has {tokens:,} tokens, over {bounds.MAX_TOKENS:,}")
    return Reviews.from_lists(lists, labels)
