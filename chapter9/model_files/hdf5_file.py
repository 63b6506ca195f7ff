"""What an HDF5 file that a stranger may have written says of a model.

A damaged file can send the HDF5 library itself into an endless loop, or crash it (seen
with HDF5 1.14 on files with single bytes changed). So this file is also a program that
`read` runs in a process of its own, with bounded time and memory. No other process
opens such a file.
"""

import contextlib
import json
import subprocess
import sys
from pathlib import Path

import h5py
import numpy as np

Shapes = dict[str, tuple[int, ...]]  # path in the file -> shape of a weight

MOST_SECONDS = 5  # of a processor; a good file takes less than one
MOST_WALL_SECONDS = 60
MOST_GROWTH = 300 * 2**20  # bytes of memory
MOST_OBJECTS = 10_000
DEEPEST = 40
LONGEST_PATH = 1_000  # characters
DROPOUT_STATE = "seed_generator"  # no parameter: count_params leaves it out


def read(
    path: Path, top: str, largest_config: int, numbers: Path | None = None
) -> tuple[str, Shapes]:
    """Returns a model's config, "" without one, and the shapes of its weights.

    Args:
        path: an HDF5 file.
        top: the group below which the weights lie; their paths start there.
        largest_config: bytes that a config may have.
        numbers: where to write the weights themselves, an .npz with an array for each
            shape, in the same order; None to read no number.

    Raises:
        ValueError: if the file is damaged, or holds what no model's does.
    """
    # -P: the modules beside this file are no top-level modules.
    program = [sys.executable, "-P", __file__, str(path), top, str(largest_config)]
    program += [str(numbers)] if numbers else []
    try:
        done = subprocess.run(program, capture_output=True, timeout=MOST_WALL_SECONDS)
    except subprocess.TimeoutExpired:
        raise ValueError("its weights take too long to read") from None
    if done.returncode < 0:
        raise ValueError("its weights cannot be read: they break the HDF5 library")
    if done.returncode:
        lines = done.stderr.decode(errors="replace").strip().splitlines()
        raise ValueError(f"its weights cannot be read: {lines[-1] if lines else '?'}")
    config, shapes = json.loads(done.stdout)
    return config, {name: tuple(shape) for name, shape in shapes.items()}


def _main(path: str, top: str, largest_config: str, numbers: str = "") -> None:
    with contextlib.suppress(ImportError, OSError):  # not on every system
        _limit_this_process()
    try:
        with h5py.File(path, "r") as file:
            config = _config(file, int(largest_config))
            datasets = _datasets(file, top)
            if numbers:
                np.savez(numbers, *[_numbers(*named) for named in datasets.items()])
            shapes = {name: dataset.shape for name, dataset in datasets.items()}
            print(json.dumps([config, shapes]))
    except MemoryError:
        sys.exit("they need too much memory")
    except Exception as error:  # h5py raises many kinds for a damaged file
        reason = str(error).splitlines()
        sys.exit(reason[0] if reason else type(error).__name__)


def _limit_this_process() -> None:
    import resource

    pages = int(Path("/proc/self/statm").read_text().split()[0])
    memory = pages * resource.getpagesize() + MOST_GROWTH
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _config(file, largest) -> str:
    """The JSON that a whole model in HDF5 has, and one in a .keras file has not."""
    if "model_config" not in file.attrs:
        return ""
    size = file.attrs.get_id("model_config").get_storage_size()
    config = file.attrs["model_config"] if size <= largest else None
    config = config.decode("utf-8") if isinstance(config, bytes) else config
    if not isinstance(config, str) or len(config) > largest:
        raise ValueError(f"model_config is no text of at most {largest:,} bytes")
    return config


def _datasets(file, top) -> dict[str, h5py.Dataset]:
    datasets: dict[str, h5py.Dataset] = {}
    if top in file and isinstance(_member(file, top), h5py.Group):
        _walk(file[top], "", datasets, [0])
    return datasets


def _walk(group, prefix, datasets, seen) -> None:
    """Depth first; `seen` counts, because hard links can make a group endless."""
    for name in sorted(group, key=_by_number):
        seen[0] += 1
        path = f"{prefix}{name}"
        deep = path.count("/") > DEEPEST or len(path) > LONGEST_PATH
        if seen[0] > MOST_OBJECTS or deep:
            raise ValueError("they are nested more than any model's")
        member = _member(group, name)
        if isinstance(member, h5py.Group):
            if name != DROPOUT_STATE:
                _walk(member, f"{path}/", datasets, seen)
        elif isinstance(member, h5py.Dataset):
            _check(member, path)
            datasets[path] = member


def _member(group, name):
    """The object of that name, if it really lies in this file."""
    link = group.get(name, getlink=True)
    if not isinstance(link, h5py.HardLink):
        raise ValueError(f"{name!r} is a {type(link).__name__} to elsewhere")
    return group[name]


def _check(dataset, path) -> None:
    if dataset.is_virtual or dataset.external:
        raise ValueError(f"the numbers of {path!r} lie in another file")
    if dataset.shape is None or dataset.dtype.kind not in "fiub":
        raise ValueError(f"{path!r} holds no numbers")


def _numbers(path, dataset) -> np.ndarray:
    """A dataset's numbers, if they stand in the file as they are, as Keras has them.

    What is packed, or declared and not there, could be of any size.
    """
    if dataset.chunks or dataset.id.get_storage_size() != dataset.nbytes:
        raise ValueError(f"the numbers of {path!r} do not stand there one by one")
    return dataset[()]


def _by_number(name: str) -> tuple[int, str]:
    """Keras names a layer's weights 0, 1, ... 10."""
    return (int(name), "") if name.isascii() and name.isdigit() else (-1, name)


if __name__ == "__main__":
    _main(*sys.argv[1:])
