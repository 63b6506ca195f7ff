"""A stranger's text in a terminal: shown, and never obeyed."""

import json

LONGEST_NAME = 80  # characters


def printable(text: str, longest: int = LONGEST_NAME) -> str:
    """Returns a text without control characters, and not too long."""
    shown = "".join(c if c.isprintable() else "?" for c in text[:longest])
    return shown if len(text) <= longest else f"{shown}..."


def json_line(value) -> str:
    """Returns JSON with letters of any language as they are, all else escaped.

    Raises:
        ValueError: for a number that is not finite, which JSON does not have.
    """
    text = json.dumps(value, ensure_ascii=False, allow_nan=False)
    return "".join(c if c.isprintable() else json.dumps(c)[1:-1] for c in text)
