"""Rows of a CSV, TSV or JSON Lines file, each with the number of its line.

By the standard library: csv and json tell the line that is wrong, hold one line at a
time, and read 200,000 short reviews in a second. pandas and pyarrow read faster, but a
large package more would save a fraction of the encoding's time.

A CSV has commas between its columns, or semicolons or tabs as spreadsheets write it,
and texts in quotes where they hold one. In a TSV a quote is a character like any other.
"""

import codecs
import csv
import io
import itertools
import json
import os
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import BinaryIO, TextIO

from before_keras.language import _
from before_keras.own_reviews import SUFFIXES
from before_keras.safety import bounds
from before_keras.safety.errors import UserError, cannot_read
from before_keras.safety.files import checksum
from before_keras.safety.printable import brief, printable
from before_keras.safety.untrusted import regular_file
from chapter9.data.progress import reading

Choose = Callable[[list[str]], list[str]]  # of all columns those that are wanted
Rows = Generator[tuple[int, list[str]]]
UNICODE_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
ENCODINGS = ("utf-8", "cp949")  # without a mark: the first one that fits


class LineError(UserError):
    """What is wrong with a line of a file: "reviews.csv, line 17: ..."."""

    def __init__(self, path: Path, line: int, message: str):
        super().__init__(
            _("{path}, line {line}: {message}").format(
                path=path, line=line, message=message
            )
        )


def check(path: Path) -> None:
    """Makes sure that a file of reviews can be read at all.

    Raises:
        UserError: if it is no regular file, is too large or unreadable.
    """
    suffixes = ", ".join(SUFFIXES)
    remedy = _("give a file of reviews ({suffixes})").format(suffixes=suffixes)
    regular_file(path, remedy, bounds.MAX_OWN_FILE)


def check_unchanged(path: Path, found: str) -> None:
    """Makes sure that a file has the checksum that it had before it was read.

    Raises:
        UserError: if it has another one.
    """
    if checksum(path) != found:
        raise _changed(path)


def rows(path: Path, encoding: str, choose: Choose) -> Rows:
    """Yields the line number and the wanted values of every row, until it is closed.

    Args:
        path: a file with one of the suffixes of `own_reviews.SUFFIXES`.
        encoding: as `encoding_of` finds it.
        choose: gets the names of the columns; returns those whose values are wanted.

    Raises:
        UserError: if the file is unreadable or damaged, naming the line.
    """
    read = _objects if path.suffix.lower() == ".jsonl" else _cells
    try:
        with open(path, "rb") as file, _shown(path, file) as watched:
            text = io.TextIOWrapper(watched, encoding, newline="")
            yield from read(path, text, choose)
    except OSError as error:
        raise cannot_read(path, error) from error
    except UnicodeError as error:  # it was in this encoding
        raise _changed(path) from error


def _shown(path: Path, file: BinaryIO):
    what = _("reading {path}").format(path=path.name)
    return reading(file, os.fstat(file.fileno()).st_size, what)


def _changed(path: Path) -> UserError:
    return UserError(
        _("{path} has changed while it was read: start again").format(path=path)
    )


def encoding_of(path: Path) -> str:
    """Returns the encoding of a text file: UTF-8, UTF-16 with its mark, or CP949.

    Raises:
        UserError: if it is none of them, saying where and how to mend it.
    """
    try:
        with open(path, "rb") as file:
            start = file.read(4)
    except OSError as error:
        raise cannot_read(path, error) from error
    if start.startswith(b"PK\x03\x04"):
        raise UserError(
            _("{path} is a spreadsheet or an archive: save it as CSV UTF-8").format(
                path=path
            )
        )
    marked = next((n for m, n in UNICODE_MARKS.items() if start.startswith(m)), None)
    wrong = {}
    for name in [marked] if marked else ENCODINGS:
        wrong[name] = _first_wrong_line(path, name)
        if wrong[name] is None:
            return name
    where = ", ".join(
        _("line {line} is no {encoding}").format(line=line, encoding=name.upper())
        for name, line in wrong.items()
    )
    raise UserError(
        _("{path} is no text in one encoding ({where}): save it as UTF-8").format(
            path=path, where=where
        )
    )


