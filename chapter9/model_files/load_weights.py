"""Giving a model the weights of a saved one, and nothing else of its file."""

from pathlib import Path

import keras
import numpy as np

from before_keras.language import _
from before_keras.safety import bounds
from before_keras.safety.errors import UserError
from chapter9.model_files import model_file


def load_weights(model: keras.Model, path: Path) -> None:
    """Puts the weights of a .keras file into a model of the same layers.

    As `model.load_weights`, but for anyone's file: Keras, and with it the HDF5 library
    in this process, never opens it.

    Args:
        model: built by the caller, whatever the file says of its own model.
        path: a .keras file.

    Raises:
        UserError: if the file is missing, damaged, does not fit the model, or holds
            numbers that are not finite or beyond a million.
    """
    groups = model_file.read_numbers(path)
    layers = [{"class_name": type(layer).__name__} for layer in model.layers]
    weights = [w for group in groups.of_layers(layers) for w in group.by_path.values()]
    wanted = [tuple(weight.shape) for weight in model.weights]
    if [weight.shape for weight in weights] != wanted:
        found = [weight.shape for weight in groups.by_path.values()]
        raise UserError(
            _(
                "{path} does not fit the settings beside it: they make weights of the "
                "shapes {wanted}, it has {found}"
            ).format(path=path, wanted=wanted, found=found)
        )
    check_numbers(path, weights)
    model.set_weights(weights)


def check_numbers(path: Path, weights: list[np.ndarray]) -> None:
    """Raises a UserError if a file's weights are none that a network computes with."""
    types = {weight.dtype.name for weight in weights} - {"float32"}
    if types:
        raise UserError(
            _("{path} holds weights of the type {type}, not float32").format(
                path=path, type=min(types)
            )
        )
    if not all((np.abs(weight) <= bounds.MAX_WEIGHT).all() for weight in weights):
        raise UserError(
            _(
                "{path} holds weights that are not finite numbers, or beyond "
                "{most:,}: train again"
            ).format(path=path, most=bounds.MAX_WEIGHT)
        )
