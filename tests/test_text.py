"""Words to tokens and back, as Keras built IMDB."""

import keras
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chapter9.data import imdb
from chapter9.data.text import START, UNKNOWN, Vocabulary

WORDS = ["the", "and", "film", "don't", "good"]


def test_a_words_token_is_its_rank_plus_3_after_the_start_token():
    assert Vocabulary(WORDS).encode("the good film", 500) == [1, 4, 8, 6]


def test_capitals_and_punctuation_do_not_count_but_the_apostrophe_does():
    encode = Vocabulary(WORDS).encode
    assert encode("The FILM...(good)!\n\tDON'T", 500) == [1, 4, 6, 8, 7]
    assert encode("dont", 500) == [START]


def test_only_ascii_is_lower_cased():
    assert Vocabulary(["É", "é"]).encode("É", 500) == [1, 4]


def test_rare_words_are_unknown_and_words_outside_the_index_are_dropped():
    words = Vocabulary(WORDS).read("the good zebra", 6)
    assert [word.token for word in words] == [4, UNKNOWN, None]
    assert Vocabulary(WORDS).encode("the good zebra", 6) == [1, 4, 2]


def test_decode_gives_the_words_and_leaves_padding_out():
    assert Vocabulary(WORDS).decode([0, 0, 1, 4, 2, 8]) == "[start] the [unknown] good"


@given(st.text())
def test_filtering_is_that_of_keras_own_tokenizer(review):
    """The filter that built IMDB is keras' text_to_word_sequence, in ASCII."""
    filters = '!"#$%&()*+,-./:;<=>?@[\\]^_`{|}~\t\n'
    lowered = "".join(c.lower() if c.isascii() else c for c in review)
    spaced = "".join(" " if c in filters else c for c in lowered)
    expected = [word for word in spaced.split(" ") if word]
    assert [word.text for word in Vocabulary([]).read(review, 500)] == expected


def test_decoded_imdb_reviews_encode_to_themselves(imdb_path, imdb_corpus):
    vocabulary = Vocabulary(imdb.load_words(imdb_path))
    for i in range(0, 25_000, 250):
        tokens = imdb_corpus.training[i].tolist()
        text = vocabulary.decode(tokens[1:])
        assert vocabulary.encode(text, 100_000) == tokens


def test_the_vocabulary_is_keras_word_index(imdb_path):
    words = imdb.load_words(imdb_path)
    assert len(words) == 88_584
    assert words[:5] == ["the", "and", "a", "of", "to"]


def test_origin_and_checksums_are_keras_own():
    import inspect

    source = inspect.getsource(inspect.getmodule(keras.datasets.imdb.load_data))
    assert imdb.ORIGIN in source
    for checksum in imdb.HASHES.values():
        assert checksum.removeprefix("md5:") in source


def test_tokens_beyond_the_vocabulary_are_an_error():
    with pytest.raises(IndexError):
        Vocabulary(WORDS).decode([99])
