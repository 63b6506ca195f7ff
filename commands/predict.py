"""Predicts whether reviews are positive, with a run's best model."""

import itertools
import sys
from collections.abc import Iterator
from pathlib import Path

import models
from before_keras.language import _
from before_keras.safety.errors import UserError
from before_keras.safety.printable import json_line, printable
from commands import keras_import, parsing


def parser() -> parsing.Parser:
    """Returns the options of this command."""
    options = parsing.Parser(
        _("Predicts whether reviews are positive, with a run's best model."),
        _(
            """examples:
  python predict.py runs/embedding "not good, but bad"
  python predict.py runs/embedding --file reviews.txt --json
  cat reviews.txt | python predict.py runs/embedding
"""
        ),
    )
    add = options.add_argument
    add("run", type=Path, help=parsing.run_help())
    add(
        "reviews",
        nargs="*",
        help=_("texts; without any, stdin is read, one review per line"),
    )
    add("--file", type=Path, help=_("a text file with one review per line"))
    add(
        "--json",
        action="store_true",
        help=_("print one JSON object per review"),
    )
    return options


def main(arguments) -> None:
    """Predicts as the options say."""
    keras_import.import_keras()
    from chapter9.inference.prediction import predict
    from chapter9.inference.review_lines import batches
    from chapter9.run_folder.run import Run

    reviews = _reviews(arguments)
    run = Run.open(arguments.run)
    model, settings = models.load(run), run.settings
    count, unknown = 0, []
    for some in batches(reviews):
        for prediction in predict(
            model,
            run.vocabulary,
            some,
            settings.timesteps,
            settings.words,
            run.labels,
        ):
            count += 1
            if prediction.reason:
                unknown.append(prediction.reason)
            if arguments.json:
                print(json_line(prediction.as_dict()))
            elif count > 1 or not prediction.reason or len(some) > 1:
                print(prediction.line())
    if unknown:
        raise _no_score(unknown, count, not run.has_own_reviews)
    if not arguments.json:
        print(_legend(run))


def _reviews(arguments) -> Iterator[str]:
    """The reviews of the command line, of --file, or else of stdin."""
    from chapter9.inference.review_lines import read_file, read_lines

    reviews = iter(arguments.reviews)
    if arguments.file:
        return itertools.chain(reviews, read_file(arguments.file))
    if arguments.reviews:
        return reviews
    if sys.stdin.isatty():
        end = "Ctrl-Z, Enter" if sys.platform == "win32" else "Ctrl-D"
        print(
            _("Type reviews, one per line, and {end} at the end:").format(end=end),
            file=sys.stderr,
        )
    return read_lines(sys.stdin.buffer, "stdin")


def _legend(run) -> str:
    """What the numbers and the marks of a prediction mean."""
    if len(run.labels) > 2:
        return _(
            "The numbers are probabilities: of the predicted label, and of those that "
            "come after it. The model does not know what stands [in brackets], and "
            'reads nothing before "...".'
        )
    if run.has_own_reviews:
        return _(
            "The number is the probability of {label}. The model does not know what "
            'stands [in brackets], and reads nothing before "...".'
        ).format(label=printable(run.labels[1]))
    return _(
        "The number is the probability that the review is positive. The model "
        "does not know [words] in brackets, never sees (words) in parentheses, "
        'and reads nothing before "...".'
    )


def _no_score(reasons: list[str], count: int, is_english: bool) -> UserError:
    """The error for reviews of which a score would tell nothing."""
    if count == 1 and not is_english:
        return UserError(
            _("no score for this review: {reason}").format(reason=reasons[0])
        )
    if count == 1:
        return UserError(
            _("no score for this review: {reason}; use frequent English words").format(
                reason=reasons[0]
            )
        )
    return UserError(
        _("no score for {unknown:,} of {count:,} reviews (first: {reason})").format(
            unknown=len(reasons), count=count, reason=reasons[0]
        )
    )
