"""Trains a model of the chapter and writes a run folder."""

import sys
from pathlib import Path

import command_line
import models

EXAMPLES = """examples:
  python train.py                               the default model, IMDB if it can be had
  python train.py --data sample                 reviews that this project generates
  python train.py --model embedding --data imdb.npz --out runs/embedding
  python train.py --model lstm --edition 2 --layer builtin
"""


def parser() -> command_line.Parser:
    """Returns the options of this command."""
    options = command_line.Parser(__doc__, EXAMPLES)
    add = options.add_argument
    add("--model", choices=models.REVIEW_MODELS, default="one-hot", help="the model")
    add("--layer", choices=models.LAYERS, default="custom", help="whose SimpleRNN")
    add(
        "--edition",
        type=int,
        choices=(1, 2),
        default=1,
        help="how to train: 1 with RMSprop(1e-4), 2 with adam",
    )
    add("--words", type=int, default=500, help="number of different tokens")
    add(
        "--cells",
        type=int,
        help="units of a recurrent layer (default: 10 for one-hot, else the book's 8)",
    )
    add("--timesteps", type=int, default=100, help="tokens kept of a review")
    add(
        "--epochs", type=int, default=100, help="at most; early stopping has patience 3"
    )
    add("--batch-size", type=int, default=64, help="reviews a step")
    add("--seed", type=int, default=7, help="of weights, order and dropout")
    add(
        "--data",
        default="auto",
        help="imdb, sample, auto (imdb if it can be had) or an imdb.npz; "
        "CHAPTER9_DATA may name the file",
    )
    add("--out", type=Path, help="the run folder (default: a new one below runs/)")
    add(
        "--backend",
        choices=("tensorflow", "jax", "torch"),
        default="tensorflow",
        help="what Keras runs on",
    )
    add(
        "--deterministic",
        action="store_true",
        help="bit-equal results in every run with the same options",
    )
    return options


def main(arguments) -> None:
    """Trains as the options say."""
    command_line.import_keras(arguments.backend)
    import keras
    from rich.console import Console

    from chapter9 import compiled_epoch, data, learning_curve, tables
    from chapter9.run import Run, default_path
    from chapter9.settings import Settings
    from chapter9.training import train

    options = vars(arguments)
    options["cells"] = arguments.cells or models.default_cells(arguments.model)
    settings = Settings.from_options(options)
    corpus = data.load(arguments.data)
    run = Run.create(arguments.out or default_path(settings), settings, corpus)
    print(corpus.note or f"data: {corpus.name}, {len(corpus.training):,} reviews")

    print(compiled_epoch.describe())

    if settings.deterministic:
        compiled_epoch.make_deterministic()
    keras.utils.set_random_seed(settings.seed)
    model = models.build(settings.model, **settings.model_options())
    model.summary()
    history = train(model, corpus, run, verbose=1 if sys.stdout.isatty() else 2)
    try:
        picture = run.path / "learning_curve.png"
        learning_curve.draw(history, f"{settings.model}, {corpus.name}", picture)
    except ImportError:
        print("no learning_curve.png: it needs matplotlib (pip install matplotlib)")
    Console().print(tables.training_table(settings, corpus.name, history))
    print(f"saved in {run.path}; next: python evaluate.py {run.path}")


if __name__ == "__main__":
    command_line.run(parser(), main)
