"""The benchmarks: every contender runs, and the same work gives the same numbers."""

import json
import os
import shutil
from dataclasses import replace

import pytest

from benchmarks import (
    efficiency,
    exports_report,
    gpu,
    gpu_report,
    gpu_rows,
    processes,
    processes_chart,
    processes_report,
    report,
    rows,
)
from benchmarks.contender import Contender
from benchmarks.driver import Driver, Times
from benchmarks.job import Job
from benchmarks.work import Work
from tests.conftest import ROOT, run_command

TINY = {
    "embedding": Work("embedding", timesteps=5, batch_size=4, steps=4),
    "bounds": Work("embedding", timesteps=5, batch_size=4, steps=4),
    "one-hot": Work("one-hot", timesteps=5, batch_size=4, steps=4),
    "lstm": Work(cell="LSTM", timesteps=5, batch_size=4, steps=4),
    "gru": Work(cell="GRU", timesteps=5, batch_size=4, steps=4),
    "large": Work("features", units=6, batch_size=4, timesteps=5, features=3, steps=4),
    "large-lstm": Work(
        "features", "LSTM", 6, batch_size=4, timesteps=5, features=3, steps=4
    ),
}


def tiny(contender, name):
    return replace(contender, work=TINY[name])


@pytest.fixture(scope="module")
def driver():
    """One for all tests: to start a worker takes longer than a few steps."""
    started = Driver(quick=True)
    yield started
    started.close()


@pytest.mark.long
@pytest.mark.parametrize("name", TINY)
def test_contenders_of_the_same_work_reach_the_same_loss(name, driver):
    contenders = [
        tiny(contender, name)
        for row in rows.rows()[name]
        for contender in (row.ours, row.peer)
        if "floor" not in contender.name
    ]
    times = driver.measure(contenders, rounds=1)
    losses = {}
    for contender in contenders:
        found = times[contender.key]
        if not (found.error and "C loop" in contender.name and not shutil.which("gcc")):
            assert not found.error, contender.name
            losses[contender.name] = found.result
    first = next(iter(losses.values()))
    assert losses == pytest.approx(dict.fromkeys(losses, first), rel=1e-4)


@pytest.mark.long
def test_the_command_writes_table_json_and_charts(tmp_path, imdb_path):
    code, out, err = run_command(
        "-m", "benchmarks", "--quick", "--out", tmp_path,
        "--only", "review", "--only", "load", "--only", "job", "--only", "memory",
        CHAPTER9_DATA=str(imdb_path),
    )  # fmt: skip
    assert code == 0, err
    written = json.loads((tmp_path / "results.json").read_text())
    assert [figures for figures in written["rows"] if "skipped" in figures] == []
    by_work = {figures["work"]: figures["ratio"] for figures in written["rows"]}
    assert by_work["IMDB load, crop and pad, warm"] > 1
    table = (tmp_path / "RESULTS.md").read_text(encoding="utf-8")
    assert table.strip() in out
    assert (tmp_path / "ratios.png").stat().st_size > 1_000


def test_a_ratio_is_the_median_of_the_rounds():
    row = rows.rows()["embedding"][0]
    times = {
        row.ours.key: Times(units=[1.0, 2.0, 1.0]),
        row.peer.key: Times(units=[10.0, 30.0, 100.0]),
    }
    figures = report.result(row, times)
    assert figures["ratio"] == 15
    assert figures["range"] == (10, 100)
    assert "| **15x** | 10 ... 100 | 10x |" in report.table([figures], {"cores": 2})
    assert "| **15x** | 10 ... 100 | 10x |" in report.summary([figures])


def test_the_readme_shows_the_table_that_was_measured():
    written = json.loads((ROOT / "benchmarks" / "results.json").read_text())
    shown = report.summary(written["rows"])
    assert shown.count("\n") == 2 + len(report.IN_README)
    assert shown in (ROOT / "README.md").read_text()
    table = (ROOT / "benchmarks" / "RESULTS.md").read_text()
    assert table.startswith(report.table(written["rows"], written["machine"]))
    assert report.scaling(written["curves"]) in table
    korean = (ROOT / "README.ko.md").read_text(encoding="utf-8")
    for name in ("embedding", "one-hot", "job"):
        work = rows.rows()[name][0].work
        [ratio, *_] = [f["ratio"] for f in written["rows"] if f["work"] == work]
        assert f"{ratio:.3g}배" in korean


