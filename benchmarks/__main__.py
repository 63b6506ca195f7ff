"""Measures this project against its peers and writes the table and the charts."""

import argparse
import sys
from datetime import date
from pathlib import Path

from benchmarks import gpu, gpu_report, gpu_rows, report, rows
from benchmarks.driver import Driver

ROUNDS = 5
CURVES, PROFILES = "curves", "profiles"


def main(arguments: list[str] | None = None) -> None:
    """Measures what the options ask for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a round of a few steps")
    parser.add_argument(
        "--gpu", action="store_true", help="what a GPU does, into GPU.md"
    )
    parser.add_argument("--only", action="append", help="these rows alone")
    parser.add_argument("--rounds", type=int, help=f"default: {ROUNDS}, quick: 1")
    parser.add_argument("--epochs", type=int, help="of a whole job")
    parser.add_argument("--out", type=Path, default=Path(__file__).parent)
    options = parser.parse_args(arguments)
    rounds = options.rounds or (1 if options.quick else ROUNDS)
    epochs = options.epochs or (1 if options.quick else rows.TRAINING_EPOCHS)
    groups = gpu_rows.rows() if options.gpu else rows.rows(epochs)
    last = PROFILES if options.gpu else CURVES
    names = [*groups, last]
    if unknown := set(options.only or []) - set(names):
        parser.error(f"--only {', '.join(unknown)}: one of {', '.join(names)}")
    machine = report.machine()
    if options.gpu:
        try:
            machine = {"date": f"{date.today()}", "GPU": gpu.card()} | machine
        except RuntimeError as error:
            parser.error(str(error))

    options.out.mkdir(parents=True, exist_ok=True)
    driver = Driver(options.quick)
    found = {"machine": machine, "rows": [], last: {}}
    try:
        for name in options.only or names:
            print(f"{name} ...", file=sys.stderr, flush=True)
            if name == CURVES:
                found[CURVES] = measure_curves(driver, rounds)
            elif name == PROFILES:
                found[PROFILES] = measure_profiles(driver)
            else:
                found["rows"] += measure_rows(driver, groups[name], rounds)
            write = write_gpu if options.gpu else write_results
            table = write(options.out, **found)  # so far: an interrupt loses one name
    finally:
        driver.close()
    print(table)


def write_results(folder: Path, machine: dict, rows: list, curves: dict) -> str:
    """Writes the table, the figures that it is made of, and the charts."""
    table = report.table(rows, machine) + report.scaling(curves)
    figures = {"machine": machine, "rows": rows, "curves": curves}
    report.write(folder / "RESULTS.md", table, folder / "results.json", figures)
    if rows:
        report.draw_ratios(rows, folder / "ratios.png")
    if curves:
        report.draw_curves(curves, folder / "scaling.png")
    return table


def write_gpu(folder: Path, **figures) -> str:
    """Writes the table of a GPU, and the figures that it is made of."""
    table = gpu_report.text(**figures)
    report.write(folder / "GPU.md", table, folder / "gpu.json", figures)
    return table


def measure_rows(driver: Driver, group: list[rows.Row], rounds: int) -> list[dict]:
    """Lets all contenders of a group take turns; returns the rows' figures."""
    contenders = [c for row in group for c in (row.ours, row.peer)]
    rounds = min(rounds, *(row.repeats for row in group))
    times = driver.measure(contenders, rounds)
    return [report.result(row, times) for row in group]


def measure_profiles(driver: Driver) -> list[dict]:
    """Returns how many kernels a step has by contender, and how long they run."""
    found = []
    contenders = gpu_rows.profiles()
    times = driver.measure(contenders, rounds=1)
    for contender in contenders:
        measured = times[contender.key]
        work = gpu_rows.described(contender.work)
        figures = {"work": work, "contender": contender.name}
        if measured.error:
            found.append(figures | {"skipped": measured.error})
        else:
            kernels, busy = measured.result
            found.append(figures | {"kernels": kernels, "busy": busy})
    return found


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
