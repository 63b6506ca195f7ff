"""A first look at a trained model: the same words twice, in two orders."""

from chapter9.data.text import UNKNOWN, Vocabulary
from chapter9.inference.prediction import Prediction, predict

# Words that IMDB and the sample have among their 500 most frequent tokens.
REVIEWS = (
    "the film is not bad but good",
    "the film is not good but bad",
)


def read_both(
    model, vocabulary: Vocabulary, timesteps: int, num_words: int
) -> list[Prediction]:
    """Returns the predictions of `REVIEWS`; none if the model does not know all words.

    Args:
        model: takes (batch, timesteps) token ids, returns (batch, 1) probabilities.
        vocabulary: the words that the model's data has tokens for.
        timesteps: how many tokens the model takes.
        num_words: the model's number of tokens.
    """
    if vocabulary.kind != "imdb":
        return []  # of a user's own reviews: another language, perhaps, or other labels
    tokens = vocabulary.encode(REVIEWS[0], num_words)[1:]
    if len(tokens) < len(REVIEWS[0].split()) or UNKNOWN in tokens:
        return []
    return predict(model, vocabulary, REVIEWS, timesteps, num_words)
