"""A run folder in a stranger's or a bad disk's hands: refused in one line."""

import json
import os
import shutil
import tempfile
import zipfile

import h5py
import keras
import numpy as np
import pytest

import models
from before_keras.safety.errors import UserError
from before_keras.settings import Settings
from chapter9 import data
from chapter9.run_folder import snapshot
from chapter9.run_folder.run import Run
from chapter9.training import train as training
from tests import tiny
from tests.conftest import needs_linux, needs_posix


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """A real run folder, small and quickly trained."""
    folder = tmp_path_factory.mktemp("trained")
    corpus = data.load(str(tiny.write(folder / "data")))
    options = Settings(words=30, cells=3, timesteps=6, batch_size=8, epochs=1)
    run = Run.create(folder / "run", options, corpus)
    model = models.build(options.model, **options.model_options())
    training.train(model, corpus, run, verbose=0)
    return run.path


@pytest.fixture
def run_path(trained, tmp_path):
    """A copy of it to do harm to."""
    return shutil.copytree(trained, tmp_path / "run")


def refused(path, words):
    with pytest.raises(UserError, match=words) as error:
        run = Run.open(path)
        assert run.vocabulary is not None
        models.load(run)
    assert "\n" not in str(error.value)


def test_run_loads_with_the_best_weights(trained):
    loaded = models.load(Run.open(trained))
    saved = keras.models.load_model(trained / "model.keras")
    for ours, theirs in zip(loaded.get_weights(), saved.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"not a zip" * 99])
def test_case_29_empty_or_foreign_model_is_damaged_not_missing(run_path, content):
    (run_path / "model.keras").write_bytes(content)
    refused(run_path, "model.keras is damaged or no whole model")


def test_case_30_flipped_byte_in_the_weights_fails_the_checksum(run_path):
    file = run_path / "model.keras"
    with zipfile.ZipFile(file) as archive:
        info = archive.getinfo("model.weights.h5")
    content = bytearray(file.read_bytes())
    content[info.header_offset + info.compress_size // 2] ^= 1
    file.write_bytes(content)
    refused(run_path, "model.keras is damaged")


@pytest.mark.parametrize("name", ["settings.json", "vocabulary.json", "model.keras"])
def test_case_31_missing_file_is_named(run_path, name):
    (run_path / name).unlink()
    refused(run_path, name)


@pytest.mark.parametrize(
    "text", ["", "{", "[1]", "null", '{"settings": {}}', "[" * 100_000, "\x00"]
)
@pytest.mark.parametrize("name", ["settings.json", "vocabulary.json"])
def test_case_31_and_32_bad_json_is_damaged(run_path, name, text):
    (run_path / name).write_text(text)
    refused(run_path, f"{name} is (missing or )?damaged")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"model": "os.system"}, "unknown model 'os.system'"),
        ({"cells": 10**9}, "--cells 1000000000: give an integer from 1 to 1,024"),
        ({"words": 10**12}, "--words 1000000000000"),
        ({"words": 100_000, "cells": 1_024}, "at most 10,000,000"),
        (
            {"layer": "builtin", "words": 100_000, "timesteps": 101},
            "10,100,000 numbers of a review",
        ),
        ({"cells": True}, "--cells True"),
        ({"edition": True}, "--edition True: one of 1, 2"),
        ({"deterministic": "no"}, "--deterministic 'no': one of False, True"),
        ({"model": ["lstm"]}, "--model .'lstm'.: give a name"),
        ({"backend": {}}, "--backend {}: one of tensorflow"),
        ({"cells": 4}, "does not fit the settings"),
        ({"layer": "mine"}, "--layer 'mine': one of custom, builtin"),
        ({"extra": 1}, "the settings must be"),
    ],
)
def test_case_34_and_38_impossible_settings_are_refused(run_path, change, words):
    file = run_path / "settings.json"
    written = json.loads(file.read_text())
    written["settings"].update(change)
    file.write_text(json.dumps(written))
    refused(run_path, words)


def replace_weights(run_path, change):
    """Rewrites model.keras with the weights file changed by a function of h5py.File."""
    file, weights = run_path / "model.keras", run_path / "weights.h5"
    with zipfile.ZipFile(file) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    weights.write_bytes(members["model.weights.h5"])
    with h5py.File(weights, "r+") as opened:
        change(opened)
    members["model.weights.h5"] = weights.read_bytes()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)


