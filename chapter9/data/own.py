"""A user's own reviews, cached and mapped: a corpus like IMDB's.

The vocabulary comes from the training part alone. Without a second file a tenth of each
label's reviews is set aside to test on: the same one whatever --seed says, like the
validation set, so that seeds compare.
"""

import contextlib
import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from before_keras.language import _
from before_keras.own_reviews import Asked
from before_keras.places import cache_folder
from before_keras.safety.errors import UserError
from before_keras.safety.files import checksum
from before_keras.safety.printable import brief, listed, printable
from before_keras.safety.untrusted import bounded_memory
from chapter9.data import cache, own_files, table_file
from chapter9.data.corpus import Corpus, Origin
from chapter9.data.reviews import Reviews
from chapter9.data.text import Vocabulary

LAYOUT = "1"  # raise it when what the cache holds changes its meaning


@dataclass(frozen=True)
class OwnOrigin(Origin):
    """The file or files that a user's reviews were read from, and how.

    Attributes:
        tokens, text_column, label_column, test_data: as in `Asked`, the last absolute.
        test_checksum: the SHA-256 of the second file; "" without one.
        labels: their names, that of label 0 first.
    """

    tokens: str
    text_column: str
    label_column: str
    test_data: str
    test_checksum: str
    labels: tuple[str, ...]


def load(path: Path, asked: Asked) -> Corpus:
    """Returns the reviews of a CSV, TSV or JSON Lines file, mapped from the cache.

    Args:
        path: the file, which may be larger than memory.
        asked: how to read it.

    Raises:
        UserError: if a file cannot be used, saying why and where.
    """
    test_path = Path(asked.test_data).absolute() if asked.test_data else None
    table_file.check(path)
    if test_path:
        table_file.check(test_path)
    asked_for = asdict(asked) | {
        "path": str(path.absolute()),
        "checksum": checksum(path),
        "test_data": str(test_path or ""),
        "test_checksum": checksum(test_path) if test_path else "",
    }

    def write(folder: Path) -> dict:
        with _bounded(path):
            facts = own_files.write(folder, path, test_path, asked)
        table_file.check_unchanged(path, asked_for["checksum"])
        if test_path:
            table_file.check_unchanged(test_path, asked_for["test_checksum"])
        return facts

    folder = _cached(asked_for)
    kept = cache.read(folder) or cache.make(folder, write)
    labels = tuple(kept[2]["labels"])
    return _corpus(kept, OwnOrigin(**asked_for, labels=labels))


def load_cached(remembered: dict) -> Corpus | None:
    """Returns the reviews of files that were read before, wherever they are by now.

    Args:
        remembered: what `dataclasses.asdict` made of their origin.
    """
    kept, labels = cache.read(_cached(remembered)), tuple(remembered["labels"])
    return _corpus(kept, OwnOrigin(**remembered | {"labels": labels})) if kept else None


def encode(
    path: Path, asked: Asked, vocabulary: Vocabulary, labels: tuple[str, ...]
) -> Reviews:
    """Returns the reviews of a file as a trained model reads them, all to test on.

    Args:
        path: a CSV, TSV or JSON Lines file.
        asked: its columns, by name or to be found.
        vocabulary: the model's.
        labels: the model's, the only ones that the reviews may have.

    Raises:
        UserError: as `load`.
    """
    with cache.temporary_folder() as folder:
        with _bounded(path):
            own_files.write_test(folder, path, asked, vocabulary, labels)
        return cache.mapped(folder, cache.TEST)


@contextlib.contextmanager
def _bounded(path: Path) -> Iterator[None]:
    """Bounds the memory that the reviews of a file take.

    Raises:
        UserError: if that is too little, or something else is wrong with them.
    """
    try:
        with bounded_memory():
            yield
    except ValueError as error:
        raise UserError(
            _("{path} is too large ({reason}): split it").format(
                path=path, reason=brief(error)
            )
        ) from error


def _corpus(kept: cache.Cached, origin: OwnOrigin) -> Corpus:
    training, test, facts = kept
    return Corpus(
        "own",
        training,
        test,
        _note(training, test, facts, origin),
        load_words=lambda: facts["words"],
        origin=origin,
        tokens=origin.tokens,
        labels=origin.labels,
    )


def _note(training: Reviews, test: Reviews, facts: dict, origin: OwnOrigin) -> str:
    """What the user should know about the reviews, a line each."""
    counts = np.bincount(training.labels, minlength=len(origin.labels))
    labels = [
        f"{printable(label)} ({count:,})"
        for label, count in zip(origin.labels, counts, strict=True)
    ]
    said = [
        _(
            "data: {name}, {reviews:,} reviews to train on and {test:,} to test on; "
            "texts from {text_column}, labels from {label_column}: {labels}"
        ).format(
            name=printable(Path(origin.path).name),
            reviews=len(training),
            test=len(test),
            text_column=printable(facts["columns"][0]),
            label_column=printable(facts["columns"][1]),
            labels=listed(labels),
        )
    ]
    if "cp949" in facts["encodings"]:
        said.append(_("the file is no UTF-8 and was read as CP949"))
    if facts["empty"]:
        said.append(
            _(
                "{count:,} reviews without a text are left out (first: line {line})"
            ).format(count=facts["empty"], line=facts["first_empty"][0])
        )
    if facts["twice"]:
        said.append(
            _("{count:,} reviews to train on are there more than once").format(
                count=facts["twice"]
            )
        )
    if facts["in_both"]:
        said.append(
            _("{count:,} of the reviews to test on are among those to train on").format(
                count=facts["in_both"]
            )
        )
    return "\n".join(said)


def _cached(asked: dict) -> Path:
    names = ("checksum", "test_checksum", "tokens", "text_column", "label_column")
    forms = [Path(asked[name]).suffix.lower() for name in ("path", "test_data")]
    key = json.dumps([*(asked[name] for name in names), *forms])
    found = hashlib.sha256(key.encode()).hexdigest()
    return cache_folder() / f"own-{LAYOUT}-{found[:16]}"
