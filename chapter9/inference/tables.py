"""A run's figures beside those that the book's author printed."""

from rich.markup import escape
from rich.table import Table

from before_keras import book, names
from before_keras.author import AuthorRun, TestResult
from before_keras.language import _, spoken, word
from before_keras.safety.printable import printable
from before_keras.settings import Settings
from before_keras.standing import evaluations_beside, reruns_beside, standing
from chapter9.inference.evaluation import Evaluation
from chapter9.run_folder.history import History, best_epoch

MAX_COLUMNS = 10  # of a confusion matrix in a terminal


def training_table(settings: Settings, data: str, history: History) -> Table:
    """Returns the best epoch's validation loss and accuracy beside the author's.

    Below them it says where they stand among his.
    """
    best = best_epoch(history)
    table = _table("validation", "best epoch", "epochs run")
    table.add_row(
        _this_run(settings, data),
        f"{history['val_loss'][best]:.4f}",
        f"{history['val_accuracy'][best]:.4f}",
        str(best + 1),
        str(len(history["val_loss"])),
    )
    reruns = reruns_beside(settings, data)
    for run in reruns:
        table.add_row(*_row(run), str(run.best_epoch), str(run.epochs))
    if reruns:
        table.caption = "\n".join(
            _standing(metric, history[f"val_{metric}"][best], reruns)
            for metric in ("loss", "accuracy")
        )
        table.caption_style, table.caption_justify = "", "left"
    return table


def evaluation_table(settings: Settings, data: str, result: Evaluation) -> Table:
    """Returns the test set's loss and accuracy beside the author's, if he has any."""
    table = _table("test set")
    table.add_row(
        _this_run(settings, data), f"{result.loss:.4f}", f"{result.accuracy:.4f}"
    )
    for tested in evaluations_beside(settings, data):
        table.add_row(*_row(tested))
    return table


def confusion_table(
    result: Evaluation, labels: tuple[str, ...] = names.LABELS
) -> Table:
    """Returns how many reviews of each label were predicted as which."""
    labels = tuple(escape(printable(word(label, spoken()))) for label in labels)
    table = Table(word("label \\ predicted", spoken()), *labels)
    for label, counts in zip(labels, result.confusion, strict=True):
        table.add_row(label, *(f"{count:,}" for count in counts))
    return table


def label_tables(result: Evaluation, labels: tuple[str, ...]) -> list[Table]:
    """Returns the confusion matrix; with more than two labels a row for each first.

    A matrix too wide for a terminal is left out.
    """
    matrix = [confusion_table(result, labels)] if len(labels) <= MAX_COLUMNS else []
    if len(labels) == 2:
        return matrix
    return [_precision_and_recall(result, labels), *matrix]


def _precision_and_recall(result: Evaluation, labels: tuple[str, ...]) -> Table:
    """How many of a label's predictions are right, and how many of it are found."""
    table = Table(word("label", spoken()))
    for name in ("reviews", "precision", "recall"):
        table.add_column(word(name, spoken()), justify="right")
    of_label, said = result.confusion.sum(axis=1), result.confusion.sum(axis=0)
    for k, label in enumerate(labels):
        right = result.confusion[k, k]
        shares = (f"{right / n:.4f}" if n else "-" for n in (said[k], of_label[k]))
        table.add_row(escape(printable(label)), f"{of_label[k]:,}", *shares)
    return table


def _table(title: str, *more: str) -> Table:
    table = Table(word(title, spoken()))
    for name in ("loss", "accuracy", *more):
        table.add_column(word(name, spoken()), justify="right")
    return table


def _standing(metric: str, value: float, reruns: list[AuthorRun]) -> str:
    found = standing(metric, value, reruns)
    return _("validation {metric} {value:.4f}: {standing}").format(
        metric=word(metric, spoken()),
        value=found.value,
        standing=found.words.in_language(spoken()),
    )


def _row(result: AuthorRun | TestResult) -> tuple[str, str, str]:
    name = _("author, {dates}, {cells} neurons")
    if getattr(result, "is_of_last_epoch", False):
        name = _("author, {dates}, {cells} neurons, last epoch")
    name = name.format(dates=result.dates, cells=book.CELLS)
    return name, f"{result.loss:.4f}", f"{result.accuracy:.4f}"


def _this_run(settings: Settings, data: str) -> str:
    return _(
        "this run, {model} ({layer}), {cells} neurons, {words} words, {data}"
    ).format(
        model=settings.model,
        layer=settings.layer,
        cells=settings.cells,
        words=settings.words,
        data=_("own reviews") if data == "own" else data,
    )
