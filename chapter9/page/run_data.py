"""What the page knows of a run: its name, settings, weights, words and history.

Nothing of the machine goes in: no path, no version, no review.
"""

import math
from typing import Any

import keras

from chapter9.errors import UserError
from chapter9.files import checksum
from chapter9.page import weights
from chapter9.run import Run, best_epoch

SETTINGS = ("model", "layer", "edition", "words", "cells", "timesteps", "batch_size")
FIGURES = ("loss", "accuracy", "val_loss", "val_accuracy")


def run_data(run: Run, model: keras.Model) -> dict[str, Any]:
    """Returns a run as JSON has it.

    Args:
        run: the run folder.
        model: its best model, as `models.load` builds it.

    Raises:
        UserError: if a file of the run is damaged, or a number in it is not finite.
    """
    settings = run.settings
    history = run.history()
    file = run.path / "history.csv"
    if set(FIGURES) - set(history):
        raise UserError(f"{file} is damaged: it needs the columns {', '.join(FIGURES)}")
    if not all(math.isfinite(x) for name in FIGURES for x in history[name]):
        raise UserError(f"{file} holds numbers that are not finite: train again")
    return {
        "name": run.path.resolve().name,
        "checksum": checksum(run.model_file),
        "settings": {name: getattr(settings, name) for name in SETTINGS},
        "data": run.data["name"],
        "parameters": model.count_params(),
        "network": weights.network(model, str(run.path)),
        "vocabulary": run.vocabulary.words,
        # Four digits are what the book prints.
        "history": {name: [round(x, 4) for x in history[name]] for name in FIGURES},
        "best_epoch": best_epoch(history) + 1,
    }
