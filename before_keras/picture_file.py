"""The file that a picture goes to, checked before any work is done for it."""

from pathlib import Path

from before_keras.language import _
from before_keras.safety.errors import UserError

SUFFIXES = (".png", ".svg")


def check(path: Path, overwrite: bool = False) -> None:
    """Checks that a picture may be written.

    Raises:
        UserError: if the name does not end in .png or .svg, if its folder does not
            exist, or if there is such a file already and `overwrite` is not set.
    """
    if path.suffix.lower() not in SUFFIXES:
        raise UserError(
            _("--out {path}: the name must end in .png or .svg").format(path=path)
        )
    if not path.parent.is_dir():
        raise UserError(
            _("--out {path}: there is no folder {folder}").format(
                path=path, folder=path.parent
            )
        )
    if path.exists() and not path.is_file():
        raise UserError(
            _("--out {path} is no regular file: give another name").format(path=path)
        )
    if path.exists() and not overwrite:
        raise UserError(
            _(
                "{path} exists already: name another one with --out, or add --overwrite"
            ).format(path=path)
        )
