"""An HDF5 file that a stranger may have written, read by a process of its own."""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from before_keras.language import _
from before_keras.safety import bounds
from before_keras.safety.errors import UserError

NOT_WRITTEN = 3  # the program's exit code where there is no room for the numbers
PROGRAM = Path(__file__).with_name("hdf5_program.py")
Shapes = dict[str, tuple[int, ...]]  # path in the file -> shape of a weight


def read(path: Path, top: str, numbers: Path | None = None) -> tuple[str, Shapes]:
    """Returns a model's config, "" without one, and the shapes of its weights.

    Args:
        path: an HDF5 file.
        top: the group below which the weights lie; their paths start there.
        numbers: where to write the weights themselves, an .npz with an array for each
            shape, in the same order; None to read no number.

    Raises:
        ValueError: if the file is damaged, or holds what no model's does.
        UserError: if there is no room for the numbers.
    """
    task = {
        "path": str(path),
        "top": top,
        "numbers": numbers and str(numbers),
        "bounds": {name: n for name, n in vars(bounds).items() if name.isupper()},
    }
    # -P: the modules beside the program are no top-level modules.
    command = [sys.executable, "-P", str(PROGRAM), json.dumps(task)]
    try:
        done = subprocess.run(
            command, capture_output=True, timeout=bounds.MAX_HDF5_WALL_SECONDS
        )
    except subprocess.TimeoutExpired:
        raise ValueError(_("its weights take too long to read")) from None
    if done.returncode < 0:
        raise ValueError(_("its weights cannot be read: they break the HDF5 library"))
    if done.returncode:
        why = _reason(done.stderr.decode(errors="replace"))
        if done.returncode == NOT_WRITTEN:
            raise cannot_unpack(why)
        raise ValueError(_("its weights cannot be read: {reason}").format(reason=why))
    config, shapes = json.loads(done.stdout)
    return config, {name: tuple(shape) for name, shape in shapes.items()}


def cannot_unpack(why: str) -> UserError:
    """Returns the error of a folder for temporary files that is full or read-only."""
    return UserError(
        _(
            "cannot unpack the weights into {folder}: {reason}: make room there, or "
            "name another folder in TMPDIR"
        ).format(folder=tempfile.tempdir or "TMPDIR", reason=why)
    )


def _reason(stderr: str) -> str:
    """The program's last line: a message and its values, or how it crashed."""
    last = (stderr.strip().splitlines() or ["?"])[-1]
    try:
        message, values = json.loads(last)
    except (ValueError, TypeError):
        return last
    return _(message).format(**values)
