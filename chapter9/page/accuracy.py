"""How often a run is right about the reviews kept for the end."""

from typing import TypedDict

import keras
import numpy as np

from before_keras.safety.errors import UserError
from chapter9 import data
from chapter9.inference.evaluation import evaluate
from chapter9.run_folder.run import Run


class Tested(TypedDict):
    """Reviews whose label was predicted, of so many."""

    right: int
    reviews: int


def tested(run: Run, model: keras.Model) -> Tested | None:
    """Returns how often a run is right about its test reviews.

    Nothing is downloaded for it.

    Args:
        run: the run folder.
        model: its best model.

    Returns:
        None where the reviews that the run was trained with are not at hand.
    """
    try:
        test = data.load_again(run.data, download=False).test
    except UserError:
        return None
    if not len(test):
        return None
    settings = run.settings
    prepared = data.prepare(test, settings.timesteps, settings.words)
    confusion = evaluate(model, prepared).confusion
    return {"right": int(np.trace(confusion)), "reviews": len(test)}
