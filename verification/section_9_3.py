"""Section 9-3: LSTM and GRU, and why GRU(8) has 624 parameters."""

import keras

from before_keras import book
from before_keras.language import Text
from chapter9.parameters import terms as parameter_terms
from verification import model_facts
from verification.line import Line

CELLS = 8


def lines() -> list[Line]:
    """Returns the lines of the section's models, and GRU's two biases."""
    return [*model_facts.lines("9-3"), *map(_gru, book.GRU_BY_BIASES)]


def _gru(biases: int) -> Line:
    reset_after = biases == 2
    layer = keras.layers.GRU(CELLS, reset_after=reset_after)
    layer.build((None, book.TIMESTEPS, book.EMBEDDING_SIZE))
    terms = parameter_terms.gru(book.EMBEDDING_SIZE, CELLS, reset_after=reset_after)
    english = {
        2: "GRU(8): two biases a gate, because reset_after=True is Keras's default",
        1: "GRU(8, reset_after=False): one bias a gate, as GRU is often drawn",
    }
    korean = {
        2: "GRU(8): 케라스 기본값 reset_after=True라서 게이트마다 절편이 두 벌",
        1: "GRU(8, reset_after=False): 흔히 그리는 GRU처럼 게이트마다 절편이 한 벌",
    }
    return Line(
        "9-3",
        book.SOURCES["9-3"],
        Text(english[biases], korean[biases]),
        book=f"{book.GRU_BY_BIASES[biases]:,}",
        steps=parameter_terms.formula(terms),
        formula=f"{sum(term.count for term in terms):,}",
        builtin=f"{layer.count_params():,}",
    )
