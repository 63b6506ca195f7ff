"""One model with many seeds: the figures of each alone, compiled once, never lost."""

import dataclasses
import json
import os
import signal
import time

import keras
import pytest

import models
from before_keras import author, backends, book, language, run_settings, seeds
from before_keras.safety.errors import UserError
from before_keras.settings import Settings
from chapter9 import data
from chapter9.inference import outcomes, seed_tables
from chapter9.inference.outcomes import LEARNED, Outcome
from chapter9.run_folder.history import METRICS
from chapter9.run_folder.run import Run
from chapter9.run_folder.seed_runs import SeedRuns
from chapter9.training.many_seeds import train_seeds
from chapter9.training.train import train
from tests import processes, tiny
from tests.conftest import needs_posix, run_command

OPTIONS = {"words": 30, "cells": 3, "timesteps": 6, "batch_size": 8, "epochs": 2}
HISTORY = {name: [0.5, 0.25] for name in METRICS}


# What --seeds says


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1", (0,)),
        ("20", tuple(range(20))),
        ("0,3,7", (0, 3, 7)),
        ("7,0", (7, 0)),
        ("20-22", (20, 21, 22)),
        ("5-5", (5,)),
        ("0-2,42,4294967295", (0, 1, 2, 42, 2**32 - 1)),
        ("1000", tuple(range(1000))),
    ],
)
def test_seeds_are_how_many_or_which(text, expected):
    assert seeds.parse(text) == expected


WRONG = [
    ("0", "give at least one seed"),
    ("1001", "give at most 1,000 seeds"),
    ("1-2000", "give at most 1,000 seeds"),
    ("0-99999999999999999999999", "give at most 1,000 seeds"),
    ("3,7,3", "seed 3 is named twice"),
    ("0-5,5", "seed 5 is named twice"),
    ("4294967296,1", "a seed is an integer from 0 to 4,294,967,295"),
    *((text, "give how many") for text in ("x", "", "1,,2", "1,", "9-5", "1.5", "-3")),
    ("9" * 5000, "give how many"),
]


@pytest.mark.parametrize(("text", "words"), WRONG)
def test_seeds_that_cannot_be_are_refused_in_a_line(text, words):
    with pytest.raises(UserError) as error:
        seeds.parse(text)
    assert f": {words}" in str(error.value)
    assert len(str(error.value)) < 250


# Training


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    return data.load(str(tiny.write(tmp_path_factory.mktemp("tiny"))))


@pytest.fixture(scope="module")
def sample():
    return data.load("sample")


def create(path, corpus, numbers=(0, 1), **options):
    return SeedRuns.create(path, Settings(**OPTIONS | options), corpus, numbers)


def filled(runs, corpus, tell=lambda seed, history: None):
    return train_seeds(runs, lambda: models.new(runs), corpus, tell)


def alone(path, runs, corpus, seed):
    """The figures of `train.py --seed`."""
    settings = dataclasses.replace(runs.settings, seed=seed)
    run = Run.create(path, settings, corpus)
    keras.utils.set_random_seed(seed)
    return train(models.new(run), corpus, run, verbose=0)


@pytest.mark.parametrize(
    ("model", "layer", "edition"),
    [
        ("embedding", "custom", 1),
        *(
            pytest.param(*case, marks=pytest.mark.long)
            for case in (
                ("one-hot", "builtin", 2),
                ("lstm-2-layers", "custom", 2),  # with dropout
                ("gru", "builtin", 1),
            )
        ),
    ],
)
def test_each_seeds_figures_are_those_of_training_with_it_alone(
    sample, tmp_path, model, layer, edition
):
    """In every digit; also of seeds before which others were trained."""
    options = {"model": model, "layer": layer, "edition": edition}
    options |= {"words": 200, "timesteps": 12, "batch_size": 512}
    runs = create(tmp_path / "seeds", sample, (7, 3, 0), **options)
    found = filled(runs, sample)
    assert list(found) == [7, 3, 0]
    for seed in (7, 0):
        assert found[seed] == alone(tmp_path / str(seed), runs, sample, seed)
    assert found[7] != found[3] != found[0]


