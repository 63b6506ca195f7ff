"""The IMDB reviews as keras.datasets.imdb.load_data gives them: found, checked, cached.

A given path comes first, then Keras's own cache, then a download into that cache from
the address that Keras itself uses. What was read once is kept as plain arrays that the
next load maps into memory.
"""

from pathlib import Path

import numpy as np

from before_keras.language import _
from before_keras.places import REVIEWS, WORD_INDEX, cache_folder, keras_folder
from before_keras.safety.errors import UserError
from before_keras.safety.files import checksum
from before_keras.safety.untrusted import read_json
from chapter9.data import cache, imdb_file
from chapter9.data.reviews import Reviews
from chapter9.data.text import FIRST_WORD, START

ORIGIN = "https://storage.googleapis.com/tensorflow/tf-keras-datasets/"
HASHES = {  # as in keras.datasets.imdb
    REVIEWS: "69664113be75683a8fe16e3ed0ab59fda8886cb3cd7ada244f7d9544e4676b9f",
    WORD_INDEX: "md5:bfafd718b763782e994055a2d397834f",
}
LAYOUT = "3"  # raise it when what the cache holds changes its meaning


def load(path: Path, found: str = "") -> tuple[Reviews, Reviews]:
    """Returns the 25,000 training and the 25,000 test reviews, in Keras's order.

    Args:
        path: an imdb.npz, as `find(REVIEWS)` finds Keras's.
        found: its SHA-256, if that is known.

    Raises:
        UserError: if there is no such file, or it is damaged.
    """
    found = found or checksum(path)
    if parts := load_cached(found):
        return parts
    parts = _shuffled(*imdb_file.read(path, is_keras_own=found == HASHES[REVIEWS]))
    cache.keep(_cached(found), (*parts, {}))
    return parts


def load_cached(found: str) -> tuple[Reviews, Reviews] | None:
    """Returns the reviews of a file that was read before, wherever it is by now.

    Args:
        found: the SHA-256 of the imdb.npz.
    """
    kept = cache.read(_cached(found))
    return (kept[0], kept[1]) if kept else None


def load_words(path: Path) -> list[str]:
    """Returns the 88,584 words, most frequent first.

    Args:
        path: the imdb.npz in use; an imdb_word_index.json beside it comes first.

    Raises:
        UserError: if the index is missing or damaged, and unavailable.
    """
    beside = path.with_name(WORD_INDEX)
    try:
        path = beside if beside.exists() else find(WORD_INDEX)
    except UserError as error:
        raise UserError(
            _("{error}; {name} may also lie beside {path}").format(
                error=error, name=WORD_INDEX, path=path
            )
        ) from error
    return read_index(path)


def read_index(path: Path) -> list[str]:
    """Returns the words of a word index, {word: rank}, most frequent first.

    Raises:
        UserError: if the file is missing, damaged, or none.
    """
    try:
        ranks = read_json(path, _("use the imdb_word_index.json that Keras downloads"))
        if not isinstance(ranks, dict) or not ranks:
            raise ValueError(_("it holds no ranks by word"))
        words = sorted(ranks, key=ranks.__getitem__)
        if [ranks[word] for word in words] != list(range(1, len(words) + 1)):
            raise ValueError(_("the ranks are not 1, 2, 3 ..."))
        "".join(words).encode()  # no half of a surrogate pair, which no file can hold
    except (ValueError, TypeError) as error:
        raise UserError(
            _("{path} is no word index of IMDB: {error}").format(path=path, error=error)
        ) from error
    return words


def find(name: str) -> Path:
    """Returns the path of Keras's cached file, downloaded first if it is missing."""
    path = keras_folder() / name
    if not path.exists():
        from chapter9.data.download import download  # slow to import, seldom needed

        download(ORIGIN + name, path, HASHES[name])
    elif (found := checksum(path, HASHES[name])) != HASHES[name]:
        raise UserError(
            _(
                "{path} is damaged: its checksum is {found}, not {expected}; "
                "move it away to download it again, or name another file with --data"
            ).format(path=path, found=found, expected=HASHES[name])
        )
    return path


def _shuffled(training: Reviews, test: Reviews, seed: int = 113):
    """load_data's order and offsets: shuffled, a start token, each rank + 3."""
    generator = np.random.RandomState(seed)

    def one(reviews):
        rows = np.arange(len(reviews))
        generator.shuffle(rows)
        ranks = (reviews[i] + (FIRST_WORD - 1) for i in rows)
        pieces = [piece for tokens in ranks for piece in ([START], tokens)]
        offsets = np.concatenate([[0], np.cumsum(reviews.lengths[rows] + 1)])
        tokens = np.concatenate(pieces, dtype=np.int32)
        return Reviews(tokens, offsets, reviews.labels[rows])

    return one(training), one(test)


def _cached(found: str) -> Path:
    return cache_folder() / f"imdb-{LAYOUT}-{found[:16]}"
