"""Size and time of runs' exports, each in its own runtime.

    python -m benchmarks.exports runs/embedding runs/lstm

exports each run to each format as export.py does, compared on the test reviews, and
writes EXPORTS.md and exports.json beside this file. A time is the median of one
review's, in a process that has the format's runtime alone; the formats take turns.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

from before_keras.export_formats import FORMATS
from benchmarks import exports_report, report

ROOT = Path(__file__).parent.parent
ALONE = ROOT / "chapter9" / "exports" / "alone.py"  # runs an export, and times it
ROUNDS, REVIEWS = 3, 100


def main(arguments: list[str] | None = None) -> None:
    """Measures the exports of the runs that the command line names."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("runs", type=Path, nargs="+")
    parser.add_argument("--to", nargs="+", choices=FORMATS, default=list(FORMATS))
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--out", type=Path, default=Path(__file__).parent)
    options = parser.parse_args(arguments)
    options.out.mkdir(parents=True, exist_ok=True)
    figures: dict = {"machine": report.machine(), "rows": []}
    for run in options.runs:
        figures["rows"] += measure(run, options.to, options.rounds)
        text = exports_report.text(**figures)
        report.write(
            options.out / "EXPORTS.md", text, options.out / "exports.json", figures
        )  # so far: an interrupt loses one run
    print(text)


def measure(run: Path, names: list[str], rounds: int) -> list[dict]:
    """Returns each export's card, with the milliseconds of a review in each round."""
    with tempfile.TemporaryDirectory() as temporary:
        folders = [Path(temporary) / name for name in names]
        cards = [export(run, folder) for folder in folders]
        for _ in range(rounds):
            for folder, card in zip(folders, cards, strict=True):
                card.setdefault("rounds", []).append(milliseconds(folder, card))
        return cards


def export(run: Path, folder: Path) -> dict:
    """Exports a run to the format that the folder is named after; returns its card."""
    command = [sys.executable, ROOT / "export.py", run, "--to", folder.name]
    subprocess.run([*command, "--out", folder], check=True, stdout=sys.stderr)
    return json.loads((folder / "card.json").read_text(encoding="utf-8"))


def milliseconds(folder: Path, card: dict) -> float:
    """Returns the median time of one review, in a new process."""
    shape = (REVIEWS, card["input"]["timesteps"])
    ids = np.random.default_rng(9).integers(0, card["input"]["words"], shape)
    given, answers = folder.with_suffix(".ids.npy"), folder.with_suffix(".answers.npy")
    np.save(given, ids.astype(np.int32))
    command = [sys.executable, ALONE, folder, given, answers]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return json.loads(done.stdout.splitlines()[-1])["milliseconds"]


if __name__ == "__main__":
    main()