COUNT = """
import sys
from pathlib import Path
from before_keras.settings import Settings
from commands import keras_import
keras_import.import_keras()
import keras, models
from chapter9 import data
from chapter9.run_folder.run import Run
from chapter9.run_folder.seed_runs import SeedRuns
from chapter9.training.many_seeds import train_seeds
from chapter9.training.train import train

traced = []
def counted(name):
    step = getattr(keras.Model, name)
    def count(*arguments):
        traced.append(name)
        return step(*arguments)
    setattr(keras.Model, name, count)
counted("train_step")
counted("test_step")

corpus, folder = data.load(sys.argv[1]), Path(sys.argv[2])
settings = Settings("lstm-dropout", "custom", 1, 30, 3, 6, 2, 8)
runs = SeedRuns.create(folder, settings, corpus, (4, 2, 9, 0))
after = []
train_seeds(
    runs, lambda: models.new(runs), corpus, lambda *_: after.append(len(traced))
)
assert len(set(after)) == 1 and after[0] >= 2, after  # traced for the first seed alone

for seed in (4, 9):  # the same figures as alone, on this backend, too
    settings = Settings(**vars(settings) | {"seed": seed})
    run = Run.create(folder / f"alone-{seed}", settings, corpus)
    keras.utils.set_random_seed(seed)
    assert train(models.new(run), corpus, run, 0) == runs.histories()[seed]
assert len(traced) > after[0]  # a model of its own is traced
"""


@pytest.mark.long
@pytest.mark.parametrize("backend", ["tensorflow", "jax"])
def test_many_seeds_are_compiled_once(tmp_path, backend):
    """XLA compiles what is traced: a step that is traced once is compiled once."""
    if not backends.is_installed(backend):
        pytest.skip(f"no {backend}")
    file = tiny.write(tmp_path / "data")
    code, output, error = run_command(
        "-c", COUNT, file, tmp_path / "seeds", KERAS_BACKEND=backend
    )
    assert code == 0, output + error


@pytest.mark.long
def test_each_seeds_figures_are_those_alone_on_torch(tmp_path):
    """There the steps run batch by batch, so that nothing is compiled."""
    if not backends.is_installed("torch"):
        pytest.skip("no torch")
    file = tiny.write(tmp_path / "data")
    counting = ("assert len(set(after)) == 1", "assert len(set(after)) == 4")
    code, output, error = run_command(
        *("-c", COUNT.replace(*counting), file, tmp_path / "seeds"),
        KERAS_BACKEND="torch",
    )
    assert code == 0, output + error


def test_a_loss_that_is_not_finite_keeps_the_other_seeds(corpus, tmp_path):
    runs = create(tmp_path / "seeds", corpus, (0, 1, 2))

    def new_model():
        model = models.new(runs)
        if runs.missing() == [1, 2]:
            model.set_weights([weight * float("nan") for weight in model.get_weights()])
        return model

    with pytest.raises(
        UserError, match=r"not finite in epoch 1, batch 1, .*: seed 1; "
    ):
        train_seeds(runs, new_model, corpus)
    assert list(runs.histories()) == [0]


# The folder


def test_the_folder_holds_its_seeds_and_their_figures(corpus, tmp_path):
    runs = create(tmp_path / "seeds", corpus, (3, 1))
    written = json.loads((runs.path / "seeds.json").read_text())
    assert written["seeds"] == [3, 1]
    assert runs.missing() == [3, 1]
    runs.save(1, HISTORY)
    opened = SeedRuns.open(runs.path)
    assert (opened.seeds, opened.settings, opened.data) == (
        *(runs.seeds, runs.settings, runs.data),
    )
    assert opened.missing() == [3]
    assert opened.histories() == {1: HISTORY}
    lines = (runs.path / "seed-1.csv").read_text().splitlines()
    assert lines[0].split(",") == ["epoch", *HISTORY]
    assert len(lines) == 3


def test_a_new_folder_below_runs_tells_that_it_has_many_seeds(
    corpus, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    runs = SeedRuns.create(None, Settings(**OPTIONS), corpus, (0, 1))
    assert runs.path.parts[0] == "runs"
    assert runs.path.name.startswith("one-hot-custom-seeds-")


def test_neither_kind_of_folder_is_taken_for_the_other(corpus, tmp_path):
    runs = create(tmp_path / "seeds", corpus)
    run = Run.create(tmp_path / "run", Settings(**OPTIONS), corpus)
    with pytest.raises(UserError, match="many seeds and no model"):
        Run.open(runs.path)
    with pytest.raises(UserError, match="is a run with one seed"):
        SeedRuns.open(run.path)
    with pytest.raises(UserError, match="exists already"):
        create(run.path, corpus)
    with pytest.raises(UserError, match="exists already"):
        Run.create(runs.path, Settings(**OPTIONS), corpus)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"seeds": []}, "give at least one seed"),
        ({"seeds": None}, "its seeds are no list"),
        ({"seeds": 20}, "its seeds are no list"),
        ({"seeds": [1, 1]}, "seed 1 is named twice"),
        ({"seeds": [-1]}, "a seed is an integer from 0"),
        ({"seeds": [True]}, "a seed is an integer from 0"),
        ({"seeds": ["../../elsewhere"]}, "a seed is an integer from 0"),
        ({"seeds": [1.5]}, "a seed is an integer from 0"),
        ({"seeds": list(range(1001))}, "give at most 1,000 seeds"),
        ({"settings": {}}, "the settings must be"),
        ({"more": 1}, "unknown to format 4: more"),
        ({"format": 5}, "a newer version"),
    ],
)
def test_seeds_json_that_is_damaged_or_a_strangers_is_refused(
    corpus, tmp_path, change, words
):
    file = create(tmp_path / "seeds", corpus).path / "seeds.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | change))
    with pytest.raises(UserError, match=words) as error:
        SeedRuns.open(file.parent)
    assert str(file) in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("text", ["", "{", "[]", "[" * 100_000, "\0"])
