"""Size and time of a run's exports, each in its own runtime: a table in Markdown.

    python -m benchmarks.exports runs/embedding runs/lstm

A time is the median of one review's, as export.py measures it when it compares. Between
two formats only the ratio counts, because other work slows both down; the rounds go
through all formats in turn, and the lowest time of each stands in the table.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

from before_keras.export_formats import FORMATS

ROOT = Path(__file__).parent.parent
ROUNDS = 3


def main() -> None:
    """Prints a table for the runs of the command line."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("runs", type=Path, nargs="+")
    parser.add_argument("--to", nargs="+", choices=FORMATS, default=list(FORMATS))
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    arguments = parser.parse_args()
    print("| run | format | runtime | size, kB | ms per review | times Keras's |")
    print("|---|---|---|---|---|---|")
    for run in arguments.runs:
        for line in lines(measure(run, arguments.to, arguments.rounds)):
            print(line, flush=True)


def measure(run: Path, names: list[str], rounds: int) -> dict[str, dict]:
    """Returns the card of each format, with the lowest time of all rounds."""
    cards: dict[str, dict] = {}
    for _ in range(rounds):
        for name in names:
            card = exported(run, name)
            times = [
                one["compared"]["milliseconds"]
                for one in (card, cards.get(name))
                if one
            ]
            card["compared"]["milliseconds"] = min(times)
            cards[name] = card
    return cards


def exported(run: Path, name: str) -> dict:
    """Exports a run to a folder that is thrown away; returns its card."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "export"
        command = [sys.executable, ROOT / "export.py", run, "--to", name]
        subprocess.run([*command, "--out", folder], check=True, stdout=sys.stderr)
        return json.loads((folder / "card.json").read_text(encoding="utf-8"))


def lines(cards: dict[str, dict]) -> list[str]:
    """Returns the rows of the table."""
    first = next(iter(cards.values()))["compared"]["milliseconds"]
    return [
        f"| {card['run']} | {name} | {card['compared']['runtime']} "
        f"| {card['size'] / 1000:.0f} | {card['compared']['milliseconds']:.3g} "
        f"| {card['compared']['milliseconds'] / first:.3g} |"
        for name, card in cards.items()
    ]


if __name__ == "__main__":
    main()
