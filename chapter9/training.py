"""Training as the book does it: optimizer, early stopping, and the best model kept."""

import keras

from chapter9 import book, compiled_epoch, data
from chapter9.run import Run


def compile_model(model: keras.Model, edition: int = 1) -> None:
    """Compiles a model as section 9-2 does.

    The 1st edition has RMSprop(learning_rate=1e-4), the 2nd 'adam'; both have binary
    cross-entropy and accuracy.
    """
    optimizer = keras.optimizers.RMSprop(book.LEARNING_RATE) if edition == 1 else "adam"
    model.compile(optimizer, loss="binary_crossentropy", metrics=["accuracy"])


def train(model: keras.Model, corpus: data.Corpus, run: Run, verbose: int = 1) -> dict:
    """Trains a model of the chapter and fills its run folder.

    Args:
        model: takes (batch, timesteps) token ids, returns (batch, 1) probabilities.
        corpus: the reviews; 80 % to train on, 20 % to validate on.
        run: the folder, whose settings say how to train.
        verbose: as in `model.fit`.

    Returns:
        Loss, accuracy, val_loss and val_accuracy of every epoch, as lists.
    """
    settings = run.settings
    training, validation = data.split(corpus, settings.timesteps, settings.words)
    compile_model(model, settings.edition)
    history = compiled_epoch.fit(
        model,
        training.x,
        training.y,
        epochs=settings.epochs,
        batch_size=settings.batch_size,
        seed=settings.seed,
        validation_data=(validation.x, validation.y),
        callbacks=[
            keras.callbacks.EarlyStopping(
                patience=book.PATIENCE, restore_best_weights=True
            ),
            Recorder(run),
            keras.callbacks.TensorBoard(run.path / "logs", write_graph=False),
        ],
        verbose=verbose,
    )
    return history.history


class Recorder(keras.callbacks.Callback):
    """Keeps the run folder up to date: the best model, and every epoch's figures."""

    def __init__(self, run: Run):
        super().__init__()
        self.run = run
        self.history: dict[str, list[float]] = {}

    def on_epoch_end(self, epoch, logs=None):
        """Saves the model if its validation loss is the lowest so far."""
        for name, value in (logs or {}).items():
            self.history.setdefault(name, []).append(value)
        losses = self.history["val_loss"]
        if losses[-1] == min(losses):
            self.run.save_model(self.model)
        self.run.save_history(self.history)
