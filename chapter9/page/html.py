"""The page put together: template, style, scripts and data in one file.

Nothing is loaded and nothing is sent. The Content-Security-Policy forbids every request
and every script but the three whose hashes it names; the one that trains runs a second
time, as a worker made of its own text.
"""

import base64
import dataclasses
import hashlib
import json
from collections.abc import Iterable
from importlib import resources
from pathlib import Path
from typing import Any

from before_keras import book
from before_keras.author import AuthorRun, training_runs
from before_keras.language import _
from before_keras.safety.errors import UserError, cannot_write
from before_keras.safety.files import write_text
from before_keras.settings import Settings
from before_keras.standing import reruns_beside
from chapter9 import theme
from chapter9.page.tasks import pack, tasks

MAX_PAGE = 6_000_000  # bytes, so that the file can be mailed
# plotly.js, of the package plotly.js-cartesian-dist-min: a third of all of it.
CHARTS = "vendor/plotly-cartesian-3.7.0.min.js"
OWN_MARK = b'<meta name="generator" content="chapter9">'
ENGINE = (  # forward, backward, training: a script of its own, because a worker runs it
    "products.js",
    "simple_rnn.js",
    "lstm.js",
    "gru.js",
    "bag_of_words.js",
    "recurrence.js",
    "classifier.js",
    "optimizers.js",
    "initial_weights.js",
    "training.js",
    "worker.js",
)
SCRIPTS = (  # in the order in which a reader needs them
    "review_text.js",
    "tasks.js",
    "output_layer.js",
    "network.js",
    "influence.js",
    "equation.js",
    "parameters.js",
    "dom.js",
    "fields.js",
    "state.js",
    "theme.js",
    "charts.js",
    "gates_view.js",
    "unfolded.js",
    "equation_view.js",
    "shapes_view.js",
    "tokens_view.js",
    "pins_view.js",
    "review_view.js",
    "bag.js",
    "compare_view.js",
    "parameters_view.js",
    "training_view.js",
    "curves.js",
    "weights_view.js",
    "bytes.js",
    "hdf5_file.js",
    "zip_file.js",
    "keras_file.js",
    "learning.js",
    "batch_view.js",
    "progress.js",
    "learn_view.js",
    "tour.js",
    "why.js",
    "main.js",
)


def write(path: Path, runs: list[dict[str, Any]], overwrite: bool = False) -> None:
    """Writes the page, whole or not at all.

    Args:
        path: the HTML file.
        runs: what `run_data` and `saved_model` returned, one or several.
        overwrite: whether an existing file may be replaced.

    Raises:
        UserError: if the file exists, cannot be written or would become too large.
    """
    path = Path(path)
    check_target(path, overwrite)
    text = build(runs)
    size = len(text.encode())
    if size > MAX_PAGE:
        raise UserError(
            _(
                "the page would have {size:,} bytes, more than {most:,}: give fewer "
                "runs, or runs with fewer --cells or --words"
            ).format(size=size, most=MAX_PAGE)
        )
    try:
        write_text(path, text)
    except OSError as error:
        raise cannot_write(path, error) from error


def check_target(path: Path, overwrite: bool) -> None:
    """Raises a UserError if the page may not be written there."""
    if path.is_dir():
        raise UserError(
            _("{path} is a folder: --out takes the name of a file").format(path=path)
        )
    if path.exists() and not path.is_file():
        raise UserError(
            _("{path} is no regular file: {remedy}").format(
                path=path, remedy=_("give another --out")
            )
        )
    if path.exists() and not overwrite:
        raise UserError(
            _("{path} exists already: --overwrite replaces it").format(path=path)
        )


def is_own(path: Path) -> bool:
    """Returns whether the file is a page that this project wrote."""
    try:
        with open(path, "rb") as file:
            return OWN_MARK in file.read(1_000)
    except OSError:
        return False


def build(runs: list[dict[str, Any]]) -> str:
    """Returns the page as text."""
    charts = _read(CHARTS)
    engine = _script(f"engine/{name}" for name in ENGINE)
    code = _script(SCRIPTS)
    for script in (charts, engine, code):
        if any(mark in script.lower() for mark in ("</script", "<!--")):
            raise ValueError("a script of the page would end its own element")
    hashes = " ".join(f"'{_hash(script)}'" for script in (charts, engine, code))
    parts = {
        "POLICY": "default-src 'none'; img-src data:; style-src 'unsafe-inline'; "
        f"script-src {hashes}; worker-src blob:; base-uri 'none'; form-action 'none'",
        "STYLE": _variables() + _read("style.css"),
        "DATA": _json({**_facts(), **_with_words_once(runs), **_the_authors(runs)}),
        "CHARTS": charts,
        "ENGINE": engine,
        "CODE": code,
    }
    page = _read("template.html")
    # One pass: what is put in may itself look like a placeholder.
    pieces = page.split("@@")
    return "".join(parts.get(piece, piece) for piece in pieces)


