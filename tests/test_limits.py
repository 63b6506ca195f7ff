"""Limits that the operating system sets, and files that it flushes: each by itself."""

import json
import os
import shutil
import subprocess
import sys
import threading

import pytest

from before_keras import run_settings
from before_keras.safety import bounds, files, untrusted
from before_keras.safety.errors import UserError
from before_keras.settings import Settings
from chapter9.model_files.hdf5_file import PROGRAM
from chapter9.run_folder import snapshot
from chapter9.run_folder.run import Run
from tests.conftest import ROOT, needs_linux

resource = pytest.importorskip("resource", reason="no limits on Windows")


def address_space():
    return resource.getrlimit(resource.RLIMIT_AS)


@pytest.fixture
def limits():
    """Whether this system bounds memory; without it nothing is set, and all is read."""
    before = address_space()
    yield untrusted.STATM.exists()
    assert address_space() == before


def test_case_60_two_threads_leave_no_limit_behind(limits):
    inside, leave = threading.Event(), threading.Event()

    def second():
        with untrusted.bounded_memory():
            inside.set()
            leave.wait(10)

    thread = threading.Thread(target=second)
    with untrusted.bounded_memory():
        assert (address_space()[0] != resource.RLIM_INFINITY) or not limits
        thread.start()
        # Were both within at once, the second would take the first's limit for the
        # one before, and set it for good when it leaves last.
        inside.wait(1)
    leave.set()
    thread.join()
    assert inside.is_set()


def test_one_thread_may_read_within_reading(limits):
    with untrusted.bounded_memory():
        outer = address_space()
        with untrusted.bounded_memory():
            assert address_space()[0] <= outer[0] or not limits
        assert address_space() == outer


def test_case_60_without_proc_memory_is_not_bounded_and_files_are_read(
    limits, monkeypatch, tmp_path
):
    monkeypatch.setattr(untrusted, "STATM", tmp_path / "none")
    (tmp_path / "a.json").write_text("[1]")
    with untrusted.bounded_memory():
        assert untrusted.read_json(tmp_path / "a.json") == [1]


@pytest.mark.parametrize("has_proc", [True, False])
def test_case_60_each_limit_of_the_hdf5_process_is_set_by_itself(tmp_path, has_proc):
    program = (
        "import json, pathlib, resource, runpy, sys\n"
        "names = runpy.run_path(sys.argv[1], run_name='read')\n"
        "limit = names['_limit_this_process']\n"
        "if sys.argv[3]: limit.__globals__['STATM'] = pathlib.Path(sys.argv[3])\n"
        "limit(json.loads(sys.argv[2]))\n"
        "kinds = resource.RLIMIT_CPU, resource.RLIMIT_CORE, resource.RLIMIT_AS\n"
        "print(json.dumps([resource.getrlimit(kind) for kind in kinds]))\n"
    )
    known = json.dumps({n: v for n, v in vars(bounds).items() if n.isupper()})
    none = "" if has_proc else str(tmp_path / "none")
    done = subprocess.run(
        [sys.executable, "-c", program, PROGRAM, known, none],
        capture_output=True,
        check=True,
    )
    processor, core, memory = json.loads(done.stdout)
    assert processor == [bounds.MAX_HDF5_SECONDS] * 2
    assert core == [0, 0]
    bounded = has_proc and untrusted.STATM.exists()
    assert (memory[0] > bounds.MAX_MEMORY) if bounded else memory == [*address_space()]


@pytest.mark.skipif(not shutil.which("strace"), reason="needs strace")
def test_case_15_a_file_is_on_the_disk_before_it_takes_its_place(tmp_path):
    """As the operating system hears it: written, flushed, renamed."""
    program = "import pathlib, sys; from before_keras.safety.files import write_text; "
    program += "write_text(pathlib.Path(sys.argv[1]), 'whole')"
    log, file = tmp_path / "log", tmp_path / "a.json"
    calls = "--trace=write,fsync,fdatasync,rename,renameat,renameat2"
    subprocess.run(
        ["strace", "-y", calls, "-o", log, sys.executable, "-c", program, file],
        cwd=ROOT,
        check=True,
    )
    lines = [line for line in log.read_text().splitlines() if "a.json" in line]
    assert [line.split("(")[0] for line in lines] == ["write", "fsync", "rename"]


@needs_linux
@pytest.mark.parametrize("name", ["settings.json", "vocabulary.json"])
def test_json_that_needs_much_memory_is_refused(tmp_path, monkeypatch, name):
    """Eight million empty objects have 500 MB: more than what may be lying idle."""
    text = "[" + "{}," * 2**23 + "{}]"
    monkeypatch.setattr(bounds, "MAX_TEXT_FILE", len(text))
    (tmp_path / "settings.json").write_text("{}")
    (tmp_path / name).write_text(text)
    with pytest.raises(UserError, match=f"{name} is damaged: it needs more than"):
        if name == "settings.json":
            run_settings.read(tmp_path)
        run = Run(tmp_path, Settings(), {"vocabulary": ""})
        assert run.vocabulary


@needs_linux
@pytest.mark.parametrize("name", ["settings.json", "vocabulary.json", "history.csv"])
def test_case_72_a_file_that_cannot_be_read_is_not_called_damaged(tmp_path, name):
    """The kernel gives an error for every read of this file, as a bad disk does."""
    (tmp_path / name).symlink_to("/proc/self/mem")
    with pytest.raises(UserError, match=rf"cannot read .*{name}: Input/output error"):
        if name == "settings.json":
            run_settings.read(tmp_path)
        run = Run(tmp_path, Settings(), {"vocabulary": ""})
        assert run.history() if name == "history.csv" else run.vocabulary


def test_case_72_snapshots_that_cannot_be_listed_are_not_called_missing(tmp_path):
    (tmp_path / "snapshots").write_text("a file in the place of the folder")
    with pytest.raises(UserError, match=r"cannot read .*snapshots"):
        snapshot.restore(tmp_path / "snapshots", None)


def test_case_58_what_is_flushed_is_open_for_writing(tmp_path, monkeypatch):
    """Windows flushes no file that is open for reading alone."""
    fcntl = pytest.importorskip("fcntl")
    modes = []

    def fsync(number):
        modes.append(fcntl.fcntl(number, fcntl.F_GETFL) & os.O_ACCMODE)
        flush(number)

    flush = os.fsync
    monkeypatch.setattr(os, "fsync", fsync)
    files.write_text(tmp_path / "a", "한글\n")
    assert modes == [os.O_RDWR]
    assert (tmp_path / "a").read_bytes() == "한글\n".encode()
