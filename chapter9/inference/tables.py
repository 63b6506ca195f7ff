"""A run's figures beside those that the book's author printed."""

from rich.table import Table

from before_keras import author, book
from before_keras.language import _, spoken, word
from before_keras.settings import Settings
from chapter9.inference.evaluation import Evaluation
from chapter9.inference.prediction import LABELS
from chapter9.run_folder.history import best_epoch


def training_table(settings: Settings, data: str, history: dict) -> Table:
    """Returns the best epoch's validation loss and accuracy beside the author's."""
    best = best_epoch(history)
    table = _table("validation", "best epoch", "epochs run")
    table.add_row(
        _this_run(settings, data),
        f"{history['val_loss'][best]:.4f}",
        f"{history['val_accuracy'][best]:.4f}",
        str(best + 1),
        str(len(history["val_loss"])),
    )
    for run in author.reruns(*as_trained(settings, data)):
        table.add_row(*_row(run), str(run.best_epoch), str(run.epochs))
    return table


def evaluation_table(settings: Settings, data: str, result: Evaluation) -> Table:
    """Returns the test set's loss and accuracy beside the author's, if he has any."""
    table = _table("test set")
    table.add_row(
        _this_run(settings, data), f"{result.loss:.4f}", f"{result.accuracy:.4f}"
    )
    for tested in author.tested(*as_trained(settings, data)):
        table.add_row(*_row(tested))
    return table


def confusion_table(result: Evaluation) -> Table:
    """Returns how many reviews of each label were predicted as which."""
    labels = [word(label, spoken()) for label in LABELS]
    table = Table(word("label \\ predicted", spoken()), *labels)
    for label, counts in zip(labels, result.confusion, strict=True):
        table.add_row(label, *(f"{count:,}" for count in counts))
    return table


def _table(title: str, *more: str) -> Table:
    table = Table(word(title, spoken()))
    for name in ("loss", "accuracy", *more):
        table.add_column(word(name, spoken()), justify="right")
    return table


def as_trained(settings: Settings, data: str) -> tuple[str, int, int]:
    """Returns which of the author's runs stand beside a run; on the sample none."""
    model = settings.model if data == "imdb" else ""
    return model, settings.words, settings.edition


def _row(result: author.AuthorRun | author.TestResult) -> tuple[str, str, str]:
    name = _("author, {dates}, {cells} neurons").format(
        dates=result.dates, cells=book.CELLS
    )
    return name, f"{result.loss:.4f}", f"{result.accuracy:.4f}"


def _this_run(settings: Settings, data: str) -> str:
    return _(
        "this run, {model} ({layer}), {cells} neurons, {words} words, {data}"
    ).format(
        model=settings.model,
        layer=settings.layer,
        cells=settings.cells,
        words=settings.words,
        data=data,
    )
