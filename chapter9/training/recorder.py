"""What every training watches for after an epoch: its figures, and when to stop."""

import math

import keras
import numpy as np

from before_keras import book
from before_keras.language import _
from before_keras.safety import interrupts
from before_keras.safety.errors import UserError
from chapter9.run_folder.history import History, best_epoch


def should_stop(history: History, patience: int = book.PATIENCE) -> bool:
    """Early stopping: whether `patience` epochs were no better than the best one.

    The same as keras.callbacks.EarlyStopping(patience=3), but a function of the history
    alone, so that a resumed run stops where an unbroken one does.
    """
    return (
        bool(history) and len(history["val_loss"]) - 1 - best_epoch(history) >= patience
    )


class Recorder(keras.callbacks.Callback):
    """Keeps the figures of every epoch, and stops when it is time.

    Attributes:
        history: loss, accuracy, val_loss and val_accuracy of every complete epoch.
        remedy: what to do about a loss that is not finite.
        seed: of the training.
    """

    def __init__(self, history: History, remedy: str, seed: int):
        super().__init__()
        self.history, self.remedy, self.seed = history, remedy, seed

    @property
    def epochs(self) -> int:
        """The number of complete epochs."""
        return len(self.history.get("val_loss", ()))

    def on_epoch_begin(self, epoch, logs=None):
        """Has dropout follow from (seed, epoch) on torch, too.

        There Keras draws from torch's own generator, which is in no snapshot.
        """
        if keras.backend.backend() == "torch":
            import torch

            [number] = np.random.SeedSequence([self.seed, epoch]).generate_state(1)
            torch.manual_seed(int(number))

    def on_train_batch_end(self, batch, logs=None):
        """Stops before a loss that is not finite reaches the best model; on Ctrl-C."""
        interrupts.check()
        self._check_finite(logs, _("batch {number}").format(number=batch + 1))

    def on_epoch_end(self, epoch, logs=None):
        """Keeps the figures, and what else is to be kept."""
        self._check_finite(logs, _("validation"))
        for name, value in logs.items():
            self.history.setdefault(name, []).append(value)
        self.keep(is_best=best_epoch(self.history) == epoch)
        self.model.stop_training = should_stop(self.history)

    def keep(self, is_best: bool) -> None:
        """Keeps what else there is after an epoch; nothing, if there is no more.

        Args:
            is_best: whether no epoch so far has a lower validation loss.
        """

    def _check_finite(self, logs, where):
        if not all(math.isfinite(value) for value in logs.values()):
            raise UserError(
                _(
                    "the loss is not finite in epoch {epoch}, {where}, at the learning "
                    "rate {rate:g}: {remedy}"
                ).format(
                    epoch=self.epochs + 1,
                    where=where,
                    rate=float(self.model.optimizer.learning_rate),
                    remedy=self.remedy,
                )
            )
