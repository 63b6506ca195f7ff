"""What several processes gain as Markdown and as a chart: measured, then estimated."""

import json
from pathlib import Path
from statistics import median

from benchmarks import all_reduce, efficiency, gpu_report, gpu_rows, report
from benchmarks.efficiency import Link

GPU_FIGURES = Path(__file__).with_name("gpu.json")
ETHERNET = Link("10 Gbit/s Ethernet", 10e9 / 8, 50e-6)
INFINIBAND = Link("400 Gbit/s InfiniBand", 400e9 / 8, 5e-6)
MACHINES = (2, 8, 64)  # in the table of estimates
HEADER = """# Several processes, one model: the efficiency
Made by `python -m benchmarks.processes`. One process alone and several that train
together, with the same batch, take turns in one run; the model is the embedding model,
with 100 timesteps and more and more units, on jax, trained as train.py trains it. Each
process is pinned to a core of its own and has one thread, as if it were a machine with
one core; they are joined over the loopback. A time is the median of the rounds, the
efficiency the median of the rounds' t_1 / (N t_N), with the lowest and the highest.
An absolute time depends on the machine: {machine}.

![The efficiency by units, as measured, and by machines, as estimated](processes.png)

## Measured

`summed` is what goes between the processes at each step: a number of four bytes for
every parameter, the loss and the accuracy. `all-reduce` is the time of that alone,
`share` the step of one process alone with the N-th part of the batch.

The last two columns say what explains the efficiency. The first takes
t_N = t_1 / N + all-reduce. But a smaller batch is computed less well: 100 timesteps
have to follow each other, however few samples each has. So the second takes
t_N = share + all-reduce. What it leaves over is the wait for the slower one.

| work | batch | N | summed, kB | t_1, ms | t_N, ms | share, ms | all-reduce, ms \
| efficiency | lowest ... highest | by t_1 / N | by share |
|---|---|---|---|---|---|---|---|---|---|---|---|
"""
OVERSUBSCRIBED = """
*: more processes than cores, so that an efficiency of {limit} is all there is to reach.
It shows that the job holds, not what {count} machines would do.
"""
ESTIMATES = """
## Estimated: larger machines

Nothing below was measured with several machines; only the step of one is. The estimate
is the same sum, with an all-reduce in a ring: 2 (N - 1) turns, in each of which every
machine sends its neighbour the N-th part of the bytes. With B bytes, A arrays that go
round one after the other, and a link of a speed and a latency,

    all-reduce = 2 (N - 1) (B / (N speed) + A latency)
    a batch of 64 each:     efficiency = t_1 / (t_1 + all-reduce)
    a batch of 64 in all:   efficiency = t_1 / (t_1 + N all-reduce)

The links are assumed: {links}.
The first rows have the core of the table above, and Gloo, which sums array after array;
the last ones a GPU a machine, with the step of [GPU.md](GPU.md), and NCCL, which sums
all arrays at once. Nothing is taken off for sums that go on while gradients are still
computed (XLA does none of that on a CPU), and nothing added for machines that wait for
the slowest. The second formula is a bound from above, because it divides t_1 by N.

| machine | work | t_1, ms | summed, kB | link |{columns}
|---|---|---|---|---|{rules}
"""
LESSON = """
A step's time grows with units times units times batch, the bytes with units times units
alone: more units make up for latency, and then only a larger batch, or a faster link,
makes up for bytes. The faster the machine, the more of both it needs.
"""


def text(machine: dict, rows: list[dict]) -> str:
    """Returns the whole of PROCESSES.md."""
    lines = HEADER.format(machine=", ".join(f"{k} {v}" for k, v in machine.items()))
    for figures in rows:
        lines += report.row(*_cells(figures))
    if rows:
        most = max(figures["processes"] for figures in rows)
        if most > (cores := rows[0]["cores"]):
            lines += OVERSUBSCRIBED.format(limit=_percent(cores / most), count=most)
    links = (
        f"{link.name} with a latency of {link.latency * 1e6:.0f} µs"
        for link in (ETHERNET, INFINIBAND)
    )
    lines += ESTIMATES.format(
        links=" and ".join(links),
        columns="".join(
            f" {how}, N = {n} |" for how in ("64 each", "64 in all") for n in MACHINES
        ),
        rules="---|" * (2 * len(MACHINES)),
    ).rstrip("\n")
    lines += "\n"
    for estimate in estimates(rows):
        lines += report.row(*_estimated(**estimate))
    return lines + LESSON