def test_a_page_shows_what_was_measured_on_a_gpu():
    written = json.loads((ROOT / "benchmarks" / "gpu.json").read_text())
    assert (ROOT / "benchmarks" / "GPU.md").read_text() == gpu_report.text(**written)
    shown = (ROOT / "docs" / "speed.md").read_text(encoding="utf-8")
    assert gpu_report.summary(written["rows"]) in shown
    [embedding, *_] = written["rows"]
    korean = (ROOT / "docs" / "speed.ko.md").read_text(encoding="utf-8")
    assert f"{embedding['ratio']:.3g}배" in korean
    assert not [f for f in written["rows"] + written["profiles"] if "skipped" in f]


def test_the_figures_that_are_committed_reach_their_targets():
    """What was measured last. Whether it still is so, `make bench` says."""
    written = json.loads((ROOT / "benchmarks" / "results.json").read_text())
    assert not [figures for figures in written["rows"] if "skipped" in figures]
    short = [
        (figures["work"], figures["against"])
        for figures in written["rows"]
        if figures["target"] and figures["ratio"] < figures["target"]
    ]
    assert not short


def test_scaling_says_how_much_more_a_larger_work_costs():
    curves = {"batch_size": {"ours": {16: 0.1, 64: 0.2}}}
    assert report.scaling(curves) == (
        "- batch size 16 to 64, 4 times the work: ours 2 times the time\n"
    )


def test_what_cannot_be_measured_is_named_in_the_table():
    row = rows.rows()["bounds"][0]
    times = {
        row.ours.key: Times(units=[1.0]),
        row.peer.key: Times(error="skipped: the C loop needs gcc"),
    }
    assert "needs gcc" in report.table([report.result(row, times)], {})


def test_the_chart_shows_every_size(tmp_path):
    curves = {"timesteps": {"ours": {50: 0.1, 100: 0.2}}, "batch_size": {}}
    report.draw_curves(curves, tmp_path / "scaling.png")
    assert (tmp_path / "scaling.png").stat().st_size > 1_000
    assert list(rows.curves()["timesteps"]) == [50, 100, 200, 400, 800]


def test_a_worker_reports_an_error_instead_of_dying():
    driver = Driver(quick=True)
    contender = replace(rows.C_LOOP, work=TINY["lstm"])
    assert (
        "embedding model alone" in driver.measure([contender], 1)[contender.key].error
    )
    driver.close()


@pytest.mark.long
@pytest.mark.parametrize("name", ["one-hot", "lstm", "large"])
def test_contenders_on_a_gpu_reach_the_same_loss(name, driver):
    """Without one, too: where they compute changes no number beyond rounding."""
    group = gpu_rows.rows()[{"large": "gru-256"}.get(name, name)]
    contenders = [
        replace(
            contender,
            process=contender.process.replace("gpu", "anything"),
            work=replace(TINY[name], cell=contender.work.cell),
            options={k: v for k, v in contender.options.items() if k != "device"},
        )
        for row in group
        for contender in (row.ours, row.peer)
    ]
    times = driver.measure(contenders, rounds=1)
    assert not [found.error for found in times.values() if found.error]
    losses = [found.result for found in times.values()]
    assert losses == pytest.approx([losses[0]] * len(losses), rel=1e-4)


def test_a_gpu_is_measured_only_where_there_is_one(tmp_path):
    code, _, err = run_command(
        "-m", "benchmarks", "--gpu", "--quick", "--out", tmp_path, PATH=str(tmp_path)
    )
    assert code == 2
    assert err.splitlines()[-1].endswith(
        "error: no GPU: nvidia-smi finds none; leave --gpu out"
    )
    assert not list(tmp_path.iterdir())


def test_no_cpus_figures_stand_for_a_gpus(monkeypatch):
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    monkeypatch.setenv("JAX_PLATFORMS", "cpu")
    row = gpu_rows.rows()["embedding"][0]
    driver = Driver(quick=True)
    times = driver.measure([row.ours, row.peer], rounds=1)
    driver.close()
    figures = report.result(row, times)
    assert figures["skipped"] == "skipped: jax sees no GPU"


def test_kernels_that_overlap_count_once():
    assert gpu.busy([(0, 10), (5, 12), (20, 30), (22, 25)]) == 22


