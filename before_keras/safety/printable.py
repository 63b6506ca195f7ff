"""A stranger's text in a terminal: shown, and never obeyed."""

import json
import unicodedata
from collections.abc import Sequence

from before_keras.safety import bounds

JOINERS = "\u200c\u200d"  # of scripts and emoji


def printable(text: str, longest: int = bounds.MAX_NAME) -> str:
    """Returns a text without line ends and control characters, and not too long.

    Each of these is a "?": a name or a review keeps its width.
    """
    shown = "".join(c if _is_shown(c) else "?" for c in text[:longest])
    return shown if len(text) <= longest else f"{shown}..."


def listed(names: Sequence[str], most: int = 20) -> str:
    """Returns printable names with commas in between, the first ones of many."""
    return ", ".join(names) if len(names) <= most else ", ".join(names[:most]) + " ..."


def brief(error: Exception | str, longest: int = bounds.MAX_REASON) -> str:
    """Returns what an error says in one line, which may quote a stranger's file.

    A control character is escaped, so that a name can still be told.
    """
    words = " ".join(str(error)[: 10 * longest].split())
    shown = "".join(c if _is_shown(c) else repr(c)[1:-1] for c in words[:longest])
    return shown if len(words) <= longest else f"{shown}..."


def json_line(value) -> str:
    """Returns JSON with printable characters as they are, others escaped.

    Raises:
        ValueError: for a number that is not finite, which JSON does not have.
    """
    text = json.dumps(value, ensure_ascii=False, allow_nan=False)
    return "".join(c if c.isprintable() else json.dumps(c)[1:-1] for c in text)


def _is_shown(character: str) -> bool:
    is_space = unicodedata.category(character) == "Zs"
    return character.isprintable() or is_space or character in JOINERS
