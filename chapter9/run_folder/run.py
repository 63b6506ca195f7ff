"""The run folder: what training leaves on disk, and how it is read back.

model.keras          the model at its best epoch
settings.json        the options, the data and the versions (run_settings.py)
vocabulary.json      the words that have a token, most frequent first
history.csv          loss and accuracy of every epoch
learning_curve.png   the same as a picture
logs/                the same for TensorBoard
snapshots/           what going on after a break needs (snapshot.py)
"""

from functools import cached_property
from pathlib import Path

from before_keras import run_settings
from before_keras.language import _
from before_keras.own_reviews import SUFFIXES, is_own
from before_keras.run_settings import RunSettings
from before_keras.safety import untrusted
from before_keras.safety.errors import UserError
from before_keras.safety.files import atomic
from before_keras.settings import Settings
from chapter9.data import Corpus, own
from chapter9.data.reviews import Reviews
from chapter9.data.text import Vocabulary
from chapter9.run_folder import training_folder
from chapter9.run_folder.history import History, read_history, write_history
from chapter9.run_folder.training_folder import TrainingFolder


class Run(TrainingFolder):
    """A run folder."""

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
        words = training_folder.vocabulary_text(corpus.vocabulary.words)
        data = training_folder.described(corpus, words)
        folder = training_folder.begin(
            path,
            f"{settings.model}-{settings.layer}",
            RunSettings(settings, data, training_folder.versions()),
            {"vocabulary.json": words},
        )
        return cls(folder, settings, data)

    @classmethod
    def unwritten(cls, path: Path | None, settings: Settings, corpus: Corpus) -> "Run":
        """Returns a run whose folder another process makes and writes.

        Args:
            path: the folder; None for one that this process does not know.
            settings: the options of the run.
            corpus: the reviews.
        """
        words = training_folder.vocabulary_text(corpus.vocabulary.words)
        data = training_folder.described(corpus, words)
        return cls(path or Path("run-of-process-0"), settings, data)

    @classmethod
    def open(cls, path: Path) -> "Run":
        """Reads a run folder.

        Raises:
            UserError: if it is none, or its settings are damaged or a newer version's.
        """
        written = run_settings.read(Path(path))
        if written.seeds:
            raise UserError(
                _(
                    "{path} holds the figures of many seeds and no model: give a run "
                    "that train.py wrote without --seeds"
                ).format(path=path)
            )
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
        text = training_folder.vocabulary_text(words)
        if training_folder.sha256(text) != self.data["vocabulary"]:
            raise UserError(
                _(
                    "{file} is damaged or another run's: its words are not those that "
                    "the run began with; take it from where the model comes from"
                ).format(file=file)
            )
        return Vocabulary(words, self.data.get("tokens", "imdb"))

    def test_reviews(self, asked: str | None = None) -> tuple[str, Reviews]:
        """Returns the name of the reviews to test on, and the reviews.

        Args:
            asked: as `data.load` takes it, or a file of which all reviews are to test
                on; None for those that the run has set aside.

        Raises:
            UserError: if they are unavailable, or the model cannot read them.
        """
        if asked and is_own(asked):
            path, columns = Path(asked), self.asked()
            return "own", own.encode(path, columns, self.vocabulary, self.labels)
        if asked is not None and self.has_own_reviews:
            raise UserError(
                _(
                    "--data {data}: this model reads words of its own vocabulary; give "
                    "reviews as texts ({suffixes})"
                ).format(data=asked, suffixes=", ".join(SUFFIXES))
            )
        corpus = self.reviews(asked)
        return corpus.name, corpus.test

    @property
    def snapshots(self) -> Path:
        """The folder of the snapshots."""
        return self.path / "snapshots"

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
