"""The exercises of section 9-2: tokens, padding, one-hot rows, your own review."""

from collections.abc import Sequence

import keras
import numpy as np

from before_keras.language import _
from chapter9.data.reviews import Reviews
from chapter9.data.text import START, Vocabulary
from chapter9.inference.prediction import predict
from chapter9.layers.simple_rnn import SimpleRNN
from chapter9.lessons.exercise import exercise, number

TEXT = "the film is good"  # words that IMDB and the sample have among the first 500
TWO_REVIEWS = ([1, 14, 22, 16], [1, 5, 6, 7, 8, 9, 10, 11])
TIMESTEPS = 6
MUST_SAY = "good"


@exercise
def tokens(answer: Sequence[int], *, vocabulary: Vocabulary, words: int) -> str:
    """Which tokens has "the film is good"?"""
    right = vocabulary.encode(TEXT, words)
    found = [int(token) for token in answer]
    if found == right:
        return ""
    if found == right[1:]:
        return _("a review begins with the token {start}").format(start=START)
    ranks = [vocabulary.words.index(word) for word in TEXT.split()]
    if any(found[-len(ranks) :] == [r + more for r in ranks] for more in (0, 1)):
        return _("a word's token is not its rank: 0 to 3 are kept for something else")
    return _("not those tokens")


@exercise
def padded(answer) -> str:
    """What becomes of [1, 14, 22, 16] and [1, 5, ..., 11] with 6 timesteps?"""
    right = Reviews.from_lists(TWO_REVIEWS, [0, 0]).crop_and_pad(TIMESTEPS, 500)
    rows = np.asarray(answer)
    if rows.shape != right.shape:
        return _("give 2 rows of {timesteps} tokens").format(timesteps=TIMESTEPS)
    if np.array_equal(rows, right):
        return ""
    off = [row + 1 for row in range(2) if not np.array_equal(rows[row], right[row])]
    hints = {
        1: _("a short review: on which side do the zeros stand?"),
        2: _("a long review: which end of it is kept?"),
    }
    return hints[off[0]]


@exercise
def one_hot_bytes(answer: int) -> str:
    """How many bytes have 25,000 reviews as one-hot rows?

    Each has 100 tokens below 300, and a number is a float32.
    """
    reviews, timesteps, words = 25_000, 100, 300
    review = np.eye(words, dtype="float32")[np.zeros(timesteps, int)]
    hints = {
        reviews * review.size: _("a float32 has 4 bytes"),
        reviews * timesteps * review.itemsize: _("a token becomes a row"),
    }
    return number(answer, reviews * review.nbytes, hints)


@exercise
def model_parameters(answer: int) -> str:
    """How many parameters has SimpleRNN(6) on one-hot rows of 400, with Dense(1)?"""
    words, units = 400, 6
    rnn = SimpleRNN(units, num_tokens=words)
    model = keras.Sequential(
        [keras.Input((100,), dtype="int32"), rnn, keras.layers.Dense(1)]
    )
    hints = {
        rnn.count_params(): _("and the output layer?"),
        model.count_params() - 1: _("the output neuron has a bias, too"),
        model.count_params() - units * units: _(
            "the hidden state before has weights of its own"
        ),
    }
    return number(answer, model.count_params(), hints)


@exercise
def contradict(
    review: str, *, model: keras.Model, vocabulary: Vocabulary, words: int
) -> str:
    """Write a review with the word "good" that the model calls negative."""
    timesteps = model.input_shape[1]
    [said] = predict(model, vocabulary, [review], timesteps, words)
    if MUST_SAY not in [word.text for word in said.words]:
        return _("the word {word!r} is missing").format(word=MUST_SAY)
    return said.line() if said.label != "negative" else ""
