"""Predicts whether reviews are positive, with a run's best model."""

import itertools
import sys
from pathlib import Path

import models
from before_keras.safety.printable import json_line
from commands import command_line

EXAMPLES = """examples:
  python predict.py runs/embedding "not good, but bad"
  python predict.py runs/embedding --file reviews.txt --json
  cat reviews.txt | python predict.py runs/embedding
"""


def parser() -> command_line.Parser:
    """Returns the options of this command."""
    options = command_line.Parser(__doc__, EXAMPLES)
    add = options.add_argument
    add("run", type=Path, help="a folder that train.py wrote")
    add("reviews", nargs="*", help="texts; without any, stdin has one a line")
    add("--file", type=Path, help="a text file with one review a line")
    add("--json", action="store_true", help="print one JSON object a review")
    return options


def main(arguments) -> None:
    """Predicts as the options say."""
    command_line.import_keras()
    from chapter9.inference.prediction import predict
    from chapter9.inference.review_lines import batches, read_file, read_lines
    from chapter9.run_folder.run import Run

    reviews = iter(arguments.reviews)
    if arguments.file:
        reviews = itertools.chain(reviews, read_file(arguments.file))
    elif not arguments.reviews:
        reviews = read_lines(sys.stdin.buffer, "stdin")
    run = Run.open(arguments.run)
    model, settings = models.load(run), run.settings
    for some in batches(reviews):
        for prediction in predict(
            model, run.vocabulary, some, settings.timesteps, settings.words
        ):
            if arguments.json:
                print(json_line(prediction.as_dict()))
            else:
                print(f"{prediction.probability:.3f} {prediction.label}: {prediction}")
    if not arguments.json:
        print("[unknown to the model] (dropped: not in the index) ... (cut off)")
