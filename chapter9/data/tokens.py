"""A text in pieces, each of which may have a token: words, or single characters.

imdb        as Keras built its IMDB data: ASCII lower case, ASCII punctuation but the
            apostrophe made spaces, split at spaces
words       lower case, punctuation and symbols but the apostrophe made spaces, both by
            Unicode; split at white space
characters  every character as it is, white space made one space; it suits Korean, where
            a character is a syllable

The page does the same in JavaScript (page/review_text.js). The two languages do not
agree on what white space is, so it is listed. Both compose a text first (NFC), because
macOS may write a Hangul syllable as its letters.
"""

import re
import string
import unicodedata
from collections.abc import Sequence

KINDS = ("imdb", "words", "characters")
_FILTERED = '!"#$%&()*+,-./:;<=>?@[\\]^_`{|}~\t\n'
_IMDB = str.maketrans(
    string.ascii_uppercase + _FILTERED, string.ascii_lowercase + " " * len(_FILTERED)
)
_WHITE = re.compile(
    "[\t-\r\x1c- \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff]+"
)


class _Spaces(dict[int, str]):
    """For `str.translate`: all that parts words made a space, once it is looked up."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        is_mark = unicodedata.category(character)[0] in "PS" and character != "'"
        self[code] = " " if is_mark or _WHITE.match(character) else character
        return self[code]


_SPACES = _Spaces()


def split(text: str, kind: str) -> list[str]:
    """Returns the pieces of a text in their order.

    Args:
        text: a review.
        kind: one of `KINDS`.
    """
    return list(pieces(plain(text, kind), kind))


def plain(text: str, kind: str) -> str:
    """Returns a text of the same pieces that `pieces` tells apart quickly.

    Args:
        text: a review.
        kind: one of `KINDS`.
    """
    if kind == "imdb":
        spaced = text.translate(_IMDB)
    else:
        text = unicodedata.normalize("NFC", text)
        if kind == "characters":
            return _WHITE.sub(" ", text).strip(" ")
        spaced = text.lower().translate(_SPACES)
    return " ".join(filter(None, spaced.split(" ")))


def pieces(text: str, kind: str) -> Sequence[str]:
    """Returns the pieces of a plain text: its words, or its characters as they are."""
    return text if kind == "characters" else text.split(" ") if text else []


def join(pieces: list[str], kind: str) -> str:
    """Returns the pieces as a text, to be shown."""
    return ("" if kind == "characters" else " ").join(pieces)
