"""A replay as its reader gets it: his epochs and those here, 80 columns or JSON."""

from collections.abc import Iterator
from dataclasses import dataclass

from rich.cells import cell_len

from before_keras.language import _, spoken, word
from before_keras.show import Entry, Ledger
from before_keras.standing import WORSE, standing
from chapter9.run_folder.history import best_epoch
from verification.replay import Replay

METRICS = ("loss", "accuracy")
WIDTH = 11  # columns of a figure
ALIKE = 0.001  # by how much figures of equal trainings may differ


@dataclass(frozen=True)
class Compared:
    """A replay beside the training that it repeats, epoch by epoch.

    Attributes:
        replay: both trainings.
    """

    replay: Replay

    @property
    def epochs(self) -> list[dict[str, tuple[float, float]]]:
        """(his, here) of both metrics on the validation set, in the epochs of both.

        Those here are rounded to the four digits that his notebook prints.
        """
        his, here = self.replay.his.history, self.replay.history
        return [
            {
                metric: (
                    his[f"val_{metric}"][row],
                    round(here[f"val_{metric}"][row], 4),
                )
                for metric in METRICS
            }
            for row in range(min(self.replay.his.epochs, len(here["val_loss"])))
        ]

    @property
    def equal(self) -> int:
        """The number of epochs from the first on whose printed digits all agree."""
        for number, epoch in enumerate(self.epochs):
            if any(his != here for his, here in epoch.values()):
                return number
        return len(self.epochs)

    @property
    def best(self) -> int:
        """The best epoch here, from 1."""
        return best_epoch(self.replay.history) + 1

    def largest_difference(self, metric: str) -> float:
        """How far apart a metric is at most, in any epoch of both."""
        pairs = (epoch[metric] for epoch in self.epochs)
        return round(max(abs(his - here) for his, here in pairs), 4)

    @property
    def holds(self) -> bool:
        """Whether the first epoch is his, or else the best one as good as his.

        Rounding grows in SimpleRNN, so that an equal start promises no more.
        """
        if all(abs(his - here) <= ALIKE for his, here in self.epochs[0].values()):
            return True
        history, row = self.replay.history, self.best - 1
        return all(
            standing(metric, history[f"val_{metric}"][row], [self.replay.his]).verdict
            != WORSE
            for metric in METRICS
        )

    def as_dict(self) -> dict:
        """The comparison as JSON can hold it."""
        replay, his = self.replay, self.replay.his
        result = {
            "model": his.model,
            "words": his.words,
            "notebook": his.notebook,
            "commit": his.printed[-1].commit,
            "layer": replay.layer,
            "compiled": replay.compiled,
            "epochs": self.epochs,
            "equal_epochs": self.equal,
            "largest_difference": {m: self.largest_difference(m) for m in METRICS},
            "training_as_printed": replay.printed,
            "best_epoch": {"his": his.best_epoch, "here": self.best},
            "epochs_run": {"his": his.epochs, "here": len(replay.history["loss"])},
            "holds": self.holds,
        }
        if replay.test and replay.his_test:
            result["test"] = {
                metric: (
                    getattr(replay.his_test, metric),
                    round(getattr(replay.test, metric), 4),
                )
                for metric in METRICS
            }
        return result


@dataclass(frozen=True)
class ReplayReport:
    """Replays beside the author's trainings."""

    replays: tuple[Replay, ...]

    @property
    def compared(self) -> tuple[Compared, ...]:
        """Each replay beside what it repeats."""
        return tuple(map(Compared, self.replays))

    @property
    def holds(self) -> bool:
        """Whether every replay is as good as his training."""
        return all(one.holds for one in self.compared)

    def as_dict(self) -> dict:
        """The report as JSON can hold it."""
        return {"replays": [one.as_dict() for one in self.compared]}

    def __rich__(self) -> Ledger:
        return Ledger(tuple(g for one in self.compared for g in _groups(one)))

    def __str__(self) -> str:
        return str(self.__rich__())


def _groups(one: Compared) -> Iterator[tuple[Entry, ...]]:
    yield tuple(_table(one))
    mark = "ok" if one.holds else "FAIL"
    first, *rest = _sentences(one)
    yield (
        Entry(first, mark=mark, shown=word(mark, spoken())),
        *(Entry(sentence, mark=" ", shown=" ") for sentence in rest),
    )
    yield (Entry(""),)


def _table(one: Compared) -> Iterator[Entry]:
    """An epoch in a line: each metric his, here, and the difference."""
    his = one.replay.his
    title = f"{his.model}, {his.notebook} {his.printed[-1].commit}"
    loss, accuracy = (word(metric, spoken()) for metric in METRICS)
    columns = [_("author"), _("here"), _("difference")] * len(METRICS)
    yield Entry(title, style="bold")
    yield Entry("", ((_row(["", "", loss, "", "", accuracy]),),))
    yield Entry(word("validation", spoken()), ((_row(columns),),))
    for number, epoch in enumerate(one.epochs, start=1):
        figures = [
            text
            for his_figure, here in epoch.values()
            for text in (
                f"{his_figure:.4f}",
                f"{here:.4f}",
                f"{round(here - his_figure, 4):+.4f}",
            )
        ]
        label = _("epoch {number}").format(number=number)
        yield Entry(label, ((_row(figures),),))


def _row(columns: list[str]) -> str:
    return "".join(" " * (WIDTH - cell_len(text)) + text for text in columns)


def _sentences(one: Compared) -> Iterator[str]:
    replay, his = one.replay, one.replay.his
    if one.equal == len(one.epochs):
        yield _("all printed digits agree in all {epochs} epochs").format(
            epochs=len(one.epochs)
        )
    elif one.equal:
        yield _(
            "all printed digits agree up to epoch {equal}; from then on rounding goes "
            "its own way"
        ).format(equal=one.equal)
    else:
        yield _("the printed digits differ from the first epoch on")
    yield _("largest difference: loss {loss:.4f}, accuracy {accuracy:.4f}").format(
        **{metric: one.largest_difference(metric) for metric in METRICS}
    )
    if replay.printed:
        loss, accuracy = (replay.printed[metric][0] for metric in METRICS)
        yield _(
            "training, first epoch as the progress bar prints it: author "
            "{his_loss:.4f} / {his_accuracy:.4f}, here {loss:.4f} / {accuracy:.4f}"
        ).format(
            his_loss=his.history["loss"][0],
            his_accuracy=his.history["accuracy"][0],
            loss=loss,
            accuracy=accuracy,
        )
    row = one.best - 1
    yield _(
        "best epoch: author {his} of {his_epochs}, {his_loss:.4f} / "
        "{his_accuracy:.4f}; here {here} of {epochs}, {loss:.4f} / {accuracy:.4f}"
    ).format(
        his=his.best_epoch,
        his_epochs=his.epochs,
        his_loss=his.loss,
        his_accuracy=his.accuracy,
        here=one.best,
        epochs=len(replay.history["loss"]),
        loss=replay.history["val_loss"][row],
        accuracy=replay.history["val_accuracy"][row],
    )
    if replay.test and replay.his_test:
        yield _(
            "test set: author {his_loss:.4f} / {his_accuracy:.4f}, "
            "here {loss:.4f} / {accuracy:.4f}"
        ).format(
            his_loss=replay.his_test.loss,
            his_accuracy=replay.his_test.accuracy,
            loss=replay.test.loss,
            accuracy=replay.test.accuracy,
        )
    yield (
        _("{layer} layers, compiled epochs in the order of model.fit")
        if replay.compiled
        else _("{layer} layers, in model.fit")
    ).format(layer=replay.layer)