def estimates(rows: list[dict]) -> list[dict]:
    """Returns what is estimated: steps with a batch of 64, of one core and of a GPU."""
    found = [
        {
            "machine": "one core, as above",
            "work": _work(figures),
            "step": median(figures["alone"]),
            "size": figures["bytes"],
            "messages": figures["arrays"],
            "link": ETHERNET,
        }
        for figures in rows
        if figures["processes"] == 2 and figures["batch_size"] == 64
    ]
    gpu = json.loads(GPU_FIGURES.read_text(encoding="utf-8"))
    times = gpu_report.step_times(gpu["rows"])
    for work in gpu_rows.works().values():
        name = gpu_rows.described(work)
        if work.model == "features" and name in times:
            step = times[name]["this project, jax"]
            size = sum(array.nbytes for array in all_reduce.arrays(work))
            card = gpu["machine"]["GPU"].partition(",")[0]
            found.append(
                {"machine": card, "work": name, "step": step, "size": size}
                | {"messages": 1, "link": INFINIBAND}
            )
    return found


def measured(figures: dict) -> list[float]:
    """Returns the efficiency in each round."""
    pairs = zip(figures["alone"], figures["together"], strict=True)
    return [efficiency.efficiency(a, t, figures["processes"]) for a, t in pairs]


def by_share(figures: dict) -> float:
    """Returns the efficiency that the share and the all-reduce explain."""
    alone, share, sums = (
        median(figures[name]) for name in ("alone", "share", "all_reduce")
    )
    return efficiency.efficiency(alone, share + sums, figures["processes"])


def _cells(figures: dict) -> list[str]:
    count, found = figures["processes"], measured(figures)
    one, together = median(figures["alone"]), median(figures["together"])
    cells = [_work(figures), f"{figures['batch_size']}"]
    cells += [f"{count}" + "*" * (count > figures["cores"])]
    cells += [_kilobytes(figures["bytes"]), _milliseconds(one), _milliseconds(together)]
    said = [f"**{_percent(median(found))}**"]
    said += [f"{_percent(min(found))} ... {_percent(max(found))}"]
    if "share" not in figures:
        return [*cells, "", "", *said, "", ""]
    share, sums = median(figures["share"]), median(figures["all_reduce"])
    explained = efficiency.with_batch_divided(one, sums, count), by_share(figures)
    cells += [_milliseconds(share), _milliseconds(sums)]
    return [*cells, *said, *map(_percent, explained)]


def _estimated(machine, work, step, size, messages, link) -> list[str]:
    sums = [efficiency.ring(size, messages, n, link) for n in MACHINES]
    each = [efficiency.with_batch_each(step, time) for time in sums]
    pairs = zip(sums, MACHINES, strict=True)
    in_all = [efficiency.with_batch_divided(step, time, n) for time, n in pairs]
    cells = [machine, work, _milliseconds(step), _kilobytes(size), link.name]
    return [*cells, *map(_percent, each + in_all)]


def _work(figures: dict) -> str:
    return f"{figures['cell']}, {figures['units']} units"


def _percent(part: float) -> str:
    return f"{100 * part:.2g} %" if part < 0.1 else f"{100 * part:.0f} %"


def _milliseconds(seconds: float) -> str:
    return f"{seconds * 1e3:.3g}" if seconds < 1 else f"{seconds * 1e3:.0f}"


def _kilobytes(size: float) -> str:
    return f"{size / 1e3:.3g}" if size < 1e6 else f"{size / 1e3:,.0f}"
