"""Opening anyone's saved model: its config, and its weights' shapes or numbers.

No class or code that the file names is looked up and no layer is built: what is
checked and bounded here is all that a file can do.
"""

import io
import json
import lzma
import re
import shutil
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import numpy as np

from before_keras import questions
from before_keras.language import _
from before_keras.safety import bounds
from before_keras.safety.errors import UserError, cannot_read, reason
from before_keras.safety.printable import brief, printable
from before_keras.safety.untrusted import bounded_memory, regular_file
from chapter9.model_files import hdf5_file
from chapter9.model_files.weight_groups import WeightGroups

CONFIG, METADATA, WEIGHTS = "config.json", "metadata.json", "model.weights.h5"
Shape = tuple[int, ...]
BAD_ZIP = (
    zipfile.BadZipFile, EOFError, RuntimeError, zlib.error, lzma.LZMAError, struct.error
)  # fmt: skip
LISTING = ("Sequential", "Functional", "Model")  # models that list their layers
HDF5 = b"\x89HDF\r\n\x1a\n"


def read(path: Path) -> tuple[dict, WeightGroups[Shape]]:
    """Returns a saved model's config and its weights' shapes.

    Args:
        path: a .keras file or a whole model in HDF5 (.h5).

    Returns:
        {"class_name": ..., "config": {"layers": ...}} as Keras serialized it, and the
        shapes of the weights, by layer.

    Raises:
        UserError: if the file is missing, no regular file, damaged, holds no whole
            model, or holds something that no model of Keras does.
    """
    with _opened(path) as (file, is_hdf5):
        return _read_hdf5(path) if is_hdf5 else _read_keras(file)


def read_numbers(path: Path) -> WeightGroups[np.ndarray]:
    """Returns the weights of a .keras file, by layer.

    Raises:
        UserError: as `read`.
    """
    with _opened(path) as (file, is_hdf5):
        if is_hdf5:
            raise ValueError(_("it is no .keras file"))
        with zipfile.ZipFile(file) as archive:
            _check_members(archive)
            with _unpacked(archive, WEIGHTS) as weights:
                numbers = weights.with_suffix(".npz")
                shapes = hdf5_file.read(weights, "layers", numbers)[1]
                with np.load(numbers) as arrays:
                    by_path = dict(zip(shapes, arrays.values(), strict=True))
        return WeightGroups(by_path, by_class=True)


class _SmallReads(io.FileIO):
    """A file of which no more is read at once than a sound .keras file asks for.

    zipfile reads a whole directory of members, which could be millions.
    """

    def read(self, size=-1):
        if size > bounds.MAX_ZIP_READ:
            raise ValueError(
                _("its list of members has {size:,} bytes").format(size=size)
            )
        # Without a size zipfile reads the last 64 KiB, for the archive's comment.
        return super().read(size if size >= 0 else bounds.MAX_ZIP_READ)


@contextmanager
def _opened(path) -> Iterator[tuple[_SmallReads, bool]]:
    """The file, and whether it is HDF5; what is wrong with it becomes one line."""
    path = regular_file(
        path, _("give a saved model, .keras or .h5"), bounds.MAX_MODEL_FILE
    )
    try:
        with _SmallReads(path) as file, bounded_memory():
            start = file.read(len(HDF5))
            if not start.startswith((HDF5, b"PK")):
                message = (
                    _(
                        "it starts with {start!r}, as neither a .keras nor a .h5 file "
                        "does"
                    )
                    if start
                    else _("it is empty")
                )
                raise ValueError(message.format(start=start))
            yield file, start == HDF5
    except OSError as error:
        raise cannot_read(path, error) from error
    except RecursionError:
        raise UserError(
            _("{path} is no model: it is nested too deeply").format(path=path)
        ) from None
    except (ValueError, *BAD_ZIP) as error:
        raise UserError(
            _("{path} is damaged or no whole model: {reason}").format(
                path=path, reason=brief(error)
            )
        ) from error