def _facts() -> dict[str, Any]:
    """What the page has whatever the run: texts, examples, the book's figures."""
    return {
        "texts": json.loads(_read("texts.json")),
        "examples": json.loads(_read("examples.json")),
        "questions": json.loads(_read("questions.json")),
        "models": [dataclasses.asdict(fact) for fact in book.MODELS],
        "embedding_size": book.EMBEDDING_SIZE,
        "cells": book.CELLS,
        "timesteps": book.TIMESTEPS,
        "tasks": tasks(),
        "theme": {
            "dashes": theme.DASHES,
            "symbols": theme.SYMBOLS,
            "diverging": theme.DIVERGING,
            "on_pale": theme.ON_PALE,
            "on_dark": theme.ON_DARK,
        },
    }


def _variables() -> str:
    """The theme as style.css reads it: in the light, and in the dark."""
    scale = ", ".join(colour for _at, colour in theme.DIVERGING)
    dotted = " ".join(f"{2 * length}px" for length in theme.DASHES[2])

    def root(name: str) -> str:
        lines = {f"curve-{k}": line for k, line in enumerate(theme.LINES[name], 1)}
        found = {**theme.SCHEMES[name], **lines, "scale": scale, "dotted": dotted}
        values = " ".join(f"--{key}: {value};" for key, value in found.items())
        return f":root {{ color-scheme: {name}; {values} }}\n"

    return f"{root('light')}@media(prefers-color-scheme:dark){{{root('dark')}}}\n"


def _the_authors(runs: list[dict[str, Any]]) -> dict[str, Any]:
    """The author's results with the runs' models, and which of them each run is beside.

    Only those have their curves with them.
    """
    models = {run["settings"]["model"] for run in runs}
    results = [r for r in training_runs() if r.is_the_books and r.model in models]
    beside = [[results.index(r) for r in _beside(run)] for run in runs]
    drawn = set().union(*beside)
    return {
        "results": [_result(r, k in drawn) for k, r in enumerate(results)],
        "beside": beside,
    }


def _beside(run: dict[str, Any]) -> list[AuthorRun]:
    """The author's reruns that a run stands beside; a saved model's are not known."""
    if run["data"] == "file":
        return []
    return reruns_beside(Settings(**run["settings"]), run["data"])


def _result(run: AuthorRun, with_curves: bool) -> dict[str, Any]:
    """A run of the author's as the tab "training" shows it."""
    names = ("model", "words", "edition", "dates", "loss", "accuracy", "best_epoch")
    shown = {name: getattr(run, name) for name in (*names, "epochs")}
    curves = ("val_loss", "val_accuracy") if with_curves else ()
    return shown | {name: run.history[name] for name in curves}


def _with_words_once(runs: list[dict[str, Any]]) -> dict[str, Any]:
    """The runs, each with the number of its vocabulary, and the vocabularies."""
    vocabularies: list[list[str]] = []
    for run in runs:
        if run["vocabulary"] not in vocabularies:
            vocabularies.append(run["vocabulary"])
    return {
        "runs": [
            {**run, "vocabulary": vocabularies.index(run["vocabulary"])} for run in runs
        ],
        "vocabularies": [pack(words) for words in vocabularies],
    }


def _json(data: Any) -> str:
    """JSON that cannot end its script element, whatever words it holds.

    Raises:
        ValueError: for a number that is not finite, which JSON does not have.
    """
    text = json.dumps(data, allow_nan=False, separators=(",", ":"))
    return text.replace("<", "\\u003c")


def _script(names: Iterable[str]) -> str:
    return '"use strict";\n' + "\n".join(map(_read, names))


def _hash(script: str) -> str:
    digest = hashlib.sha256(script.encode()).digest()
    return "sha256-" + base64.b64encode(digest).decode("ascii")


def _read(name: str) -> str:
    return resources.files(__package__).joinpath(name).read_text(encoding="utf-8")
