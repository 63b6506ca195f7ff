"""The run folder: what training leaves on disk, and how it is read back.

model.keras          the model at its best epoch
settings.json        the options, the data and the versions (run_settings.py)
vocabulary.json      the words that have a token, most frequent first
history.csv          loss and accuracy of every epoch
learning_curve.png   the same as a picture
logs/                the same for TensorBoard
snapshots/           what going on after a break needs (snapshot.py)
"""

import contextlib
import dataclasses
import hashlib
import json
import platform
from functools import cached_property
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from before_keras import run_settings
from before_keras.language import _
from before_keras.run_settings import RunSettings
from before_keras.safety import untrusted
from before_keras.safety.errors import UserError, cannot_write
from before_keras.safety.files import atomic, write_text
from before_keras.settings import Settings, option
from chapter9.data import Corpus, load, load_again
from chapter9.data.text import Vocabulary
from chapter9.run_folder.history import History, read_history, write_history
from chapter9.run_folder.new_folder import claimed
from chapter9.run_folder.run_lock import locked

PACKAGES = ("keras", "tensorflow", "numpy")


class Run:
    """A run folder.

    Attributes:
        path: the folder.
        settings: the options of the run.
        data: the reviews' name, SHA-256 sums of them and of their vocabulary, and path
            and SHA-256 of the file that they were read from, if there is one.
    """

    def __init__(self, path: Path, settings: Settings, data: dict):
        self.path, self.settings, self.data = Path(path), settings, data

    @classmethod
    def create(cls, path: Path | None, settings: Settings, corpus: Corpus) -> "Run":
        """Makes a run folder with all that is known before training.

        Args:
            path: the folder; None for a new one below runs/.
            settings: the options of the run.
            corpus: the reviews.

        Raises:
            UserError: if the folder is another run's, or cannot be written.
        """
        words = json.dumps(corpus.vocabulary.words, ensure_ascii=False)
        data = {
            "name": corpus.name,
            "fingerprint": corpus.fingerprint,
            "vocabulary": _sha256(words),
        }
        if corpus.origin:
            data |= dataclasses.asdict(corpus.origin)
        versions = {package: _version(package) for package in PACKAGES}
        versions = {"python": platform.python_version(), **versions}
        with claimed(path, settings) as folder:
            try:
                write_text(folder / "vocabulary.json", words)
                # Last, because a folder with settings is one that can be resumed.
                run_settings.write(folder, RunSettings(settings, data, versions))
            except OSError as error:
                raise cannot_write(folder, error) from error
        return cls(folder, settings, data)

    @classmethod
    def open(cls, path: Path) -> "Run":
        """Reads a run folder.

        Raises:
            UserError: if it is none, or its settings are damaged or a newer version's.
        """
        written = run_settings.read(Path(path))
        return cls(path, written.settings, written.data)

    @property
    def model_file(self) -> Path:
        """The file of the model at its best epoch."""
        return self.path / "model.keras"

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """The words that have a token.

        Raises:
            UserError: if the file is missing or damaged.
        """
        file = self.path / "vocabulary.json"
        words = untrusted.read_json(file)
        if not isinstance(words, list) or not all(isinstance(w, str) for w in words):
            raise UserError(
                _("{file} is damaged: expected a list of words").format(file=file)
            )
        if _sha256(json.dumps(words, ensure_ascii=False)) != self.data["vocabulary"]:
            raise UserError(
                _(
                    "{file} is damaged or another run's: its words are not those that "
                    "the run began with; take it from where the model comes from"
                ).format(file=file)
            )
        return Vocabulary(words)

    def reviews(self, asked: str | None = None) -> Corpus:
        """Returns the reviews of the run, or those that the user asks for.

        Args:
            asked: as `data.load` takes it; None for those that the run was trained on.

        Raises:
            UserError: if they are unavailable, or others are in their place.
        """
        return load_again(self.data) if asked is None else load(asked)

    def check_same(self, options: dict, corpus: Corpus) -> None:
        """Makes sure that a run goes on as it began.

        Args:
            options: those that were given in resuming it, which say how to train.
            corpus: the reviews that were found in resuming it.

        Raises:
            UserError: if an option or the reviews differ, naming the difference.
        """
        began = dataclasses.asdict(self.settings)
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

    @property
    def snapshots(self) -> Path:
        """The folder of the snapshots."""
        return self.path / "snapshots"

    def locked(self) -> contextlib.AbstractContextManager[None]:
        """Keeps other trainers out of the folder while this one is in it.

        Raises:
            UserError: if another process trains in it, or it cannot be written.
        """
        return locked(self.path)

    def save_model(self, model) -> None:
        """Writes the model so that the best one so far is never lost."""
        with atomic(self.model_file) as temporary:
            model.save(temporary)

    def save_history(self, history: History) -> None:
        """Writes loss and accuracy of every epoch, epoch 1 first."""
        write_history(self.path / "history.csv", history)

    def history(self) -> History:
        """Reads loss and accuracy of every epoch.

        Raises:
            UserError: if the file is missing or damaged.
        """
        return read_history(self.path / "history.csv")

    @property
    def epochs_recorded(self) -> int:
        """The number of epochs in history.csv, 0 without one."""
        exists = (self.path / "history.csv").exists()
        return len(self.history()["loss"]) if exists else 0


def _version(package: str) -> str:
    """A package's version, or "" for a backend that is not installed."""
    try:
        return version(package)
    except PackageNotFoundError:
        return ""


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