def _read_keras(file) -> tuple[dict, WeightGroups[Shape]]:
    with zipfile.ZipFile(file) as archive:
        _check_members(archive)
        version = str(_json(archive, METADATA).get("keras_version", ""))
        if version.startswith("2."):
            problem = _("Keras {version} wrote it: save it as .h5 or with Keras 3")
            problem = problem.format(version=version)
            raise ValueError(questions.leading_to(questions.OLD_CODE, problem))
        config = _model_config(_json(archive, CONFIG), file.name)
        with _unpacked(archive, WEIGHTS) as weights:
            shapes = hdf5_file.read(weights, "layers")[1]
        return config, WeightGroups(shapes, by_class=True)


def _read_hdf5(path) -> tuple[dict, WeightGroups[Shape]]:
    text, shapes = hdf5_file.read(path, "model_weights")
    if not text:
        raise ValueError(
            _("it holds weights only: save the whole model with model.save")
        )
    return _model_config(_parse(text), path), WeightGroups(shapes, by_class=False)


def _check_members(archive) -> None:
    names = archive.namelist()
    for name in (METADATA, CONFIG, WEIGHTS):
        if names.count(name) != 1:
            message = (
                _("{name} is more than once in it")
                if name in names
                else _("{name} is not in it")
            )
            raise ValueError(message.format(name=name))
    for name in names:
        if name.startswith(("/", "\\")) or ".." in re.split(r"[/\\]", name):
            raise ValueError(
                _("its member {name!r} points outside").format(
                    name=name[: bounds.MAX_NAME]
                )
            )


def _json(archive, name) -> dict:
    with archive.open(name) as file:
        text = file.read(bounds.MAX_TEXT_FILE + 1)
    if len(text) > bounds.MAX_TEXT_FILE:
        raise ValueError(
            _("{name} is larger than {most:,} bytes").format(
                name=name, most=bounds.MAX_TEXT_FILE
            )
        )
    return _parse(text.decode("utf-8"))


def _parse(text: str) -> dict:
    """JSON with every name once and no number larger than a layer can have."""

    def unique(pairs):
        names = dict(pairs)
        if len(names) != len(pairs):
            raise ValueError(_("a name stands twice in its JSON"))
        return names

    def bounded(digits):
        if len(digits) > 20 or abs(int(digits)) > bounds.MAX_SIZE:
            raise ValueError(
                _("its JSON has the number {digits}...").format(digits=digits[:20])
            )
        return int(digits)

    parsed = json.loads(text, object_pairs_hook=unique, parse_int=bounded)
    if not isinstance(parsed, dict):
        raise ValueError(_("its JSON is no object"))
    return parsed


def _model_config(config: dict, path: Path) -> dict:
    inner = config.get("config")
    layers = inner.get("layers") if isinstance(inner, dict) else None
    if _is_subclassed(config.get("class_name"), inner, layers):
        raise UserError(
            _(
                "{path} holds a subclassed model, {name}: such a file does not say "
                "what its layers are; load it in Python and call "
                "chapter9.explain_parameters(model)"
            ).format(path=path, name=printable(config["class_name"]))
        )
    if not isinstance(layers, list):
        raise ValueError(
            _(
                "its config has no list of layers, as Sequential and functional models "
                "do"
            )
        )
    return config


def _is_subclassed(name, inner, layers) -> bool:
    """A class of someone's own, which may still list its layers as Keras's do."""
    if not isinstance(name, str) or name in LISTING or not isinstance(inner, dict):
        return False
    return not (layers and all(isinstance(layer, dict) for layer in layers))


@contextmanager
def _unpacked(archive, name) -> Iterator[Path]:
    """A member as a file of its own, its checksum verified on the way."""
    size = archive.getinfo(name).file_size
    if size > bounds.MAX_ARRAYS:
        raise ValueError(
            _("{name} unpacks to {size:,} bytes, over {most:,}").format(
                name=name, size=size, most=bounds.MAX_ARRAYS
            )
        )
    with ExitStack() as stack:
        try:
            folder = stack.enter_context(tempfile.TemporaryDirectory())
            unpacked = Path(folder) / "weights.h5"
            with archive.open(name) as packed, open(unpacked, "wb") as file:
                shutil.copyfileobj(packed, file)
        except OSError as error:
            raise hdf5_file.cannot_unpack(reason(error)) from error
        yield unpacked
