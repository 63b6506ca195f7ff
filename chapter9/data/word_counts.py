"""The vocabulary of more texts than memory holds, counted exactly.

An external merge sort: counts that take too much memory are written to disk in the
order of their words, and such files are added up as they are merged.
"""

import contextlib
import heapq
import itertools
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from operator import itemgetter
from pathlib import Path

from before_keras.safety import bounds
from chapter9.data.text import FIRST_WORD

MAX_COUNTS = 2**19  # in memory, of different words: some 80 MB
MAX_CHARACTERS = 2**25  # of texts between two files, at 4 bytes at most
MAX_FILES = 64  # open at once: macOS lets a process have 256

Counts = Iterable[tuple[str, int]]


def vocabulary_of(texts: Iterable[Sequence[str]], folder: Path) -> list[str]:
    """Returns the most frequent words or characters of texts, most frequent first.

    As many as --words can ask for, or as vocabulary.json can hold.

    Args:
        texts: of the training part, in pieces as `tokens.split` makes them.
        folder: has room for counts; it is left as it was.
    """
    most = bounds.MAX_OWN_WORDS - FIRST_WORD
    with contextlib.closing(_counted(texts, folder)) as counts:
        ranked = heapq.nsmallest(most, counts, key=lambda one: (-one[1], one[0]))
    words, size = [], 0
    for word, _count in ranked:
        size += len(json.dumps(word, ensure_ascii=False).encode()) + 2
        if size > bounds.MAX_VOCABULARY:
            break
        words.append(word)
    return words


def _counted(texts: Iterable[Sequence[str]], folder: Path):
    """Yields every word once, with its count."""
    counts: Counter[str] = Counter()
    files: list[Path] = []
    names = (folder / f"words-{number}" for number in itertools.count())
    characters = 0
    try:
        for pieces in texts:
            counts.update(pieces)
            characters += sum(map(len, pieces))
            if len(counts) > MAX_COUNTS or characters > MAX_CHARACTERS:
                files.append(_write(next(names), _sorted(counts)))
                counts.clear()
                characters = 0
            if len(files) == MAX_FILES:
                whole = _write(next(names), _merged(map(_read, files)))
                _remove(files)
                files = [whole]
        if files:
            yield from _merged([*map(_read, files), _sorted(counts)])
        else:
            yield from counts.items()
    finally:
        _remove(files)


def _sorted(counts: Counter[str]) -> Iterator[tuple[str, int]]:
    return ((word, counts[word]) for word in sorted(counts))


def _merged(sources: Iterable[Counts]) -> Iterator[tuple[str, int]]:
    """Adds up counts that are each in the order of their words."""
    for word, same in itertools.groupby(heapq.merge(*sources), itemgetter(0)):
        yield word, sum(count for _word, count in same)


def _write(path: Path, counts: Counts) -> Path:
    with open(path, "w", encoding="utf-8", newline="\n") as file:
        file.writelines(f"{word}\n{count}\n" for word, count in counts)
    return path


def _read(path: Path) -> Iterator[tuple[str, int]]:
    """The counts of a file. No word has a line end in it, which is white space."""
    with open(path, encoding="utf-8", newline="\n") as file:
        for word in file:
            yield word[:-1], int(next(file))


def _remove(files: list[Path]) -> None:
    for file in files:
        file.unlink()
