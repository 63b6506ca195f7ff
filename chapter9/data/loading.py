"""Where the reviews come from: a file, Keras's cache, a download, or the sample."""

import contextlib
from functools import partial
from pathlib import Path

from before_keras.language import _
from before_keras.own_reviews import SUFFIXES, Asked, is_own
from before_keras.places import DATA_VARIABLE, REVIEWS, keras_folder, named_data
from before_keras.safety import bounds
from before_keras.safety.errors import UserError
from before_keras.safety.files import checksum
from before_keras.safety.untrusted import regular_file
from chapter9.data import imdb, own, sample
from chapter9.data.corpus import Corpus, Origin
from chapter9.data.reviews import Reviews


def load(source: str = "auto", asked: Asked | None = None) -> Corpus:
    """Returns the reviews that `source` names.

    Args:
        source: "imdb"; "sample", reviews that this project generates; "auto", IMDB if
            it is available, else the sample; the path of an imdb.npz; or that of a
            user's own reviews (.csv, .tsv, .jsonl). For "imdb" and "auto" the
            environment variable CHAPTER9_DATA may name the file.
        asked: how to read a user's own reviews; None as `Asked` has it.

    Raises:
        UserError: if the file that was asked for cannot be used.
    """
    if source == "sample":
        return _sample()
    if is_own(source):
        return own.load(Path(source), asked or Asked())
    path = named_data() if source in ("auto", "imdb") else source
    if path or source not in ("auto", "imdb"):
        remedy = _(
            "--data (or {variable}) takes the path of an imdb.npz or of your own "
            "reviews ({suffixes}), or one of auto, imdb, sample"
        ).format(variable=DATA_VARIABLE, suffixes=", ".join(SUFFIXES))
        if not path:
            raise UserError(
                _("the path of the data is empty: {remedy}").format(remedy=remedy)
            )
        return _imdb(regular_file(Path(path), remedy, bounds.MAX_IMDB_FILE))
    try:
        return _imdb(imdb.find(REVIEWS))
    except UserError as error:
        if source == "imdb":
            raise
        note = _("IMDB is unavailable, so this is the sample: {error}")
        return _sample(note.format(error=error))


def load_again(remembered: dict, download: bool = True) -> Corpus:
    """Returns the reviews that a run was trained on.

    The file that they were read from is tried first, then the cache of what was read
    from it, then IMDB as `load` finds it.

    Args:
        remembered: the run's `data`: name and fingerprint, and path and checksum of
            the file, if the run knows them.
        download: whether IMDB may be downloaded if it is nowhere on this machine.

    Raises:
        UserError: if they are unavailable, or if other reviews are in their place.
    """
    if remembered["name"] == "own":
        return _own_again(remembered)
    if remembered["name"] == "sample":
        corpus = _sample()
    else:
        found = _at_its_path(remembered) or _cached(remembered)
        if found:
            return found
        if not (download or named_data() or (keras_folder() / REVIEWS).exists()):
            raise UserError(_("IMDB is not on this machine"))
        corpus = load("imdb")
    if corpus.fingerprint != remembered["fingerprint"]:
        raise UserError(
            _(
                "{where} holds other reviews than those of this run: name the run's "
                "with --data, or these, to take them nevertheless"
            ).format(where=corpus.origin.path if corpus.origin else corpus.name)
        )
    return corpus


def _own_again(remembered: dict) -> Corpus:
    """A user's reviews: from their files, or out of the cache if these have changed."""
    names = ("name", "fingerprint", "vocabulary")
    origin = {name: value for name, value in remembered.items() if name not in names}
    found: Corpus | None = None
    with contextlib.suppress(UserError):
        found = own.load(Path(origin["path"]), Asked.remembered(origin))
    if found is None or found.fingerprint != remembered["fingerprint"]:
        found = own.load_cached(origin)
    if found is None or found.fingerprint != remembered["fingerprint"]:
        raise UserError(
            _(
                "{path} does not hold the reviews of this run any more: put them back, "
                "or name them with --data"
            ).format(path=origin["path"])
        )
    return found


def _at_its_path(remembered) -> Corpus | None:
    if not remembered.get("path"):
        return None
    try:
        path = regular_file(Path(remembered["path"]), "", bounds.MAX_IMDB_FILE)
        corpus = _imdb(path)
    except UserError:
        return None  # gone or damaged by now, or something else
    return corpus if corpus.fingerprint == remembered["fingerprint"] else None


def _cached(remembered) -> Corpus | None:
    origin = Origin(remembered.get("path", ""), remembered.get("checksum", ""))
    parts = imdb.load_cached(origin.checksum) if origin.checksum else None
    corpus = parts and _corpus(parts, origin)
    if corpus and corpus.fingerprint == remembered["fingerprint"]:
        return corpus
    return None


def _imdb(path: Path) -> Corpus:
    origin = Origin(str(path.absolute()), checksum(path))
    return _corpus(imdb.load(path, origin.checksum), origin)


def _corpus(parts: tuple[Reviews, Reviews], origin: Origin) -> Corpus:
    words = partial(imdb.load_words, Path(origin.path))
    return Corpus("imdb", *parts, load_words=words, origin=origin)


def _sample(note: str = "") -> Corpus:
    words, training, test = sample.generate()
    return Corpus(
        "sample",
        Reviews.from_lists(*training),
        Reviews.from_lists(*test),
        note,
        load_words=lambda: words,
    )
