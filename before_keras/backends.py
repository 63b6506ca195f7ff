"""What Keras runs on: tensorflow, jax or torch, whichever the user has."""

import importlib.util
import json
import os

from before_keras.language import _
from before_keras.names import BACKENDS
from before_keras.places import keras_settings
from before_keras.safety.errors import UserError

VARIABLE = "KERAS_BACKEND"


def is_installed(package: str) -> bool:
    """Returns whether Python finds a package, without importing it."""
    return importlib.util.find_spec(package) is not None


def default() -> str:
    """Returns what Keras shall run on if no option says so.

    That is what KERAS_BACKEND names; else what keras.json names, if it is installed:
    Keras writes "tensorflow" there by itself; else the first of `BACKENDS` that is
    installed; "tensorflow" if none is, for `check` to complain of.
    """
    if named := os.environ.get(VARIABLE):
        return named
    installed = [name for name in BACKENDS if is_installed(name)]
    chosen = _of_keras_json()
    return chosen if chosen in installed else next(iter(installed), BACKENDS[0])


def check(backend: str) -> None:
    """Makes sure that Keras can run on a backend.

    Raises:
        UserError: if it is not installed, naming what is.
    """
    if backend not in BACKENDS or is_installed(backend):
        return  # what Keras runs on beyond these, it knows itself
    installed = [name for name in BACKENDS if is_installed(name)]
    if not installed:
        raise UserError(
            _(
                "Keras needs tensorflow, jax or torch, and none is installed: "
                "pip install tensorflow"
            )
        )
    raise UserError(
        _("{backend} is not installed: pip install {backend}, or use {others}").format(
            backend=backend, others=", ".join(installed)
        )
    )


def _of_keras_json() -> str | None:
    """The backend that Keras's own settings name."""
    try:
        return json.loads(keras_settings().read_text(encoding="utf-8"))["backend"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
