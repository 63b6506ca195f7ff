"""What was measured on a GPU as Markdown: never in one table with a CPU's figures."""

from benchmarks import report

HEADER = """# Speed on a GPU, measured side by side
Made by `python -m benchmarks --gpu`. The contenders take turns, slice by slice, in one
run; a figure is the median of its rounds. Batches have 64 samples of 100 timesteps.
Matrix products have the precision that is each framework's default. An absolute time
depends on the machine: {machine}.

## Milliseconds of a training step

| work | {contenders} |
|---|{rules}|
"""
RATIOS = """
## Ratios

The peer's time over ours, so that above 1 this project is faster; the median of the
rounds' ratios, with the lowest and the highest.

| work | ours | against | ratio | lowest ... highest |
|---|---|---|---|---|
"""
KERNELS = """
## What the GPU does in a step

Kernels and copies, and the milliseconds in which one of them is running, beside the
step as timed above. A profiler makes short kernels longer: `running` is an upper bound,
on jax even above the step. Where it is far below the step, the GPU waits for Python.

| work | contender | kernels | running | step |
|---|---|---|---|---|
"""


def text(machine: dict, rows: list[dict], profiles: list[dict]) -> str:
    """Returns the whole of GPU.md."""
    times = step_times(rows)
    names = list(dict.fromkeys(name for line in times.values() for name in line))
    lines = HEADER.format(
        machine=", ".join(f"{key} {value}" for key, value in machine.items()),
        contenders=" | ".join(names),
        rules="|".join(["---"] * len(names)),
    )
    for work, line in times.items():
        lines += report.row(work, *(_milliseconds(line.get(name)) for name in names))
    lines += RATIOS
    for figures in rows:
        cells = [figures["work"], figures["ours"], figures["against"]]
        if "skipped" in figures:
            lines += report.row(*cells, "", figures["skipped"])
        else:
            lines += report.row(*cells, report.ratio(figures), report.span(figures))
    lines += KERNELS
    for figures in profiles:
        work, contender = figures["work"], figures["contender"]
        if "skipped" in figures:
            lines += report.row(work, contender, "", figures["skipped"], "")
        else:
            step = times.get(work, {}).get(contender)
            seconds = (_milliseconds(value) for value in (figures["busy"], step))
            lines += report.row(work, contender, f"{figures['kernels']:.0f}", *seconds)
    return lines


def summary(rows: list[dict]) -> str:
    """Returns what docs/speed.md shows: this project on jax against each peer."""
    cells: dict[str, dict[str, str]] = {}
    for figures in rows:
        rival = "--deterministic" not in figures["against"]
        if figures["ours"] == "this project, jax" and "ratio" in figures and rival:
            measured = f"{report.ratio(figures)} ({report.span(figures)})"
            cells.setdefault(figures["work"], {})[figures["against"]] = measured
    peers = list(dict.fromkeys(peer for line in cells.values() for peer in line))
    lines = report.row("work", *peers) + report.row(*["---"] * (len(peers) + 1))
    return lines + "".join(
        report.row(work, *(line.get(peer, "") for peer in peers))
        for work, line in cells.items()
    )


def step_times(rows: list[dict]) -> dict[str, dict[str, float]]:
    """Returns the seconds of a step by work and contender, as far as measured."""
    found: dict[str, dict[str, float]] = {}
    for figures in rows:
        if "values" in figures:
            pairs = zip(
                (figures["ours"], figures["against"]), figures["values"], strict=True
            )
            found.setdefault(figures["work"], {}).update(pairs)
    return found


def _milliseconds(seconds: float | None) -> str:
    return "" if seconds is None else f"{seconds * 1e3:.3g}"
