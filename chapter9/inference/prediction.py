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
SHOWN = 3  # of more than two labels: the predicted one and the runners-up


@dataclass(frozen=True)
class Prediction:
    """A review and what the model says of it.

    Attributes:
        probability: that the review is positive; with more than two labels that of the
            predicted one. None for a review without a word that the model knows, of
            which it would tell nothing but its own bias.
        words: the review's words, each with its token, `UNKNOWN`, or None if dropped.
        cut_off: how many of the words stood before the last tokens, which are kept.
        labels: their names, that of label 0 first; label 1 is "positive" of the above.
        kind: how the review was split into words, one of `tokens.KINDS`.
        probabilities: of each label, where they are more than two and there is one.
    """

    probability: float | None
    words: list[Word]
    cut_off: int
    labels: tuple[str, ...] = LABELS
    kind: str = "imdb"
    probabilities: tuple[float, ...] = ()

    @property
    def label(self) -> str | None:
        """The most probable label: of two label 1, positive, if it has over 0.5."""
        if self.probability is None:
            return None
        if self.probabilities:
            return self.ranked[0][1]
        return self.labels[self.probability > 0.5]

    @property
    def ranked(self) -> list[tuple[float, str]]:
        """Probability and name of each of more than two labels, the highest first."""
        both = zip(self.probabilities, self.labels, strict=False)
        return sorted(both, key=lambda one: -one[0])

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
        if self.probabilities:
            best = (f"{p:.3f} {printable(name)}" for p, name in self.ranked[:SHOWN])
            return f"{', '.join(best)}: {self}"
        label = printable(word(self.label, spoken()))
        return f"{self.probability:.3f} {label}: {self}"

    def as_dict(self) -> dict:
        """Returns probability, label and words as JSON has them.

        With more than two labels also the probability of each, the highest first.
        """
        every = {name: probability for probability, name in self.ranked}
        return {
            "probability": self.probability,
            "label": self.label,
            **({"probabilities": every} if every else {}),
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
        model: takes (batch, timesteps) token ids, returns probabilities, as
            `output_layer` has them.
        vocabulary: the words that the model's data has tokens for.
        reviews: texts.
        timesteps: how many tokens the model takes: the last ones of each review.
        num_words: the model's number of tokens; rarer words become `UNKNOWN`.
        labels: their names, that of label 0 first.
    """
    words = [vocabulary.read(review, num_words) for review in reviews]
    tokens = [[START, *known_tokens(read)] for read in words]
    encoded = Reviews.from_lists(tokens, np.zeros(len(tokens)))
    outputs = _outputs(model, encoded.crop_and_pad(timesteps, num_words))
    return [
        Prediction(
            float(output.max()) if _is_known(read) else None,
            read,
            _cut_off(read, timesteps),
            labels,
            vocabulary.kind,
            tuple(map(float, output)) if len(output) > 1 and _is_known(read) else (),
        )
        for output, read in zip(outputs, words, strict=True)
    ]


def _is_known(words: list[Word]) -> bool:
    return any(word.token not in (None, UNKNOWN) for word in words)


def _outputs(model: keras.Model, x: np.ndarray) -> np.ndarray:
    """model.predict without the pipeline that it sets up for every call.

    (reviews, 1) for two labels, else (reviews, labels).
    """
    some = map(model.predict_on_batch, batches.split(model, x, MAX_BATCH))
    return np.concatenate([np.zeros((0, model.output_shape[-1])), *some])


def _cut_off(words: list[Word], timesteps: int) -> int:
    """The number of words before the first one that the network still sees."""
    places = [i for i, word in enumerate(words) if word.token is not None]
    return places[-timesteps] if len(places) > timesteps else 0
