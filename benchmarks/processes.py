"""How many times faster several processes train one model, and what keeps them from N.

    python -m benchmarks.processes

measures it with processes of this machine, joined over the loopback as train.py joins
them, and writes PROCESSES.md, processes.json and processes.png beside this file.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from benchmarks import all_reduce, processes_chart, processes_report, report
from benchmarks.contender import Contender
from benchmarks.driver import Driver
from benchmarks.job import Job
from benchmarks.work import BLOCKS, Work

ROUNDS = 5
UNITS = {"SimpleRNN": (8, 32, 128, 256, 512, 1024), "LSTM": (8, 128, 256, 512)}
LARGER_BATCHES = {8: 1024, 128: 256}  # of SimpleRNN, by units
SLICE = 0.3  # seconds, about, of one process
RATE, LOOP = 20e9, 1e-3  # to guess a step: operations a second; seconds of its loops


def main(arguments: list[str] | None = None) -> None:
    """Measures what the options ask for."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="one work, a few steps")
    parser.add_argument("--rounds", type=int, help=f"default: {ROUNDS}, quick: 1")
    parser.add_argument("--out", type=Path, default=Path(__file__).parent)
    options = parser.parse_args(arguments)
    if not hasattr(os, "sched_getaffinity") or len(os.sched_getaffinity(0)) < 2:
        parser.error("it takes Linux and two cores: each process has one of its own")
    options.out.mkdir(parents=True, exist_ok=True)
    driver = Driver(options.quick, start=Job)
    figures: dict = {"machine": report.machine(), "rows": []}
    try:
        for work in works()[: 1 if options.quick else None]:
            print(f"{work} ...", file=sys.stderr, flush=True)
            rounds = options.rounds or (1 if options.quick else ROUNDS)
            figures["rows"] += measure(driver, work, rounds, counts())
            text = write(options.out, figures)  # so far: an interrupt loses one work
    finally:
        driver.close()
    print(text)


def works() -> list[Work]:
    """Returns what is trained: the embedding model with more and more units."""
    found = [Work(cell=cell, units=u) for cell, sizes in UNITS.items() for u in sizes]
    found += [Work(units=u, batch_size=b) for u, b in LARGER_BATCHES.items()]
    return [replace(work, steps=steps(work)) for work in found]


def steps(work: Work) -> int:
    """Returns how many steps take about a slice."""
    columns = BLOCKS[work.cell] * work.units
    products = work.batch_size * work.timesteps * columns * (work.features + work.units)
    return max(1, min(100, round(SLICE / (LOOP + 6 * products / RATE))))


def counts() -> list[int]:
    """Returns the numbers of processes: 2, 4 ..., the last twice as many as cores."""
    cores = len(os.sched_getaffinity(0))
    return [n for n in (2**power for power in range(1, 10)) if n <= 2 * cores]


def measure(
    driver: Driver, work: Work, rounds: int, counts: Sequence[int]
) -> list[dict]:
    """Lets one process and several take turns at a work.

    Args:
        driver: one that starts jobs.
        work: with a batch that can be divided among all of them.
        rounds: how many times each has its turn.
        counts: the numbers of processes.

    Returns:
        For each number of processes the seconds of a step in each round: `alone`,
        `together`, and, where each has a core, of its `share` of the batch alone and
        of the `all_reduce` alone.
    """
    cores = len(os.sched_getaffinity(0))
    sums = all_reduce.arrays(work)
    alone = _contender(1, "contenders.compiled_epoch", work)
    asked: list[dict[str, Contender]] = []
    for count in counts:
        part = replace(work, batch_size=work.batch_size // count)
        asked.append({"together": replace(alone, process=f"jax-{count}")})
        if count <= cores:
            asked[-1]["share"] = replace(alone, work=part)
            asked[-1]["all_reduce"] = _contender(count, "all_reduce.all_reduce", work)
    every = [alone, *(one for group in asked for one in group.values())]
    times = driver.measure(every, rounds)
    for contender in every:
        if error := times[contender.key].error:
            raise RuntimeError(f"{contender}: {error}")
    common = {"cell": work.cell, "units": work.units, "batch_size": work.batch_size}
    common |= {"bytes": sum(array.nbytes for array in sums), "arrays": len(sums)}
    common |= {"cores": cores, "alone": times[alone.key].units}
    return [
        common
        | {"processes": count}
        | {name: times[contender.key].units for name, contender in group.items()}
        for count, group in zip(counts, asked, strict=True)
    ]


def _contender(count: int, function: str, work: Work) -> Contender:
    return Contender("", f"jax-{count}", function, work)


def write(folder: Path, figures: dict) -> str:
    """Writes the table, the figures that it is made of, and the chart."""
    text = processes_report.text(**figures)
    report.write(folder / "PROCESSES.md", text, folder / "processes.json", figures)
    processes_chart.draw(figures["rows"], folder / "processes.png")
    return text


if __name__ == "__main__":
    main()