def _first_wrong_line(path: Path, name: str) -> int | None:
    """The number of the first line that is not in an encoding, or None."""
    decoder, line = codecs.getincrementaldecoder(name)(), 1
    with open(path, "rb") as file:
        while True:
            block = file.read(2**20)
            try:
                line += decoder.decode(block, final=not block).count("\n")
            except UnicodeDecodeError as error:
                return line + error.object[: error.start].count(b"\n")
            if not block:
                return None


def _lines(path: Path, file: TextIO) -> Iterator[str]:
    """The lines, none of which fills the memory."""
    number = 0
    while line := file.readline(bounds.MAX_LINE + 1):
        number += 1
        if len(line) > bounds.MAX_LINE:
            raise LineError(
                path,
                number,
                _("it has more than {most:,} characters").format(most=bounds.MAX_LINE),
            )
        if "\0" in line:
            raise LineError(path, number, _("it holds NUL bytes: give a text file"))
        yield line


def _cells(path: Path, file: TextIO, choose: Choose) -> Rows:
    """The rows of a CSV or TSV file."""
    lines = _lines(path, file)
    first = next(lines, "")
    is_tsv = path.suffix.lower() == ".tsv"
    reader = csv.reader(
        itertools.chain([first], lines),
        delimiter="\t" if is_tsv else max(",;\t", key=first.count),
        quoting=csv.QUOTE_NONE if is_tsv else csv.QUOTE_MINIMAL,
        strict=True,  # tells of a quote that never closes
    )
    before, begins = csv.field_size_limit(bounds.MAX_REVIEW), 1
    try:
        names = [name.strip() for name in next(reader, [])]
        places = [names.index(name) for name in choose(names)]
        begins = reader.line_num + 1
        for row in reader:
            if len(row) == len(names):
                yield begins, [row[place] for place in places]
            elif row:  # not a blank line
                raise LineError(path, begins, _columns(len(row), len(names)))
            begins = reader.line_num + 1
    except csv.Error as error:
        raise _csv_error(path, begins, reader.line_num, error) from error
    finally:
        csv.field_size_limit(before)


def _columns(found: int, expected: int) -> str:
    return _(
        "it has {found} columns, the first line {expected}; a text that holds the "
        "separator stands in quotes"
    ).format(found=found, expected=expected)


def _csv_error(path: Path, begins: int, ends: int, error: csv.Error) -> LineError:
    """The error of a row, which may go on for many lines."""
    if "unexpected" in str(error) or ends > begins:
        return LineError(path, begins, _("a quote opens there and does not close"))
    if "limit" in str(error):
        most = _("a text of more than {most:,} characters")
        return LineError(path, begins, most.format(most=bounds.MAX_REVIEW))
    return LineError(
        path,
        begins,
        _("{reason}; a quote in a quoted text is written twice").format(
            reason=brief(error)
        ),
    )


def _objects(path: Path, file: TextIO, choose: Choose) -> Rows:
    """The rows of a JSON Lines file: an object a line, the first one names the columns.

    A label may be a text, an integer or a truth value.
    """
    wanted = None
    for number, line in enumerate(_lines(path, file), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError) as error:
            reason = _("it is no JSON: {reason}").format(reason=brief(error))
            raise LineError(path, number, reason) from error
        if not isinstance(row, dict):
            raise LineError(path, number, _("it is no JSON object"))
        wanted = wanted or choose(list(row))
        yield number, [_value(path, number, row, name) for name in wanted]
    if wanted is None:
        choose([])


def _value(path: Path, number: int, row: dict, name: str) -> str:
    value = row.get(name)
    if value is None:
        return ""
    if isinstance(value, bool | int):
        return json.dumps(value)
    if not isinstance(value, str):
        raise LineError(
            path,
            number,
            _("{column} is neither a text nor an integer").format(
                column=printable(name)
            ),
        )
    return value.encode("utf-8", "replace").decode()  # no half of a surrogate pair
