"""A program: runs with known weights, exported and compared, on the backend of Keras.

    KERAS_BACKEND=jax python -m tests.export_matrix FORMAT FOLDER MODEL:LAYER ...

A line for each: model, layer, and the largest difference of a probability.
"""

import sys
from pathlib import Path

import keras
import numpy as np

import models
from before_keras.settings import Settings
from chapter9 import data, exports
from chapter9.exports.comparison import some_of
from chapter9.run_folder.run import Run
from commands.export import twin
from tests import tiny

SIZES = {"words": 30, "cells": 3, "timesteps": 6}


def run_with_weights(folder, model, layer="custom", corpus=None):
    """A run that was never trained, with weights that tell all words apart."""
    corpus = corpus or data.load(str(tiny.write(folder / "data")))
    settings = Settings(model=model, layer=layer, **SIZES)
    run = Run.create(folder / f"{model}-{layer}", settings, corpus)
    network, random = models.new(run), np.random.default_rng(0)
    network.set_weights(
        [
            random.normal(0, 1.5, w.shape).astype("float32")
            for w in network.get_weights()
        ]
    )
    run.save_model(network)
    return run


def token_ids(run):
    """Those of the run's test reviews, (20, 6)."""
    settings = run.settings
    reviews = run.test_reviews()[1]
    return some_of(reviews.crop_and_pad(settings.timesteps, settings.words))


def main(name, folder, *pairs):
    """Prints a line for each pair."""
    corpus = data.load(str(tiny.write(folder / "data")))
    for pair in pairs:
        model_name, layer = pair.split(":")
        run = run_with_weights(folder, model_name, layer, corpus)
        model, ids = models.load(run), token_ids(run)
        spread = np.ptp(keras.ops.convert_to_numpy(model(ids)))
        if not spread > 0.05:
            raise SystemExit(f"{pair}: all reviews are alike: {spread}")
        done = exports.write(
            run.path / "export", name, run, model, twin(run, name, model), ids
        )
        print(pair, done.comparison.difference, flush=True)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), *sys.argv[3:])
