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

from before_keras.language import _
from before_keras.safety import bounds
from before_keras.safety.errors import UserError, cannot_read
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
        raise cannot_read(path, error) from error
    except (ValueError, pickle.UnpicklingError) as error:
        raise UserError(
            _("{path} is not Keras's IMDB data: {reason}").format(
                path=path, reason=brief(error)
            )
        ) from error
    except Exception as error:  # a damaged zip raises almost anything
        raise UserError(
            _("{path} is no .npz file or is damaged: {reason}").format(
                path=path, reason=brief(error)
            )
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
        found = ", ".join(archive.namelist()[:8]) or _("nothing")
        expected = ", ".join(f"{array}.npy" for array in ARRAYS)
        raise ValueError(
            _("it holds {found}; expected {expected}").format(
                found=found, expected=expected
            )
        ) from None
    if info.file_size > bounds.MAX_ARRAYS:
        raise ValueError(
            _("{name} unpacks to {size:,} bytes").format(name=name, size=info.file_size)
        )
    with archive.open(info) as packed:
        file = io.BytesIO(packed.read(bounds.MAX_ARRAYS + 1))
    version = npy.read_magic(file)
    read_header = {(1, 0): npy.read_array_header_1_0, (2, 0): npy.read_array_header_2_0}
    if version not in read_header:
        raise ValueError(
            _("{name} has the unknown .npy version {version}").format(
                name=name, version=version
            )
        )
    shape, _order, dtype = read_header[version](file)
    if len(shape) != 1:
        raise ValueError(
            _("{name} has shape {shape}; expected one axis").format(
                name=name, shape=shape
            )
        )
    if dtype.hasobject:
        return _lists(file, name, shape[0], is_keras_own)
    body = file.read()
    if dtype.kind not in "iu" or len(body) != shape[0] * dtype.itemsize:
        raise ValueError(
            _("{name} is {dtype} {shape} in {size:,} bytes").format(
                name=name, dtype=dtype, shape=shape, size=len(body)
            )
        )
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
        raise pickle.UnpicklingError(
            _("it asks for {name}, which is refused").format(name=f"{module}.{name}")
        )


def _check_opcodes(file) -> None:
    """Refuses what hashes its contents: chosen well, they keep a processor for hours.

    Lists and tuples, all that Keras's own file has, take time in proportion.
    """
    start = file.tell()
    most = bounds.MAX_TOKENS + 10 * bounds.MAX_REVIEWS
    for count, (opcode, *_place) in enumerate(pickletools.genops(file)):
        if opcode.name in HASHED:
            raise pickle.UnpicklingError(_("it holds something else than lists"))
        if count > most:
            raise pickle.UnpicklingError(
                _("it holds more than {tokens:,} tokens in {reviews:,} reviews").format(
                    tokens=bounds.MAX_TOKENS, reviews=bounds.MAX_REVIEWS
                )
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
        raise ValueError(
            _("{name} is damaged: {reason}").format(name=name, reason=error)
        ) from error
    # An array's state: version, shape, dtype, column-major, and the list of objects.
    state = getattr(kept, "state", None)
    lists = state[-1] if isinstance(state, tuple) and state else None
    if not isinstance(lists, list) or len(lists) != length:
        raise ValueError(
            _("{name} is no array of {length:,} lists").format(name=name, length=length)
        )
    return lists


def _reviews(lists, labels, part) -> Reviews:
    """Checks what the arrays hold, naming the first review that is wrong."""
    if not isinstance(lists, list) or not isinstance(labels, np.ndarray):
        raise ValueError(
            _("x_{part} must be lists and y_{part} integers").format(part=part)
        )
    if len(lists) != len(labels):
        raise ValueError(
            _("x_{part} has {reviews:,} reviews, y_{part} {labels:,} labels").format(
                part=part, reviews=len(lists), labels=len(labels)
            )
        )
    if len(lists) < MIN_REVIEWS[part]:
        raise ValueError(
            _("x_{part} has {reviews} reviews; expected {least} or more").format(
                part=part, reviews=len(lists), least=MIN_REVIEWS[part]
            )
        )
    if len(lists) > bounds.MAX_REVIEWS:
        raise ValueError(
            _("x_{part} has more than {most:,} reviews").format(
                part=part, most=bounds.MAX_REVIEWS
            )
        )
    wrong = np.flatnonzero((labels != 0) & (labels != 1))
    if wrong.size:
        raise ValueError(
            _("y_{part}[{place}] is {label}; expected 0 or 1").format(
                part=part, place=wrong[0], label=labels[wrong[0]]
            )
        )
    for i, review in enumerate(lists):
        if not isinstance(review, list) or not review:
            raise ValueError(
                _("x_{part}[{place}] is empty or no list").format(part=part, place=i)
            )
    # Before they are looked at: a pickle may name one long review many times.
    if (tokens := sum(map(len, lists))) > bounds.MAX_TOKENS:
        raise ValueError(
            _("x_{part} has {tokens:,} tokens, over {most:,}").format(
                part=part, tokens=tokens, most=bounds.MAX_TOKENS
            )
        )
    for i, review in enumerate(lists):
        if set(map(type, review)) != {int}:
            raise ValueError(
                _("x_{part}[{place}] holds something else than integers").format(
                    part=part, place=i
                )
            )
        if min(review) < 0 or max(review) > bounds.MAX_TOKEN:
            token = min(review) if min(review) < 0 else max(review)
            shown = token if token.bit_length() < 64 else _("of 20 digits or more")
            raise ValueError(
                _(
                    "x_{part}[{place}] holds the token {token}; expected 0 to {most:,}"
                ).format(part=part, place=i, token=shown, most=bounds.MAX_TOKEN)
            )
    return Reviews.from_lists(lists, labels)
