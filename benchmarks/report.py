"""What was measured, as JSON, as a Markdown table and as charts."""

import os
import platform
from pathlib import Path
from statistics import median

from benchmarks.driver import Times
from benchmarks.rows import Row

HEADER = """# Speed and memory, measured side by side
Made by `python -m benchmarks`. The contenders take turns, slice by slice, in one run;
a figure is the median of its rounds, a ratio the median of the rounds' ratios, with the
lowest and the highest. Ratios are the peer's time (or memory) over ours. An absolute
time depends on the machine: {machine}.

| work | ours | against | ours | peer | ratio | lowest ... highest | target |
|---|---|---|---|---|---|---|---|
"""


def result(row: Row, times: dict[str, Times]) -> dict:
    """Returns a row's figures."""
    ours, peer = times[row.ours.key], times[row.peer.key]
    figures = {"work": row.work, "ours": row.ours.name, "against": row.peer.name}
    figures |= {"measure": row.measure, "target": row.target}
    if error := ours.error or peer.error:
        return figures | {"skipped": error}
    if row.measure == "memory":
        values, ratios = (ours.result, peer.result), [peer.result / ours.result]
    else:
        values = ours.seconds, peer.seconds
        ratios = [b / a for a, b in zip(ours.units, peer.units, strict=True)]
    return figures | {
        "values": values,
        "ratio": median(ratios),
        "range": (min(ratios), max(ratios)),
        "rounds": len(ratios),
    }


def machine() -> dict:
    """Returns what the figures depend on."""
    from importlib.metadata import PackageNotFoundError, version

    found = {"cores": os.cpu_count(), "python": platform.python_version()}
    for package in ("keras", "tensorflow", "jax", "torch", "numpy"):
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "none"
    return found


def table(results: list[dict], machine: dict) -> str:
    """Returns the Markdown table."""
    lines = HEADER.format(machine=", ".join(f"{k} {v}" for k, v in machine.items()))
    for figures in results:
        target = "" if figures["target"] is None else f"{figures['target']:.3g}x"
        cells = [figures["work"], figures["ours"], figures["against"]]
        if "skipped" in figures:
            cells += ["", "", figures["skipped"], "", target]
        else:
            cells += [
                quantity(value, figures["measure"]) for value in figures["values"]
            ]
            lowest, highest = figures["range"]
            cells += [f"**{figures['ratio']:.3g}x**", f"{lowest:.3g} ... {highest:.3g}"]
            cells += [target]
        lines += "| " + " | ".join(cells) + " |\n"
    return lines


def quantity(value: float, measure: str) -> str:
    """Returns a time or a memory with its unit."""
    if measure == "memory":
        return f"{value / 1e9:.2f} GB"
    return f"{value:.1f} s" if value >= 1 else f"{value * 1e3:.3g} ms"


def draw_ratios(results: list[dict], path: Path) -> None:
    """Draws the ratios as bars, their targets as marks."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot as plt

    shown = [figures for figures in results if "ratio" in figures][::-1]
    figure, axes = plt.subplots(
        figsize=(10, 0.42 * len(shown) + 1.2), layout="constrained"
    )
    labels = [f"{figures['work']}\n{figures['against']}" for figures in shown]
    bars = axes.barh(range(len(shown)), [figures["ratio"] for figures in shown])
    axes.bar_label(bars, [f"{figures['ratio']:.3g}x" for figures in shown], padding=3)
    for y, figures in enumerate(shown):
        if figures["target"]:
            axes.plot([figures["target"]] * 2, [y - 0.4, y + 0.4], "k", lw=2)
    axes.axvline(1, color="gray", lw=1)
    axes.set(xscale="log", xlabel="times faster (or smaller); | is the target")
    axes.set_yticks(range(len(shown)), labels, fontsize=7)
    axes.margins(x=0.15)
    figure.savefig(path, dpi=120)
    plt.close(figure)


def draw_curves(curves: dict[str, dict], path: Path) -> None:
    """Draws the cost of a step over timesteps and over batch size, beside a line."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot as plt

    figure, panels = plt.subplots(
        1, len(curves), figsize=(10, 4), layout="constrained", squeeze=False
    )
    for axes, (size, lines) in zip(panels[0], curves.items(), strict=True):
        for name, points in lines.items():
            sizes = [float(x) for x in points]
            milliseconds = [y * 1e3 for y in points.values()]
            axes.plot(sizes, milliseconds, "o-", label=name)
        if lines:
            linear = [milliseconds[0] * x / sizes[0] for x in sizes]
            axes.plot(sizes, linear, "k:", label="linear")
            axes.legend(fontsize=8)
        axes.set(xscale="log", yscale="log", ylabel="ms a step")
        axes.set_xlabel(size.replace("_", " "))
    figure.suptitle("embedding model: cost of a training step")
    figure.savefig(path, dpi=120)
    plt.close(figure)
