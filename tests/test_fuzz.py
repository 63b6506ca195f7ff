"""Thousands of damaged files: no crash, hang or traceback, and no memory to speak of.

CHAPTER9_FUZZ is the number of cases for each kind of file; `make soak` has thousands.
"""

import itertools
import json
import os
import shutil
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import models
from before_keras.own_reviews import SUFFIXES, TOKENS, Asked
from before_keras.safety.errors import UserError
from before_keras.settings import Settings
from chapter9 import data, page
from chapter9.data import imdb_file
from chapter9.model_files import saved_layers
from chapter9.parameters import explain
from chapter9.run_folder import snapshot
from chapter9.run_folder.run import Run
from chapter9.training import train as training
from tests import own, tiny
from tests.damage import damaged, damaged_zip, edited_json

CASES = int(os.environ.get("CHAPTER9_FUZZ", "250"))
MAX_MEMORY = 300 * 2**20  # bytes beyond what the process had before
MAX_SECONDS = 10  # of a processor, for one file

fuzz = settings(
    deadline=None,
    max_examples=CASES,
    suppress_health_check=list(HealthCheck),
    database=None,
)
pytestmark = [
    pytest.mark.long,
    pytest.mark.timeout(7_200),
    pytest.mark.filterwarnings("ignore:Duplicate name"),
]


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """A real run folder, small and quickly trained."""
    folder = tmp_path_factory.mktemp("trained")
    corpus = data.load(str(tiny.write(folder / "data")))
    options = Settings(
        model="lstm", words=30, cells=3, timesteps=6, batch_size=8, epochs=1
    )
    run = Run.create(folder / "run", options, corpus)
    model = models.build(options.model, **options.model_options())
    training.train(model, corpus, run, verbose=0)
    return run.path


def memory(name):
    """Bytes of this process: VmRSS now, or VmHWM, the most since the last reset."""
    lines = Path("/proc/self/status").read_text().splitlines()
    [line] = [line for line in lines if line.startswith(f"{name}:")]
    return int(line.split()[1]) * 1024


@pytest.fixture
def bounded():
    """Holds the whole test to the memory that strangers' files may take.

    The process that reads HDF5 has a limit of its own (hdf5_file.py).
    """
    if not Path("/proc/self/clear_refs").exists():
        pytest.skip("measures memory as Linux has it")
    before = memory("VmRSS")
    Path("/proc/self/clear_refs").write_text("5")  # VmHWM begins anew
    yield
    assert memory("VmHWM") - before < MAX_MEMORY


def judge(read):
    """Returns what `read` returns, or None if it refuses in one line; bounds its time.

    The time is the processor's, of this process and of those that it started.
    """
    start = sum(os.times()[:4])
    try:
        return read()
    except UserError as error:
        assert "\n" not in str(error)
        assert len(str(error)) < 2_000
        return None
    finally:
        assert sum(os.times()[:4]) - start < MAX_SECONDS


def whole_files(folder):
    return {
        file.name: file.read_bytes()
        for file in folder.iterdir()
        if file.suffix in KINDS
    }


KINDS = {".json": edited_json, ".keras": damaged_zip, ".csv": damaged}


def one_file_damaged(draw, folder, path):
    """Copies a run with one of its files damaged in one way."""
    files = whole_files(folder)
    name = draw.draw(st.sampled_from(sorted(files)))
    on_bytes = damaged(files[name], tuple(files.values()))
    inside = KINDS[Path(name).suffix](files[name])
    files[name] = draw.draw(st.one_of(on_bytes, inside))
    shutil.rmtree(path, ignore_errors=True)
    path.mkdir()
    for file, content in files.items():
        (path / file).write_bytes(content)
    return name


@fuzz
@given(st.data())
def test_a_damaged_run_is_refused_or_says_what_it_said(
    trained, tmp_path_factory, bounded, draw
):
    path = tmp_path_factory.getbasetemp() / "damaged run"
    name = one_file_damaged(draw, trained, path)

    def read():
        run = Run.open(path)
        run.history()
        assert run.vocabulary.words is not None
        return run, models.load(run)

    if (found := judge(read)) is None:
        return
    run, model = found
    assert all(np.isfinite(weight).all() for weight in model.get_weights())
    # Damage that hits nothing that is read: the weights have their own checksum.
    if name != "model.keras" and run.settings == Run.open(trained).settings:
        whole = models.load(Run.open(trained))
        for ours, theirs in zip(model.get_weights(), whole.get_weights(), strict=True):
            np.testing.assert_array_equal(ours, theirs)


