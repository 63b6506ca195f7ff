"""Training writes in its run folder and nowhere else, and leaves no litter there."""

import os

import filelock
import pytest

from before_keras.safety.errors import UserError
from chapter9.run_folder.run_lock import locked
from tests.conftest import needs_posix


@pytest.fixture
def folder(tmp_path):
    """A run folder with snapshots, and a folder of someone else's beside it."""
    (tmp_path / "run" / "snapshots").mkdir(parents=True)
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "epoch-00001.npz").write_text("precious")
    return tmp_path / "run"


@pytest.mark.parametrize("place", ["logs", "logs/train", "snapshots", ".lock"])
def test_case_36_a_run_that_links_to_elsewhere_is_refused(folder, place):
    other = folder.parent / "other"
    (folder / "snapshots").rmdir()
    (folder / place).parent.mkdir(exist_ok=True)
    (folder / place).symlink_to(
        other / "epoch-00001.npz" if place == ".lock" else other
    )
    words = f"({place} is a link: |cannot write .*{place})"
    with pytest.raises(UserError, match=words), locked(folder):
        pytest.fail("the lock was had")
    assert [file.name for file in other.iterdir()] == ["epoch-00001.npz"]
    assert (other / "epoch-00001.npz").read_text() == "precious"
    assert not (folder / ".pid").exists()


def test_a_link_that_nothing_is_written_through_is_fine(folder):
    (folder / "imdb.npz").symlink_to(folder.parent / "other" / "epoch-00001.npz")
    with locked(folder):
        assert (folder / ".pid").exists()


def test_what_a_kill_left_is_removed_and_nothing_else(folder):
    left = [".123-model.keras", ".4-history.csv", "snapshots/.55-epoch-00002.npz"]
    left += [".66-learning_curve.png", ".7-.pid", ".8-vocabulary.json"]
    kept = [".2024-diary.txt", ".1-x", "snapshots/epoch-notes.npz", ".5-epoch-2.npz"]
    for name in (*left, *kept):
        (folder / name).write_text("x")
    with locked(folder):
        assert not any((folder / name).exists() for name in left)
        assert all((folder / name).exists() for name in kept)


@needs_posix
@pytest.mark.parametrize("kind", ["FIFO", "endless", "foreign"])
def test_case_73_a_strange_pid_of_a_folder_in_use_is_not_read(folder, kind):
    owner = folder / ".pid"
    with filelock.FileLock(folder / ".lock"):
        if kind == "FIFO":
            os.mkfifo(owner)
        elif kind == "endless":
            with open(owner, "wb") as file:
                file.truncate(2**40)
        else:
            owner.write_text("no number")
        with (
            pytest.raises(UserError, match="is in use by another process"),
            locked(folder),
        ):
            pytest.fail("the lock was had")


@pytest.mark.parametrize("name", [".pid", ".lock"])
def test_a_folder_in_the_place_of_a_file_is_named(folder, name):
    (folder / name).mkdir()
    with pytest.raises(UserError, match=rf"cannot write .*\{name}"), locked(folder):
        pytest.fail("the lock was had")


def test_an_error_within_is_left_as_it_is(folder):
    with pytest.raises(OSError, match="of the training itself"), locked(folder):
        raise OSError("of the training itself")
    with locked(folder):
        pass  # and the lock is free again
