"""Whether an export says what the run's model says, in a process without chapter9."""

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import keras
import numpy as np

from before_keras.export_formats import FORMATS
from before_keras.language import _
from before_keras.safety.errors import UserError
from before_keras.safety.printable import brief
from chapter9.data.padded import PaddedReviews
from chapter9.training import batches

TOLERANCE = 1e-4  # of a probability; rounding makes 1e-6, a wrong graph 1e-2 and more
REVIEWS, MAX_BATCH = 1_000, 256


@dataclass(frozen=True)
class Comparison:
    """What came of it.

    Attributes:
        runtime: the package that opened the file, and its version.
        reviews: how many were compared.
        difference: the largest one between two probabilities.
        milliseconds: the median time of one review in that runtime.
    """

    runtime: str
    reviews: int
    difference: float
    milliseconds: float


def some_of(token_ids: np.ndarray | PaddedReviews) -> np.ndarray:
    """Returns at most `REVIEWS` rows, from the first to the last at equal distances."""
    last = len(token_ids) - 1
    rows = np.linspace(0, last, min(REVIEWS, len(token_ids))).round().astype(int)
    return token_ids[rows]


def compare(
    folder: Path, name: str, model: keras.Model, token_ids: np.ndarray
) -> Comparison:
    """Opens an export in its own runtime and compares it with the run's model.

    Args:
        folder: what `folder.write` fills, with its predict.py.
        name: a key of `FORMATS`.
        model: the run's.
        token_ids: (reviews, timesteps).

    Raises:
        UserError: if the runtime cannot open it, or a probability differs.
    """
    expected = np.concatenate(
        [
            model.predict_on_batch(some)
            for some in batches.split(model, token_ids, MAX_BATCH)
        ]
    )
    answers, milliseconds = _answers(folder, name, token_ids)
    difference = np.inf
    if answers.shape == expected.shape:
        difference = float(np.abs(answers - expected).max())
    if not difference <= TOLERANCE:  # NaN as well
        raise UserError(
            _(
                "nothing is left behind, because the exported {file} differs from the "
                "run's model by up to {difference:.1e} on {reviews:,} reviews: use "
                "another --to or --backend, and report it"
            ).format(
                file=FORMATS[name].file,
                difference=difference,
                reviews=len(token_ids),
            )
        )
    runtime = FORMATS[name].runtime.replace("_", "-")
    return Comparison(
        f"{runtime} {version(runtime)}", len(token_ids), difference, milliseconds
    )


def _answers(folder, name, token_ids):
    """(reviews, outputs), and the milliseconds of one review."""
    program = Path(__file__).with_name("alone.py")
    with tempfile.TemporaryDirectory() as temporary:
        given, written = Path(temporary) / "ids.npy", Path(temporary) / "answers.npy"
        np.save(given, token_ids)
        done = subprocess.run(
            [sys.executable, program, folder.resolve(), given, written],
            cwd=temporary,
            env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            encoding="utf-8",
            errors="replace",
        )
        if done.returncode:
            last = (done.stderr.strip() or str(done.returncode)).splitlines()[-1]
            raise UserError(
                _(
                    "nothing is left behind, because {runtime} cannot open the "
                    "exported {file} ({reason}): use another --to or --backend"
                ).format(
                    runtime=FORMATS[name].runtime.replace("_", "-"),
                    file=FORMATS[name].file,
                    reason=brief(last),
                )
            )
        said = json.loads(done.stdout.splitlines()[-1])
        return np.load(written), said["milliseconds"]
