"""Reviews from a file or stdin, one a line, with a bound on what is read."""

from pathlib import Path
from typing import BinaryIO

from chapter9.errors import UserError
from chapter9.untrusted import regular_file

LARGEST = 16 * 2**20  # bytes
LONGEST = 2**20  # characters of a review; IMDB's longest has 14,000


def read_file(path: Path) -> list[str]:
    """Returns the lines of a UTF-8 text file that are not blank.

    Raises:
        UserError: if it cannot be read, or holds none, too much or no text.
    """
    try:
        with open(regular_file(path, "give a text file"), "rb") as file:
            return read_lines(file, str(path))
    except OSError as error:
        raise UserError(f"cannot read {path}: {error.strerror}") from error


def read_lines(stream: BinaryIO, name: str) -> list[str]:
    """Returns the lines of a binary stream that are not blank.

    Raises:
        UserError: as `read_file`.
    """
    content = stream.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise UserError(f"{name} has more than {LARGEST:,} bytes: split it")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UserError(
            f"{name} is no UTF-8 text (byte {error.start:,}): save it as UTF-8"
        ) from error
    if "\0" in text:
        raise UserError(f"{name} holds NUL bytes: give a text file")
    lines = [line for line in text.replace("\r\n", "\n").split("\n") if line.strip()]
    if max(map(len, lines), default=0) > LONGEST:
        raise UserError(f"{name} has a line of more than {LONGEST:,} characters")
    if not lines:
        raise UserError(f"{name} holds no review: give one a line")
    return lines
