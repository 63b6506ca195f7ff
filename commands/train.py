"""Trains a model of the chapter and writes a run folder."""

import contextlib
import sys
from dataclasses import asdict, fields
from pathlib import Path

import models
from before_keras import (
    backends,
    book,
    invocation,
    names,
    own_reviews,
    run_settings,
    seeds,
)
from before_keras.joint import Job
from before_keras.language import _
from before_keras.own_reviews import Asked
from before_keras.safety.errors import UserError
from before_keras.safety.files import uninterrupted
from before_keras.settings import Settings, default_cells, option
from commands import keras_import, parsing, train_jointly, train_seeds


def parser() -> parsing.Parser:
    """Returns the options of this command; their defaults are those of `Settings`."""
    options = parsing.Parser(
        _("Trains a model of the chapter and writes a run folder."),
        _(
            """examples:
  python train.py                               the default model, on IMDB if available
  python train.py --data sample                 reviews that this project generates
  python train.py --model embedding --data imdb.npz --out runs/embedding
  python train.py --model lstm --edition 2
  python train.py --data reviews.csv            your own reviews: a text and a label
  python train.py --model gru --layer builtin   with Keras's own GRU
  python train.py --model embedding --seeds 20  how much is chance? 20 seeds
  python train.py --resume runs/embedding       go on after a break
"""
        ),
    )
    options.set_defaults(
        **vars(Settings()) | {"cells": None, "backend": backends.default()},
        tokens=own_reviews.Asked.tokens,
    )
    add, integer = options.add_argument, parsing.integer
    add("--model", choices=names.REVIEW_MODELS, help=_("the model"))
    add(
        "--layer",
        choices=names.LAYERS,
        help=_(
            "whose SimpleRNN, LSTM or GRU: this project's (custom) or Keras's (builtin)"
        ),
    )
    add(
        "--edition",
        type=int,
        choices=names.EDITIONS,
        help=_(
            "train as this edition of the book does: 1 RMSprop({rate:g}), dropout "
            "{first:g}; 2 adam, dropout {second:g}, in the GRU too"
        ).format(
            rate=book.LEARNING_RATE, first=book.DROPOUT[1], second=book.DROPOUT[2]
        ),
    )
    add("--words", type=integer, help=_("number of different tokens"))
    add(
        "--cells",
        type=integer,
        help=_(
            "neurons of a recurrent layer (default: {one_hot} for one-hot, else the "
            "book's {book})"
        ).format(one_hot=default_cells("one-hot"), book=book.CELLS),
    )
    add("--timesteps", type=integer, help=_("tokens kept of a review"))
    add(
        "--epochs",
        type=integer,
        help=_(
            "maximum number of epochs (early stopping has patience {patience})"
        ).format(patience=book.PATIENCE),
    )
    add("--batch-size", type=integer, help=_("reviews per training step"))
    add(
        "--seed",
        type=integer,
        help=_("seed for the weights, the order of the reviews and dropout"),
    )
    add(
        "--seeds",
        help=_(
            "train once with each of many seeds, and keep their figures: how many (20 "
            "is 0 to 19), or which (0,3,7 or 20-39)"
        ),
    )
    add("--data", default="auto", help=parsing.data_help())
    add(
        "--test-data",
        default="",
        help=_(
            "with your own reviews: a second file, to test on (without one a tenth of "
            "each label is set aside, always the same)"
        ),
    )
    add(
        "--tokens",
        choices=own_reviews.TOKENS,
        help=_(
            "with your own reviews: a token is a word (words), or a character "
            "(characters), which suits Korean"
        ),
    )
    for name, what in (("text", _("the texts")), ("label", _("the labels"))):
        add(
            f"--{name}-column",
            default="",
            help=_(
                "with your own reviews: the name of the column of {what} (found by its "
                "name where it can be)"
            ).format(what=what),
        )
    add(
        "--out",
        type=Path,
        help=_("the run folder (default: a new one below runs/)"),
    )
    add("--backend", choices=names.BACKENDS, help=_("what Keras runs on"))
    add(
        "--deterministic",
        action="store_true",
        help=_(
            "make runs repeatable bit for bit (same seed, same machine), which on a "
            "GPU they are not without it; on a CPU they are, with the models here"
        ),
    )
    add(
        "--coordinator",
        metavar="HOST:PORT",
        help=_(
            "several processes train together, on jax: where process 0 is reached "
            "(auto: Slurm or Open MPI say it)"
        ),
    )
    add("--processes", type=integer, help=_("with --coordinator: how many they are"))
    add(
        "--process",
        type=integer,
        help=_("with --coordinator: the number of this one, from 0"),
    )
    add(
        "--resume",
        type=Path,
        metavar="RUN",
        help=_("go on with a run that was cut short"),
    )
    return options


def main(arguments) -> None:
    """Trains as the options say."""
    settings, many = _settings(arguments)
    job = train_jointly.asked(arguments, settings, many)
    with train_jointly.outlived(arguments) if job else contextlib.nullcontext():
        _train(arguments, settings, many, job)


