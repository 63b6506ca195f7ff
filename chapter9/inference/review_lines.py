"""Reviews from a file or stdin, one per line, with a bound on what is read and held."""

import io
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from before_keras.language import _
from before_keras.safety import bounds
from before_keras.safety.errors import UserError, cannot_read
from before_keras.safety.untrusted import regular_file
from chapter9.inference.prediction import MAX_BATCH


def read_file(path: Path) -> Iterator[str]:
    """Returns the lines of a UTF-8 text file that are not blank.

    Raises:
        UserError: if it cannot be read, or holds none, too much or no text.
    """
    try:
        with open(regular_file(path, _("give a text file")), "rb") as file:
            return read_lines(file, str(path))
    except OSError as error:
        raise cannot_read(path, error) from error


def read_lines(stream: BinaryIO, name: str) -> Iterator[str]:
    """Returns the lines of a binary stream that are not blank; all of it is checked.

    Line ends may be those of any system, old Macs' lone CR too.

    Raises:
        UserError: as `read_file`.
    """
    content = stream.read(bounds.MAX_REVIEWS_FILE + 1)
    if len(content) > bounds.MAX_REVIEWS_FILE:
        raise UserError(
            _("{name} has more than {most:,} bytes: split it").format(
                name=name, most=bounds.MAX_REVIEWS_FILE
            )
        )
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise UserError(
            _("{name} is no UTF-8 text (byte {place:,}): save it as UTF-8").format(
                name=name, place=error.start
            )
        ) from error
    if b"\0" in content:
        raise UserError(_("{name} holds NUL bytes: give a text file").format(name=name))
    longest = max(map(len, _lines(content)), default=0)
    if longest > bounds.MAX_REVIEW:
        raise UserError(
            _("{name} has a line of more than {most:,} characters").format(
                name=name, most=bounds.MAX_REVIEW
            )
        )
    if not longest:
        raise UserError(
            _("{name} holds no review: give one per line").format(name=name)
        )
    return _lines(content)


def batches(reviews: Iterable[str]) -> Iterator[list[str]]:
    """Yields reviews some at a time: the words of all of them would fill the memory."""
    batch: list[str] = []
    for review in reviews:
        characters = sum(map(len, batch)) + len(review)
        if batch and (len(batch) == MAX_BATCH or characters > bounds.MAX_REVIEWS_TEXT):
            yield batch
            batch = []
        batch.append(review)
    if batch:
        yield batch


def _lines(content: bytes) -> Iterator[str]:
    """One at a time: 16 MB can hold millions, and a string takes 50 bytes or more."""
    for line in io.TextIOWrapper(io.BytesIO(content), "utf-8-sig"):
        if line.strip():
            yield line.rstrip("\n")
