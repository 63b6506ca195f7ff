"""Which fonts a picture is lettered in, so that Hangul is never drawn as boxes.

Matplotlib's own font has no Hangul. It ships with every Windows and macOS and is one
package on Linux, so an installed font is used; none is downloaded or bundled.
"""

from before_keras.language import _, spoken
from before_keras.safety.errors import UserError

LATIN = "DejaVu Sans"  # matplotlib brings it
HANGUL = (  # the best for a picture first: sans serif, with a regular weight
    "Malgun Gothic",  # Windows
    "Apple SD Gothic Neo",  # macOS
    "AppleGothic",
    "NanumGothic",  # Debian and Ubuntu: fonts-nanum
    "NanumBarunGothic",
    "Noto Sans KR",
    "Noto Sans CJK KR",  # fonts-noto-cjk
    "Noto Sans CJK JP",  # the same file, which older matplotlibs know by this name
    "UnDotum",
    "Baekmuk Gulim",
)


def families(language: str) -> list[str]:
    """Returns the families to look a character up in, one after the other.

    Args:
        language: "ko" puts the Hangul font first; "en" has it last, where there is one,
            for a run folder with a Korean name.

    Raises:
        UserError: for "ko" if no installed font has Hangul.
    """
    hangul = find_hangul()
    if language == "ko":
        if hangul is None:
            raise UserError(
                _(
                    "no installed font has Hangul: install one (Debian, Ubuntu and "
                    "Colab: apt install fonts-nanum; or put NanumGothic.ttf into "
                    "~/.local/share/fonts; Windows and macOS bring one), or choose "
                    "--lang en"
                )
            )
        return [hangul, LATIN]
    return [LATIN] if hangul is None else [LATIN, hangul]


def check(language: str) -> None:
    """Checks that a picture can be drawn here, before any work is done for it.

    Raises:
        UserError: if matplotlib cannot be imported, or as `families`.
    """
    try:
        families(language)
    except ImportError as error:
        raise UserError(
            _("drawing needs matplotlib ({error}): pip install matplotlib").format(
                error=error
            )
        ) from error


def language() -> str:
    """Returns the language in use, but "en" where no installed font has Hangul."""
    return spoken() if find_hangul() else "en"


def find_hangul() -> str | None:
    """Returns the family of the best installed font with Hangul, None without any."""
    found = _known_hangul()
    if found is None:  # installed after matplotlib wrote its list of fonts?
        _add_new_fonts()
        found = _known_hangul()
    return found


def _known_hangul() -> str | None:
    from matplotlib import font_manager

    known = {font.name for font in font_manager.fontManager.ttflist}
    return next((name for name in HANGUL if name in known), None)


def _add_new_fonts() -> None:
    from matplotlib import font_manager

    manager = font_manager.fontManager
    known = {font.fname for font in manager.ttflist}
    for path in font_manager.findSystemFonts():
        if path not in known:
            try:
                manager.addfont(path)
            except (OSError, RuntimeError):  # no font that matplotlib can read
                continue