def _train(arguments, settings, many, job) -> None:
    """Trains in this process, alone or in a job of several."""
    one_thread = settings.backend != "torch" and keras_import.one_thread_suffices(
        settings.cells, settings.batch_size
    )
    keras_import.import_keras(settings.backend, one_thread, job)
    from chapter9.training import processes

    if not processes.is_first():
        train_jointly.follow()
    begin = _resumed if arguments.resume else _new
    corpus, run = begin(arguments, settings, many)
    print(
        corpus.note
        or _("data: {name}, {reviews:,} reviews").format(
            name=corpus.name, reviews=len(corpus.training)
        )
    )
    try:
        _prepare(settings, one_thread)
        if job:
            train_jointly.check_same(run, corpus)
        trained = (train_seeds.train if many else _trained)(run, corpus)
    except KeyboardInterrupt:
        resume = invocation.command("train", "--resume", run.path)
        raise KeyboardInterrupt(
            _(": to go on, {command}").format(command=resume)
        ) from None
    if not processes.is_first():
        return
    show = train_seeds.show if many else _show
    with processes.alone():
        show(run, corpus, trained)


def _prepare(settings, one_thread: bool) -> None:
    """Says how an epoch runs, and has it repeat itself if that is asked for."""
    from chapter9.training import compiled_epoch

    print(compiled_epoch.describe() + _(" (on one thread)") * one_thread)
    if settings.deterministic:
        compiled_epoch.make_deterministic()


def _trained(run, corpus):
    """Trains or goes on training; returns the best model and every epoch's figures."""
    import keras

    from chapter9.training import processes
    from chapter9.training.train import train

    keras.utils.set_random_seed(run.settings.seed)
    with uninterrupted():  # Keras swallows what comes while it builds a model
        model = models.new(run)
        model.summary()
    history = train(model, corpus, run, verbose=1 if sys.stdout.isatty() else 2)
    if processes.count() > 1 and processes.is_first():
        with processes.alone():
            model = models.load(run)
    return model, history


def _show(run, corpus, trained) -> None:
    """Shows what the training has reached, a first look, and what to do next."""
    from rich.console import Console

    from chapter9.inference import tables

    model, history = trained
    _draw(history, run, corpus)
    Console().print(tables.training_table(run.settings, corpus.name, history))
    _first_look(model, run)
    print(_("saved in {path}; next:").format(path=run.path))
    for name in ("evaluate", "explore"):
        print(f"  {invocation.command(name, run.path)}")


def _draw(history, run, corpus) -> None:
    """Draws the learning curve into the run folder, where there is matplotlib."""
    from chapter9.figures import fonts, learning_curve

    title = f"{run.settings.model}, {corpus.name}"
    try:
        language = fonts.language()
        curve = learning_curve.curve("", history, run.settings, corpus.name)
        path = run.path / "learning_curve.png"
        learning_curve.draw([curve], path, title, language)
    except ImportError:
        print(_("no learning_curve.png: it needs matplotlib (pip install matplotlib)"))


def _first_look(model, run) -> None:
    """Prints what a model says of the same words in two orders."""
    from chapter9.inference.order import read_both

    settings = run.settings
    both = read_both(model, run.vocabulary, settings.timesteps, settings.words)
    if both:
        print(_("the same words in two orders, as this model reads them:"))
    for prediction in both:
        print(f"  {prediction.line()}")


def _settings(arguments) -> tuple[Settings, tuple[int, ...]]:
    """The settings and the seeds, if there are many, to resume or to begin with."""
    if arguments.resume:
        if arguments.seeds is not None:
            raise UserError(
                _("--resume goes on with the seeds of its folder: leave out --seeds")
            )
        began = run_settings.read(arguments.resume)
        return began.settings, began.seeds
    if arguments.seeds is None:
        return Settings.from_options(vars(arguments)), ()
    if "seed" in parsing.given(parser()):
        raise UserError(_("--seeds and --seed exclude each other: leave out one"))
    many = seeds.parse(arguments.seeds)
    return Settings.from_options(vars(arguments) | {"seed": many[0]}), many


def _asked(arguments) -> Asked:
    """How the user's own reviews are read; says which option goes with no others."""
    asked = Asked.remembered(vars(arguments))
    if not own_reviews.is_own(arguments.data):
        for name in asdict(asked):
            if getattr(asked, name) != getattr(Asked, name):
                raise UserError(
                    _(
                        "{option} goes with --data and a file of your own reviews"
                    ).format(option=option(name))
                )
    return asked


def _new(arguments, settings, many):
    from chapter9 import data
    from chapter9.run_folder.new_folder import check_free
    from chapter9.run_folder.run import Run
    from chapter9.run_folder.seed_runs import SeedRuns
    from chapter9.training import processes

    if arguments.out and processes.is_first():
        check_free(arguments.out)  # before a download, or what else takes time
    corpus = data.load(arguments.data, _asked(arguments))
    if not processes.is_first():
        return corpus, Run.unwritten(arguments.out, settings, corpus)
    if many:
        return corpus, SeedRuns.create(arguments.out, settings, corpus, many)
    return corpus, Run.create(arguments.out, settings, corpus)


def _resumed(arguments, settings, many):
    from chapter9.run_folder.run import Run
    from chapter9.run_folder.seed_runs import SeedRuns
    from chapter9.training import processes

    run = (SeedRuns if many else Run).open(arguments.resume)
    options = parsing.given(parser())
    for name in ("resume", "lang", "debug", *(field.name for field in fields(Job))):
        options.pop(name, None)
    corpus = run.reviews(options.pop("data", None), options.pop("test_data", ""))
    run.check_same(options, corpus)
    if processes.is_first():
        run.warn_of_other_versions()
    return corpus, run
