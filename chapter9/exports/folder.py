"""The folder of an export: filled elsewhere, compared, and only then put in its place.

model.keras, model.onnx ...   the model; saved_model is a folder
card.json, README.md          what goes in and what comes out (card.py)
vocabulary.json               the words that have a token id
predict.py                    predicts from text, with the format's runtime alone
text_to_ids.py, tokens.py     what predict.py takes for it
"""

import contextlib
import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import filelock
import keras
import numpy as np

from before_keras.export_formats import FORMATS
from before_keras.language import _
from before_keras.safety.errors import UserError, cannot_write
from before_keras.safety.files import flush
from chapter9.data import tokens
from chapter9.exports import card, comparison, model_file
from chapter9.exports.comparison import Comparison
from chapter9.run_folder.run import Run

EXAMPLES = Path(__file__).with_name("examples")


@dataclass(frozen=True)
class Export:
    """What was written.

    Attributes:
        path: the folder.
        size: of the model, in bytes.
        comparison: with the run's model.
    """

    path: Path
    size: int
    comparison: Comparison


def write(
    path: Path,
    name: str,
    run: Run,
    model: keras.Model,
    exported: keras.Model,
    token_ids: np.ndarray,
    overwrite: bool = False,
) -> Export:
    """Writes an export, whole and compared or not at all, in place of the one before.

    Args:
        path: the folder.
        name: a key of `FORMATS`.
        run: the run.
        model: its model.
        exported: the same model, made of what the format can hold.
        token_ids: (reviews, timesteps), to compare the two on; see `some_of`.
        overwrite: whether an export that is there may be replaced.

    Raises:
        UserError: if something is there or being written there, the disk refuses, Keras
            cannot export it, or the runtime says something else than the model.
    """
    path = Path(path)
    try:
        with _whole(path) as folder:
            check_target(path, overwrite)
            file = folder / FORMATS[name].file
            model_file.write(exported, name, file)
            size = _size(file)
            facts = card.facts(run, name, exported)
            _write_json(folder / card.VOCABULARY, card.words(run))
            _write_json(folder / "card.json", facts)  # which predict.py reads
            shutil.copyfile(EXAMPLES / f"predict_{name}.py", folder / "predict.py")
            for source in (EXAMPLES / "text_to_ids.py", Path(tokens.__file__)):
                shutil.copyfile(source, folder / source.name)
            compared = comparison.compare(folder, name, model, token_ids)
            facts |= {"size": size, "compared": asdict(compared)}
            _write_json(folder / "card.json", facts)
            text = card.text(facts, compared)
            (folder / "README.md").write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise cannot_write(path, error) from error
    return Export(path, size, compared)


def check_target(path: Path, overwrite: bool) -> None:
    """Raises a UserError if the export may not be written there."""
    if not path.exists() and not path.is_symlink():
        return
    if not _is_export(path):
        raise UserError(
            _("{path} exists already and is no export: give another --out").format(
                path=path
            )
        )
    if not overwrite:
        raise UserError(
            _("{path} exists already: --overwrite replaces it").format(path=path)
        )


def _is_export(path: Path) -> bool:
    try:
        facts = json.loads((path / "card.json").read_text(encoding="utf-8"))
        return not path.is_symlink() and facts["generator"] == card.GENERATOR
    except (OSError, ValueError, LookupError, TypeError):
        return False


@contextlib.contextmanager
def _whole(path: Path) -> Iterator[Path]:
    """Yields a new folder that takes the place of `path` when all went well.

    No system replaces a folder by another in one step. What a kill leaves between the
    two steps, the next export to the same place puts back.
    """
    part = path.with_name(f".{path.name}.part")  # one name: a kill leaves one at most
    part.mkdir(parents=True, exist_ok=True)
    new, old = part / "new", part / "old"
    with _alone(part, path):
        _settle(new, old, path)
        try:
            new.mkdir()
            yield new
            for file in filter(Path.is_file, new.rglob("*")):
                flush(file)
            if path.exists():
                os.replace(path, old)
            os.replace(new, path)
        finally:
            _settle(new, old, path)


@contextlib.contextmanager
def _alone(part: Path, path: Path) -> Iterator[None]:
    """Keeps other exports out of `part`, and removes it when it is empty."""
    lock = filelock.FileLock(part / "lock")
    try:
        lock.acquire(timeout=0)
    except filelock.Timeout:
        raise UserError(
            _(
                "{path} is being written by another process: "
                "wait for it, or give another --out"
            ).format(path=path)
        ) from None
    try:
        yield
    finally:
        lock.release()
        with contextlib.suppress(OSError):  # the next one may have come already
            (part / "lock").unlink(missing_ok=True)
            part.rmdir()


def _settle(new: Path, old: Path, path: Path) -> None:
    """Puts the export before back if nothing has taken its place; removes the rest."""
    if old.exists() and not path.exists():
        os.replace(old, path)
    for folder in (new, old):
        shutil.rmtree(folder, ignore_errors=True)


def _write_json(path: Path, value) -> None:
    text = json.dumps(
        value, ensure_ascii=False, indent=1 if isinstance(value, dict) else None
    )
    path.write_text(text + "\n", encoding="utf-8", newline="\n")


def _size(path: Path) -> int:
    files = path.rglob("*") if path.is_dir() else [path]
    return sum(file.stat().st_size for file in files if file.is_file())
