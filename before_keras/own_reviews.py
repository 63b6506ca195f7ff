"""What a user says of reviews of their own: files, columns, tokens."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path

SUFFIXES = (".csv", ".tsv", ".jsonl")
TOKENS = ("words", "characters")  # of IMDB and the sample: "imdb", see data/tokens.py


@dataclass(frozen=True)
class Asked:
    """The options of `train.py` that go with a --data of the user's own.

    Attributes:
        tokens: one of `TOKENS`.
        text_column: the name of the column of the texts; "" to find it by its name.
        label_column: likewise of the labels.
        test_data: a second file, to test on; "" to set a tenth of the first one aside.
    """

    tokens: str = "words"
    text_column: str = ""
    label_column: str = ""
    test_data: str = ""

    @classmethod
    def remembered(cls, data: Mapping) -> "Asked":
        """Returns what a run's data, or options, say of it; else the default."""
        names = [field.name for field in fields(cls)]
        return cls(**{name: data[name] for name in names if name in data})


def is_own(source: str) -> bool:
    """Returns whether --data names a file of the user's own reviews, by its suffix."""
    return Path(source).suffix.lower() in SUFFIXES
