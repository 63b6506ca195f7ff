"""What exports take as Markdown: each beside Keras's own file."""

from statistics import median

from benchmarks import report

HEADER = """# Exports, each in its own runtime
Made by `python -m benchmarks.exports`. Before it was timed, each export gave the run's
probabilities for the test reviews, in a process that has its runtime alone. A time is
the median of the rounds, in which the formats take turns; a round is a new process, and
its time the median of one review's, as the export's predict.py computes it. Ratios are
the time over that of the format keras in the same round, so that below 1 the export is
faster than Keras. An absolute time depends on the machine: {machine}.

| model | format | runtime | size, kB | reviews compared | largest difference \
| ms a review | times Keras's | lowest ... highest |
|---|---|---|---|---|---|---|---|---|
"""


def text(machine: dict, rows: list[dict]) -> str:
    """Returns the whole of EXPORTS.md."""
    lines = HEADER.format(machine=", ".join(f"{k} {v}" for k, v in machine.items()))
    keras = {card["run_sha256"]: card for card in rows if card["format"] == "keras"}
    for card in rows:
        lines += report.row(*_cells(card, keras.get(card["run_sha256"])))
    return lines


def _cells(card: dict, keras: dict | None) -> list[str]:
    compared = card["compared"]
    cells = [card["model"], card["format"], compared["runtime"]]
    cells += [f"{card['size'] / 1000:.0f}", f"{compared['reviews']:,}"]
    cells += [f"{compared['difference']:.1e}", f"{median(card['rounds']):.3g}"]
    if keras is None:
        return [*cells, "", ""]
    pairs = zip(card["rounds"], keras["rounds"], strict=True)
    ratios = [mine / theirs for mine, theirs in pairs]
    lowest, highest = min(ratios), max(ratios)
    return [*cells, f"**{median(ratios):.3g}x**", f"{lowest:.3g} ... {highest:.3g}"]