def test_seeds_json_of_other_than_settings_is_refused(corpus, tmp_path, text):
    file = create(tmp_path / "seeds", corpus).path / "seeds.json"
    file.write_text(text)
    with pytest.raises(UserError, match="is damaged: "):
        SeedRuns.open(file.parent)


def test_a_run_takes_no_seeds_in_its_settings(corpus, tmp_path):
    run = Run.create(tmp_path / "run", Settings(**OPTIONS), corpus)
    file = run.path / run_settings.FILE
    file.write_text(json.dumps(json.loads(file.read_text()) | {"seeds": [1]}))
    with pytest.raises(UserError, match="unknown to format 4: seeds"):
        Run.open(run.path)


@pytest.mark.parametrize(
    "text", ["", "epoch,loss\n1,0.5\n", "a,b\n", "\0", "epoch,loss,accuracy,val_loss,"]
)
def test_damaged_figures_are_said_before_training_with_how_to_mend_them(
    corpus, tmp_path, text
):
    runs = create(tmp_path / "seeds", corpus)
    (runs.path / "seed-1.csv").write_text(text)
    with pytest.raises(UserError, match=r"damaged: .*; remove it, then ") as error:
        filled(runs, corpus)
    assert f"--resume {runs.path}" in str(error.value)
    assert runs.missing() == [0]


def test_a_second_trainer_is_refused(corpus, tmp_path):
    runs = create(tmp_path / "seeds", corpus)
    with (
        runs.locked(),
        pytest.raises(UserError, match=f"in use by process {os.getpid()}"),
    ):
        filled(runs, corpus)


def test_a_full_disk_says_how_to_go_on(corpus, tmp_path):
    runs = create(tmp_path / "seeds", corpus)
    runs.path.rename(tmp_path / "elsewhere")
    with pytest.raises(
        UserError, match=r"cannot write .*seed-0\.csv: .*make room, then"
    ):
        runs.save(0, HISTORY)


# The table


def outcome(seed, loss, accuracy):
    return Outcome(seed, 9, 12, loss, accuracy)


FOUND = [
    *(outcome(n, 0.455 + n / 1000, 0.79 - n / 2000) for n in range(17)),
    *(outcome(n, 0.69, 0.51) for n in (17, 18, 4_294_967_295)),
]
BOOKS = Settings(model="embedding", cells=book.CELLS)


def rendered(table, width=80):
    from rich.console import Console

    console = Console(width=width, color_system=None)
    with console.capture() as captured:
        console.print(table)
    return captured.get()


def test_an_outcome_is_the_epoch_with_the_lowest_validation_loss():
    history = HISTORY | {"val_loss": [0.5, 0.4, 0.6], "val_accuracy": [0.7, 0.8, 0.9]}
    [found] = outcomes.outcomes({3: history})
    assert found == Outcome(3, 2, 3, 0.4, 0.8)
    assert found.learned
    assert not outcome(0, 0.69, LEARNED - 0.0001).learned


def test_quartiles_are_those_of_five_numbers():
    assert outcomes.quartiles([5, 1, 4, 2, 3]) == [1, 2, 3, 4, 5]
    assert outcomes.quartiles([7]) == [7] * 5


@pytest.mark.parametrize("spoken", language.LANGUAGES)
def test_the_tables_fit_80_columns_in_both_languages(spoken):
    from rich.cells import cell_len

    language.use(spoken)
    try:
        each = rendered(seed_tables.seeds_table(FOUND))
        summary = rendered(seed_tables.summary_table(BOOKS, "imdb", FOUND))
    finally:
        language.use("en")
    lines = [*each.splitlines(), *summary.splitlines()]
    assert max(map(cell_len, lines)) <= 80
    assert len(each.splitlines()) == len(FOUND) + 5  # no row takes a second line
    assert each.count("4294967295") == 1