def datasets(opened):
    found = []
    opened.visititems(
        lambda name, thing: (
            found.append(name) if isinstance(thing, h5py.Dataset) else None
        )
    )
    return found


@pytest.mark.parametrize("value", [np.nan, np.inf, -1e38, 2e6])
def test_case_37_weights_that_are_no_numbers_are_refused(run_path, value):
    """Nor are those whose products could overflow: inf - inf is NaN, "negative"."""

    def spoil(opened):
        opened[datasets(opened)[0]][0] = value

    replace_weights(run_path, spoil)
    refused(run_path, "not finite numbers")


def test_case_35_external_link_in_the_weights_is_refused(run_path):
    def link(opened):
        name = datasets(opened)[0]
        del opened[name]
        opened[name] = h5py.ExternalLink("/etc/passwd", "/")

    replace_weights(run_path, link)
    refused(run_path, "model.keras")


def test_case_33_classes_that_the_file_names_are_never_looked_up(run_path, tmp_path):
    file = run_path / "model.keras"
    with zipfile.ZipFile(file) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    config = members["config.json"].decode()
    members["config.json"] = config.replace(
        "chapter9.layers.simple_rnn", "antigravity"
    ).encode()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    import sys

    models.load(Run.open(run_path))
    assert "antigravity" not in sys.modules


def test_case_35_numbers_that_unpack_to_any_size_are_refused(run_path):
    """A few kilobytes of file, of which one chunk would be unpacked to a gigabyte."""

    def bomb(opened):
        name = datasets(opened)[0]
        shape = opened[name].shape
        del opened[name]
        opened.create_dataset(
            *(name, shape, "f4"),
            maxshape=(None,) * len(shape),
            chunks=(2**28 // shape[-1], *shape[1:]),
            compression="gzip",
            data=np.zeros(shape, "f4"),
        )

    replace_weights(run_path, bomb)
    assert (run_path / "model.keras").stat().st_size < 2 * 2**20
    refused(run_path, "do not stand there one by one")


def test_case_37_numbers_that_are_declared_and_not_there_are_refused(run_path):
    def declare(opened):
        name = datasets(opened)[0]
        shape = opened[name].shape
        del opened[name]
        opened.create_dataset(name, shape, "f4")  # never written: HDF5 reads zeros

    replace_weights(run_path, declare)
    refused(run_path, "do not stand there one by one")


@needs_posix
@pytest.mark.parametrize("name", ["settings.json", "vocabulary.json", "model.keras"])
def test_case_40_a_fifo_or_a_device_in_a_run_is_refused(run_path, name):
    (run_path / name).unlink()
    os.mkfifo(run_path / name)
    refused(run_path, f"{name} is no regular file")
    (run_path / name).unlink()
    (run_path / name).symlink_to("/dev/zero")
    refused(run_path, f"{name} is no regular file")


@needs_posix
@pytest.mark.parametrize("name", ["settings.json", "vocabulary.json", "history.csv"])
def test_case_9_a_file_of_endless_size_is_refused_in_bounded_memory(run_path, name):
    with open(run_path / name, "r+b") as file:
        file.truncate(2**40)  # a hole: no room on the disk, all of it in memory
    with pytest.raises(UserError, match=r"has more than [\d,]+ bytes"):
        run = Run.open(run_path)
        assert run.vocabulary is not None
        run.history()


def restored(run_path):
    """The history of the newest snapshot that a new model of the run can use."""
    run = Run.open(run_path)
    model = models.new(run)
    training.compile_model(model)
    return snapshot.restore(run.snapshots, model)


def test_case_9_a_snapshot_that_unpacks_to_gigabytes_is_not_used(run_path, capsys):
    folder = run_path / "snapshots"
    with (
        zipfile.ZipFile(folder / "epoch-00009.npz", "w", zipfile.ZIP_DEFLATED) as bomb,
        bomb.open("history.npy", "w", force_zip64=True) as member,
    ):
        np.lib.format.write_array_header_1_0(
            member, {"descr": "|u1", "fortran_order": False, "shape": (2**30,)}
        )
        for _ in range(1024):
            member.write(bytes(2**20))
    assert len(restored(run_path)["loss"]) == 1
    assert "epoch-00009.npz is damaged, not used" in capsys.readouterr().err


def snapshot_with(run_path, name, array):
    """Adds an array to a newer snapshot than the run's, and restores what it can."""
    folder = run_path / "snapshots"
    [whole] = folder.iterdir()
    with np.load(whole) as members:
        np.savez_compressed(folder / "epoch-00099.npz", **members, **{name: array})
    return restored(run_path)


def test_case_9_numbers_that_fill_the_memory_when_looked_at_are_not_used(
    run_path, capsys
):
    assert snapshot_with(run_path, "x", np.zeros(280 * 2**20, np.int8))
    assert "needs more than 314,572,800 bytes" in capsys.readouterr().err


def test_a_name_in_a_snapshot_is_shown_and_not_obeyed(run_path, capsys):
    assert snapshot_with(run_path, "\x1b]0;x\x07\nerror: no", np.array([np.nan]))
    warning = capsys.readouterr().err
    assert "?]0;x??error: no is not finite" in warning
    assert warning.count("\n") == 1


@needs_posix
def test_case_40_a_fifo_among_the_snapshots_is_not_waited_for(run_path, capsys):
    os.mkfifo(run_path / "snapshots" / "epoch-00099.npz")
    assert len(restored(run_path)["loss"]) == 1
    assert "epoch-00099.npz is no regular file" in capsys.readouterr().err


def test_case_38_the_vocabulary_of_another_run_is_refused(run_path):
    file = run_path / "vocabulary.json"
    words = json.loads(file.read_text())
    file.write_text(json.dumps(words[::-1]))
    refused(run_path, "vocabulary.json is damaged or another run's")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("epoch,loss,accuracy,val_loss\n1,1,1,1\n", "no column 'val_accuracy'"),
        ("epoch,loss,accuracy,val_loss,val_accuracy\n", "no epoch"),
        ("loss,accuracy,val_loss,val_accuracy\n1,1,nan,1\n", "none can have"),
        ("loss,accuracy,val_loss,val_accuracy\n1,1,inf,1\n", "none can have"),
        ("loss,accuracy,val_loss,val_accuracy\n1,7,1,1\n", "none can have"),
        ("loss,accuracy,val_loss,val_accuracy\n-1,1,1,1\n", "none can have"),
        ("loss,accuracy,val_loss,val_accuracy\n1,1,1e300,1\n", "none can have"),
        (
            "loss,accuracy,val_loss,val_accuracy\n" + "1,1,1,1\n" * 10_001,
            "none can have",
        ),
        ("loss,accuracy,val_loss,val_accuracy\n1,1,1\n", "history.csv is damaged"),
    ],
)
def test_a_history_without_its_figures_is_damaged(run_path, text, words):
    (run_path / "history.csv").write_text(text)
    with pytest.raises(UserError, match=words):
        Run.open(run_path).history()


