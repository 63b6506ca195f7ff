"""Trains a model of the chapter and writes a run folder."""

import contextlib
import json
import shlex
import sys
from pathlib import Path

import command_line
import models

BACKENDS = ("tensorflow", "jax", "torch")
LARGEST_SETTINGS = 100_000  # bytes; train.py writes 700
EXAMPLES = """examples:
  python train.py                               the default model, IMDB if it can be had
  python train.py --data sample                 reviews that this project generates
  python train.py --model embedding --data imdb.npz --out runs/embedding
  python train.py --model lstm --edition 2
  python train.py --resume runs/embedding       go on after a break
"""


def parser() -> command_line.Parser:
    """Returns the options of this command."""
    options = command_line.Parser(__doc__, EXAMPLES)
    add, integer = options.add_argument, command_line.integer
    add("--model", choices=models.REVIEW_MODELS, default="one-hot", help="the model")
    add("--layer", choices=models.LAYERS, default="custom", help="whose SimpleRNN")
    add(
        "--edition",
        type=int,
        choices=(1, 2),
        default=1,
        help="how to train: 1 with RMSprop(1e-4), 2 with adam",
    )
    add("--words", type=integer, default=500, help="number of different tokens")
    add(
        "--cells",
        type=integer,
        help="units of a recurrent layer (default: 10 for one-hot, else the book's 8)",
    )
    add("--timesteps", type=integer, default=100, help="tokens kept of a review")
    add(
        "--epochs",
        type=integer,
        default=100,
        help="at most; early stopping has patience 3",
    )
    add("--batch-size", type=integer, default=64, help="reviews a step")
    add("--seed", type=integer, default=7, help="of weights, order and dropout")
    add(
        "--data",
        default="auto",
        help="imdb, sample, auto (imdb if it can be had) or an imdb.npz; "
        "CHAPTER9_DATA may name the file",
    )
    add("--out", type=Path, help="the run folder (default: a new one below runs/)")
    add(
        "--backend",
        choices=BACKENDS,
        default="tensorflow",
        help="what Keras runs on",
    )
    add(
        "--deterministic",
        action="store_true",
        help="the same seed gives the same bits on the same machine",
    )
    add(
        "--resume", type=Path, metavar="RUN", help="go on with a run that was cut short"
    )
    return options


def main(arguments) -> None:
    """Trains as the options say."""
    backend, one_thread = _backend_and_threads(arguments)
    command_line.import_keras(backend, one_thread)
    import keras
    from rich.console import Console

    from chapter9.figures import learning_curve
    from chapter9.inference import tables
    from chapter9.training import compiled_epoch
    from chapter9.training.train import train

    corpus, run = _resumed(arguments) if arguments.resume else _new(arguments)
    settings = run.settings
    print(corpus.note or f"data: {corpus.name}, {len(corpus.training):,} reviews")
    print(compiled_epoch.describe() + ", on one thread" * one_thread)

    keras.utils.set_random_seed(settings.seed)
    if settings.deterministic:
        compiled_epoch.make_deterministic()
    model = models.new(run)
    model.summary()
    try:
        history = train(model, corpus, run, verbose=1 if sys.stdout.isatty() else 2)
    except KeyboardInterrupt:
        raise KeyboardInterrupt(
            f": to go on, python train.py --resume {shlex.quote(str(run.path))}"
        ) from None
    try:
        picture = run.path / "learning_curve.png"
        learning_curve.draw(history, f"{settings.model}, {corpus.name}", picture)
    except ImportError:
        print("no learning_curve.png: it needs matplotlib (pip install matplotlib)")
    Console().print(tables.training_table(settings, corpus.name, history))
    print(f"saved in {run.path}; next: python evaluate.py {shlex.quote(str(run.path))}")


def _backend_and_threads(arguments) -> tuple[str, bool]:
    """Returns the backend, and whether it gets one thread.

    Both must be known before Keras is imported, and the run is read with Keras.
    """
    wanted = vars(arguments)
    if arguments.resume:
        # Whatever is wrong with the file, Run.open will say.
        with contextlib.suppress(
            OSError, ValueError, KeyError, TypeError, RecursionError
        ):
            file = arguments.resume / "settings.json"
            if file.is_file() and file.stat().st_size <= LARGEST_SETTINGS:
                wanted = wanted | json.loads(file.read_text("utf-8"))["settings"]
    backend, batch_size = wanted["backend"], wanted["batch_size"]
    if backend not in BACKENDS:
        backend = arguments.backend
    cells = _cells(wanted)
    small = type(cells) is type(batch_size) is int and (
        command_line.one_thread_suffices(cells, batch_size)
    )
    return backend, small and backend != "torch"


def _cells(options: dict):
    cells = options["cells"]
    return models.default_cells(options["model"]) if cells is None else cells


def _new(arguments):
    from before_keras.settings import Settings
    from chapter9 import data
    from chapter9.run_folder.run import Run, default_path

    options = vars(arguments)
    settings = Settings.from_options({**options, "cells": _cells(options)})
    corpus = data.load(arguments.data)
    return corpus, Run.create(arguments.out or default_path(settings), settings, corpus)


def _resumed(arguments):
    from chapter9 import data
    from chapter9.run_folder.run import Run

    run = Run.open(arguments.resume)
    options = command_line.given(parser())
    corpus = data.load(options.pop("data", run.data["name"]))
    run.check_same(options, corpus)
    return corpus, run


if __name__ == "__main__":
    command_line.run(parser(), main)
