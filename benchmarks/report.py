"""What was measured, as JSON, as a Markdown table and as charts."""

import json
import os
import platform
from pathlib import Path
from statistics import median

from benchmarks.driver import Times
from benchmarks.rows import Row

IN_README = (  # the plain peer, the best one, a large layer, and all of a command
    ("training step, embedding model", "built-in, fit, tensorflow"),
    ("training step, embedding model", "built-in, fit tuned, 1 thread, tensorflow"),
    (
        "training step, LSTM with 128 features, 256 units",
        "built-in, compiled epoch, tensorflow",
    ),
    ("command to saved best model, embedding, 20 epochs", "plain Keras script"),
)
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
    figures |= {"measure": row.measure, "target": row.target, "rival": row.rival}
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
    """Returns the Markdown table of all that was measured."""
    lines = HEADER.format(machine=", ".join(f"{k} {v}" for k, v in machine.items()))
    for figures in results:
        cells = [figures["work"], figures["ours"], figures["against"]]
        if "skipped" in figures:
            cells += ["", "", figures["skipped"], ""]
        else:
            measure = figures["measure"]
            cells += [quantity(value, measure) for value in figures["values"]]
            cells += [ratio(figures), span(figures)]
        lines += row(*cells, _target(figures))
    return lines


def summary(results: list[dict]) -> str:
    """Returns the Markdown table that the README shows: the ratios of `IN_README`."""
    lines = "| work | against | ratio | lowest ... highest | target |\n"
    lines += "|---|---|---|---|---|\n"
    for figures in results:
        named = figures["work"], figures["against"]
        if named in IN_README and "ratio" in figures:
            work = (
                f"{figures['work']}, {figures['ours'].removeprefix('this project, ')}"
            )
            cells = [work, figures["against"], ratio(figures), span(figures)]
            lines += row(*cells, _target(figures))
    return lines


def scaling(curves: dict[str, dict]) -> str:
    """Returns what a step costs more when there is more to do, as Markdown lines."""
    lines = ""
    for kind, contenders in curves.items():
        for name, points in contenders.items():
            sizes, seconds = [int(size) for size in points], list(points.values())
            lines += (
                f"- {kind.replace('_', ' ')} {sizes[0]} to {sizes[-1]}, "
                f"{sizes[-1] / sizes[0]:.3g} times the work: {name} "
                f"{seconds[-1] / seconds[0]:.3g} times the time\n"
            )
    return lines


def row(*cells: str) -> str:
    """Returns a line of a Markdown table."""
    return "| " + " | ".join(cells) + " |\n"


def ratio(figures: dict) -> str:
    """Returns a row's ratio."""
    return f"**{figures['ratio']:.3g}x**"


def span(figures: dict) -> str:
    """Returns the lowest and the highest ratio of a row's rounds."""
    lowest, highest = figures["range"]
    return f"{lowest:.3g} ... {highest:.3g}"


def _target(figures: dict) -> str:
    return "" if figures["target"] is None else f"{figures['target']:.3g}x"


def quantity(value: float, measure: str) -> str:
    """Returns a time or a memory with its unit."""
    if measure == "memory":
        return f"{value / 1e9:.2f} GB"
    return f"{value:.1f} s" if value >= 1 else f"{value * 1e3:.3g} ms"


def write(table_path: Path, table: str, path: Path, figures: dict) -> None:
    """Writes a table and, as JSON, the figures that it is made of."""
    table_path.write_text(table, encoding="utf-8")
    path.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")


def draw_ratios(results: list[dict], path: Path) -> None:
    """Draws the rivals' ratios as bars, one colour per work, targets as marks."""
    plt = pyplot()
    shown = [f for f in results if f.get("rival") and "ratio" in f][::-1]
    works = list(dict.fromkeys(figures["work"] for figures in results))
    figure, axes = plt.subplots(
        figsize=(10, 0.36 * len(shown) + 1), layout="constrained"
    )
    labels = [f"{figures['work']} | {figures['against']}" for figures in shown]
    colours = [f"C{works.index(figures['work'])}" for figures in shown]
    ratios = [figures["ratio"] for figures in shown]
    axes.barh(range(len(shown)), ratios, color=colours)
    for y, figures in enumerate(shown):
        axes.plot(figures["range"], [y, y], color="black", lw=1)
        after = max(figures["ratio"], figures["target"] or 0, *figures["range"])
        axes.annotate(
            f"{figures['ratio']:.3g}x", (after, y), (4, 0), va="center",
            textcoords="offset points",
        )  # fmt: skip
        if figures["target"]:
            axes.plot([figures["target"]] * 2, [y - 0.4, y + 0.4], color="black", lw=3)
    axes.axvline(1, color="gray", lw=1)
    axes.set(xscale="log", xlim=(0.8, 2.5 * max(ratios, default=1)))
    axes.set_xlabel(
        "times faster or smaller than the peer (thick mark: target; line: all rounds)"
    )
    axes.set_yticks(range(len(shown)), labels, fontsize=8)
    axes.margins(y=0.01)
    figure.savefig(path, dpi=120)
    plt.close(figure)


def draw_curves(curves: dict[str, dict], path: Path) -> None:
    """Draws the cost of a step over timesteps and over batch size, beside a line."""
    plt = pyplot()
    figure, panels = plt.subplots(
        1, len(curves), figsize=(10, 4), layout="constrained", squeeze=False
    )
    for axes, (size, lines) in zip(panels[0], curves.items(), strict=True):
        axes.set(xscale="log", yscale="log", ylabel="ms per step")
        for i, (name, points) in enumerate(lines.items()):
            sizes = [int(x) for x in points]
            milliseconds = [y * 1e3 for y in points.values()]
            axes.plot(sizes, milliseconds, "o-", label=name)
            linear = [milliseconds[0] * x / sizes[0] for x in sizes]
            axes.plot(sizes, linear, ":", color=f"C{i}", label="_")
            axes.set_xticks(sizes, sizes, minor=False)
            axes.set_xticks([], minor=True)
        axes.set_xlabel(f"{size.replace('_', ' ')} (dotted: as much more time as work)")
        if lines:
            axes.legend(fontsize=8)
    figure.suptitle("embedding model: cost of a training step")
    figure.savefig(path, dpi=120)
    plt.close(figure)


def pyplot():
    """Returns matplotlib's pyplot, without a window."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    return pyplot
