"""What a run is made of: its options, each with the range that it may have."""

import dataclasses
from dataclasses import dataclass

from before_keras import book, names
from before_keras.language import _
from before_keras.safety import bounds
from before_keras.safety.errors import UserError

RANGES = {
    "words": (5, 100_000),
    "cells": (1, 1_024),
    "timesteps": (1, 2_500),
    "epochs": (1, 10_000),
    "batch_size": (1, 25_000),
    "seed": (0, 2**32 - 1),
}
CHOICES = {
    "layer": names.LAYERS,
    "edition": names.EDITIONS,
    "backend": names.BACKENDS,
    "deterministic": (False, True),
    "gru_dropout": (True, False),
}
EDITIONS_DIFFER = ("lstm-dropout", "lstm-2-layers", "gru")  # in what they drop


def default_cells(model: str) -> int:
    """Returns 10 for the project's own default model and 8, as in the book, else."""
    return 10 if model == "one-hot" else book.CELLS


@dataclass(frozen=True)
class Settings:
    """The options of `train.py`, as a run folder keeps them.

    Attributes:
        gru_dropout: whether a GRU of the 2nd edition drops inputs, as the book's does;
            older versions trained it without. No option: what began so goes on so.

    Raises:
        UserError: for a value outside its range, naming both.
    """

    model: str = "one-hot"
    layer: str = "custom"
    edition: int = 1
    words: int = book.WORDS
    cells: int = default_cells("one-hot")
    timesteps: int = book.TIMESTEPS
    epochs: int = book.EPOCHS
    batch_size: int = book.BATCH_SIZE
    seed: int = 7
    backend: str = "tensorflow"
    deterministic: bool = False
    gru_dropout: bool = True

    def __post_init__(self):
        for name, (lowest, highest) in RANGES.items():
            value = getattr(self, name)
            if type(value) is not int or not lowest <= value <= highest:
                raise UserError(
                    _(
                        "{option} {value!r}: give an integer from {lowest:,} to "
                        "{highest:,}"
                    ).format(
                        option=option(name), value=value, lowest=lowest, highest=highest
                    )
                )
        weights = self.words * max(self.cells, book.EMBEDDING_SIZE)
        if weights > bounds.MAX_NUMBERS:
            raise UserError(
                _(
                    "--words {words:,} with --cells {cells:,} makes a matrix of "
                    "{weights:,} weights: give at most {most:,}"
                ).format(
                    words=self.words,
                    cells=self.cells,
                    weights=weights,
                    most=bounds.MAX_NUMBERS,
                )
            )
        rows = self.words * self.timesteps
        is_built = self.model == "one-hot" and self.layer == "builtin"
        if is_built and rows > bounds.MAX_NUMBERS:
            raise UserError(
                _(
                    "--words {words:,} with --timesteps {timesteps:,} makes "
                    "{numbers:,} numbers of a review: give at most {most:,}, "
                    "or --layer custom"
                ).format(
                    words=self.words,
                    timesteps=self.timesteps,
                    numbers=rows,
                    most=bounds.MAX_NUMBERS,
                )
            )
        for name, choices in CHOICES.items():
            value = getattr(self, name)
            # The type too: 1 == True.
            if type(value) is not type(choices[0]) or value not in choices:
                allowed = ", ".join(map(str, choices))
                raise UserError(
                    _("{option} {value!r}: one of {allowed}").format(
                        option=option(name), value=value, allowed=allowed
                    )
                )
        if not isinstance(self.model, str):
            raise UserError(
                _("{option} {value!r}: give a name").format(
                    option="--model", value=self.model
                )
            )

    @classmethod
    def from_options(cls, options: dict) -> "Settings":
        """Picks the settings out of a command's options; `cells` may be None."""
        if options.get("cells") is None:
            options = {**options, "cells": default_cells(options["model"])}
        fields = {field.name for field in dataclasses.fields(cls)} & set(options)
        return cls(**{name: options[name] for name in fields})

    @classmethod
    def from_dict(cls, values) -> "Settings":
        """Reads what `dataclasses.asdict` wrote, checked like any other settings."""
        fields = {field.name for field in dataclasses.fields(cls)}
        if not isinstance(values, dict) or set(values) != fields:
            raise UserError(
                _("the settings must be {names}").format(
                    names=", ".join(sorted(fields))
                )
            )
        return cls(**values)

    def model_options(self) -> dict:
        """Returns what `models.build` takes beside the name."""
        options: dict[str, int | str] = {
            "layer": self.layer,
            "words": self.words,
            "cells": self.cells,
            "timesteps": self.timesteps,
        }
        if self.model in EDITIONS_DIFFER:
            options["edition"] = 1 if self.lacks_dropout else self.edition
        return options

    @property
    def lacks_dropout(self) -> bool:
        """Whether it is the 2nd edition's GRU without its dropout."""
        return self.edition == 2 and self.model == "gru" and not self.gru_dropout


def option(name: str) -> str:
    """Returns the command-line option of a setting: batch_size is --batch-size."""
    return "--" + name.replace("_", "-")
