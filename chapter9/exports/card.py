"""The cards beside an exported model: what goes in and what comes out.

card.json is for programs, README.md for people.
"""

from typing import Any

import keras

import before_keras
from before_keras.export_formats import FORMATS
from before_keras.language import _
from before_keras.safety.files import checksum
from chapter9.data.text import FIRST_WORD, PADDING, START, UNKNOWN
from chapter9.exports.comparison import Comparison
from chapter9.run_folder.run import Run

VOCABULARY = "vocabulary.json"
GENERATOR = "chapter9"  # whose card it is


def facts(run: Run, name: str, exported: keras.Model) -> dict[str, Any]:
    """Returns what card.json says, without the comparison.

    Args:
        run: the run.
        name: a key of `FORMATS`.
        exported: the model that is exported.
    """
    kind = run.vocabulary.kind
    return {
        "generator": GENERATOR,
        "version": before_keras.__version__,
        "format": name,
        "file": FORMATS[name].file,
        "run": run.path.resolve().name,
        "model": run.settings.model,
        "parameters": exported.count_params(),
        "run_sha256": checksum(run.model_file),
        "input": {
            "dtype": "int32",
            "timesteps": run.settings.timesteps,
            "split": kind,
            "vocabulary": VOCABULARY,
            "start": START,
            "first_word": FIRST_WORD,
            "words": run.settings.words,
            "rare": UNKNOWN,
            "absent": None if kind == "imdb" else UNKNOWN,
            "padding": PADDING,
            "padded": "pre",
            "truncated": "pre",
        },
        "output": {"numbers": exported.output_shape[-1], "labels": list(run.labels)},
    }


def words(run: Run) -> list[str]:
    """Returns the words that have an id; of IMDB all, to tell rare from unknown ones.

    The word at index k has the id k + FIRST_WORD.
    """
    every = run.vocabulary.words
    is_imdb = run.vocabulary.kind == "imdb"
    return every if is_imdb else every[: run.settings.words - FIRST_WORD]


def text(card: dict[str, Any], comparison: Comparison) -> str:
    """Returns the card in Markdown, in the language in use."""
    entrance, labels = card["input"], card["output"]["labels"]
    if card["output"]["numbers"] == 1:
        output = _(
            "(reviews, 1) float32: the probability of {label}; else it is {other}."
        )
        output = output.format(label=labels[1], other=labels[0])
    else:
        output = _("(reviews, {count}) float32: a probability for each of {labels}.")
        output = output.format(count=len(labels), labels=", ".join(labels))
    paragraphs = [
        "# "
        + _("{run} for {runtime}").format(run=card["run"], runtime=comparison.runtime),
        _(
            "`{file}` holds the model {model}, {parameters:,} parameters. "
            '`python predict.py "..."` predicts from text.'
        ).format(**card),
        "## " + _("What goes in"),
        _(
            "(reviews, {timesteps}) int32 token ids below {words}. A text is split "
            "into pieces (below). Its ids are {start}, which stands for the start, and "
            "one for each piece: its place in `{vocabulary}`, counted from 0, plus "
            "{first_word}. An id of {words} or more becomes {rare}. The last "
            '{timesteps} ids are kept; fewer get zeros in front (padding "pre").'
        ).format(**entrance),
        _pieces(entrance["split"]),
        "## " + _("What comes out"),
        output,
        "## " + _("Compared"),
        _(
            "{runtime} alone and the run's model read {reviews:,} reviews of the test "
            "set: no two probabilities differ by more than {difference:.1e}."
        ).format(**vars(comparison)),
    ]
    return "\n\n".join(paragraphs) + "\n"


def _pieces(kind: str) -> str:
    """How a text is split: data/tokens.py in words."""
    return {
        "imdb": _(
            "Pieces are words: A to Z in lower case; tabs, line ends and ASCII "
            "punctuation except the apostrophe become spaces; split at spaces. A word "
            "that is not in the vocabulary is left out."
        ),
        "words": _(
            "Pieces are words: the text in Unicode's form NFC and in lower case; "
            "punctuation and symbols except the apostrophe become spaces; split at "
            "white space. A word that is not in the vocabulary gets the id 2."
        ),
        "characters": _(
            "Pieces are characters: the text in Unicode's form NFC, any white space as "
            "one space, none at the ends. A character that is not in the vocabulary "
            "gets the id 2."
        ),
    }[kind]
