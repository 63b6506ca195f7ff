"""A user's files of reviews as arrays on disk: read, set aside, counted, encoded.

No step holds the texts: memory holds 9 bytes a review, and a bounded number of words.
"""

import itertools
import sys
from pathlib import Path

import numpy as np

from before_keras.language import _
from before_keras.own_reviews import Asked
from before_keras.safety.errors import UserError
from before_keras.safety.printable import printable
from before_keras.settings import option
from chapter9.data import cache, spool, word_counts
from chapter9.data.part_file import PartFile
from chapter9.data.progress import watched
from chapter9.data.review_file import ReviewFile
from chapter9.data.reviews import set_aside
from chapter9.data.text import Vocabulary


def write(folder: Path, path: Path, test_path: Path | None, asked: Asked) -> dict:
    """Writes training and test reviews as `cache` maps them; returns facts about them.

    Args:
        folder: where.
        path: a CSV, TSV or JSON Lines file.
        test_path: the file to test on; None to set reviews of the first one aside.
        asked: how to read them.

    Raises:
        UserError: if a file or a line of it cannot be used.
        ValueError: if there is too much in them.
    """
    texts = folder / "texts"
    files = [ReviewFile(path, asked)]
    hashes = [_read(files[0], texts, asked.tokens)]
    names = files[0].labels
    if test_path:
        files.append(ReviewFile(test_path, asked, names))
        hashes.append(_read(files[1], texts, asked.tokens))
        is_test = np.repeat([False, True], [len(hashes[0]), len(hashes[1])])
    else:
        _check_split(path, files[0])
        is_test = set_aside(files[0].targets)
        hashes = [hashes[0][~is_test], hashes[0][is_test]]
    twice, in_both = _repeated(*hashes)
    del hashes
    words = _vocabulary(texts, asked.tokens, ~is_test)
    labels = np.concatenate([file.targets for file in files])
    _encode(folder, texts, labels, is_test, Vocabulary(words, asked.tokens))
    texts.unlink()
    encodings = [file.encoding for file in files]
    return {
        "words": words,
        "columns": files[0].columns,
        "labels": names,
        "encodings": encodings if test_path else [*encodings, "utf-8"],
        "empty": sum(file.empty for file in files),
        "first_empty": [f.first_empty for f in files if f.first_empty is not None][:1],
        "twice": twice,
        "in_both": in_both,
    }


def write_test(
    folder: Path,
    path: Path,
    asked: Asked,
    vocabulary: Vocabulary,
    labels: tuple[str, ...],
) -> None:
    """Writes the reviews of a file, all to test on, with a model's words and labels.

    Raises:
        as `write`.
    """
    found, texts = ReviewFile(path, asked, labels), folder / "texts"
    spool.append(texts, found.texts(), vocabulary.kind)
    _encode(folder, texts, found.targets, np.ones(len(found.targets), bool), vocabulary)


def _read(file: ReviewFile, texts: Path, kind: str) -> np.ndarray:
    print(_("reading {path}").format(path=file.path), file=sys.stderr)
    return spool.append(texts, file.texts(), kind)


def _check_split(path: Path, found: ReviewFile) -> None:
    """Makes sure that of each label one review can be set aside."""
    counts = np.bincount(found.targets)
    for label, count in zip(found.labels, counts, strict=True):
        if count < 2:
            raise UserError(
                _(
                    "{path} has a single review with the label {label}: give more, or "
                    "a file to test on with {option}"
                ).format(path=path, label=printable(label), option=option("test_data"))
            )


def _repeated(training: np.ndarray, test: np.ndarray) -> tuple[int, int]:
    """How many training reviews repeat another, and how many test reviews are such.

    Args:
        training: (reviews,) hashes of the texts, which this sorts.
        test: likewise.
    """
    training.sort()
    twice = np.count_nonzero(training[1:] == training[:-1])
    places = np.searchsorted(training, test).clip(max=len(training) - 1)
    return int(twice), int(np.count_nonzero(training[places] == test))


def _vocabulary(texts: Path, kind: str, is_training: np.ndarray) -> list[str]:
    """The words of the training part, most frequent first."""
    chosen = itertools.compress(spool.read(texts, kind), is_training.tobytes())
    count = int(np.count_nonzero(is_training))
    shown = watched(chosen, count, _("making the vocabulary"))
    return word_counts.vocabulary_of(shown, texts.parent)


def _encode(folder: Path, texts: Path, labels, is_test, vocabulary: Vocabulary) -> None:
    """Writes the arrays of both parts, each in the order of the texts."""
    pieces = spool.read(texts, vocabulary.kind)
    shown = watched(pieces, len(labels), _("making tokens"))
    with (
        PartFile(folder, cache.TRAINING) as training,
        PartFile(folder, cache.TEST) as test,
    ):
        parts = training, test
        for review, part in zip(shown, is_test.tobytes(), strict=True):
            parts[part].append(vocabulary.tokens(review))
        training.finish(labels[~is_test])
        test.finish(labels[is_test])
