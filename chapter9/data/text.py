"""Words to token ids and back, exactly as Keras built its IMDB data.

keras.datasets.imdb: the review in ASCII lower case, punctuation but the apostrophe
made spaces, split at spaces; a word's token is its rank by frequency + 3; words outside
the index are dropped, known words whose token is `num_words` or more become 2.
"""

import string
from collections.abc import Sequence
from dataclasses import dataclass

PADDING, START, UNKNOWN = 0, 1, 2
FIRST_WORD = 4  # the most frequent word's token: its rank, 1, + 3

_FILTERED = '!"#$%&()*+,-./:;<=>?@[\\]^_`{|}~\t\n'
_NORMALIZE = str.maketrans(
    string.ascii_uppercase + _FILTERED, string.ascii_lowercase + " " * len(_FILTERED)
)


@dataclass(frozen=True)
class Word:
    """A word of a review as the network sees it.

    Attributes:
        text: the word after lower-casing.
        token: its token; `UNKNOWN` for a word outside the `num_words` most frequent
            tokens; None if it is not in the index, so that it is dropped.
    """

    text: str
    token: int | None


def known_tokens(words: Sequence[Word]) -> list[int]:
    """Returns the tokens of words, without the words that are dropped."""
    return [word.token for word in words if word.token is not None]


class Vocabulary:
    """The words that have a token, most frequent first."""

    def __init__(self, words: Sequence[str]):
        self.words = list(words)
        self._tokens = {word: FIRST_WORD + i for i, word in enumerate(self.words)}

    def read(self, review: str, num_words: int) -> list[Word]:
        """Splits a review into words, each with the token that the network gets."""
        texts = review.translate(_NORMALIZE).split(" ")
        return [Word(text, self._token(text, num_words)) for text in texts if text]

    def _token(self, text: str, num_words: int) -> int | None:
        token = self._tokens.get(text)
        return token if token is None or token < num_words else UNKNOWN

    def encode(self, review: str, num_words: int) -> list[int]:
        """Returns the review's tokens: start token, then one token per known word."""
        return [START, *known_tokens(self.read(review, num_words))]

    def decode(self, tokens: Sequence[int]) -> str:
        """Returns the words of tokens, with [start] and [unknown]; padding is left out.

        Raises:
            IndexError: for a token beyond the vocabulary.
        """
        special = {PADDING: "", START: "[start]", UNKNOWN: "[unknown]", 3: "[unused]"}
        words = (special.get(t) or self.words[t - FIRST_WORD] for t in tokens if t)
        return " ".join(words)
