"""Draws the chapter's pictures, from real models: one command per picture."""

import argparse
from collections.abc import Callable
from pathlib import Path

import models
from before_keras import book, names, picture_file
from before_keras.language import _
from before_keras.safety.errors import UserError
from commands import keras_import, parsing


def parser() -> parsing.Parser:
    """Returns the options of this command."""
    options = parsing.Parser(
        _("Draws the chapter's pictures, from real models: one command per picture."),
        _(
            """examples:
  python draw.py unfolded runs/embedding "not good but bad"
  python draw.py connections
  python draw.py shapes lstm-2-layers
  python draw.py curves runs/one-hot runs/embedding runs/lstm
  python draw.py seeds runs/custom-seeds runs/builtin-seeds
  python draw.py hidden-states runs/lstm "the start is boring but then i loved it"
  python draw.py memory runs/embedding runs/lstm --out memory.svg
  python draw.py confusion runs/news
  python draw.py lengths --lang ko
"""
        ),
    )
    pictures = options.add_subparsers(
        dest="picture",
        required=True,
        metavar="PICTURE",
        parser_class=argparse.ArgumentParser,
    )

    def add(name: str, what: str) -> Callable:
        one = pictures.add_parser(name, help=what, description=what, allow_abbrev=False)
        _add_common(one, name)
        return one.add_argument

    run_help, runs_help = parsing.run_help(), _("folders that train.py wrote")
    model_help = _("a run folder, or one of {names}").format(
        names=", ".join(names.SECTIONS)
    )
    argument = add("unfolded", _("the cell, unfolded over time, with W_x, W_h and b"))
    argument("run", type=Path, help=run_help)
    argument("text", nargs="?", default="not good but bad", help=_("1 to 6 words"))
    argument = add("connections", _("every link into a recurrent layer's neurons"))
    argument("model", nargs="?", default="weights", help=model_help)
    argument = add("shapes", _("the shapes through a model: 3-D in, 2-D out"))
    argument("model", help=model_help)
    argument = add("curves", _("learning curves beside the author's reruns"))
    argument("run", type=Path, nargs="+", help=runs_help)
    argument = add("seeds", _("how far apart many seeds of a model lie"))
    argument(
        "folder",
        type=Path,
        nargs="+",
        help=_("folders that train.py wrote with --seeds"),
    )
    argument = add("hidden-states", _("the hidden states over the words of a review"))
    argument("run", type=Path, help=run_help)
    argument("review", help=_("the review to read"))
    argument = add("memory", _("how far the output's gradient reaches back"))
    argument("run", type=Path, nargs="+", help=runs_help)
    argument(
        "--reviews",
        type=int,
        default=2_000,
        help=_("how many test reviews to average over"),
    )
    argument("--data", help=parsing.data_of_run_help())
    argument = add("confusion", _("what the test reviews of each label are taken for"))
    argument("run", type=Path, help=run_help)
    argument("--data", help=parsing.data_of_run_help())
    argument = add("lengths", _("how long the reviews are"))
    argument("--data", default="auto", help=parsing.data_help())
    return options


def _add_common(one: argparse.ArgumentParser, name: str) -> None:
    """The options of every picture."""
    add = one.add_argument
    add(
        "--out",
        type=Path,
        default=Path(f"{name}.png"),
        help=_("a .png or .svg file (default: {name}.png)").format(name=name),
    )
    add("--title", help=_("title of the picture, in place of the default"))
    add(
        "--overwrite",
        action="store_true",
        help=_("replace the file if it exists"),
    )
    parsing.add_common(one, argparse.SUPPRESS, argparse.SUPPRESS)


def main(arguments) -> None:
    """Draws as the options say."""
    picture_file.check(arguments.out, arguments.overwrite)
    keras_import.import_keras()
    from chapter9.figures import fonts

    fonts.check(arguments.lang)
    PICTURES[arguments.picture](arguments)
    print(_("wrote {path}").format(path=arguments.out))


def draw_unfolded(arguments) -> None:
    """W_x, W_h and b of a run, at work on a few words."""
    from chapter9.figures import unfolded

    run, model = _open(arguments.run)
    data = unfolded.unfold(model, run.vocabulary, arguments.text, run.settings.words)
    _draw(unfolded.draw, data, arguments, _name(run))


