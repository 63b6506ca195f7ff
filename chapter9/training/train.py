"""Training as the book does it: optimizer, early stopping, and the best model kept."""

import contextlib
import errno
import os

import keras

from before_keras import backends, book, invocation
from before_keras.language import _
from before_keras.safety.errors import UserError, cannot_write, reason
from before_keras.safety.files import uninterrupted
from chapter9 import data
from chapter9.model_files.load_weights import load_weights
from chapter9.output_layer import loss_of
from chapter9.run_folder import snapshot
from chapter9.run_folder.history import History
from chapter9.run_folder.run import Run
from chapter9.training import compiled_epoch, processes
from chapter9.training.recorder import Recorder, should_stop


def compile_model(model: keras.Model, edition: int = 1) -> None:
    """Compiles a model as section 9-2 does.

    The 1st edition has RMSprop(learning_rate=1e-4), the 2nd 'adam'; both have binary
    cross-entropy and accuracy. With more than two labels it is categorical.
    """
    optimizer = keras.optimizers.RMSprop(book.LEARNING_RATE) if edition == 1 else "adam"
    model.compile(optimizer, loss=loss_of(model), metrics=["accuracy"])


def train(
    model: keras.Model, corpus: data.Corpus, run: Run, verbose: int = 1
) -> History:
    """Trains a model of the chapter and fills its run folder, or goes on filling it.

    A folder with snapshots is gone on with after its last complete epoch; the result is
    that of training without a break.

    Args:
        model: takes (batch, timesteps) token ids, returns probabilities, as
            `output_layer` has them. It comes with the weights that the run's seed
            gives it, and ends with the best; trained by several processes, with the
            last.
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
    first = processes.is_first()
    with run.locked() if first else contextlib.nullcontext():
        recorder = _RunRecorder(run, _restored(run, model))
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
                    callbacks=[recorder, *(_log(run) if first else ())],
                    verbose=verbose,
                )
            except Exception as error:
                raise explained(error) from error
    if processes.count() == 1:
        load_weights(model, run.model_file)
    return recorder.history


class _RunRecorder(Recorder):
    """Keeps the run folder up to date after every epoch as well.

    The model comes first and the snapshot last: a kill in between repeats the epoch,
    with the same result.
    """

    def __init__(self, run: Run, history: History):
        remedy = _(
            "the last finite model is kept in {path}; try another --seed or --edition"
        )
        super().__init__(history, remedy.format(path=run.path), run.settings.seed)
        self.run = run

    def finished(self) -> bool:
        """Returns whether there is nothing left to train."""
        return self.epochs >= self.run.settings.epochs or should_stop(self.history)

    def keep(self, is_best: bool) -> None:
        """Saves the best model, the figures and the snapshot; one process does."""
        if not processes.is_first():
            return
        try:
            with uninterrupted(), processes.alone():
                self._save(is_best)
        except OSError as error:
            path, command = self.run.path, ("train", "--resume", self.run.path)
            message = (
                _(
                    "cannot write {path}: {reason}; the best model so far is intact: "
                    "make room, then {command}"
                )
                if self.run.model_file.is_file()
                else _(
                    "cannot write {path}: {reason}; no epoch is saved yet: make room, "
                    "then {command}"
                )
            )
            raise UserError(
                message.format(
                    path=path,
                    reason=reason(error),
                    command=invocation.command(*command),
                )
            ) from error

    def _save(self, is_best):
        if is_best:
            self.run.save_model(self.model)
        self.run.save_history(self.history)
        snapshot.save(self.run.snapshots, self.model, self.history)


def _log(run: Run) -> list[keras.callbacks.Callback]:
    """TensorBoard's log, which Keras writes with TensorFlow on every backend."""
    if not backends.is_installed("tensorflow"):
        print(
            _("no logs/: TensorBoard's log needs tensorflow (pip install tensorflow)")
        )
        return []
    logs = run.path / "logs"
    try:
        logs.mkdir(exist_ok=True)
    except OSError as error:  # TensorFlow would say it in its own words
        raise cannot_write(logs, error) from error
    return [keras.callbacks.TensorBoard(logs)]


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


def explained(error: Exception) -> Exception:
    """Returns an error of training in the user's words, if the user can mend it."""
    if os.strerror(errno.ENOSPC) in str(error):  # TensorFlow's word for both is one
        return UserError(
            _(
                "no space left on the device for TensorBoard's log: make room, then go "
                "on with --resume"
            )
        )
    # ResourceExhaustedError is TensorFlow's, XlaRuntimeError JAX's.
    exhausted = (
        "RESOURCE_EXHAUSTED" in str(error) or "Exhausted" in type(error).__name__
    )
    if isinstance(error, MemoryError) or exhausted:
        return UserError(_("out of memory: try a smaller --batch-size or --timesteps"))
    return error
