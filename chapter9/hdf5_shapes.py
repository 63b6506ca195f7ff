"""The shapes of the weights in an HDF5 file that a stranger may have written."""

import h5py

from chapter9.parameter_terms import Shape

Shapes = dict[str, Shape]  # path in the file -> shape

MOST_OBJECTS = 10_000
DEEPEST = 40
DROPOUT_STATE = "seed_generator"  # no parameter: count_params leaves it out


def read_config(file: h5py.File, largest: int) -> str:
    """Returns the JSON of a whole model's config.

    Raises:
        ValueError: if there is none, or it is larger than `largest` bytes.
    """
    if "model_config" not in file.attrs:
        raise ValueError("it holds weights only: save the whole model with model.save")
    size = file.attrs.get_id("model_config").get_storage_size()
    config = file.attrs["model_config"] if size <= largest else ""
    config = config.decode("utf-8") if isinstance(config, bytes) else config
    if not isinstance(config, str) or not 0 < len(config) <= largest:
        raise ValueError(f"its model_config is no text of at most {largest:,} bytes")
    return config


def read_shapes(file: h5py.File, top: str) -> Shapes:
    """Returns the shape of every weight below the group `top`, by its path there.

    Raises:
        ValueError: for a link to elsewhere, or more than any model has.
    """
    shapes: Shapes = {}
    if top in file:
        group = _member(file, top)
        if isinstance(group, h5py.Group):
            _walk(group, "", shapes, [0])
    return shapes


def _walk(group, prefix, shapes, seen) -> None:
    """Depth first; `seen` counts, because hard links can make a group endless."""
    for name in sorted(group, key=_by_number):
        seen[0] += 1
        path = f"{prefix}{name}"
        if seen[0] > MOST_OBJECTS or path.count("/") > DEEPEST:
            raise ValueError("its weights are nested more than any model's")
        member = _member(group, name)
        if isinstance(member, h5py.Group):
            if name != DROPOUT_STATE:
                _walk(member, f"{path}/", shapes, seen)
        elif isinstance(member, h5py.Dataset):
            shapes[path] = _shape(member, path)


def _member(group, name):
    """The object of that name, if it really lies in this file."""
    link = group.get(name, getlink=True)
    if not isinstance(link, h5py.HardLink):
        raise ValueError(f"{name!r} is a {type(link).__name__} to elsewhere")
    return group[name]


def _shape(dataset, path) -> Shape:
    if dataset.is_virtual or dataset.external:
        raise ValueError(f"the numbers of {path!r} lie in another file")
    if dataset.shape is None or dataset.dtype.kind not in "fiub":
        raise ValueError(f"{path!r} holds no numbers")
    return dataset.shape


def _by_number(name: str) -> tuple[int, str]:
    """Keras names a layer's weights 0, 1, ... 10."""
    return (int(name), "") if name.isascii() and name.isdigit() else (-1, name)
