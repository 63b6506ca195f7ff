"""The options of the commands: their languages, their help texts, their defaults."""

import argparse

from before_keras import language
from before_keras.language import _
from before_keras.own_reviews import SUFFIXES
from before_keras.places import DATA_VARIABLE, REVIEWS, WORD_INDEX


class Parser(argparse.ArgumentParser):
    """An argument parser with --lang, --debug, and examples below the options."""

    def __init__(self, description: str, examples: str):
        super().__init__(
            description=description,
            epilog=examples,
            formatter_class=_HelpFormatter,
            allow_abbrev=False,
        )
        add_common(self, language.spoken(), False)


def add_common(parser: argparse.ArgumentParser, spoken: str, debug: bool | str) -> None:
    """Adds --lang and --debug, with these defaults."""
    parser.add_argument(
        "--lang",
        choices=language.LANGUAGES,
        default=spoken,
        help=_("English or Korean (default: the system's language)"),
    )
    parser.add_argument(
        "--debug",
        action="store_true",
        default=debug,
        help=_("show where an error arose"),
    )


class _HelpFormatter(argparse.RawDescriptionHelpFormatter):
    def _get_help_string(self, action):
        """Adds the default, where there is one and the help does not tell it.

        argparse has a formatter for that; until Python 3.13 it knows English alone.
        """
        default = _(" (default: %(default)s)")
        is_told = default.partition(":")[0] in action.help
        if action.default in (None, False, "", argparse.SUPPRESS) or is_told:
            return action.help
        return action.help + default


def integer(text: str) -> int | str:
    """Returns the number, or any other text as it is: `Settings` shows the range."""
    try:
        return int(text)
    except ValueError:
        return text


def data_help() -> str:
    """Returns the help text of --data."""
    return _(
        "imdb, sample, auto (imdb if available), the path of an {reviews}, beside "
        "which {words} lies ({variable} may name that file), or of your own reviews "
        "with a text and a label each ({suffixes})"
    ).format(
        reviews=REVIEWS,
        words=WORD_INDEX,
        variable=DATA_VARIABLE,
        suffixes=", ".join(SUFFIXES),
    )


def run_help() -> str:
    """Returns the help text of a run."""
    return _("a folder that train.py wrote")


def data_of_run_help() -> str:
    """Returns the help text of --data where a run knows its reviews."""
    return _("as in train.py (default: what the run was trained on)")


def given(parser: Parser) -> dict:
    """Returns the options that stand on the command line, without any defaults."""
    nothing = dict.fromkeys(vars(parser.parse_args()))
    found = vars(parser.parse_args(namespace=argparse.Namespace(**nothing)))
    return {name: value for name, value in found.items() if value is not None}
