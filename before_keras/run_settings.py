"""settings.json of a run folder: its options, its data, and the versions it began with.

A folder of many seeds has the same and its seeds in seeds.json, so that neither kind of
folder is taken for the other.

Format 4 is today's. Up to format 3 no reviews were a user's own. Up to format 2 no GRU
had dropout. Format 1 has no number; in it `layer` tells only whose SimpleRNN a model
has, and every LSTM and GRU is Keras's own.
"""

import dataclasses
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from before_keras import own_reviews, seeds
from before_keras.language import _
from before_keras.names import DATA
from before_keras.safety import bounds, untrusted
from before_keras.safety.errors import UserError, cannot_read
from before_keras.safety.files import write_text
from before_keras.safety.printable import printable
from before_keras.settings import Settings

FILE, FILE_OF_SEEDS = "settings.json", "seeds.json"
FORMAT, FIELDS = 4, {"format", "settings", "data", "versions"}
BUILTIN_IN_FORMAT_1 = ("lstm", "lstm-dropout", "lstm-2-layers", "gru")


@dataclass(frozen=True)
class RunSettings:
    """What settings.json says.

    Attributes:
        settings: the options of the run.
        data: the reviews' name, SHA-256 sums of them and of their vocabulary, and path
            and SHA-256 (`checksum`) of the file that they were read from. Runs on the
            sample have no such file, older runs do not know theirs. Of a user's own
            reviews also what `own_reviews.Asked` has, the SHA-256 of the second file
            (`test_checksum`) and the names of the `labels`.
        versions: of Python and the packages that the run began with, by their names.
        seeds: of a folder of many seeds, where the first is that of `settings`, too;
            empty for a run.
    """

    settings: Settings
    data: dict[str, Any]
    versions: dict[str, str] = field(default_factory=dict)
    seeds: tuple[int, ...] = ()


def write(folder: Path, run: RunSettings) -> None:
    """Writes settings.json or seeds.json in today's format, atomically."""
    written = {"format": FORMAT, **dataclasses.asdict(run)}
    if not run.seeds:
        del written["seeds"]
    file = FILE_OF_SEEDS if run.seeds else FILE
    write_text(folder / file, json.dumps(written, indent=2) + "\n")


def read(folder: Path) -> RunSettings:
    """Reads settings.json or seeds.json in any format up to today's.

    Raises:
        UserError: if `folder` is no run folder, or its settings are damaged or those of
            a newer version.
    """
    try:
        if not folder.is_dir():
            raise UserError(
                _("{folder} is no run folder: give one train.py wrote").format(
                    folder=folder
                )
            )
        has_seeds = (folder / FILE_OF_SEEDS).exists()
    except OSError as error:
        raise cannot_read(folder, error) from error
    file = folder / (FILE_OF_SEEDS if has_seeds else FILE)
    written = untrusted.read_json(file)
    try:
        number = _format(written)
        if number <= FORMAT:
            found = _seeds(written.pop("seeds", None)) if has_seeds else ()
            return dataclasses.replace(_in_format(number, written), seeds=found)
    except UserError as error:
        raise UserError(
            _("{path} is damaged: {reason}").format(path=file, reason=error)
        ) from error
    raise UserError(
        _(
            "{path} has the format {found} of a newer version; this one knows formats "
            "up to {known}: update this project (git pull)"
        ).format(path=file, found=printable(str(number)), known=FORMAT)
    )


def _format(written) -> int:
    if not isinstance(written, dict):
        raise UserError(_("it holds no settings"))
    number = written.get("format", 1)
    if type(number) is not int or number < 1:
        raise UserError(_("its format is no number from 1 on"))
    return number


def _seeds(written) -> tuple[int, ...]:
    if not isinstance(written, list):
        raise UserError(_("its seeds are no list"))
    return seeds.check(written)


def _in_format(number: int, written: dict) -> RunSettings:
    if unknown := set(written) - FIELDS:
        raise UserError(
            _("unknown to format {number}: {name}").format(
                number=number, name=printable(min(unknown))
            )
        )
    values = written.get("settings")
    if number <= 2 and isinstance(values, dict):
        values = values | {"gru_dropout": False}
    settings = Settings.from_dict(values)
    if number == 1 and settings.model in BUILTIN_IN_FORMAT_1:
        settings = dataclasses.replace(settings, layer="builtin")
    data, versions = written.get("data"), written.get("versions", {})
    names_then = DATA if number > 3 else ("imdb", "sample")
    if not isinstance(data, dict) or data.get("name") not in names_then:
        raise UserError(
            _("its data is none of {names}").format(names=", ".join(names_then))
        )
    for name in ("fingerprint", "vocabulary"):
        if not isinstance(data.get(name), str):
            raise UserError(_("its data has no {name}").format(name=name))
    for name in ("path", "checksum"):
        if not isinstance(data.get(name, ""), str):
            raise UserError(_("the {name} of its data is no text").format(name=name))
    if data["name"] == "own":
        _check_own(data)
    if not isinstance(versions, dict):
        raise UserError(_("its versions are not valid"))
    return RunSettings(settings, data, versions)


def _are_labels(names) -> bool:
    """Whether these are the names of two labels or more, each another one."""
    if not isinstance(names, list) or any(type(name) is not str for name in names):
        return False
    return 2 <= len(set(names)) == len(names) <= bounds.MAX_LABELS


def _check_own(data: dict) -> None:
    """Makes sure that a user's own reviews are described as they have to be."""
    asked = [field.name for field in dataclasses.fields(own_reviews.Asked)]
    for name in (*asked, "path", "checksum", "test_checksum"):
        if not isinstance(data.get(name), str):
            raise UserError(_("the {name} of its data is no text").format(name=name))
    if not _are_labels(data.get("labels")):
        raise UserError(
            _("the labels of its data are not two names or more, up to {most}").format(
                most=bounds.MAX_LABELS
            )
        )
    if data["tokens"] not in own_reviews.TOKENS:
        raise UserError(
            _("the tokens of its data are none of {names}").format(
                names=", ".join(own_reviews.TOKENS)
            )
        )
    known = {*asked, "name", "fingerprint", "vocabulary", "path", "checksum"}
    if unknown := set(data) - known - {"test_checksum", "labels"}:
        raise UserError(
            _("unknown to format {number}: {name}").format(
                number=FORMAT, name=printable(min(unknown))
            )
        )
