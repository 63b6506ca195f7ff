"""Texts and labels of a file of reviews: its columns found, its labels told apart."""

import contextlib
import math
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from before_keras import questions
from before_keras.language import _
from before_keras.own_reviews import Asked
from before_keras.safety import bounds
from before_keras.safety.errors import UserError
from before_keras.safety.printable import listed, printable
from before_keras.settings import option
from chapter9.data import table_file
from chapter9.data.table_file import LineError

TEXT_NAMES = (
    *("text", "review", "document", "sentence", "comment", "content"),
    *("리뷰", "텍스트", "문장", "본문", "내용", "댓글"),
)
LABEL_NAMES = (
    *("label", "sentiment", "class", "target", "category", "polarity", "rating"),
    *("라벨", "레이블", "타깃", "감성", "감정", "분류", "평점"),
)
LAST = ("긍정", "호평", "추천")  # in alphabetical order they would be the first label


class ReviewFile:
    """The reviews of a CSV, TSV or JSON Lines file; the texts are read one by one.

    Args:
        path: the file.
        asked: the columns, by name or to be found.
        labels: those that the reviews may have; () for any, `bounds.MAX_LABELS`
            at most.

    Attributes:
        path: as given.
        encoding: of the file.
        columns: the names of the columns of texts and labels; this and the rest are
            known when `texts` has yielded the last text.
        labels: their names, label 0 first: numbers by value, names by alphabet.
        empty: how many reviews without a text are left out.
        first_empty: the line of the first one, or None.

    Raises:
        UserError: if it is no text file in one encoding.
    """

    def __init__(self, path: Path, asked: Asked, labels: tuple[str, ...] = ()):
        table_file.check(path)
        self.path, self._asked, self.labels = path, asked, labels
        self.encoding = table_file.encoding_of(path)
        self.columns = "", ""
        self.empty = 0
        self.first_empty: int | None = None
        self._found: list[str] = list(labels)  # in the order of the file
        self._places = bytearray()  # in the list, of each review's label

    @property
    def targets(self) -> np.ndarray:
        """The label of each review, (reviews,) int8."""
        order = bytes(self.labels.index(label) for label in self._found)
        places = self._places.translate(order.ljust(256))
        return np.frombuffer(places, np.int8)

    def texts(self) -> Iterator[str]:
        """Yields the text of each review.

        Raises:
            UserError: if a line cannot be used, saying which and how to mend it.
        """
        known = {label: place for place, label in enumerate(self._found)}
        rows = table_file.rows(self.path, self.encoding, self._choose)
        with contextlib.closing(rows):
            for line, (text, label) in rows:
                if not (text := text.strip()):
                    self.empty += 1
                    self.first_empty = self.first_empty or line
                    continue
                label = label.strip()
                if label not in known:
                    _check_label(self.path, line, label, self._found, bool(self.labels))
                    known[label] = len(known)
                    self._found.append(label)
                self._places.append(known[label])
                _check_size(self.path, line, len(self._places))
                yield text
        self.labels = self.labels or tuple(sorted(self._found, key=_order))
        _check_both(self.path, len(self._places), self.labels)

    def _choose(self, names: list[str]) -> list[str]:
        """Of all columns those of texts and labels."""
        asked, path = self._asked, self.path
        text = _column(path, names, asked.text_column, TEXT_NAMES, "text_column")
        label = _column(path, names, asked.label_column, LABEL_NAMES, "label_column")
        self.columns = text, label
        return [text, label]


def _column(path: Path, names: list[str], asked: str, known, setting: str) -> str:
    """The name of a column, as asked for or one of the names that are known."""
    shown = listed([*map(printable, names)]) or _("nothing")
    if asked:
        if asked in names:
            return asked
        raise UserError(
            _("{path} has no column {name}; its first line has {names}").format(
                path=path, name=printable(asked), names=shown
            )
        )
    by_name = {name.casefold(): name for name in reversed(names)}
    for name in known:
        if name in by_name:
            return by_name[name]
    problem = _(
        "{path}: none of the columns of its first line is named {known} ...: name "
        "one with {option}; it has {names}"
    ).format(path=path, known=", ".join(known[:3]), option=option(setting), names=shown)
    raise UserError(questions.leading_to(questions.OWN_REVIEWS, problem))


def _check_label(path: Path, line: int, label: str, known: list[str], fixed: bool):
    """Refuses a label that is empty, too long, or one too many."""
    if not label:
        raise LineError(
            path, line, _("the review has no label: fill it in or remove the line")
        )
    shown = printable(label)
    if len(label) > bounds.MAX_NAME:
        raise LineError(
            path,
            line,
            _("{label} is no label: name its column with {option}").format(
                label=shown, option=option("label_column")
            ),
        )
    if fixed:
        raise LineError(path, line, _unknown_label(label, known))
    if len(known) == bounds.MAX_LABELS:
        raise LineError(
            path,
            line,
            _(
                "the label {label} is one more than {most} different ones: are they "
                "labels? Name their column with {option}"
            ).format(
                label=shown, most=bounds.MAX_LABELS, option=option("label_column")
            ),
        )


def _unknown_label(label: str, known: list[str]) -> str:
    """What is wrong with a label that the model does not have."""
    if len(known) == 2:
        return _("the label {label} is neither {first} nor {second}").format(
            label=printable(label),
            first=printable(known[0]),
            second=printable(known[1]),
        )
    return _("the label {label} is none of {known}").format(
        label=printable(label), known=listed([*map(printable, known)])
    )


def _check_size(path: Path, line: int, reviews: int) -> None:
    if reviews > bounds.MAX_OWN_REVIEWS:
        raise LineError(
            path,
            line,
            _("more than {most:,} reviews: split the file").format(
                most=bounds.MAX_OWN_REVIEWS
            ),
        )


def _check_both(path: Path, reviews: int, labels: tuple[str, ...]) -> None:
    """Makes sure that there is something to tell apart."""
    if not reviews:
        raise UserError(_("{path} holds no review with a text").format(path=path))
    if len(labels) < 2:
        raise UserError(
            _(
                "{path} has one label only, {label}: give reviews with two, or name "
                "another column with {option}"
            ).format(
                path=path,
                label=printable(labels[0]),
                option=option("label_column"),
            )
        )


def _order(label: str) -> tuple:
    """Numbers by value, names by alphabet, and what praises last."""
    try:
        value = float(label)
    except ValueError:
        value = math.nan
    if math.isfinite(value):
        return 0, value, label
    return 1 + (label in LAST), 0.0, label
