"""What a trained model says of a review in words."""

from collections.abc import Sequence
from dataclasses import dataclass

import keras
import numpy as np

from before_keras.language import _, spoken, word
from before_keras.names import LABELS
from before_keras.safety.printable import printable
from chapter9.data.reviews import Reviews
from chapter9.data.text import START, UNKNOWN, Vocabulary, Word, known_tokens
from chapter9.data.tokens import join
from chapter9.training import batches

MAX_BATCH = 256  # reviews


@dataclass(frozen=True)
class Prediction:
    """A review and what the model says of it.

    Attributes:
        probability: that the review is positive; None for a review without a word that
            the model knows, of which it would tell nothing but its own bias.
        words: the review's words, each with its token, `UNKNOWN`, or None if dropped.
        cut_off: how many of the words stood before the last tokens, which are kept.
        labels: the names of label 0 and label 1, "positive" of the above.
        kind: how the review was split into words, one of `tokens.KINDS`.
    """

    probability: float | None
    words: list[Word]
    cut_off: int
    labels: tuple[str, ...] = LABELS
    kind: str = "imdb"

    @property
    def label(self) -> str | None:
        """Label 1, positive, if the probability is more than 0.5, else label 0."""
        return None if self.probability is None else self.labels[self.probability > 0.5]

    @property
    def reason(self) -> str:
        """Why there is no probability, or ""."""
        if self.probability is not None:
            return ""
        if not self.words:
            return _("it has no word")
        if all(word.token is None for word in self.words):
            return _("none of its words is in the vocabulary, so all are dropped")
        return _("the model knows none of its words: they are too rare")

    def __str__(self) -> str:
        """The review as the network sees it: [unknown] words, (dropped) ones, a cut."""
        marks = {None: "({})", UNKNOWN: "[{}]"}
        words = [marks.get(word.token, "{}").format(word.text) for word in self.words]
        seen = join(words[self.cut_off :], self.kind)
        text = f"... {seen}" if self.cut_off else seen
        return printable(text, longest=len(text))

    def line(self) -> str:
        """Returns probability, label and review in one line."""
        if self.label is None:
            return f"-     {self.reason}: {self}"
        label = printable(word(self.label, spoken()))
        return f"{self.probability:.3f} {label}: {self}"

    def as_dict(self) -> dict:
        """Returns probability, label and words as JSON has them."""
        return {
            "probability": self.probability,
            "label": self.label,
            **({"reason": self.reason} if self.reason else {}),
            "words": [{"word": word.text, "token": word.token} for word in self.words],
            "cut_off": self.cut_off,
        }


def predict(
    model: keras.Model,
    vocabulary: Vocabulary,
    reviews: Sequence[str],
    timesteps: int,
    num_words: int,
    labels: tuple[str, ...] = LABELS,
) -> list[Prediction]:
    """Returns a prediction for each review.

    Args:
        model: takes (batch, timesteps) token ids, returns (batch, 1) probabilities.
        vocabulary: the words that the model's data has tokens for.
        reviews: texts.
        timesteps: how many tokens the model takes: the last ones of each review.
        num_words: the model's number of tokens; rarer words become `UNKNOWN`.
        labels: the names of label 0 and label 1.
    """
    words = [vocabulary.read(review, num_words) for review in reviews]
    tokens = [[START, *known_tokens(read)] for read in words]
    encoded = Reviews.from_lists(tokens, np.zeros(len(tokens)))
    probabilities = _probabilities(model, encoded.crop_and_pad(timesteps, num_words))
    return [
        Prediction(
            float(probability) if _is_known(read) else None,
            read,
            _cut_off(read, timesteps),
            labels,
            vocabulary.kind,
        )
        for probability, read in zip(probabilities, words, strict=True)
    ]


def _is_known(words: list[Word]) -> bool:
    return any(word.token not in (None, UNKNOWN) for word in words)


def _probabilities(model: keras.Model, x: np.ndarray) -> np.ndarray:
    """model.predict without the pipeline that it sets up for every call. (reviews,)."""
    some = map(model.predict_on_batch, batches.split(model, x, MAX_BATCH))
    return np.concatenate([np.zeros((0, 1)), *some])[:, 0]


def _cut_off(words: list[Word], timesteps: int) -> int:
    """The number of words before the first one that the network still sees."""
    places = [i for i, word in enumerate(words) if word.token is not None]
    return places[-timesteps] if len(places) > timesteps else 0
