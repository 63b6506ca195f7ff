"""The commands as this user starts them: what is printed works when it is typed.

`python train.py` in an activated environment, `.venv/bin/python train.py` in none, and
`chapter9 train` where the package is installed.
"""

import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

PROGRAM = "chapter9"


def command(name: str, *arguments: object) -> str:
    """Returns a command line that starts "train", "evaluate" ... from this folder."""
    script = Path(sys.argv[0])
    if script.suffix == ".py":
        start = [_python(), str(script.with_name(f"{name}.py"))]
    elif script.name.startswith(PROGRAM):
        start = [PROGRAM, name]
    else:  # a notebook or a script of the reader's own
        start = ["python", f"{name}.py"]
    return _line([*start, *map(str, arguments)])


def program(path: Path, *arguments: object) -> str:
    """Returns a command line that starts a program with this Python."""
    return _line([_python(), str(path), *map(str, arguments)])


def _line(words: list[str]) -> str:
    return subprocess.list2cmdline(words) if os.name == "nt" else shlex.join(words)


def _python() -> str:
    """Whatever starts this interpreter, as short as it works from this folder."""
    for name in ("python", "python3"):
        found = shutil.which(name)
        if found and _normal(found) == _normal(sys.executable):
            return name
    try:
        below = os.path.relpath(sys.executable)
    except ValueError:  # Windows: on another drive
        return sys.executable
    return sys.executable if below.startswith("..") else below


def _normal(path: str) -> str:
    """A path that compares: Windows finds python.EXE where python.exe runs."""
    return os.path.normcase(os.path.abspath(path))
