"""Measures this project against its peers and writes the table and the charts."""

import argparse
import json
import sys
from pathlib import Path

from benchmarks import report, rows
from benchmarks.driver import Driver

ROUNDS = 5
CURVES = "curves"


def main(arguments: list[str] | None = None) -> None:
    """Measures what the options ask for."""
    names = [*rows.rows(), CURVES]
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a round of a few steps")
    parser.add_argument(
        "--only", choices=names, action="append", help="these rows alone"
    )
    parser.add_argument("--rounds", type=int, help=f"default: {ROUNDS}, quick: 1")
    parser.add_argument("--epochs", type=int, help="of a whole job")
    parser.add_argument("--out", type=Path, default=Path(__file__).parent)
    options = parser.parse_args(arguments)
    rounds = options.rounds or (1 if options.quick else ROUNDS)
    epochs = options.epochs or (1 if options.quick else rows.TRAINING_EPOCHS)

    driver = Driver(options.quick)
    results, curves = [], {}
    try:
        for name in options.only or names:
            print(f"{name} ...", file=sys.stderr, flush=True)
            if name == CURVES:
                curves = measure_curves(driver, rounds)
            else:
                results += measure_rows(driver, rows.rows(epochs)[name], rounds)
    finally:
        driver.close()

    machine = report.machine()
    written = {"machine": machine, "rows": results, "curves": curves}
    options.out.mkdir(parents=True, exist_ok=True)
    table = report.table(results, machine) + report.scaling(curves)
    (options.out / "RESULTS.md").write_text(table, encoding="utf-8")
    text = json.dumps(written, indent=1) + "\n"
    (options.out / "results.json").write_text(text, encoding="utf-8")
    if results:
        report.draw_ratios(results, options.out / "ratios.png")
    if curves:
        report.draw_curves(curves, options.out / "scaling.png")
    print(table)


def measure_rows(driver: Driver, group: list[rows.Row], rounds: int) -> list[dict]:
    """Lets all contenders of a group take turns; returns the rows' figures."""
    contenders = [c for row in group for c in (row.ours, row.peer)]
    rounds = min(rounds, *(row.repeats for row in group))
    times = driver.measure(contenders, rounds)
    return [report.result(row, times) for row in group]


def measure_curves(driver: Driver, rounds: int) -> dict:
    """Returns the seconds of a step by size, by contender, for each kind of size."""
    found: dict[str, dict[str, dict[int, float]]] = {}
    for kind, sizes in rows.curves().items():
        lines = found.setdefault(kind, {})
        every = [contender for group in sizes.values() for contender in group]
        times = driver.measure(every, rounds)
        for size, group in sizes.items():
            for contender in group:
                if not times[contender.key].error:
                    line = lines.setdefault(contender.name, {})
                    line[size] = times[contender.key].seconds
    return found


if __name__ == "__main__":
    main()