def test_case_37_weights_of_another_type_are_refused(run_path):
    def widen(opened):
        name = datasets(opened)[0]
        numbers = opened[name][...].astype("f8")
        del opened[name]
        opened[name] = numbers

    replace_weights(run_path, widen)
    refused(run_path, "weights of the type float64, not float32")


def test_data_that_train_does_not_write_is_refused(run_path):
    file = run_path / "settings.json"
    written = json.loads(file.read_text())
    for name in ("/etc/passwd", ["imdb"], None):
        written["data"]["name"] = name
        file.write_text(json.dumps(written))
        refused(run_path, "its data is none of imdb, sample")


@needs_linux
@pytest.mark.parametrize("pages_too_few", [1, 0], ids=["unpacking", "reading"])
def test_case_74_a_full_folder_for_temporary_files_is_not_the_models_fault(
    run_path, tmp_path, disk, monkeypatch, pages_too_few
):
    """Room for the packed weights alone, then for their numbers as well."""
    with zipfile.ZipFile(run_path / "model.keras") as archive:
        size = archive.getinfo("model.weights.h5").file_size
    pages = -(-size // 4096) - pages_too_few
    folder = disk(tmp_path / "temporary", f"{4 * pages}k")
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    refused(run_path, rf"unpack the weights into {folder}: No space left .* make room")
    assert not list(folder.iterdir())
    monkeypatch.undo()
    models.load(Run.open(run_path))