def test_the_summary_has_the_seeds_that_learned_beside_the_authors_reruns():
    summary = rendered(seed_tables.summary_table(BOOKS, "imdb", FOUND))
    rows = [line for line in summary.splitlines() if "0." in line]
    learned = [one for one in FOUND if one.learned]
    reruns = author.reruns("embedding", book.WORDS, 1)
    wanted = [
        [f"{value:.4f}" for value in outcomes.quartiles(values)]
        for measure in ("loss", "accuracy")
        for group in (learned, reruns)
        for values in [[getattr(one, measure) for one in group]]
    ]
    assert [line.replace("│", " ").split()[-5:] for line in rows] == wanted
    assert "seeds learned: 17" in rows[0]
    assert f"author's reruns: {len(reruns)}" in rows[1]
    # On the sample there is nothing to compare with.
    assert "author" not in rendered(seed_tables.summary_table(BOOKS, "sample", FOUND))


def test_the_remarks_say_how_many_did_not_learn_and_what_that_means():
    first, second = seed_tables.remarks(BOOKS, "imdb", FOUND)
    assert first.startswith("3 of 20 seeds did not learn: ")
    assert f"below {LEARNED} (seeds: 17, 18, 4294967295)" in first
    inside = {"loss": 0, "accuracy": 0}
    for rerun in author.reruns("embedding", book.WORDS, 1):
        inside["loss"] += 0.455 <= rerun.loss <= 0.471
        inside["accuracy"] += 0.782 <= rerun.accuracy <= 0.79
    assert f"{inside['loss']} in loss and {inside['accuracy']} in accuracy" in second
    [only] = seed_tables.remarks(BOOKS, "imdb", FOUND[-3:])  # none learned
    assert only.startswith("3 of 3 seeds did not learn")
    [only] = seed_tables.remarks(BOOKS, "sample", FOUND[:5])
    assert only.startswith("all 5 seeds learned: ")


# The command


@pytest.fixture(scope="module")
def tiny_data(tmp_path_factory):
    return tiny.write(tmp_path_factory.mktemp("tiny"))


def arguments(file, out, *more):
    return (
        *("--model", "lstm-dropout", "--data", file, "--out", out, "--epochs", 2),
        *("--backend", "tensorflow", "--seeds", "5,0,3", *tiny.TRAIN, *more),
    )


@pytest.fixture(scope="module")
def unbroken(tiny_data, tmp_path_factory):
    """A folder that nothing disturbed, what was said, and how long it took."""
    folder = tmp_path_factory.mktemp("unbroken")
    out, log, started = folder / "seeds", folder / "log", time.monotonic()
    code = processes.run("train.py", *arguments(tiny_data, out), log=log)
    assert code == 0, log.read_text()
    return out, log.read_text(), time.monotonic() - started


def figures(folder):
    return {file.name: file.read_bytes() for file in folder.glob("seed-*.csv")}


def test_train_with_many_seeds_shows_each_and_all(unbroken):
    out, said, _ = unbroken
    assert set(figures(out)) == {"seed-5.csv", "seed-0.csv", "seed-3.csv"}
    for number, seed in enumerate((5, 0, 3), 1):
        assert f"seed {seed} ({number} of 3): best epoch " in said
    assert "seeds did not learn: " in said or "seeds learned: " in said
    assert said.endswith(f"saved in {out}\n")
    assert (out / "seeds.png").read_bytes().startswith(b"\x89PNG")
    left = {file.name for file in out.iterdir() if file.name[0] != "."}
    assert left == {*figures(out), "seeds.json", "seeds.png"}


def test_a_finished_folder_has_nothing_to_do_and_shows_it_again(unbroken, tmp_path):
    out, said, _ = unbroken
    before, log = figures(out), tmp_path / "log"
    assert processes.run("train.py", "--resume", out, log=log) == 0, log.read_text()
    assert figures(out) == before
    assert "3 of 3 seeds are trained already" in log.read_text()
    table = said[said.index("validation") :]
    assert log.read_text().endswith(table[table.index("┏") :])


@needs_posix
@pytest.mark.long
@pytest.mark.parametrize("step", [2, 4, 9, 12, 15, 18, 20, 21])
def test_killed_at_a_write_step_many_seeds_go_on(unbroken, tiny_data, tmp_path, step):
    out, log = tmp_path / "seeds", tmp_path / "log"
    begin = ("train.py", *arguments(tiny_data, out))
    code = processes.run(*begin, log=log, kill_at=step, folder=out)
    assert code == -signal.SIGKILL, log.read_text()
    kept = figures(out)
    assert all(figures(unbroken[0])[name] == text for name, text in kept.items())
    again = ("train.py", "--resume", out) if (out / "seeds.json").exists() else begin
    assert processes.run(*again, log=log) == 0, log.read_text()
    assert figures(out) == figures(unbroken[0])
    assert {file.name for file in out.glob(".*")} <= {".lock", ".pid"}


