"""The 2nd edition's notebooks once more: the author's seed, layers, order and epochs.

A notebook sets its seed once and then makes one model after the other, and each layer
draws its initial weights in its turn. So the models before the one in question are made
here too; training them draws nothing that a later one needs. `fit` shuffles alike in
every epoch, and the epochs here take that order.

An epoch is one compiled program, that drops what `fit` drops.
"""

from dataclasses import dataclass
from typing import Any

import keras
import numpy as np

import models
from before_keras import author, book, names
from before_keras.author import AuthorRun, TestResult
from before_keras.settings import Settings
from chapter9 import data
from chapter9.data import Corpus
from chapter9.inference.evaluation import Evaluation, evaluate
from chapter9.run_folder.history import History
from chapter9.training import compiled_epoch
from chapter9.training.compiled_dropout import drop_as_in_fit
from chapter9.training.fit_order import fit_order
from chapter9.training.train import compile_model

SEED, EDITION = 42, 2


@dataclass(frozen=True)
class Replay:
    """A training of the author's, and the same training here.

    Attributes:
        his: the training as the newest version of his notebook prints it.
        layer: whose recurrent layers: "custom" or "builtin".
        compiled: whether the epochs were compiled programs, not `model.fit`.
        history: loss, accuracy, val_loss and val_accuracy of every epoch here.
        printed: loss and accuracy as the progress bar prints them, if it was
            `model.fit`; his training figures are such.
        his_test: his result on the test set, if the notebook has one.
        test: the result here, if it has.
    """

    his: AuthorRun
    layer: str
    compiled: bool
    history: History
    printed: History | None = None
    his_test: TestResult | None = None
    test: Evaluation | None = None


def replay(
    model: str, corpus: Corpus, layer: str = "builtin", compiled: bool = True
) -> Replay:
    """Trains a model as the author's notebook does.

    Keras must run on TensorFlow, as there, and in a process of its own: the operations
    stay deterministic.

    Args:
        model: one of `names.REVIEW_MODELS`.
        corpus: IMDB.
        layer: "custom" or "builtin".
        compiled: whether epochs are compiled programs, or go through `model.fit`.
    """
    his = _newest(model)
    compiled_epoch.make_deterministic()
    keras.utils.set_random_seed(SEED)
    network = _made_in_turn(model, layer)
    compile_model(network, EDITION)
    if names.SECTIONS[model] == "9-3":
        network.jit_compile = False  # what `fit` chooses for Keras's LSTM and GRU
    reviews = data.split(corpus, book.TIMESTEPS, his.words)
    history, printed = _train(network, *reviews, compiled)
    his_test = test = None
    if tested := author.tested(model, his.words, EDITION):
        his_test = tested[-1]
        test = evaluate(network, data.prepare(corpus.test, book.TIMESTEPS, his.words))
    return Replay(his, layer, compiled, history, printed, his_test, test)


def _newest(model: str) -> AuthorRun:
    """What the notebook prints as it stands: his last run of the model."""
    runs = author.training_runs()
    his = [run for run in runs if (run.model, run.edition) == (model, EDITION)]
    return next(run for run in reversed(his) if run.is_the_books)


def _made_in_turn(model: str, layer: str) -> keras.Model:
    """The model, made after those before it in its notebook."""
    section = names.SECTIONS[model]
    notebook = [name for name in names.REVIEW_MODELS if names.SECTIONS[name] == section]
    for name in notebook[: notebook.index(model) + 1]:
        settings = Settings(
            name, layer, EDITION, words=_newest(name).words, cells=book.CELLS
        )
        network = models.build(name, **settings.model_options())
    return network


def _train(
    network, training, validation, compiled: bool
) -> tuple[History, History | None]:
    """The figures of every epoch, and what the progress bar of `fit` prints."""
    options: dict[str, Any] = {
        "epochs": book.EPOCHS,
        "batch_size": book.BATCH_SIZE,
        "validation_data": (validation.x, validation.y),
        "verbose": 0,
    }
    stop = keras.callbacks.EarlyStopping(
        patience=book.PATIENCE, restore_best_weights=True
    )
    if compiled:
        rows = fit_order(len(training.x), book.BATCH_SIZE)
        with drop_as_in_fit():
            trained = compiled_epoch.train_epochs(
                network,
                training.x,
                training.y,
                order=lambda epoch: rows,
                validation_batch_size=book.BATCH_SIZE,  # each draws masks, unused
                callbacks=[stop],
                **options,
            )
        return trained.history, None
    bar = _ProgressBar()
    trained = network.fit(training.x, training.y, callbacks=[bar, stop], **options)
    return trained.history, bar.printed


class _ProgressBar(keras.callbacks.Callback):
    """Averages as the progress bar did up to Keras 3.10, over what each batch printed.

    It prints an epoch's last figures twice, and both count.
    """

    def __init__(self):
        super().__init__()
        self.printed: History = {"loss": [], "accuracy": []}

    def on_epoch_begin(self, epoch, logs=None):
        """Forgets the epoch before."""
        self.batches: list[dict[str, float]] = []

    def on_train_batch_end(self, batch, logs=None):
        """Notes the figures of the epoch so far."""
        self.batches.append(dict(logs))

    def on_epoch_end(self, epoch, logs=None):
        """Averages them."""
        printed = [*self.batches, self.batches[-1]]
        for name, values in self.printed.items():
            values.append(float(np.mean([figures[name] for figures in printed])))