LINK = efficiency.Link("a link", bytes_per_second=1e9, latency=1e-3)
ROWS = [  # 2 processes take 0.75 s, where 1 takes 1 s; 4 take as long
    {"cell": "SimpleRNN", "units": 8, "batch_size": 64, "cores": 2}
    | {"bytes": 32_800, "arrays": 8, "alone": [1.0, 1.2, 0.9]}
    | {"processes": count, "together": [0.75, 0.75, 0.75]}
    | ({"share": [0.6] * 3, "all_reduce": [0.1] * 3} if count == 2 else {})
    for count in (2, 4)
]


def test_processes_that_cost_nothing_to_join_are_efficient():
    assert efficiency.efficiency(alone=3.0, together=1.5, processes=2) == 1
    assert efficiency.with_batch_divided(3.0, 0.0, 4) == pytest.approx(1)
    assert efficiency.with_batch_divided(1.0, 0.25, 4) == pytest.approx(0.5)
    assert efficiency.with_batch_each(1.0, 0.25) == pytest.approx(0.8)


def test_a_ring_sends_nearly_twice_the_bytes_and_waits_at_each_turn():
    assert efficiency.ring(1e9, 1, 1, LINK) == 0
    assert efficiency.ring(1e9, 1, 2, LINK) == pytest.approx(1 + 2e-3)
    assert efficiency.ring(1e9, 3, 5, LINK) == pytest.approx(8 / 5 + 24e-3)


def test_the_table_says_what_explains_the_efficiency_and_what_is_estimated(tmp_path):
    text = processes_report.text({"cores": 2}, ROWS)
    measured, estimated = text.split("## Estimated")
    assert "| 2 | 32.8 | 1000 | 750 | 600 | 100 | **67 %** | 60 % ... 80 % " in measured
    assert "| 83 % | 71 % |" in measured  # 1 / (2 (0.5 + 0.1)); 1 / (2 (0.6 + 0.1))
    assert "| 4* | 32.8 | 1000 | 750 |  |  | **33 %** | 30 % ... 40 % |  |  |" in text
    assert "an efficiency of 50 % is all there is to reach" in measured
    ring = efficiency.ring(32_800, 8, 8, processes_report.ETHERNET)
    assert f" | {100 / (1 + ring):.0f} % | " in estimated
    written = json.loads((ROOT / "benchmarks" / "gpu.json").read_text())
    work, ours = "LSTM with 128 features, 1024 units", "this project, jax"
    step = gpu_report.step_times(written["rows"])[work][ours]
    assert f"NVIDIA H200 | {work} | {step * 1000:.3g} |" in estimated
    processes_chart.draw(ROWS, tmp_path / "processes.png")
    assert (tmp_path / "processes.png").stat().st_size > 10_000


def test_pages_show_what_was_measured_of_processes_and_of_exports():
    folder = ROOT / "benchmarks"
    for name, page in (("processes", processes_report), ("exports", exports_report)):
        written = json.loads((folder / f"{name}.json").read_text())
        shown = (folder / f"{name.upper()}.md").read_text(encoding="utf-8")
        assert shown == page.text(**written)
    assert {card["compared"]["reviews"] for card in written["rows"]} == {1_000}


@pytest.mark.long
@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="pins to a core")
def test_processes_reach_the_loss_of_one_and_all_of_them_are_timed():
    pytest.importorskip("jax")
    work = TINY["gru"]
    trains = [
        Contender("", f"jax-{count}", "contenders.compiled_epoch", work)
        for count in (1, 2)
    ]
    sums = Contender("", "jax-2", "all_reduce.all_reduce", work)
    driver = Driver(quick=True, start=Job)
    try:
        [figures] = processes.measure(driver, work, rounds=1, counts=[2])
        times = driver.measure([*trains, sums], rounds=1)
    finally:
        driver.close()
    for name in ("alone", "together", "share", "all_reduce"):
        assert figures[name][0] > 0
    assert figures["bytes"] == 4 * (500 * 16 + 24 * 24 + 48 + 8 + 1 + 2)
    losses = [times[contender.key].result for contender in trains]
    assert losses[0] == pytest.approx(losses[1], rel=1e-5)
    assert times[sums.key].result == 4 * 0.5  # 4 steps, each the mean of +0 and +1
