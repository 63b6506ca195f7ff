"""Many texts as tokens at once: their vocabulary, and the reviews it makes of them."""

import json
from array import array
from collections import Counter
from collections.abc import Iterable

import numpy as np

from before_keras.language import _
from before_keras.safety import bounds
from chapter9.data import tokens
from chapter9.data.reviews import Reviews
from chapter9.data.text import FIRST_WORD, START, Vocabulary


def vocabulary_of(texts: Iterable[str], kind: str) -> list[str]:
    """Returns the most frequent words or characters of texts, most frequent first.

    As many as --words can ask for, or as vocabulary.json can hold.

    Args:
        texts: of the training part.
        kind: as `tokens.split` takes it.
    """
    counts: Counter[str] = Counter()
    for text in texts:
        counts.update(tokens.split(text, kind))
    ranked = sorted(counts, key=lambda word: (-counts[word], word))
    words, size = [], 0
    for word in ranked[: bounds.MAX_OWN_WORDS - FIRST_WORD]:
        size += len(json.dumps(word, ensure_ascii=False).encode()) + 2
        if size > bounds.MAX_VOCABULARY:
            break
        words.append(word)
    return words


def encode(texts: Iterable[str], labels: np.ndarray, vocabulary: Vocabulary) -> Reviews:
    """Returns texts as tokens, as `Vocabulary.encode` makes them of one.

    Args:
        texts: of the reviews.
        labels: (reviews,) integers.
        vocabulary: the words that have a token.

    Raises:
        ValueError: if there are too many tokens.
    """
    flat, offsets = array("i"), array("q", [0])
    for text in texts:
        flat.append(START)
        flat.extend(vocabulary.tokens(text))
        offsets.append(len(flat))
        if len(flat) > bounds.MAX_OWN_TOKENS:
            most = bounds.MAX_OWN_TOKENS
            raise ValueError(_("it has more than {most:,} tokens").format(most=most))
    return Reviews(np.array(flat, np.int32), np.array(offsets, np.int64), labels)
