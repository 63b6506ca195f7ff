"""What the page knows of a run: its name, settings, weights, words and history.

Nothing of the machine goes in: no path, no version, no review.
"""

from typing import Any

import keras

from before_keras.safety.files import checksum
from chapter9.data.text import FIRST_WORD
from chapter9.page import weights
from chapter9.page.accuracy import Tested
from chapter9.run_folder.history import best_epoch
from chapter9.run_folder.run import Run

SETTINGS = ("model", "layer", "edition", "words", "cells", "timesteps", "batch_size")


def run_data(
    run: Run, model: keras.Model, tested: Tested | None = None
) -> dict[str, Any]:
    """Returns a run as JSON has it.

    Args:
        run: the run folder.
        model: its best model, as `models.load` builds it.
        tested: what `tested` returned; None: the page says how often the run is right
            about the validation reviews.

    Raises:
        UserError: if a file of the run is damaged.
    """
    settings = run.settings
    history = run.history()
    return {
        "name": run.path.resolve().name,
        "checksum": checksum(run.model_file),
        "settings": {name: getattr(settings, name) for name in SETTINGS},
        "data": run.data["name"],
        "kind": run.vocabulary.kind,
        "labels": run.data.get("labels"),
        "tested": tested,
        "parameters": model.count_params(),
        "network": weights.network(weights.of_model(model), str(run.path)),
        "vocabulary": _words(run),
        # Four digits are what the book prints.
        "history": {k: [round(x, 4) for x in column] for k, column in history.items()},
        "best_epoch": best_epoch(history) + 1,
    }


def _words(run: Run) -> list[str]:
    """All words of IMDB, to tell rare from dropped ones; else the frequent ones."""
    words = run.vocabulary.words
    is_imdb = run.vocabulary.kind == "imdb"
    return words if is_imdb else words[: run.settings.words - FIRST_WORD]
