"""What a folder of one run and a folder of many seeds have in common."""

import contextlib
import dataclasses
import hashlib
import json
import platform
import sys
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from before_keras import run_settings
from before_keras.language import _
from before_keras.names import LABELS
from before_keras.own_reviews import Asked
from before_keras.run_settings import RunSettings
from before_keras.safety.errors import UserError, cannot_write
from before_keras.safety.files import write_text
from before_keras.safety.printable import printable
from before_keras.settings import Settings, option
from chapter9.data import Corpus, load, load_again
from chapter9.run_folder.new_folder import claimed
from chapter9.run_folder.run_lock import locked

PACKAGES = ("keras", "tensorflow", "numpy")


class TrainingFolder:
    """A folder that says what is trained in it, and on which reviews.

    Attributes:
        path: the folder.
        settings: the options of the training.
        data: the reviews' name, SHA-256 sums of them and of their vocabulary, and path
            and SHA-256 of the file that they were read from, if there is one.
    """

    def __init__(self, path: Path, settings: Settings, data: dict):
        self.path, self.settings, self.data = Path(path), settings, data

    def reviews(self, asked: str | None = None, test_data: str = "") -> Corpus:
        """Returns the reviews of the training, or those that the user asks for.

        Args:
            asked: as `data.load` takes it; None for those that it began with.
            test_data: the second file of a user's own reviews, where they have moved.

        Raises:
            UserError: if they are unavailable, or others are in their place.
        """
        if asked is None and not test_data:
            return load_again(self.data)
        own = self.asked()
        test_data = test_data or own.test_data
        return load(
            self.data.get("path", "") if asked is None else asked,
            dataclasses.replace(own, test_data=test_data),
        )

    @property
    def has_own_reviews(self) -> bool:
        """Whether the training is on a user's own reviews."""
        return self.data["name"] == "own"

    @property
    def labels(self) -> tuple[str, ...]:
        """The names of the labels, that of label 0 first."""
        return tuple(self.data.get("labels", LABELS))

    def asked(self) -> Asked:
        """How a user's own reviews were read; as by default where there are none."""
        return Asked.remembered(self.data)

    def check_same(self, options: dict, corpus: Corpus) -> None:
        """Makes sure that a training goes on as it began.

        Args:
            options: those that were given in resuming it, which say how to train.
            corpus: the reviews that were found in resuming it.

        Raises:
            UserError: if an option or the reviews differ, naming the difference.
        """
        began = dataclasses.asdict(self.settings) | dataclasses.asdict(self.asked())
        for name, value in options.items():
            if value != began.get(name):
                raise UserError(
                    _(
                        "{option} {value} differs from the run's {began}: a resumed "
                        "run keeps its options, so leave it out"
                    ).format(option=option(name), value=value, began=began.get(name))
                )
        if corpus.fingerprint != self.data["fingerprint"]:
            raise UserError(
                _(
                    "the reviews are not those that {path} began with ({name}, "
                    "{fingerprint}); these are {other}, {others}: give them with --data"
                ).format(
                    path=self.path,
                    name=self.data["name"],
                    fingerprint=self.data["fingerprint"],
                    other=corpus.name,
                    others=corpus.fingerprint,
                )
            )

    def warn_of_other_versions(self) -> None:
        """Says which versions are others than those that the training began with."""
        began, now = run_settings.read(self.path).versions, versions()
        others = [
            f"{name} {printable(str(began[name]))} -> {now[name] or '-'}"
            for name in now
            if name in began and began[name] != now[name]
        ]
        if others:
            warning = _(
                "warning: other versions than this training began with ({others}): it "
                "may end with other numbers than without a break"
            )
            print(warning.format(others=", ".join(others)), file=sys.stderr)

    def locked(self) -> contextlib.AbstractContextManager[None]:
        """Keeps other trainers out of the folder while this one is in it.

        Raises:
            UserError: if another process trains in it, or it cannot be written.
        """
        return locked(self.path)


def begin(
    path: Path | None,
    kind: str,
    run: RunSettings,
    texts: Mapping[str, str] | None = None,
) -> Path:
    """Makes a folder with all that is known before training, and returns its path.

    Args:
        path: the folder; None for a new one below runs/.
        kind: what the name of a new one begins with.
        run: what its settings file says.
        texts: the other files, by their names.

    Raises:
        UserError: if the folder is another run's, or cannot be written.
    """
    with claimed(path, kind) as folder:
        try:
            for name, text in (texts or {}).items():
                write_text(folder / name, text)
            # Last, because a folder with settings is one that can be resumed.
            run_settings.write(folder, run)
        except OSError as error:
            raise cannot_write(folder, error) from error
    return folder


def described(corpus: Corpus, words: str) -> dict[str, Any]:
    """Returns what tells these reviews from all others, and where they are.

    Args:
        corpus: the reviews.
        words: their vocabulary, as `vocabulary_text` returns it.
    """
    data: dict[str, Any] = {
        "name": corpus.name,
        "fingerprint": corpus.fingerprint,
        "vocabulary": sha256(words),
    }
    return data | (dataclasses.asdict(corpus.origin) if corpus.origin else {})


def versions() -> dict[str, str]:
    """Returns the versions of Python and of the packages that train."""
    packages = {package: _version(package) for package in PACKAGES}
    return {"python": platform.python_version(), **packages}


def vocabulary_text(words: list[str]) -> str:
    """Returns the text of vocabulary.json."""
    return json.dumps(words, ensure_ascii=False)


def sha256(text: str) -> str:
    """Returns the SHA-256 of a text, which may hold what UTF-8 has not."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _version(package: str) -> str:
    """A package's version, or "" for a backend that is not installed."""
    try:
        return version(package)
    except PackageNotFoundError:
        return ""
