"""The commands. This file runs on any Python, and says what the others lack."""

import sys

NAMES = ("train", "evaluate", "predict", "verify", "draw", "explore", "export")
OLDEST, NEWEST = (3, 11), (3, 13)  # the Pythons for which there is a TensorFlow
NEEDED = ("keras", "numpy", "rich", "platformdirs", "filelock", "h5py")


def start(name: str) -> None:
    """Runs a command of `NAMES` with the arguments of this process, and exits."""
    # What takes time is imported in here, so that Ctrl-C at once leaves no traceback.
    try:
        import importlib

        problem = missing()
        if problem:
            from before_keras.language import _

            sys.exit(_("error: ") + problem)
        from commands import running

        running.run(importlib.import_module("commands." + name))
    except KeyboardInterrupt:  # before the command begins, or a second one
        sys.exit(130)


def missing() -> str:
    """Returns what keeps the commands from starting and how to mend it, or ""."""
    import importlib.util
    from pathlib import Path

    from before_keras.language import _, of_the_locale, use

    use(of_the_locale())
    root = Path(__file__).parent.parent
    folder = "Scripts" if sys.platform == "win32" else "bin"
    python = root / ".venv" / folder / "python"
    if python.with_suffix(".exe").exists() or python.exists():
        remedy = _("activate .venv, or use {python}").format(python=python)
    else:
        remedy = _("make train sets one up; without make see README.md")
    if not OLDEST <= sys.version_info[:2] <= NEWEST:
        return _(
            "this is Python {found}; Python 3.11 to 3.13 is needed: {remedy}"
        ).format(found=".".join(map(str, sys.version_info[:3])), remedy=remedy)
    absent = [name for name in NEEDED if not importlib.util.find_spec(name)]
    if absent:
        return _(
            "{python} has no {package}, so this is not the environment: {remedy}"
        ).format(python=sys.executable, package=absent[0], remedy=remedy)
    return ""
