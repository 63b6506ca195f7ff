"""What an HDF5 file says of a model: a program that hdf5_file.py runs.

A damaged file can send the HDF5 library itself into an endless loop, or crash it (seen
with HDF5 1.14 on files with single bytes changed). So this runs in a process of its
own, with bounded time and memory, and no other process opens such a file. It imports
nothing of this project, and so no Keras: its one argument tells it the bounds too.
"""

import contextlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path

import h5py
import numpy as np

DROPOUT_STATE = "seed_generator"  # no parameter: count_params leaves it out
NOT_WRITTEN = 3  # the exit code that hdf5_file.py knows
STATM = Path("/proc/self/statm")  # Linux: the pages that this process has


def _(message: str) -> str:
    """Marks what `make messages` collects; hdf5_file.py says it in Korean."""
    return message


class RefusedError(Exception):
    """A message, and what to put into it."""

    def __init__(self, message: str, **values):
        super().__init__(message)
        self.values = values


def main(path: str, top: str, numbers: str | None, bounds: dict) -> None:
    """Prints [config, shapes] as `hdf5_file.read` returns them, as JSON."""
    _limit_this_process(bounds)
    try:
        with h5py.File(path, "r") as file:
            config = _config(file, bounds)
            datasets = _datasets(file, top, bounds)
            if numbers:
                _write(numbers, [_numbers(*named) for named in datasets.items()])
            shapes = {name: dataset.shape for name, dataset in datasets.items()}
            print(json.dumps([config, shapes]))
    except MemoryError:
        sys.exit(json.dumps([_("they need too much memory"), {}]))
    except RefusedError as error:
        sys.exit(json.dumps([str(error), error.values]))
    except Exception as error:  # h5py raises many kinds for a damaged file
        lines = str(error).splitlines() or [type(error).__name__]
        sys.exit(json.dumps(["{reason}", {"reason": lines[0]}]))


def _limit_this_process(bounds) -> None:
    """Sets each limit that this system has; Windows has none, macOS none of memory."""
    try:
        import resource
    except ImportError:
        return
    limits = {
        resource.RLIMIT_CPU: bounds["MAX_HDF5_SECONDS"],
        resource.RLIMIT_CORE: 0,
    }
    with contextlib.suppress(OSError):
        pages = int(STATM.read_text(encoding="ascii").split()[0])
        memory = pages * resource.getpagesize() + bounds["MAX_MEMORY"]
        limits[resource.RLIMIT_AS] = memory
    for kind, limit in limits.items():
        # A ValueError: there is a stricter limit already.
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(kind, (limit, limit))


def _config(file, bounds) -> str:
    """The JSON that a whole model in HDF5 has, and one in a .keras file has not."""
    if "model_config" not in file.attrs:
        return ""
    size = file.attrs.get_id("model_config").get_storage_size()
    config = file.attrs["model_config"] if size <= bounds["MAX_TEXT_FILE"] else None
    config = config.decode("utf-8") if isinstance(config, bytes) else config
    if not isinstance(config, str) or len(config) > bounds["MAX_TEXT_FILE"]:
        raise RefusedError(
            _("model_config is no text of at most {most:,} bytes"),
            most=bounds["MAX_TEXT_FILE"],
        )
    return config


def _datasets(file, top, bounds) -> dict[str, h5py.Dataset]:
    """By path. They are counted as they come: hard links can make a group endless."""
    datasets: dict[str, h5py.Dataset] = {}
    if top not in file or not isinstance(_member(file, top), h5py.Group):
        return datasets
    for number, (path, member) in enumerate(_members(file[top]), start=1):
        deep = path.count("/") > bounds["MAX_DEPTH"] or len(path) > bounds["MAX_PATH"]
        if number > bounds["MAX_OBJECTS"] or deep:
            raise RefusedError(_("they are nested more than any model's"))
        if isinstance(member, h5py.Dataset):
            _check(member, path)
            datasets[path] = member
    return datasets


def _members(group, prefix="") -> Iterator[tuple[str, h5py.HLObject]]:
    """All that is in a group, depth first, each with its path."""
    for name in sorted(group, key=_by_number):
        member = _member(group, name)
        yield f"{prefix}{name}", member
        if isinstance(member, h5py.Group) and name != DROPOUT_STATE:
            yield from _members(member, f"{prefix}{name}/")


def _member(group, name):
    """The object of that name, if it really lies in this file."""
    link = group.get(name, getlink=True)
    if not isinstance(link, h5py.HardLink):
        raise RefusedError(
            _("{name!r} is a {kind} to elsewhere"), name=name, kind=type(link).__name__
        )
    return group[name]


def _check(dataset, path) -> None:
    if dataset.is_virtual or dataset.external:
        raise RefusedError(_("the numbers of {path!r} lie in another file"), path=path)
    if dataset.shape is None or dataset.dtype.kind not in "fiub":
        raise RefusedError(_("{path!r} holds no numbers"), path=path)


def _numbers(path, dataset) -> np.ndarray:
    """A dataset's numbers, if they stand in the file as they are, as Keras has them.

    What is packed, or declared and not there, could be of any size.
    """
    if dataset.chunks or dataset.id.get_storage_size() != dataset.nbytes:
        raise RefusedError(
            _("the numbers of {path!r} do not stand there one by one"), path=path
        )
    return dataset[()]


def _write(file, arrays) -> None:
    """Writes the numbers; ends with an exit code of its own where that fails."""
    try:
        np.savez(file, *arrays)
    except OSError as error:
        print(json.dumps([error.strerror or str(error), {}]), file=sys.stderr)
        sys.exit(NOT_WRITTEN)


def _by_number(name: str) -> tuple[int, str]:
    """Keras names a layer's weights 0, 1, ... 10."""
    return (int(name), "") if name.isascii() and name.isdigit() else (-1, name)


if __name__ == "__main__":
    main(**json.loads(sys.argv[1]))
