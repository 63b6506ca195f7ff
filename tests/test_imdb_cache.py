"""The cache of IMDB: mapped, checked, made again, and no need of its own."""

import os
import shutil
import signal
import subprocess
import sys

import numpy as np
import pytest

from chapter9 import data
from tests import processes, tiny
from tests.conftest import needs_posix


@pytest.fixture
def path(tmp_path, monkeypatch):
    """A small imdb.npz; its cache shall be in tmp_path / "cache"."""
    monkeypatch.setenv("CHAPTER9_CACHE", str(tmp_path / "cache"))
    return tiny.write(tmp_path / "data")


@pytest.fixture
def fingerprint(path, tmp_path):
    """Of the reviews, as they are read without a cache."""
    found = data.load(str(path)).fingerprint
    shutil.rmtree(tmp_path / "cache")
    return found


@pytest.fixture
def small_disk(tmp_path, fingerprint, disk):
    """A real disk of 4,096 bytes for the cache, which has been read without it."""
    return disk(tmp_path / "cache", "4k")


def test_second_load_maps_the_cache_instead_of_reading_the_file(imdb_corpus, imdb_path):
    again = data.load(str(imdb_path))
    assert isinstance(again.training.tokens, np.memmap)
    assert again.fingerprint == imdb_corpus.fingerprint


def test_cut_off_cache_is_made_again(path, tmp_path, fingerprint):
    data.load(str(path))
    [file] = tmp_path.glob("cache/imdb-*/training_tokens.npy")
    whole = file.read_bytes()
    file.write_bytes(whole[:1000])
    assert data.load(str(path)).fingerprint == fingerprint
    assert file.read_bytes() == whole


@pytest.mark.parametrize("name", ["test_labels.npy", "training_offsets.npy", "crc32"])
def test_cache_with_one_bit_changed_is_made_again(path, tmp_path, fingerprint, name):
    data.load(str(path))
    [file] = tmp_path.glob(f"cache/imdb-*/{name}")
    whole = bytearray(file.read_bytes())
    file.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    assert data.load(str(path)).fingerprint == fingerprint
    assert file.read_bytes() == whole


def test_cache_whose_header_is_cut_off_is_made_again(path, tmp_path, fingerprint):
    """NumPy's header reader raises an error of Python's own parser there."""
    data.load(str(path))
    [file] = tmp_path.glob("cache/imdb-*/test_labels.npy")
    whole = file.read_bytes()
    file.write_bytes(whole.replace(b"}", b"\0"))
    assert data.load(str(path)).fingerprint == fingerprint
    assert file.read_bytes() == whole


def _load_killed(step, folder, path):
    os.environ["CHAPTER9_CACHE"] = str(folder)
    sys.addaudithook(processes.killer(step, str(folder)))
    data.load(str(path))


@needs_posix
def test_case_15_killed_at_every_write_step_of_the_cache(path, tmp_path, fingerprint):
    folder, codes = tmp_path / "cache", []
    while 0 not in codes:
        arguments = len(codes) + 1, folder, path
        process = processes.Process(target=_load_killed, args=arguments)
        process.start()
        process.join(60)
        codes.append(process.exitcode)
        assert data.load(str(path)).fingerprint == fingerprint
        names = sorted(file.name for file in folder.iterdir())
        assert names[1:] in ([], [f"{names[0]}.lock"])
        shutil.rmtree(folder)
    assert len(codes) > 8
    assert set(codes[:-1]) == {-signal.SIGKILL}


def test_case_13_and_74_full_cache_is_named_and_not_needed(
    path, small_disk, fingerprint, capsys
):
    assert data.load(str(path)).fingerprint == fingerprint
    error = capsys.readouterr().err
    assert f"no cache in {small_disk}" in error
    assert "None" not in error
    assert not [file for file in small_disk.iterdir() if file.is_dir()]


def test_case_13_read_only_cache_is_named_and_not_needed(
    path, small_disk, fingerprint, capsys
):
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    assert data.load(str(path)).fingerprint == fingerprint
    error = capsys.readouterr().err
    assert f"no cache in {small_disk}" in error
    assert "Read-only file system" in error
