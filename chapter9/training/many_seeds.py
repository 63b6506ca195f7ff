"""One model with many seeds: each trained as `train` does it, in one compiled program.

A program is compiled for the variables of a model. So one model stays, and each seed
gives it the values with which a new model would begin.
"""

from collections.abc import Callable

import keras

from before_keras.language import _
from before_keras.safety.files import uninterrupted
from chapter9 import data
from chapter9.run_folder import snapshot
from chapter9.run_folder.history import History
from chapter9.run_folder.seed_runs import SeedRuns
from chapter9.training import compiled_epoch
from chapter9.training.recorder import Recorder
from chapter9.training.train import compile_model, explained


def train_seeds(
    runs: SeedRuns,
    new_model: Callable[[], keras.Model],
    corpus: data.Corpus,
    tell: Callable[[int, History], None] = lambda seed, history: None,
) -> dict[int, History]:
    """Trains with every seed that is missing in a folder, and fills it.

    The figures are those of training with each seed alone. A kill loses the seed that
    was being trained; going on with the folder begins it again, with the same result.

    Args:
        runs: the folder, whose settings say how to train.
        new_model: returns the folder's model with new weights, not compiled.
        corpus: the reviews; 80 % to train on, 20 % to validate on.
        tell: is called with each seed and its figures when it is trained.

    Returns:
        Loss, accuracy, val_loss and val_accuracy of every epoch, by the seed.

    Raises:
        UserError: if the folder is in use, full or damaged, if a loss is not finite, or
            if memory runs out. The seeds so far are kept.
    """
    with runs.locked():
        runs.histories()  # a damaged one is said before hours of training
        if missing := runs.missing():
            train_seed = _Trainer(runs, new_model, corpus)
        for seed in missing:
            try:
                history = train_seed(seed)
            except Exception as error:
                raise explained(error) from error
            runs.save(seed, history)
            tell(seed, history)
        return runs.histories()


class _Trainer:
    """Trains one model with one seed after the other."""

    def __init__(self, runs: SeedRuns, new_model, corpus: data.Corpus):
        self.runs, self.new_model = runs, new_model
        settings = runs.settings
        self.training, self.validation = data.split(
            corpus, settings.timesteps, settings.words
        )
        self.model: keras.Model | None = None

    def __call__(self, seed: int) -> History:
        """Returns the figures of training with a seed."""
        settings = self.runs.settings
        remedy = _("seed {seed}; the other seeds' figures are kept in {path}")
        recorder = Recorder({}, remedy.format(seed=seed, path=self.runs.path), seed)
        compiled_epoch.train_epochs(
            self._begun(seed),
            self.training.x,
            self.training.y,
            epochs=settings.epochs,
            batch_size=settings.batch_size,
            seed=seed,
            validation_data=(self.validation.x, self.validation.y),
            callbacks=[recorder],
            verbose=0,
        )
        return recorder.history

    def _begun(self, seed: int) -> keras.Model:
        """The one model, as a new one with this seed begins."""
        keras.utils.set_random_seed(seed)
        with uninterrupted():  # Keras swallows what comes while it builds a model
            new = self.new_model()
        compile_model(new, self.runs.settings.edition)
        new.optimizer.build(new.trainable_variables)
        self.model = self.model or new
        begins = snapshot.state(new)
        for name, variable in snapshot.state(self.model).items():
            variable.assign(begins[name])
        return self.model