@needs_posix
@pytest.mark.long
def test_killed_while_it_trains_again_and_again_many_seeds_go_on(
    unbroken, tiny_data, tmp_path
):
    """After the first seed, the second, and some moment after that."""
    out, log = tmp_path / "seeds", tmp_path / "log"
    command = ("train.py", *arguments(tiny_data, out))
    for name in ("seed-5.csv", "seed-0.csv"):
        process = processes.start(*command, log=log)
        while not (out / name).exists():
            time.sleep(0.001)
            assert process.is_alive(), log.read_text()
        process.kill()
        process.join()
        assert not (out / "seed-3.csv").exists()
        command = ("train.py", "--resume", out)
    process = processes.start(*command, log=log)
    process.join(unbroken[2] / 2)
    process.kill()
    process.join()
    assert processes.run(*command, log=log) == 0, log.read_text()
    assert figures(out) == figures(unbroken[0])


@needs_posix
@pytest.mark.long
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_says_how_many_seeds_go_on(tiny_data, tmp_path, number):
    out, log = tmp_path / "some seeds", tmp_path / "log"
    more = ("--epochs", 10_000)
    process = processes.start("train.py", *arguments(tiny_data, out, *more), log=log)
    while not log.exists() or "an epoch is" not in log.read_text():
        time.sleep(0.01)
        assert process.is_alive()
    os.kill(process.pid, number)
    process.join(60)
    assert process.exitcode == 130
    assert f"train.py --resume '{out}'" in log.read_text()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--seeds", "0"), "--seeds 0: give at least one seed"),
        (("--seeds", "x"), "--seeds x: give how many, as in 20"),
        (("--seeds", ""), "--seeds : give how many, as in 20"),
        (("--seeds", "-1"), "--seeds -1: give how many, as in 20"),
        (("--seeds", "5000"), "--seeds 5000: give at most 1,000 seeds"),
        (("--seeds", "1,1"), "--seeds 1,1: seed 1 is named twice"),
        (("--seeds", "3", "--seed", 7), "--seeds and --seed exclude each other"),
        (("--seeds", "3", "--resume", "a"), "--resume goes on with the seeds of its"),
        (("--seeds", "3", "--epochs", 0), "--epochs 0: give an integer"),
    ],
)
def test_seeds_that_cannot_be_are_refused_before_anything_is_done(
    tmp_path, options, words
):
    log, out = tmp_path / "log", tmp_path / "out"
    assert processes.run("train.py", "--out", out, *options, log=log) == 1
    assert log.read_text().startswith(f"error: {words}")
    assert log.read_text().count("\n") == 1
    assert not out.exists()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--seed", 5), "goes on with its own seeds: leave out --seed"),
        (("--epochs", 9), "--epochs 9 differs from the run's 2"),
    ],
)
def test_many_seeds_go_on_as_they_began(unbroken, tmp_path, options, words):
    log = tmp_path / "log"
    assert processes.run("train.py", "--resume", unbroken[0], *options, log=log) == 1
    assert words in log.read_text()
    assert log.read_text().count("\n") == 1


def test_other_reviews_are_refused(unbroken, tmp_path):
    log, other = tmp_path / "log", tiny.write(tmp_path / "other", seed=1)
    resume = ("train.py", "--resume", unbroken[0], "--data", other)
    assert processes.run(*resume, log=log) == 1
    assert "the reviews are not those" in log.read_text()


@pytest.mark.parametrize("command", ["evaluate.py", "explore.py", "verify.py"])
def test_commands_that_need_a_model_say_that_there_is_none(unbroken, tmp_path, command):
    log = tmp_path / "log"
    options = ("--results",) if command == "verify.py" else ()
    assert processes.run(command, *options, unbroken[0], log=log) == 1
    assert "holds the figures of many seeds and no model" in log.read_text()
    assert log.read_text().count("\n") == 1


def test_draw_refuses_a_folder_without_a_trained_seed(corpus, tmp_path):
    runs, log = create(tmp_path / "seeds", corpus), tmp_path / "log"
    out = ("--out", tmp_path / "a.png")
    assert processes.run("draw.py", "seeds", runs.path, *out, log=log) == 1
    assert f"{runs.path} holds no trained seed yet: " in log.read_text()
