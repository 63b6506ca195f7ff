"""Where data are looked for and kept: in the environment, with Keras, in a cache."""

import os
from pathlib import Path

import platformdirs

DATA_VARIABLE, CACHE_VARIABLE = "CHAPTER9_DATA", "CHAPTER9_CACHE"
REVIEWS, WORD_INDEX = "imdb.npz", "imdb_word_index.json"  # as Keras names them


def named_data() -> str | None:
    """Returns the path of an imdb.npz that the environment names, if it names one."""
    return os.environ.get(DATA_VARIABLE) or None


def keras_folder() -> Path:
    """Returns the folder in which Keras keeps downloaded data."""
    return _keras_home() / "datasets"


def keras_settings() -> Path:
    """Returns the file in which Keras keeps its settings."""
    return _keras_home() / "keras.json"


def _keras_home() -> Path:
    return Path(os.environ.get("KERAS_HOME") or Path.home() / ".keras")


def cache_folder() -> Path:
    """Returns this project's folder for data it can make again."""
    folder = os.environ.get(CACHE_VARIABLE)
    return Path(folder or platformdirs.user_cache_path("chapter9", appauthor=False))