@fuzz
@given(st.data())
def test_a_damaged_model_file_is_explained_or_refused(
    trained, tmp_path_factory, bounded, draw
):
    whole = (trained / "model.keras").read_bytes()
    path = tmp_path_factory.getbasetemp() / "damaged.keras"
    path.write_bytes(draw.draw(st.one_of(damaged(whole), damaged_zip(whole))))
    table = judge(lambda: explain(saved_layers.of_file(path)))
    assert table is None or isinstance(table.holds, bool)


@settings(fuzz, max_examples=CASES // 10)  # two processes read the HDF5 of each
@given(st.data())
def test_a_damaged_model_file_is_taken_by_the_page_or_refused(
    trained, tmp_path_factory, bounded, draw
):
    whole = (trained / "model.keras").read_bytes()
    path = tmp_path_factory.getbasetemp() / "damaged.keras"
    path.write_bytes(draw.draw(damaged_zip(whole)))
    found = judge(lambda: page.saved_model(path))
    assert found is None or json.dumps(found, allow_nan=False)


@fuzz
@given(st.data())
def test_damaged_imdb_data_are_refused_or_are_reviews(tmp_path_factory, bounded, draw):
    folder = tmp_path_factory.getbasetemp()
    whole = tiny.write(folder / "whole").read_bytes()
    path = folder / "damaged.npz"
    path.write_bytes(draw.draw(st.one_of(damaged(whole), damaged_zip(whole))))
    found = judge(lambda: imdb_file.read(path))
    for reviews in found or ():
        assert len(reviews) == len(reviews.lengths)
        assert set(reviews.labels) <= {0, 1}


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """A cache of this test's own."""
    monkeypatch.setenv("CHAPTER9_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


OWN_FILES = tuple(itertools.product(SUFFIXES, ("utf-8", "utf-16", "cp949")))


@fuzz
@given(st.data())
def test_a_users_damaged_reviews_are_refused_or_are_reviews(
    tmp_path, cache, bounded, draw
):
    suffix, encoding = draw.draw(st.sampled_from(OWN_FILES))
    whole = own.write(tmp_path / f"whole{suffix}", encoding=encoding).read_bytes()
    path = tmp_path / f"damaged{suffix}"
    path.write_bytes(draw.draw(damaged(whole)))
    asked = Asked(tokens=draw.draw(st.sampled_from(TOKENS)))
    shutil.rmtree(cache, ignore_errors=True)
    if (found := judge(lambda: data.load(str(path), asked))) is None:
        return
    assert len(set(found.labels)) == 2
    for reviews in (found.training, found.test):
        assert len(reviews) == len(reviews.lengths)
        assert set(reviews.labels) <= {0, 1}
    again = data.load(str(path), asked)  # from the cache
    assert again.fingerprint == found.fingerprint
    assert again.vocabulary.words == found.vocabulary.words


@fuzz
@given(st.data())
def test_a_damaged_cache_changes_no_review(tmp_path, cache, bounded, draw):
    shutil.rmtree(cache, ignore_errors=True)
    path = own.write(tmp_path / "whole.csv")
    whole = data.load(str(path), Asked())
    fingerprint, words = whole.fingerprint, whole.vocabulary.words
    [folder] = cache.glob("own-*[!k]")
    file = draw.draw(st.sampled_from(sorted(folder.iterdir())))
    content = file.read_bytes()
    file.unlink()  # what is mapped stays as it is
    file.write_bytes(draw.draw(damaged(content)))
    found = judge(lambda: data.load(str(path), Asked()))
    assert found.fingerprint == fingerprint
    assert found.vocabulary.words == words  # bytes behind an array's end do no harm


@pytest.fixture(scope="module")
def compiled(trained):
    """A model of the run's settings; one for all snapshots, for Keras keeps each."""
    model = models.new(Run.open(trained))
    training.compile_model(model)
    return model


@fuzz
@given(st.data())
def test_a_damaged_snapshot_is_noticed(
    trained, compiled, tmp_path_factory, bounded, draw
):
    folder = tmp_path_factory.getbasetemp() / "snapshots"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(trained / "snapshots", folder)
    [file] = folder.iterdir()
    file.write_bytes(draw.draw(damaged(file.read_bytes())))
    history = judge(lambda: snapshot.restore(folder, compiled))
    assert history is None or len(history["loss"]) == 1
