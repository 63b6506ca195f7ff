"""A picture file: its fonts and colours, and that it is written whole or not at all."""

import contextlib
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from before_keras.language import _
from before_keras.safety.errors import UserError, cannot_write
from before_keras.safety.files import atomic
from chapter9 import theme
from chapter9.figures import fonts

LANGUAGES = ("en", "ko")
COLOURS, SCHEME = theme.LINES["light"], theme.SCHEMES["light"]
INK, QUIET, PAPER = SCHEME["ink"], SCHEME["quiet"], SCHEME["paper"]
GRID = SCHEME["muted"]
CODES = {  # matplotlib's
    **{"circle": "o", "square": "s", "diamond": "D", "cross": "P"},
    **{"triangle-up": "^", "triangle-down": "v"},
}
MARKERS = tuple(CODES[symbol] for symbol in theme.SYMBOLS)
DASHES: tuple[Any, ...] = ("-", *((0, dashes) for dashes in theme.DASHES[1:]))
SOLID, DASHED, DOTTED, *_others = DASHES
DPI = 125  # of a .png; for print there is .svg


@contextlib.contextmanager
def drawing(path: Path, size: tuple[float, float], language: str = "en") -> Iterator:
    """Yields an empty matplotlib Figure and writes it to `path` when it is drawn on.

    No display is needed. The same picture has the same bytes in every run.

    Args:
        path: a .png or .svg file; one that is there is replaced.
        size: width and height in inches.
        language: "en" or "ko", for the fonts.

    Raises:
        ImportError: without matplotlib.
        UserError: if a character is in none of the fonts, or the file cannot be
            written.
    """
    import matplotlib
    from matplotlib.figure import Figure

    style: Any = {  # matplotlib types its own settings one by one
        "font.family": fonts.families(language),
        "font.size": 10,
        "axes.unicode_minus": False,  # several Hangul fonts lack U+2212
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.edgecolor": QUIET,
        "axes.titlesize": "medium",
        "axes.labelcolor": INK,
        "text.color": INK,
        "xtick.color": INK,
        "ytick.color": INK,
        "legend.frameon": False,
        "figure.facecolor": PAPER,
        "savefig.facecolor": PAPER,
        "svg.hashsalt": "chapter9",  # else the ids differ from run to run
    }
    with matplotlib.rc_context(style), _no_boxes():
        figure = Figure(figsize=size, layout="constrained")
        yield figure
        metadata = {"Date": None} if path.suffix.lower() == ".svg" else None
        try:
            with atomic(path) as temporary:
                figure.savefig(temporary, dpi=DPI, metadata=metadata)
        except OSError as error:
            raise cannot_write(path, error) from error


@contextlib.contextmanager
def _no_boxes() -> Iterator[None]:
    """Turns matplotlib's warning that it drew a box for a character into an error."""
    with warnings.catch_warnings():
        warnings.filterwarnings("error", message="Glyph .* missing from font")
        try:
            yield
        except UserWarning as warning:
            text = str(warning)
            if not text.startswith("Glyph"):
                raise
            glyph = text[: text.index(" missing")]
            raise UserError(
                _(
                    "no installed font has a character of the picture's text "
                    "({glyph}): install a font that has it, or rename what is drawn"
                ).format(glyph=glyph)
            ) from warning


def heading(axes, text: str) -> None:
    """Says above the y axis what it shows: Hangul on its side is hard to read."""
    axes.set_title(text, loc="left", fontsize="medium", color=INK)


def plain(text: str) -> str:
    """Returns a user's text so that matplotlib shows it as it is.

    It reads mathematics between dollar signs, and hides a label that begins with _.
    """
    return " " * text.startswith("_") + text.replace("$", r"\$")


def diverging():
    """Returns the colours of values from a limit below 0 to one above, pale at 0."""
    return _between([((at + 1) / 2, colour) for at, colour in theme.DIVERGING])


def shares():
    """Returns the colours of shares from 0 to 1, pale at 0."""
    negative = [(-at, colour) for at, colour in theme.DIVERGING if at <= 0]
    return _between(negative[::-1])


def _between(colours: list[tuple[float, str]]):
    from matplotlib.colors import LinearSegmentedColormap

    return LinearSegmentedColormap.from_list("chapter9", colours)


def ink_on(colour) -> str:
    """Returns black or white, whichever reads better on a colour (WCAG's luminance).

    Args:
        colour: (red, green, blue, alpha), each from 0 to 1.
    """
    parts = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in colour[:3]
    )
    red, green, blue = parts
    is_pale = 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.179
    return theme.ON_PALE if is_pale else theme.ON_DARK


def look(number: int) -> dict[str, str]:
    """Returns the colour and the marker of a run, the same in every picture."""
    return {
        "color": COLOURS[number % len(COLOURS)],
        "marker": MARKERS[number % len(MARKERS)],
    }
