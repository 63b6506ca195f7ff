"""Evaluates a run's best model on the test reviews."""

from pathlib import Path

import models
from before_keras.language import _
from before_keras.safety.printable import json_line
from commands import keras_import, parsing


def parser() -> parsing.Parser:
    """Returns the options of this command."""
    options = parsing.Parser(
        _("Evaluates a run's best model on the test reviews."),
        _(
            """examples:
  python evaluate.py runs/embedding
  python evaluate.py runs/embedding --json
"""
        ),
    )
    add = options.add_argument
    add("run", type=Path, help=parsing.run_help())
    add("--data", help=parsing.data_of_run_help())
    add(
        "--json",
        action="store_true",
        help=_("print one JSON object instead of tables"),
    )
    return options


def main(arguments) -> None:
    """Evaluates as the options say."""
    keras_import.import_keras()
    from rich.console import Console

    from chapter9 import data
    from chapter9.inference import tables
    from chapter9.inference.evaluation import evaluate
    from chapter9.run_folder.run import Run

    run = Run.open(arguments.run)
    settings = run.settings
    name, test = run.test_reviews(arguments.data)
    reviews = data.prepare(test, settings.timesteps, settings.words)
    result = evaluate(models.load(run), reviews)
    if arguments.json:
        output = {
            "loss": result.loss,
            "accuracy": result.accuracy,
            "confusion": result.confusion.tolist(),
            "reviews": len(test),
            "data": name,
            **({"labels": run.labels} if run.has_own_reviews else {}),
        }
        print(json_line(output))
    else:
        console = Console()
        console.print(tables.evaluation_table(settings, name, result))
        for table in tables.label_tables(result, run.labels):
            console.print(table)
