"""The front room: the page of `explore.py`, with models trained for it."""

import subprocess
import sys
from pathlib import Path

from website.pages import ROOT

MODELS = ("embedding", "lstm")
NAME = "page.html"


def train(folder: Path) -> list[Path]:
    """Trains the models of the page, on IMDB or, without it, on the sample.

    Returns:
        The runs' folders.
    """
    runs = [folder / model for model in MODELS]
    for model, run in zip(MODELS, runs, strict=True):
        _command("train.py", "--model", model, "--out", run)
    return runs


def write(runs: list[Path], target: Path) -> None:
    """Writes the page of these runs."""
    _command("explore.py", *runs, "--out", target, "--overwrite", "--no-open")


def _command(*words) -> None:
    subprocess.run([sys.executable, *map(str, words)], cwd=ROOT, check=True)
