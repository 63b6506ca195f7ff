"""An export that is killed: the one before is whole, or the next brings it back."""

import os
import signal
import sys

import filelock
import keras
import numpy as np
import pytest

import models
from before_keras.safety.errors import UserError
from chapter9 import exports
from tests import processes
from tests.conftest import needs_posix
from tests.export_matrix import run_with_weights, token_ids

SOAK = "CHAPTER9_KILLS" in os.environ  # make soak kills at every step, not at renames
EVENTS = processes.FILE_EVENTS if SOAK else ("os.rename",)
FILES = {"card.json", "README.md", "model.keras", "vocabulary.json", "predict.py"}
FILES |= {"text_to_ids.py", "tokens.py"}

pytestmark = pytest.mark.skipif(
    keras.backend.backend() != "tensorflow", reason="written by any backend"
)


@pytest.fixture
def run(tmp_path):
    return run_with_weights(tmp_path, "embedding", "builtin")


def write(run, target, sign=1, overwrite=True):
    """Exports the run's weights times `sign`."""
    model = models.load(run)
    model.set_weights([sign * weight for weight in model.get_weights()])
    exports.write(target, "keras", run, model, model, token_ids(run), overwrite)


def killed(step, run, target):
    """Replaces the export by one with the opposite weights, until it is killed."""
    sys.addaudithook(processes.killer(step, str(target.parent), EVENTS))
    write(run, target, -1)


def sign_of(run, target):
    """Whose weights a whole export has; nothing lies beside it."""
    assert [file.name for file in target.parent.iterdir()] == [target.name]
    assert {file.name for file in target.iterdir()} == FILES
    exported = keras.saving.load_model(target / "model.keras").get_weights()
    expected = models.load(run).get_weights()
    signs = [np.sign(a / b).flat for a, b in zip(exported, expected, strict=True)]
    (sign,) = set(np.concatenate(signs))
    return int(sign)


@needs_posix
@pytest.mark.long
@pytest.mark.timeout(3_600)
def test_case_81_killed_at_every_write_step_of_an_export(run, tmp_path):
    target, codes, there, signs = tmp_path / "exports" / "model", [], [], []
    write(run, target)
    while 0 not in codes:
        arguments = len(codes) + 1, run, target
        process = processes.Process(target=killed, args=arguments)
        process.start()
        process.join(600)
        codes.append(process.exitcode)
        there.append(target.exists())
        with pytest.raises(UserError, match="--overwrite replaces it"):
            write(run, target, overwrite=False)  # which brings it back
        signs.append(sign_of(run, target))
    assert set(codes[:-1]) == {-signal.SIGKILL}
    assert there.count(False) >= 1, "no kill fell between the two renames"
    assert signs == sorted(signs, reverse=True)  # the one before, then the new one
    assert signs[0] == 1
    assert signs[-1] == -1


def test_case_81_a_folder_that_cannot_be_renamed_leaves_the_export_before(
    run, tmp_path, monkeypatch
):
    target = tmp_path / "exports" / "model"
    write(run, target)
    replace = os.replace

    def refuse(source, place):
        if source.name == "new":
            raise PermissionError(13, "Permission denied", str(source))
        replace(source, place)

    monkeypatch.setattr(os, "replace", refuse)
    with pytest.raises(UserError, match=r"cannot write .*model"):
        write(run, target, -1)
    assert sign_of(run, target) == 1


def test_case_81_two_exports_to_one_place_at_once(run, tmp_path):
    target = tmp_path / "exports" / "model"
    part = target.with_name(".model.part")
    part.mkdir(parents=True)
    with (
        filelock.FileLock(part / "lock"),
        pytest.raises(UserError, match="is being written by another process"),
    ):
        write(run, target)
    write(run, target)
    assert sign_of(run, target) == 1
