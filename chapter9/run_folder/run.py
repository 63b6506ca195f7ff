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
from datetime import datetime
from functools import cached_property
from importlib.metadata import version
from pathlib import Path

from before_keras import run_settings
from before_keras.run_settings import RunSettings
from before_keras.safety import untrusted
from before_keras.safety.errors import UserError
from before_keras.safety.files import atomic, write_text
from before_keras.settings import Settings, option
from chapter9.data import Corpus
from chapter9.data.text import Vocabulary
from chapter9.run_folder.history import History, read_history, write_history
from chapter9.run_folder.run_lock import locked

PACKAGES = ("keras", "tensorflow", "numpy")


class Run:
    """A run folder.

    Attributes:
        path: the folder.
        settings: the options of the run.
        data: the reviews' name, and SHA-256 sums of them and of their vocabulary.
    """

    def __init__(self, path: Path, settings: Settings, data: dict):
        self.path, self.settings, self.data = Path(path), settings, data

    @classmethod
    def create(cls, path: Path, settings: Settings, corpus: Corpus) -> "Run":
        """Makes a run folder with all that is known before training.

        Raises:
            UserError: if the folder exists and is not empty, or cannot be written.
        """
        path = Path(path)
        try:
            if path.exists() and (not path.is_dir() or any(path.iterdir())):
                raise UserError(f"{path} exists already: name another one with --out")
            path.mkdir(parents=True, exist_ok=True)
            words = json.dumps(corpus.vocabulary.words, ensure_ascii=False)
            data = {
                "name": corpus.name,
                "fingerprint": corpus.fingerprint,
                "vocabulary": _sha256(words),
            }
            run = cls(path, settings, data)
            write_text(path / "vocabulary.json", words)
            # Last, because a folder with settings is one that can be resumed.
            versions = {package: version(package) for package in PACKAGES}
            versions = {"python": platform.python_version(), **versions}
            run_settings.write(path, RunSettings(settings, data, versions))
        except OSError as error:
            raise UserError(f"cannot write {path}: {error.strerror}") from error
        return run

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
            raise UserError(f"{file} is damaged: expected a list of words")
        if _sha256(json.dumps(words, ensure_ascii=False)) != self.data["vocabulary"]:
            raise UserError(
                f"{file} is damaged or another run's: its words are not those that the "
                "run began with; take it from where the model comes from"
            )
        return Vocabulary(words)

    def check_same(self, options: dict, corpus: Corpus) -> None:
        """Makes sure that a run goes on as it began.

        Args:
            options: those that were given in resuming it.
            corpus: the reviews that were found in resuming it.

        Raises:
            UserError: if an option or the reviews differ, naming the difference.
        """
        began = dataclasses.asdict(self.settings)
        options = {k: v for k, v in options.items() if k not in ("resume", "debug")}
        for name, value in options.items():
            if value != began.get(name):
                raise UserError(
                    f"{option(name)} {value} differs from the run's {began.get(name)}: "
                    "a resumed run keeps its options, so leave it out"
                )
        if corpus.fingerprint != self.data.get("fingerprint"):
            raise UserError(
                f"the reviews are not those that {self.path} began with "
                f"({self.data.get('name')}, {self.data.get('fingerprint')}); "
                f"these are {corpus.name}, {corpus.fingerprint}: give them with --data"
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


def default_path(settings: Settings) -> Path:
    """Returns runs/<model>-<layer>-<time>, a name that sorts by time."""
    now = datetime.now().strftime("%Y%m%d-%H%M%S")
    return Path("runs") / f"{settings.model}-{settings.layer}-{now}"


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
