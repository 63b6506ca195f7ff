"""The same model with Keras's own recurrent layers, or with this project's.

Their weights have the same shapes in the same order, so that nothing but the layers'
names in the model's config changes. Files go over with them:

    chapter9.from_builtin(keras.models.load_model("theirs.keras"))
    chapter9.to_builtin(model).save("ours_without_chapter9.keras")
"""

from pathlib import Path

import keras

NAMES = ("SimpleRNN", "LSTM", "GRU")


def to_builtin(model: keras.Model) -> keras.Model:
    """Returns a model with Keras's recurrent layers in the place of this project's.

    A layer with `num_tokens` becomes a small Sequential: one-hot rows, and the layer.

    Args:
        model: built; Sequential or functional, or one that serializes itself. Recurrent
            layers within other layers and models, Bidirectional too, are found.

    Raises:
        ValueError: for a layer with `mask_zero`, which Keras's have not.

    Examples:
        >>> import chapter9
        >>> import keras
        >>> ours = keras.Sequential([keras.Input((5, 4)), chapter9.GRU(3)])
        >>> [layer.__module__.split(".")[0] for layer in to_builtin(ours).layers]
        ['keras']
    """
    return _converted(model, _to_builtin)


def from_builtin(model: keras.Model) -> keras.Model:
    """Returns a model with this project's recurrent layers in the place of Keras's.

    Args:
        model: as in `to_builtin`.

    Examples:
        >>> import keras
        >>> import numpy as np
        >>> theirs = keras.Sequential([keras.Input((5, 4)), keras.layers.LSTM(3)])
        >>> ours, x = from_builtin(theirs), np.ones((2, 5, 4), "float32")
        >>> bool(np.allclose(ours(x), theirs(x), atol=1e-5))
        True
    """
    return _converted(model, _from_builtin)


def load_builtin_weights(model: keras.Model, path: Path | str) -> None:
    """Loads a .weights.h5 file of a model that has Keras's layers in place of ours.

    Keras itself opens the file, as in `model.load_weights`: one from a stranger needs
    Keras 3.15.1 or newer, because older versions have known holes there. The commands
    and `chapter9.model_files` leave no file to Keras, so they need no such version.

    Args:
        model: built, as in `to_builtin`; it gets the weights.
        path: of the file.

    Examples:
        >>> import os
        >>> import tempfile
        >>> import chapter9
        >>> import keras
        >>> theirs = keras.Sequential([keras.Input((5, 4)), keras.layers.LSTM(3)])
        >>> ours = keras.Sequential([keras.Input((5, 4)), chapter9.LSTM(3)])
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     file = os.path.join(folder, "theirs.weights.h5")
        ...     theirs.save_weights(file)
        ...     load_builtin_weights(ours, file)
        >>> bool((ours.get_weights()[0] == theirs.get_weights()[0]).all())
        True
    """
    twin = to_builtin(model)
    twin.load_weights(path)
    model.set_weights(twin.get_weights())


def _converted(model, convert) -> keras.Model:
    serialized = _walk(keras.saving.serialize_keras_object(model), convert)
    twin = keras.saving.deserialize_keras_object(serialized)
    twin.set_weights(model.get_weights())
    return twin


def _walk(node, convert):
    """Converts every serialized layer in a nest of dicts and lists."""
    if isinstance(node, list | tuple):
        return [_walk(item, convert) for item in node]
    if not isinstance(node, dict):
        return node
    return convert({key: _walk(value, convert) for key, value in node.items()})


def _from_builtin(node):
    if node.get("module") != "keras.layers" or node.get("class_name") not in NAMES:
        return node
    name = node["class_name"]
    return node | {"module": "chapter9", "registered_name": f"chapter9>{name}"}


def _to_builtin(node):
    package, _, name = (node.get("registered_name") or "").partition(">")
    if package != "chapter9" or name not in NAMES:
        return node
    config = dict(node["config"])
    num_tokens = config.pop("num_tokens", None)
    if config.pop("mask_zero", False):
        raise ValueError(
            f"the layer {config['name']!r} has mask_zero=True, for which Keras's "
            f"{name} has no equal: put an Embedding(mask_zero=True) before the layer"
        )
    builtin = {"module": "keras.layers", "registered_name": None, "config": config}
    if num_tokens is None:
        return node | builtin
    layer = getattr(keras.layers, name).from_config(config)
    rows = keras.layers.CategoryEncoding(num_tokens, output_mode="one_hot")
    both = keras.Sequential([rows, layer], name=config["name"])
    return node | keras.saving.serialize_keras_object(both)
