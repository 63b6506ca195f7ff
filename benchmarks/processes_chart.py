"""The chart of PROCESSES.md: the efficiency as measured, and as estimated."""

from pathlib import Path
from statistics import median

from benchmarks import efficiency, processes_report, report

MACHINES = [2**power for power in range(8)]
SHOWN = tuple(f" {units} units" for units in (8, 256, 1024))  # of the estimates


def draw(rows: list[dict], path: Path) -> None:
    """Draws the efficiency over units, as measured, and over machines, as estimated."""
    plt = report.pyplot()
    figure, (left, right) = plt.subplots(
        1, 2, figsize=(12, 4.5), layout="constrained", sharey=True
    )
    _draw_measured(left, [row for row in rows if row["batch_size"] == 64])
    _draw_estimates(right, processes_report.estimates(rows))
    figure.savefig(path, dpi=120)
    plt.close(figure)


def _draw_measured(axes, rows: list[dict]) -> None:
    lines: dict[tuple[str, int], list[dict]] = {}
    for row in rows:
        lines.setdefault((row["cell"], row["processes"]), []).append(row)
    for i, ((cell, count), line) in enumerate(lines.items()):
        units = [row["units"] for row in line]
        rounds = [processes_report.measured(row) for row in line]
        middle = [100 * median(found) for found in rounds]
        least, most = ([100 * f(found) for found in rounds] for f in (min, max))
        over = count > line[0]["cores"]
        name = f"{cell}, {count} processes" + f" on {line[0]['cores']} cores" * over
        axes.plot(units, middle, "o-", color=f"C{i}", label=name, lw=1 if over else 2)
        axes.vlines(units, least, most, color=f"C{i}", lw=1)
        if not over:
            explained = [100 * processes_report.by_share(row) for row in line]
            axes.plot(units, explained, ":", color=f"C{i}", label="_")
    sizes = sorted({row["units"] for row in rows})
    axes.set(xscale="log", ylim=(0, 110), ylabel="efficiency, %")
    axes.set_xticks(sizes, sizes)
    axes.set_xticks([], minor=True)
    axes.set_xlabel("units (dotted: share of the batch alone + all-reduce alone)")
    axes.set_title("measured: a batch of 64, divided")
    if lines:
        axes.legend(fontsize=8)


def _draw_estimates(axes, estimates: list[dict]) -> None:
    colours: dict[str, int] = {}
    for estimate in estimates:
        if not estimate["work"].endswith(SHOWN) or "GRU" in estimate["work"]:
            continue
        colour = colours.setdefault(estimate["work"], len(colours))
        each = [100 * _with_batch_each(estimate, n) for n in MACHINES]
        on_gpu = "GPU" if estimate["link"] is processes_report.INFINIBAND else "core"
        name = f"{on_gpu}: {estimate['work']}"
        style = "--" if on_gpu == "GPU" else "-."
        axes.plot(MACHINES, each, style, color=f"C{colour}", label=name)
    axes.set(xscale="log")
    axes.set_xticks(MACHINES, MACHINES)
    axes.set_xticks([], minor=True)
    links = processes_report.ETHERNET.name, processes_report.INFINIBAND.name
    axes.set_xlabel("machines (core: {}; GPU: {})".format(*links))
    axes.set_title("estimated, not measured: a batch of 64 on each machine")
    axes.legend(fontsize=7, loc="lower left")


def _with_batch_each(estimate: dict, machines: int) -> float:
    size, messages = estimate["size"], estimate["messages"]
    sums = efficiency.ring(size, messages, machines, estimate["link"])
    return efficiency.with_batch_each(estimate["step"], sums)
