"""The reviews that the project generates: order decides, the words alone do not."""

from collections import Counter

import keras
import numpy as np
import pytest
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import SGDClassifier

import models
from chapter9 import data
from chapter9.data import sample
from chapter9.data.text import START, UNKNOWN
from chapter9.training import compiled_epoch
from chapter9.training import train as training


@pytest.fixture(scope="module")
def generated():
    return sample.generate()


def bags(reviews, labels, label):
    return Counter(
        tuple(sorted(review))
        for review, y in zip(reviews, labels, strict=True)
        if y == label
    )


def test_same_seed_gives_the_same_reviews_and_another_seed_others():
    first, again = (sample.generate(200, 100, seed=3) for _ in range(2))
    assert first[0] == again[0]
    assert first[1][0] == again[1][0]
    assert sample.generate(200, 100, seed=4)[1][0] != first[1][0]


def test_format_is_imdbs(generated):
    words, (training, labels), (test, test_labels) = generated
    assert (len(training), len(test)) == (25_000, 5_000)
    assert set(labels.tolist()) == set(test_labels.tolist()) == {0, 1}
    for review in training[::97] + test[::97]:
        assert review[0] == START
        assert all(4 <= token < len(words) + 4 for token in review[1:])
    assert len(set(words)) == len(words)
    ranks = Counter(token for review in training for token in review[1:])
    counts = [ranks[token] for token in range(4, len(words) + 4)]
    assert counts == sorted(counts, reverse=True)


def test_reviews_read_as_sentences(generated):
    words, (training, _), _ = generated
    text = " ".join(words[token - 4] for token in training[0][1:])
    assert text == text.lower()
    assert len(text.split()) > 20


def test_the_same_bags_of_words_are_positive_and_negative(generated):
    for reviews, labels in generated[1:]:
        assert bags(reviews, labels, 0) == bags(reviews, labels, 1)


def test_case_55_twins_are_in_one_part():
    """Each bag is as often positive as negative: cut and padded, as trained on."""
    corpus = data.load("sample")
    for num_words in (500, 200):
        parts = (
            *data.split(corpus, 100, num_words),
            data.prepare(corpus.test, 100, num_words),
        )
        for part in parts:
            labels = part.y[:, 0]
            assert bags(part.x.tolist(), labels, 0) == bags(part.x.tolist(), labels, 1)
            assert (part.x == UNKNOWN).any()


@pytest.fixture(scope="module")
def parts():
    """What is trained on, what early stopping decides on, and the test set."""
    corpus = data.load("sample")
    return *data.split(corpus), data.prepare(corpus.test, 100, 500)


def ngram_accuracies(parts, n):
    """Of a logistic regression on counts of n words: training, validation, test."""
    texts = [[" ".join(map(str, row[row > 0])) for row in part.x] for part in parts]
    labels = [part.y[:, 0] for part in parts]
    counts = CountVectorizer(ngram_range=(n, n), token_pattern=r"\S+", min_df=2)
    model = SGDClassifier("log_loss", random_state=0)
    model.fit(counts.fit_transform(texts[0]), labels[0])
    return [
        model.score(counts.transform(x), y) for x, y in zip(texts, labels, strict=True)
    ]


@pytest.mark.parametrize("n", [1, 2])
def test_case_55_words_alone_and_two_by_two_stay_at_chance(parts, n):
    _, *held_out = ngram_accuracies(parts, n)
    assert held_out == pytest.approx([0.5, 0.5], abs=0.03)


def test_case_55_the_nearest_bag_of_words_stays_at_chance(parts):
    training, *held_out = (
        np.stack([np.bincount(row, minlength=500) for row in part.x]).astype("float32")
        for part in parts
    )
    squares = (training**2).sum(axis=1)
    for bags_of_words, part in zip(held_out, parts[1:], strict=True):
        bags_of_words = bags_of_words[::2]
        nearest = (squares - 2 * bags_of_words @ training.T).argmin(axis=1)
        accuracy = np.mean(parts[0].y[nearest] == part.y[::2])
        assert accuracy == pytest.approx(0.5, abs=0.03)


def test_the_regression_finds_a_word_that_tells(parts):
    """The measure of the tests above measures."""
    telling = [
        data.Split(np.hstack([part.x, (498 + part.y).astype(int)]), part.y)
        for part in parts
    ]
    assert min(ngram_accuracies(telling, 1)) > 0.9


def test_no_test_review_is_a_training_review(generated):
    _, (training, _), (test, _) = generated
    assert not set(map(tuple, training)) & set(map(tuple, test))


def train_on_sample(model, epochs):
    parts = data.split(data.load("sample"))
    training.compile_model(model)
    return compiled_epoch.train_epochs(
        model,
        parts[0].x,
        parts[0].y,
        epochs=epochs,
        batch_size=64,
        seed=7,
        validation_data=(parts[1].x, parts[1].y),
        verbose=0,
    ).history["val_accuracy"]


@pytest.mark.long
def test_default_model_learns_the_sample():
    keras.utils.set_random_seed(7)
    assert max(train_on_sample(models.build("one-hot"), 40)) > 0.9


@pytest.mark.long
def test_claim_10_a_bag_of_words_stays_at_chance():
    keras.utils.set_random_seed(7)
    bag = keras.Sequential(
        [
            keras.Input((100,), dtype="int32"),
            keras.layers.Embedding(500, 16),
            keras.layers.GlobalAveragePooling1D(),
            keras.layers.Dense(1, activation="sigmoid"),
        ]
    )
    accuracies = train_on_sample(bag, 15)
    assert np.max(accuracies) < 0.55
