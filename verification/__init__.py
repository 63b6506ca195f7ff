"""Every number of the chapter, checked: `lines` returns them, section by section.

Imports models and chapter9, and nothing imports it but `verify.py`.
"""

from collections.abc import Iterable

from before_keras.own_reviews import is_own
from before_keras.places import REVIEWS, keras_folder, named_data
from chapter9 import data
from chapter9.data import Corpus
from verification import model_facts, section_9_1, section_9_2, section_9_3
from verification.line import Line

SECTIONS = {
    "9-1": lambda _: section_9_1.lines(),
    "9-2": section_9_2.lines,
    "9-3": lambda _: section_9_3.lines(),
    "own": lambda _: model_facts.lines("own"),
}


def lines(
    sections: Iterable[str] = SECTIONS, corpus: Corpus | None = None
) -> list[Line]:
    """Returns the lines of the sections, each checked.

    Args:
        sections: keys of `SECTIONS`.
        corpus: IMDB; without it the facts of the data are skipped.
    """
    return [line for section in sections for line in SECTIONS[section](corpus)]


def imdb(source: str = "auto") -> Corpus | None:
    """Returns IMDB, or None where there is none to check.

    Args:
        source: as in `data.load`; but "auto" downloads nothing, and for "sample"
            and a user's own reviews there are no facts in the book.

    Raises:
        UserError: if the file that was asked for cannot be used.
    """
    here = named_data() or (keras_folder() / REVIEWS).exists()
    if source == "sample" or is_own(source) or (source == "auto" and not here):
        return None
    return data.load("imdb" if source == "auto" else source)