def draw_connections(arguments) -> None:
    """The links of a model's first recurrent layer; the book's without a model."""
    from chapter9.figures import connections

    model, title = _model(arguments.model)
    _draw(connections.draw, connections.connections(model), arguments, title)


def draw_shapes(arguments) -> None:
    """The shapes through a model, trained or not."""
    from chapter9.figures import shapes

    model, title = _model(arguments.model)
    _draw(shapes.draw, shapes.steps(model), arguments, title)


def draw_curves(arguments) -> None:
    """Loss and accuracy of several runs."""
    from chapter9.figures import learning_curve
    from chapter9.run_folder.run import Run

    runs = [Run.open(path) for path in arguments.run]
    curves = [
        learning_curve.curve(_name(run), run.history(), run.settings, run.data["name"])
        for run in runs
    ]
    _draw(learning_curve.draw, curves, arguments, "")


def draw_seeds(arguments) -> None:
    """The outcomes of several folders of many seeds."""
    from chapter9.figures import seeds
    from chapter9.run_folder.seed_runs import SeedRuns

    strips = [seeds.strip(SeedRuns.open(path)) for path in arguments.folder]
    _draw(seeds.draw, strips, arguments, "")


def draw_hidden_states(arguments) -> None:
    """What a run's model holds after each word of a review."""
    from chapter9.figures import hidden_states

    run, model = _open(arguments.run)
    settings = run.settings
    data = hidden_states.word_states(
        model,
        run.vocabulary,
        arguments.review,
        settings.timesteps,
        settings.words,
        run.labels if run.has_own_reviews else (),
    )
    _draw(hidden_states.draw, data, arguments, _name(run))


def draw_memory(arguments) -> None:
    """How far back the gradient of each run's output reaches."""
    from chapter9 import data
    from chapter9.figures import memory

    if not 1 <= arguments.reviews <= book.REVIEWS:  # as many as IMDB has to test on
        raise UserError(
            _("--reviews {reviews}: give an integer from 1 to {most:,}").format(
                reviews=arguments.reviews, most=book.REVIEWS
            )
        )
    memories, tests = [], {}
    for path in arguments.run:
        run, model = _open(path)
        fingerprint = run.data["fingerprint"]
        if fingerprint not in tests:
            tests[fingerprint] = run.test_reviews(arguments.data)[1]
        settings, test = run.settings, tests[fingerprint]
        x = data.prepare(test, settings.timesteps, settings.words).x
        found = memory.memory(model, x[: arguments.reviews], run.history())
        memories.append((_name(run), found))
    _draw(memory.draw, memories, arguments, "")


def draw_confusion(arguments) -> None:
    """How many test reviews of each label a run's model predicts as which."""
    from chapter9 import data
    from chapter9.figures import confusion
    from chapter9.inference.evaluation import evaluate

    run, model = _open(arguments.run)
    settings, test = run.settings, run.test_reviews(arguments.data)[1]
    reviews = data.prepare(test, settings.timesteps, settings.words)
    found = confusion.Confusion(evaluate(model, reviews).confusion, run.labels)
    _draw(confusion.draw, found, arguments, _name(run))


def draw_lengths(arguments) -> None:
    """The histogram of section 9-2."""
    from chapter9 import data
    from chapter9.figures import lengths

    corpus = data.load(arguments.data)
    if corpus.note:
        print(corpus.note)
    found = lengths.review_lengths(corpus.training)
    _draw(lengths.draw, found, arguments, corpus.name)


PICTURES = {
    "unfolded": draw_unfolded,
    "connections": draw_connections,
    "shapes": draw_shapes,
    "curves": draw_curves,
    "seeds": draw_seeds,
    "hidden-states": draw_hidden_states,
    "memory": draw_memory,
    "confusion": draw_confusion,
    "lengths": draw_lengths,
}


def _model(named: str) -> tuple:
    """A model of the chapter by its name, or a run's; and what it is called."""
    if named in names.SECTIONS:
        return models.build(named), named
    run, model = _open(Path(named))
    return model, _name(run)


def _open(path):
    from chapter9.run_folder.run import Run

    run = Run.open(path)
    return run, models.load(run)


def _name(run) -> str:
    return run.path.resolve().name


def _draw(draw, data, arguments, title) -> None:
    if arguments.title is not None:
        title = arguments.title
    draw(data, arguments.out, title, arguments.lang)
