"""Training as the book does it: optimizer, early stopping, and the best model kept."""

import math

import keras

from before_keras import backends, book, invocation
from before_keras.language import _
from before_keras.safety.errors import UserError, reason
from before_keras.safety.files import uninterrupted
from chapter9 import data
from chapter9.model_files.load_weights import load_weights
from chapter9.run_folder import snapshot
from chapter9.run_folder.history import History, best_epoch
from chapter9.run_folder.run import Run
from chapter9.training import compiled_epoch


def compile_model(model: keras.Model, edition: int = 1) -> None:
    """Compiles a model as section 9-2 does.

    The 1st edition has RMSprop(learning_rate=1e-4), the 2nd 'adam'; both have binary
    cross-entropy and accuracy.
    """
    optimizer = keras.optimizers.RMSprop(book.LEARNING_RATE) if edition == 1 else "adam"
    model.compile(optimizer, loss="binary_crossentropy", metrics=["accuracy"])


def train(
    model: keras.Model, corpus: data.Corpus, run: Run, verbose: int = 1
) -> History:
    """Trains a model of the chapter and fills its run folder, or goes on filling it.

    A folder with snapshots is gone on with after its last complete epoch; the result is
    that of training without a break.

    Args:
        model: takes (batch, timesteps) token ids, returns (batch, 1) probabilities. It
            comes with the weights that the run's seed gives it, and ends with the best.
        corpus: the reviews; 80 % to train on, 20 % to validate on.
        run: the folder, whose settings say how to train.
        verbose: as in `model.fit`.

    Returns:
        Loss, accuracy, val_loss and val_accuracy of every epoch, as lists.

    Raises:
        UserError: if the folder is in use, full or damaged, if the loss is not finite,
            or if memory runs out. The best model so far is kept.
    """
    settings = run.settings
    compile_model(model, settings.edition)
    with run.locked():
        recorder = Recorder(run, _restored(run, model))
        if recorder.finished():
            print(
                _("{path} is complete after {epochs} epochs").format(
                    path=run.path, epochs=recorder.epochs
                )
            )
        else:
            training, validation = data.split(
                corpus, settings.timesteps, settings.words
            )
            try:
                compiled_epoch.train_epochs(
                    model,
                    training.x,
                    training.y,
                    epochs=settings.epochs,
                    batch_size=settings.batch_size,
                    seed=settings.seed,
                    validation_data=(validation.x, validation.y),
                    initial_epoch=recorder.epochs,
                    callbacks=[recorder, *_log(run)],
                    verbose=verbose,
                )
            except Exception as error:
                raise _explained(error) from error
    load_weights(model, run.model_file)
    return recorder.history


def should_stop(history: History, patience: int = book.PATIENCE) -> bool:
    """Early stopping: whether `patience` epochs were no better than the best one.

    The same as keras.callbacks.EarlyStopping(patience=3), but a function of the history
    alone, so that a resumed run stops where an unbroken one does.
    """
    return (
        bool(history) and len(history["val_loss"]) - 1 - best_epoch(history) >= patience
    )


class Recorder(keras.callbacks.Callback):
    """Keeps the run folder up to date after every epoch, and stops when it is time.

    The model comes first and the snapshot last: a kill in between repeats the epoch,
    with the same result.
    """

    def __init__(self, run: Run, history: History):
        super().__init__()
        self.run, self.history = run, history

    @property
    def epochs(self) -> int:
        """The number of complete epochs."""
        return len(self.history.get("val_loss", ()))

    def finished(self) -> bool:
        """Returns whether there is nothing left to train."""
        return self.epochs >= self.run.settings.epochs or should_stop(self.history)

    def on_train_batch_end(self, batch, logs=None):
        """Stops before a loss that is not finite reaches the best model."""
        self._check_finite(logs, _("batch {number}").format(number=batch + 1))

    def on_epoch_end(self, epoch, logs=None):
        """Saves the best model, the figures and the snapshot."""
        self._check_finite(logs, _("validation"))
        for name, value in logs.items():
            self.history.setdefault(name, []).append(value)
        try:
            with uninterrupted():
                self._save(is_best=best_epoch(self.history) == epoch)
        except OSError as error:
            path = self.run.path
            raise UserError(
                _(
                    "cannot write {path}: {reason}; the best model so far is intact: "
                    "make room, then {command}"
                ).format(
                    path=path,
                    reason=reason(error),
                    command=invocation.command("train", "--resume", path),
                )
            ) from error
        self.model.stop_training = should_stop(self.history)

    def _save(self, is_best):
        if is_best:
            self.run.save_model(self.model)
        self.run.save_history(self.history)
        snapshot.save(self.run.snapshots, self.model, self.history)

    def _check_finite(self, logs, where):
        if not all(math.isfinite(value) for value in logs.values()):
            rate = float(self.model.optimizer.learning_rate)
            raise UserError(
                _(
                    "the loss is not finite in epoch {epoch}, {where}, at the learning "
                    "rate {rate:g}: the last finite model is kept in {path}; try "
                    "another --seed or --edition"
                ).format(
                    epoch=self.epochs + 1, where=where, rate=rate, path=self.run.path
                )
            )


def _log(run: Run) -> list[keras.callbacks.Callback]:
    """TensorBoard's log, which Keras writes with TensorFlow on every backend."""
    if not backends.is_installed("tensorflow"):
        print(
            _("no logs/: TensorBoard's log needs tensorflow (pip install tensorflow)")
        )
        return []
    return [keras.callbacks.TensorBoard(run.path / "logs")]


def _restored(run: Run, model: keras.Model) -> History:
    """The history of the newest snapshot, whose state the model gets."""
    history = snapshot.restore(run.snapshots, model)
    # After the first epoch a kill may leave a history without a snapshot, later not.
    if not history and run.epochs_recorded > 1:
        raise UserError(
            _(
                "{path} holds no snapshot, but {epochs} epochs are recorded: nothing "
                "to resume from, and the best model so far is kept; train anew with "
                "--out"
            ).format(path=run.snapshots, epochs=run.epochs_recorded)
        )
    return history


def _explained(error: Exception) -> Exception:
    """An error that the user can mend in the user's words; any other as it is."""
    # ResourceExhaustedError is TensorFlow's, XlaRuntimeError JAX's.
    exhausted = (
        "RESOURCE_EXHAUSTED" in str(error) or "Exhausted" in type(error).__name__
    )
    if isinstance(error, MemoryError) or exhausted:
        return UserError(_("out of memory: try a smaller --batch-size or --timesteps"))
    return error
