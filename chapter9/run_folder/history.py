"""Loss and accuracy of every epoch, and history.csv, which keeps them."""

import csv
import io
from pathlib import Path

from before_keras.language import _
from before_keras.safety import bounds, untrusted
from before_keras.safety.errors import UserError, cannot_read
from before_keras.safety.files import write_text
from before_keras.safety.printable import brief
from before_keras.settings import RANGES

History = dict[str, list[float]]  # one number per epoch, by the metric's name
MAX_VALUES = {"loss": 1e6, "accuracy": 1, "val_loss": 1e6, "val_accuracy": 1}
METRICS = tuple(MAX_VALUES)


def is_history(value) -> bool:
    """Returns whether it is a `History`: as many possible numbers of every metric."""
    if not isinstance(value, dict) or set(value) != set(METRICS):
        return False
    if not all(isinstance(column, list) for column in value.values()):
        return False
    [epochs, *others] = {len(column) for column in value.values()}
    return (
        not others
        and 1 <= epochs <= RANGES["epochs"][1]
        and all(
            type(number) is float and 0 <= number <= MAX_VALUES[name]  # not NaN either
            for name, column in value.items()
            for number in column
        )
    )


def best_epoch(history: History) -> int:
    """Returns the index of the epoch with the lowest validation loss."""
    return min(range(len(history["val_loss"])), key=history["val_loss"].__getitem__)


def write_history(file: Path, history: History) -> None:
    """Writes a table with one line per epoch, epoch 1 first."""
    table = io.StringIO()
    writer = csv.writer(table, lineterminator="\n")
    writer.writerow(["epoch", *history])
    writer.writerows(
        [epoch, *row]
        for epoch, row in enumerate(zip(*history.values(), strict=True), start=1)
    )
    write_text(file, table.getvalue())


def read_history(file: Path) -> History:
    """Reads what `write_history` wrote.

    Raises:
        UserError: if the file is missing or damaged.
    """
    untrusted.regular_file(file, untrusted.of_a_run(), bounds.MAX_TEXT_FILE)
    try:
        with (
            untrusted.bounded_memory(),
            open(file, encoding="utf-8", newline="") as table,
        ):
            rows = list(csv.DictReader(table))
        history = {name: [float(row[name]) for row in rows] for name in METRICS}
        if not is_history(history):
            raise ValueError(
                _("it has no epoch, or a metric has a value that none can have")
            )
        return history
    except KeyError as error:
        raise UserError(
            _("{path} is damaged: no column {name}").format(path=file, name=error)
        ) from error
    except OSError as error:
        raise cannot_read(file, error) from error
    except (ValueError, TypeError, csv.Error) as error:
        raise UserError(
            _("{path} is damaged: {reason}").format(path=file, reason=brief(error))
        ) from error
