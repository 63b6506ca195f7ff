"""A run's figures beside those that the book's author printed."""

from rich.table import Table

from before_keras import book
from before_keras.settings import Settings
from chapter9.inference.evaluation import Evaluation
from chapter9.inference.prediction import LABELS
from chapter9.run_folder.history import best_epoch


def training_table(settings: Settings, data: str, history: dict) -> Table:
    """Returns the best epoch's validation loss and accuracy beside the author's."""
    best = best_epoch(history)
    table = _table("validation", "best epoch", "epochs run")
    table.add_row(
        f"this run, {_what(settings, data)}",
        f"{history['val_loss'][best]:.4f}",
        f"{history['val_accuracy'][best]:.4f}",
        str(best + 1),
        str(len(history["val_loss"])),
    )
    for result in _author(settings, data):
        epochs = str(result.epochs) if result.epochs else ""
        table.add_row(
            f"author, {result.rerun}, 8 cells",
            f"{result.loss:.4f}",
            f"{result.accuracy:.4f}",
            "",
            epochs,
        )
    return table


def evaluation_table(settings: Settings, data: str, result: Evaluation) -> Table:
    """Returns the test set's loss and accuracy beside the author's, if he has any."""
    table = _table("test set")
    table.add_row(
        f"this run, {_what(settings, data)}",
        f"{result.loss:.4f}",
        f"{result.accuracy:.4f}",
    )
    for author in _author(settings, data, test=True):
        table.add_row(
            f"author, {author.rerun}, 8 cells",
            f"{author.loss:.4f}",
            f"{author.accuracy:.4f}",
        )
    return table


def confusion_table(result: Evaluation) -> Table:
    """Returns how many reviews of each label were predicted as which."""
    table = Table("label \\ predicted", *LABELS)
    for label, counts in zip(LABELS, result.confusion, strict=True):
        table.add_row(label, *(f"{count:,}" for count in counts))
    return table


def _table(title: str, *more: str) -> Table:
    table = Table(title)
    for name in ("loss", "accuracy", *more):
        table.add_column(name, justify="right")
    return table


def _author(settings: Settings, data: str, test: bool = False) -> list[book.Result]:
    """The author's reruns of the same model; none beside a run on the sample."""
    if data != "imdb":
        return []
    return book.results(settings.model, settings.words, settings.edition, test)


def _what(settings: Settings, data: str) -> str:
    model = f"{settings.model} ({settings.layer})"
    return f"{model}, {settings.cells} cells, {settings.words} words, {data}"
