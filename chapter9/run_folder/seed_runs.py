"""The folder of one model trained with many seeds: their figures, and no model.

seeds.json           the options, the seeds, the data and the versions (run_settings.py)
seed-7.csv           loss and accuracy of every epoch with seed 7, once it is trained
seeds.png            how far apart the seeds lie, as a picture
"""

import dataclasses
from pathlib import Path

from before_keras import invocation, run_settings
from before_keras.language import _
from before_keras.run_settings import RunSettings
from before_keras.safety.errors import UserError, reason
from before_keras.settings import Settings, option
from chapter9.data import Corpus
from chapter9.run_folder import training_folder
from chapter9.run_folder.history import History, read_history, write_history
from chapter9.run_folder.training_folder import TrainingFolder


class SeedRuns(TrainingFolder):
    """A folder of many seeds.

    Attributes:
        path, settings, data: as of every training; the seed of `settings` is the first.
        seeds: with which the model is trained, in this order.
    """

    def __init__(
        self, path: Path, settings: Settings, data: dict, seeds: tuple[int, ...]
    ):
        super().__init__(path, settings, data)
        self.seeds = seeds

    @classmethod
    def create(
        cls,
        path: Path | None,
        settings: Settings,
        corpus: Corpus,
        seeds: tuple[int, ...],
    ) -> "SeedRuns":
        """Makes a folder with all that is known before training.

        Args:
            path: the folder; None for a new one below runs/.
            settings: the options of every run; its seed does not count.
            corpus: the reviews.
            seeds: of the runs.

        Raises:
            UserError: if the folder is another training's, or cannot be written.
        """
        settings = dataclasses.replace(settings, seed=seeds[0])
        words = training_folder.vocabulary_text(corpus.vocabulary.words)
        data = training_folder.described(corpus, words)
        folder = training_folder.begin(
            path,
            f"{settings.model}-{settings.layer}-seeds",
            RunSettings(settings, data, training_folder.versions(), seeds),
        )
        return cls(folder, settings, data, seeds)

    @classmethod
    def open(cls, path: Path) -> "SeedRuns":
        """Reads a folder of many seeds.

        Raises:
            UserError: if it is none, or its settings are damaged or a newer version's.
        """
        written = run_settings.read(Path(path))
        if not written.seeds:
            raise UserError(
                _(
                    "{path} is a run with one seed: give a folder that train.py wrote "
                    "with --seeds"
                ).format(path=path)
            )
        return cls(path, written.settings, written.data, written.seeds)

    def check_same(self, options: dict, corpus: Corpus) -> None:
        """Makes sure that a training goes on as it began: see `TrainingFolder`."""
        for name in {"seed", "seeds"} & set(options):
            raise UserError(
                _("{path} goes on with its own seeds: leave out {option}").format(
                    path=self.path, option=option(name)
                )
            )
        super().check_same(options, corpus)

    def missing(self) -> list[int]:
        """Returns the seeds that are not trained yet, in their order."""
        return [seed for seed in self.seeds if not self._file(seed).exists()]

    def save(self, seed: int, history: History) -> None:
        """Writes the figures of a seed, all of them or none.

        Raises:
            UserError: if they cannot be written, saying how to go on.
        """
        try:
            write_history(self._file(seed), history)
        except OSError as error:
            raise UserError(
                _(
                    "cannot write {path}: {reason}; the seeds so far are kept: make "
                    "room, then {command}"
                ).format(
                    path=self._file(seed),
                    reason=reason(error),
                    command=invocation.command("train", "--resume", self.path),
                )
            ) from error

    def histories(self) -> dict[int, History]:
        """Reads the figures of every seed that is trained, by the seed.

        Raises:
            UserError: if one of the files is damaged, saying how to mend it.
        """
        trained = [seed for seed in self.seeds if self._file(seed).exists()]
        return {seed: self._history(seed) for seed in trained}

    def _history(self, seed: int) -> History:
        try:
            return read_history(self._file(seed))
        except UserError as error:
            raise UserError(
                _("{error}; remove it, then {command} trains this seed anew").format(
                    error=error,
                    command=invocation.command("train", "--resume", self.path),
                )
            ) from error

    def _file(self, seed: int) -> Path:
        return self.path / f"seed-{seed}.csv"
