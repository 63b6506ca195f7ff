"""Checks every number of the chapter, or explains a saved model's parameters.

Exits with 0 only if nothing fails. Skipped checks do not count as passed; they are
counted separately.
"""

import sys
from pathlib import Path

from before_keras import book, names, picture_file
from before_keras.language import _
from before_keras.safety.errors import UserError
from before_keras.safety.printable import json_line
from commands import keras_import, parsing, replays


def parser() -> parsing.Parser:
    """Returns the options of this command."""
    options = parsing.Parser(
        _(
            """\
Checks every number of the chapter, or explains a saved model's parameters.

Exits with 0 only if nothing fails. Skipped checks do not count as passed; they are
counted separately."""
        ),
        _(
            """examples:
  python verify.py                              the chapter, number by number
  python verify.py --section 9-1 --lang ko      its first section, in Korean
  python verify.py --data imdb.npz --json       with the facts of the data
  python verify.py --results runs/embedding     a run beside the author's reruns
  python verify.py --replay lstm                the author's training once more
  python verify.py --model my_model.keras       any model's parameters, term by term
"""
        ),
    )
    what = options.add_mutually_exclusive_group()
    what.add_argument("--section", choices=book.SECTIONS, help=_("this section only"))
    what.add_argument(
        "--results",
        type=Path,
        nargs="+",
        metavar="RUN",
        help=_("folders that train.py wrote: are they as good as the author's reruns?"),
    )
    what.add_argument(
        "--replay",
        nargs="*",
        choices=names.REVIEW_MODELS,
        metavar="MODEL",
        help=_(
            "train as the 2nd edition's notebooks do, with the author's seed, beside "
            "every epoch of his: {models} (default: all, in minutes)"
        ).format(models=", ".join(names.REVIEW_MODELS)),
    )
    what.add_argument(
        "--model",
        type=Path,
        metavar="FILE",
        help=_("anyone's saved model, .keras or .h5; no code in it is run"),
    )
    add = options.add_argument
    add(
        "--data",
        default="auto",
        help=_(
            "as in train.py, but auto downloads nothing: without IMDB the facts of the "
            "data are skipped"
        ),
    )
    add(
        "--layer",
        choices=names.LAYERS,
        help=_("with --replay: whose layers (default: builtin, as in the notebooks)"),
    )
    add(
        "--fit",
        action="store_true",
        help=_("with --replay: every epoch in model.fit, none compiled"),
    )
    add(
        "--out",
        type=Path,
        metavar="FILE",
        help=_("with --replay: draw his curves and these, a .png or .svg file"),
    )
    add(
        "--overwrite",
        action="store_true",
        help=_("replace the file if it exists"),
    )
    add(
        "--json",
        action="store_true",
        help=_("print one JSON object instead of a table"),
    )
    return options


def main(arguments) -> None:
    """Verifies as the options say."""
    _check(arguments)
    if arguments.replay is not None:
        report = _replayed(arguments)
    else:
        keras_import.import_keras()
        report = _explained(arguments) if arguments.model else _verified(arguments)
    from before_keras.show import show

    if arguments.json:
        print(json_line(report.as_dict()))
    else:
        show(report)
    if not report.holds:
        sys.exit(1)


def _check(arguments) -> None:
    """Refuses what does not go together, before anything takes time."""
    if arguments.replay is None:
        for name in ("layer", "fit", "out", "overwrite"):
            if getattr(arguments, name):
                raise UserError(_("--{name} goes with --replay").format(name=name))


def _explained(arguments):
    from chapter9 import parameters
    from chapter9.model_files import saved_layers

    return parameters.explain(saved_layers.of_file(arguments.model), arguments.lang)


def _verified(arguments):
    import verification
    from verification import results
    from verification.report import Report

    if arguments.results:
        lines = [line for run in arguments.results for line in results.lines(run)]
    else:
        sections = [arguments.section] if arguments.section else verification.SECTIONS
        lines = verification.lines(sections, verification.imdb(arguments.data))
    return Report(tuple(lines), arguments.lang)


def _replayed(arguments):
    models = arguments.replay or names.REVIEW_MODELS
    options = arguments.data, arguments.layer or "builtin", not arguments.fit
    if arguments.out:
        picture_file.check(arguments.out, arguments.overwrite)
    with replays.started(models, *options) as results:
        keras_import.import_keras("tensorflow")  # meanwhile, for the report
        from chapter9.figures import fonts, replayed
        from verification.replay_report import ReplayReport

        if arguments.out:
            fonts.check(arguments.lang)
        found = results()
    if arguments.out:
        curves = [(one.his, one.history) for one in found]
        replayed.draw(curves, arguments.out, arguments.lang)
    return ReplayReport(tuple(found))
