"""The download, against real servers on this machine that stall, lie and break off."""

import contextlib
import hashlib
import http.server
import multiprocessing
import os
import signal
import threading
import time
from pathlib import Path

import pytest

from before_keras.safety import bounds
from before_keras.safety.errors import UserError
from chapter9 import data
from chapter9.data import download, imdb
from tests.conftest import needs_posix

CONTENT = os.urandom(300_000)
GOOD = hashlib.sha256(CONTENT).hexdigest()


@contextlib.contextmanager
def server(behaviour="honest"):
    """A server on this machine; yields its address and the list of its requests."""
    requests = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            requests.append(self.path)
            self.send_response(200)
            if behaviour != "endless":
                self.send_header("Content-Length", str(len(CONTENT)))
            self.end_headers()
            if behaviour == "stall":
                self.wfile.write(CONTENT[:1000])
                time.sleep(20)
            elif behaviour == "slow":
                for i in range(0, len(CONTENT), 10_000):
                    self.wfile.write(CONTENT[i : i + 10_000])
                    time.sleep(0.05)
            elif behaviour == "endless":
                while True:
                    self.wfile.write(CONTENT)
            else:
                self.wfile.write(CONTENT)

        def handle(self):
            with contextlib.suppress(ConnectionError):
                super().handle()

        def log_message(self, *arguments):
            pass

    listening = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    listening.daemon_threads = True
    threading.Thread(target=listening.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{listening.server_port}/imdb.npz", requests
    finally:
        listening.shutdown()


def test_download_leaves_the_file_and_nothing_else_but_its_lock(tmp_path):
    with server() as (url, _):
        download.download(url, tmp_path / "a" / "imdb.npz", GOOD)
    assert (tmp_path / "a" / "imdb.npz").read_bytes() == CONTENT
    names = {file.name for file in (tmp_path / "a").iterdir()}
    assert names <= {"imdb.npz", "imdb.npz.lock"}


def _download(url, path):
    download.download(url, path, GOOD)


@needs_posix
def test_case_4_killed_download_leaves_a_part_and_a_rerun_succeeds(tmp_path):
    path = tmp_path / "imdb.npz"
    with server("slow") as (url, _):
        process = multiprocessing.get_context("fork").Process(
            target=_download, args=(url, path)
        )
        process.start()
        part = tmp_path / "imdb.npz.part"
        while not (part.exists() and part.stat().st_size):
            time.sleep(0.01)
        os.kill(process.pid, signal.SIGKILL)
        process.join()
    assert not path.exists()
    with server() as (url, _):
        download.download(url, path, GOOD)
    assert path.read_bytes() == CONTENT
    assert not part.exists()


def test_case_5_wrong_checksum_is_quarantined_and_both_are_shown(tmp_path):
    wanted = "0" * 64
    with server() as (url, _), pytest.raises(UserError, match=GOOD) as error:
        download.download(url, tmp_path / "imdb.npz", wanted)
    assert wanted in str(error.value)
    assert (tmp_path / "imdb.npz.quarantined").read_bytes() == CONTENT
    assert not (tmp_path / "imdb.npz").exists()


@needs_posix
def test_case_6_two_downloads_at_once_both_succeed_with_one_request(tmp_path):
    path = tmp_path / "imdb.npz"
    with server("slow") as (url, requests):
        processes = [
            multiprocessing.get_context("fork").Process(
                target=_download, args=(url, path)
            )
            for _ in range(2)
        ]
        for process in processes:
            process.start()
        for process in processes:
            process.join(60)
    assert [process.exitcode for process in processes] == [0, 0]
    assert path.read_bytes() == CONTENT
    assert len(requests) == 1


def test_case_7_stalled_server_times_out(tmp_path, monkeypatch):
    monkeypatch.setattr(bounds, "MAX_SILENT_SECONDS", 0.5)
    with server("stall") as (url, _), pytest.raises(UserError, match="cannot download"):
        download.download(url, tmp_path / "imdb.npz", GOOD)
    assert not (tmp_path / "imdb.npz").exists()


def test_case_7_server_that_sends_without_end_fills_no_disk(tmp_path, monkeypatch):
    monkeypatch.setattr(bounds, "MAX_DOWNLOAD", 1_000_000)
    with server("endless") as (url, _), pytest.raises(UserError, match="sends more"):
        download.download(url, tmp_path / "imdb.npz", GOOD)
    assert [file.name for file in tmp_path.glob("*.npz*")] in ([], ["imdb.npz.lock"])


def test_case_7_the_bound_of_a_download_is_near_what_keras_has(tmp_path, monkeypatch):
    """IMDB has 17 MB: a server that sends without end fills no more than 64 MiB."""
    folder, most = tmp_path, 0
    unlink = Path.unlink

    def measured(path, **options):
        nonlocal most
        if path.suffix == ".part" and path.exists():
            most = path.stat().st_size
        unlink(path, **options)

    monkeypatch.setattr(Path, "unlink", measured)
    with server("endless") as (url, _), pytest.raises(UserError, match="sends more"):
        download.download(url, folder / "imdb.npz", GOOD)
    assert 2 * 17_464_789 < most <= 64 * 2**20


@pytest.fixture
def keras_cache(tmp_path, monkeypatch):
    """A Keras cache that holds a file with the checksum that is asked for."""
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    monkeypatch.setattr(imdb, "ORIGIN", "http://127.0.0.1:9/")  # nothing listens
    monkeypatch.setattr(imdb, "HASHES", {imdb.REVIEWS: GOOD})
    file = tmp_path / "datasets" / imdb.REVIEWS
    file.parent.mkdir()
    file.write_bytes(CONTENT)
    return file


def test_case_2_valid_cache_needs_no_network(keras_cache):
    assert imdb.find(imdb.REVIEWS) == keras_cache


def test_case_3_corrupt_cache_is_kept_and_named(keras_cache):
    keras_cache.write_bytes(CONTENT[:-1])
    with pytest.raises(UserError, match="is damaged: its checksum is") as error:
        imdb.find(imdb.REVIEWS)
    assert str(keras_cache) in str(error.value)
    assert keras_cache.read_bytes() == CONTENT[:-1]
    assert data.load("auto").name == "sample"
    assert keras_cache.read_bytes() == CONTENT[:-1]


def test_case_13_read_only_cache_is_named(tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("in the way of the folder")
    with server() as (url, _), pytest.raises(UserError, match="cannot write") as error:
        download.download(url, blocked / "imdb.npz", GOOD)
    assert str(blocked) in str(error.value)


@needs_posix
def test_case_13_full_disk_is_named(tmp_path):
    """A file-size limit stops the write as a full disk does."""

    def limited(url, path, queue):
        import resource

        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
        try:
            download.download(url, path, GOOD)
        except UserError as error:
            queue.put(str(error))

    context = multiprocessing.get_context("fork")
    queue = context.Queue()
    with server() as (url, _):
        process = context.Process(
            target=limited, args=(url, tmp_path / "imdb.npz", queue)
        )
        process.start()
        message = queue.get(timeout=60)
        process.join()
    assert "cannot write" in message
    assert "imdb.npz" in message
    assert not (tmp_path / "imdb.npz").exists()
