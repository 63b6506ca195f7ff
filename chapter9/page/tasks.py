"""What the page can train on: a handful of sentences, and reviews of the sample.

The sentences have four words, so that the layer of section 9-1, 4 inputs and 3 neurons,
reads them. Two of them, the same words in another order, are kept for validation.
"""

import base64
import json
import zlib
from functools import cache
from importlib import resources
from typing import Any

import numpy as np

from chapter9.data import sample

TRAINING, VALIDATION = 5_000, 1_000  # reviews: a fifth of the sample, 0.2 MB


@cache
def tasks() -> dict[str, Any]:
    """Returns the tasks by name, as tasks.js reads them.

    sentences: the words, and pairs of sentence and label. sample: the words by rank; of
    training and validation the lengths of the reviews, their tokens end to end, and the
    labels, all packed.
    """
    words, *data_sets = sample.generate(TRAINING, VALIDATION)
    names = ("training", "validation")
    parts = zip(names, data_sets, strict=True)
    reviews = {name: _reviews(*part) for name, part in parts}
    text = (
        resources.files(__package__).joinpath("tasks.json").read_text(encoding="utf-8")
    )
    return {**json.loads(text), "sample": {"words": pack(words), **reviews}}


def _reviews(sequences: list[list[int]], labels: np.ndarray) -> dict[str, str]:
    """The reviews packed, those of the same words side by side: a third smaller."""
    rows = sorted(range(len(sequences)), key=lambda row: sorted(sequences[row]))
    columns = {
        "lengths": [len(sequences[row]) for row in rows],
        "tokens": [token for row in rows for token in sequences[row]],
        "labels": [labels[row] for row in rows],
    }
    return {
        name: _compressed(np.asarray(column, "<u2").tobytes())
        for name, column in columns.items()
    }


def pack(words: list[str]) -> str:
    """Returns the words by rank as JSON, compressed, in base 64: for review_text.js."""
    return _compressed(json.dumps(words).encode())


def _compressed(content: bytes) -> str:
    return base64.b64encode(zlib.compress(content, level=9)).decode("ascii")
