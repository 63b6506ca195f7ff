"""Trains a model of the chapter and writes a run folder."""

import shlex
import sys
from pathlib import Path

import models
from before_keras import backends, book, names, run_settings
from before_keras.places import DATA_VARIABLE, REVIEWS
from before_keras.settings import Settings, default_cells
from commands import command_line

EXAMPLES = """examples:
  python train.py                               the default model, on IMDB if available
  python train.py --data sample                 reviews that this project generates
  python train.py --model embedding --data imdb.npz --out runs/embedding
  python train.py --model lstm --edition 2
  python train.py --model gru --layer builtin   with Keras's own GRU
  python train.py --resume runs/embedding       go on after a break
"""


def parser() -> command_line.Parser:
    """Returns the options of this command; their defaults are those of `Settings`."""
    options = command_line.Parser(__doc__, EXAMPLES)
    options.set_defaults(
        **vars(Settings()) | {"cells": None, "backend": backends.default()}
    )
    add, integer = options.add_argument, command_line.integer
    add("--model", choices=names.REVIEW_MODELS, help="the model")
    add(
        "--layer",
        choices=names.LAYERS,
        help="whose SimpleRNN, LSTM or GRU: this project's (custom) or Keras's",
    )
    add(
        "--edition",
        type=int,
        choices=names.EDITIONS,
        help=f"how to train: 1 with RMSprop({book.LEARNING_RATE:g}), 2 with adam",
    )
    add("--words", type=integer, help="number of different tokens")
    add(
        "--cells",
        type=integer,
        help="units of a recurrent layer (default: "
        f"{default_cells('one-hot')} for one-hot, else the book's {book.CELLS})",
    )
    add("--timesteps", type=integer, help="tokens kept of a review")
    add(
        "--epochs",
        type=integer,
        help=f"at most; early stopping has patience {book.PATIENCE}",
    )
    add("--batch-size", type=integer, help="reviews a step")
    add("--seed", type=integer, help="of weights, order and dropout")
    add(
        "--data",
        default="auto",
        help=f"imdb, sample, auto (imdb if available) or an {REVIEWS}; "
        f"{DATA_VARIABLE} may name the file",
    )
    add("--out", type=Path, help="the run folder (default: a new one below runs/)")
    add("--backend", choices=names.BACKENDS, help="what Keras runs on")
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
    settings = _settings(arguments)
    one_thread = settings.backend != "torch" and command_line.one_thread_suffices(
        settings.cells, settings.batch_size
    )
    command_line.import_keras(settings.backend, one_thread)
    import keras
    from rich.console import Console

    from chapter9.figures import learning_curve
    from chapter9.inference import tables
    from chapter9.training import compiled_epoch
    from chapter9.training.train import train

    corpus, run = _resumed(arguments) if arguments.resume else _new(arguments, settings)
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


def _settings(arguments) -> Settings:
    """The settings of the run to resume, or those that the options make."""
    if arguments.resume:
        return run_settings.read(arguments.resume).settings
    return Settings.from_options(vars(arguments))


def _new(arguments, settings):
    from chapter9 import data
    from chapter9.run_folder.run import Run, default_path

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
