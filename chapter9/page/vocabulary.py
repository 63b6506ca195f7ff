"""A vocabulary as the page has it: 88,584 words in half the bytes of a list.

The network tells only the frequent words apart. Of the others the page has to know
that they exist, for they become `UNKNOWN` while a word outside the index is dropped. So
their order is free, and in alphabetical order each leaves out what it shares with the
one before.
"""

from collections.abc import Sequence

from chapter9.data.text import FIRST_WORD

DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


def pack(words: Sequence[str], num_words: int) -> dict[str, str]:
    """Returns the words as `unpackVocabulary` of review_text.js reads them.

    Args:
        words: the words by rank, most frequent first.
        num_words: the number of tokens of the model: rank r has token r + 3.

    Returns:
        frequent: the words with a token below `num_words`, by rank; others: the rest,
        each as a digit, the number of characters shared with the one before, and its
        own end. Both with spaces between.
    """
    tokens = {word: FIRST_WORD + i for i, word in enumerate(words)}  # the last counts
    # No word of a review is empty or has a space: such a word can only be left out.
    tokens = {word: i for word, i in tokens.items() if word and " " not in word}
    frequent = [""] * max(0, min(num_words - FIRST_WORD, len(words)))
    for word, token in tokens.items():
        if token < num_words:
            frequent[token - FIRST_WORD] = word
    others = sorted(word for word, token in tokens.items() if token >= num_words)
    pairs = zip(["", *others], others, strict=False)
    return {
        "frequent": " ".join(frequent),
        "others": " ".join(_coded(before, word) for before, word in pairs),
    }


def _coded(before: str, word: str) -> str:
    shared = 0
    for a, b in zip(before, word, strict=False):
        # A character beyond U+FFFF counts as two in JavaScript.
        if a != b or a > "\uffff" or shared == len(DIGITS) - 1:
            break
        shared += 1
    return DIGITS[shared] + word[shared:]
