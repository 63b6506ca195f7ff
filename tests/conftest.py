"""What all tests share: the real data where there is any, and a cache of its own."""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("JAX_ENABLE_X64", "1")  # for float64 against the NumPy loop
sys.path.insert(0, str(ROOT))

if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:  # as nohup leaves it
    signal.signal(signal.SIGINT, signal.default_int_handler)

needs_posix = pytest.mark.skipif(
    os.name != "posix", reason="Windows has no such signals, paths, FIFOs or holes"
)
needs_linux = pytest.mark.skipif(
    sys.platform != "linux", reason="only Linux has this device or limit"
)


def own_files() -> list[str]:
    """The names of the project's files: as git, or a source distribution, has them."""
    if (ROOT / ".git").exists():
        command = ["git", "-C", str(ROOT), "ls-files", "-z"]
        listed = subprocess.check_output(command).decode().split("\0")[:-1]
    else:
        sources = ROOT / "chapter9.egg-info" / "SOURCES.txt"
        listed = sources.read_text(encoding="utf-8").splitlines()
    return [name for name in listed if (ROOT / name).exists()]


def find_imdb() -> Path | None:
    """The real imdb.npz, where this machine has it.

    Raises:
        UsageError: if it is named and not there: every test on it would be skipped.
    """
    named = os.environ.get("CHAPTER9_DATA")
    if named and not Path(named).is_file():
        raise pytest.UsageError(f"CHAPTER9_DATA names no file: {named}")
    path = Path(named) if named else ROOT.parent / "shared" / "imdb" / "imdb.npz"
    return path if path.exists() else None


def pytest_configure():
    """Ends the tests before the first one if the data is named and not there."""
    find_imdb()


@pytest.fixture(scope="session", autouse=True)
def own_cache(tmp_path_factory):
    """A cache folder of the tests' own; no data named by the machine's environment."""
    found = find_imdb()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CHAPTER9_CACHE", str(tmp_path_factory.mktemp("cache")))
        patch.setenv("KERAS_HOME", str(tmp_path_factory.mktemp("keras")))
        patch.delenv("CHAPTER9_DATA", raising=False)
        yield found


@pytest.fixture(scope="session")
def imdb_path(own_cache):
    """The path of the real imdb.npz."""
    if own_cache is None:
        pytest.skip("no IMDB data: set CHAPTER9_DATA")
    return own_cache


@pytest.fixture(scope="session")
def imdb_corpus(imdb_path):
    """The real reviews."""
    from chapter9 import data

    return data.load(str(imdb_path))


@pytest.fixture
def disk():
    """Mounts real disks: after disk(folder, "4k") the folder holds so many bytes."""
    mounted = []

    def mount(folder, size):
        folder.mkdir(exist_ok=True)
        line = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)]
        if not shutil.which("mount") or subprocess.run(line).returncode:
            pytest.skip("only root can mount a disk, and only Linux has tmpfs")
        mounted.append(folder)
        return folder

    yield mount
    for folder in mounted:
        subprocess.run(["umount", str(folder)], check=True)


def run_command(*arguments, stdin=b"", timeout=300, **environment):
    """Runs a command of this project as a user does: (exit code, stdout, stderr)."""
    done = subprocess.run(
        [sys.executable, *map(str, arguments)],
        cwd=ROOT,
        input=stdin,
        capture_output=True,
        timeout=timeout,
        env={**os.environ, **environment},
    )
    return done.returncode, done.stdout.decode(), done.stderr.decode()


@pytest.fixture(scope="module")
def said(tmp_path_factory):
    """Runs a command to its end; returns its exit code and its output."""
    from tests import processes  # which imports this file

    log = tmp_path_factory.mktemp("said") / "log"

    def run(*arguments, **options):
        log.unlink(missing_ok=True)
        code = processes.run(*arguments, log=log, **options)
        return code, log.read_text()

    return run
