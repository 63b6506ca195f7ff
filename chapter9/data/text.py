"""Words to token ids and back, exactly as Keras built its IMDB data.

keras.datasets.imdb: a review is split as tokens.py says; a word's token is its rank by
frequency + 3; words outside the index are dropped, known words whose token is
`num_words` or more become 2. In a user's own reviews a word may be a character, and one
outside the vocabulary becomes 2 like any rare word: nothing is dropped.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import repeat

from chapter9.data.tokens import join, split

PADDING, START, UNKNOWN = 0, 1, 2
FIRST_WORD = 4  # the most frequent word's token: its rank, 1, + 3


@dataclass(frozen=True)
class Word:
    """A word of a review as the network sees it.

    Attributes:
        text: the word after lower-casing, or a character.
        token: its token; `UNKNOWN` for a word outside the `num_words` most frequent
            tokens; None if it is not in the index, so that it is dropped.
    """

    text: str
    token: int | None


def known_tokens(words: Sequence[Word]) -> list[int]:
    """Returns the tokens of words, without the words that are dropped."""
    return [word.token for word in words if word.token is not None]


class Vocabulary:
    """The words that have a token, most frequent first.

    Attributes:
        words: by rank.
        kind: how a text is split into words, one of `tokens.KINDS`.
    """

    def __init__(self, words: Sequence[str], kind: str = "imdb"):
        self.words, self.kind = list(words), kind
        self._tokens = {word: FIRST_WORD + i for i, word in enumerate(self.words)}
        self._absent = None if kind == "imdb" else UNKNOWN

    def read(self, review: str, num_words: int) -> list[Word]:
        """Splits a review into words, each with the token that the network gets."""
        texts = split(review, self.kind)
        return [Word(text, self._token(text, num_words)) for text in texts]

    def _token(self, text: str, num_words: int) -> int | None:
        token = self._tokens.get(text, self._absent)
        return token if token is None or token < num_words else UNKNOWN

    def encode(self, review: str, num_words: int) -> list[int]:
        """Returns the review's tokens: start token, then one token per known word."""
        return [START, *known_tokens(self.read(review, num_words))]

    def tokens(self, pieces: Sequence[str]) -> Iterator[int]:
        """Yields the token of each piece that is not dropped, rare ones as they are."""
        return filter(None, map(self._tokens.get, pieces, repeat(self._absent)))

    def join(self, words: list[str]) -> str:
        """Returns words as a text, to be shown."""
        return join(words, self.kind)

    def decode(self, tokens: Sequence[int]) -> str:
        """Returns the words of tokens, with [start] and [unknown]; padding is left out.

        Raises:
            IndexError: for a token beyond the vocabulary.
        """
        special = {PADDING: "", START: "[start]", UNKNOWN: "[unknown]", 3: "[unused]"}
        words = [special.get(t) or self.words[t - FIRST_WORD] for t in tokens if t]
        return self.join(words)
