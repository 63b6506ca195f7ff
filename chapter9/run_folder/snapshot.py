"""A snapshot: everything that the next epoch needs, and nothing else.

    snapshots/epoch-00007.npz   weights, seed generators, optimizer, history to epoch 7

The order of the reviews follows from the seed and the epoch's number, early stopping
and the best epoch from the history. The last two snapshots are kept: if a kill or a bad
disk damages the newest one, the one before it serves.
"""

import fnmatch
import json
import os
import sys
from pathlib import Path
from typing import Any

import keras
import numpy as np

from before_keras.language import _
from before_keras.safety import bounds
from before_keras.safety.errors import UserError, cannot_read
from before_keras.safety.files import atomic
from before_keras.safety.printable import printable
from before_keras.safety.untrusted import bounded_memory, of_a_run, regular_file
from chapter9.run_folder.history import History, is_history

KEPT = 2
NAMES = f"epoch-{'[0-9]' * 5}.npz"


def save(folder: Path, model: keras.Model, history: History) -> None:
    """Writes the state after the last epoch in `history`, and removes old snapshots.

    Args:
        folder: of the snapshots; made if it is missing.
        model: compiled and trained for as many epochs as the history has.
        history: loss and accuracy of every epoch so far.
    """
    folder.mkdir(exist_ok=True)
    epochs = len(next(iter(history.values())))
    arrays: dict[str, Any] = {  # Any, because savez has an option besides
        name: np.asarray(value) for name, value in state(model).items()
    }
    arrays["history"] = np.frombuffer(json.dumps(history).encode(), np.uint8)
    with atomic(folder / f"epoch-{epochs:05}.npz") as temporary:
        np.savez(temporary, **arrays)  # no objects: `_read` takes no pickle
    for old in _newest_first(folder)[KEPT:]:
        old.unlink()


def restore(folder: Path, model: keras.Model) -> History:
    """Puts the newest readable snapshot into a compiled model of the same settings.

    Returns:
        Loss and accuracy of every epoch so far; empty if no epoch was complete.

    Raises:
        UserError: if all snapshots are damaged, or one is of another model.
    """
    snapshots = _newest_first(folder)
    for file in snapshots:
        try:
            arrays, history = _read(file)
        except Exception as error:  # a damaged zip raises almost anything
            warning = _("warning: {path} is damaged, not used: {reason}").format(
                path=file, reason=error
            )
            print(printable(warning, longest=bounds.MAX_ERROR), file=sys.stderr)
            continue
        _assign(model, arrays, file)
        return history
    if snapshots:
        raise UserError(
            _(
                "every snapshot in {folder} is damaged: nothing to resume from. The "
                "best model so far is still in the run folder; train anew with --out"
            ).format(folder=folder)
        )
    return {}


def state(model: keras.Model) -> dict:
    """Returns all that training changes, as variables by their place.

    Weights and seed generators, then the optimizer's variables.
    """
    groups = {"model": model.variables, "optimizer": model.optimizer.variables}
    return {
        f"{group}-{i}": variable
        for group, variables in groups.items()
        for i, variable in enumerate(variables)
    }


def _read(file: Path) -> tuple[dict, History]:
    """All arrays of a snapshot; the zip's checksums tell of any damage."""
    regular_file(file, of_a_run(), bounds.MAX_ARRAYS)
    with bounded_memory(), np.load(file, allow_pickle=False) as members:
        arrays = {name: members[name] for name in members.files}
        history = json.loads(arrays.pop("history").tobytes())
        if not is_history(history):
            raise ValueError(_("its history is not valid"))
        for name, array in arrays.items():
            if not np.isfinite(array).all():
                raise ValueError(_("{name} is not finite").format(name=name))
    return arrays, history


def _assign(model, arrays, file) -> None:
    model.optimizer.build(model.trainable_variables)
    variables = state(model)
    wanted = {_kind(name, np.asarray(variable)) for name, variable in variables.items()}
    found = {_kind(name, array) for name, array in arrays.items()}
    if wanted != found:
        odd = min(wanted ^ found)
        raise UserError(
            _("{path} does not fit this model and optimizer: {name}").format(
                path=file, name=odd[0]
            )
        )
    for name, variable in variables.items():
        variable.assign(arrays[name])


def _kind(name, array) -> tuple[str, tuple, str]:
    return name, array.shape, array.dtype.name


def _newest_first(folder: Path) -> list[Path]:
    try:
        names = fnmatch.filter(os.listdir(folder), NAMES)
    except FileNotFoundError:
        return []
    except OSError as error:  # glob would say nothing, as if there were no snapshot
        raise cannot_read(folder, error) from error
    return [folder / name for name in sorted(names, reverse=True)]
