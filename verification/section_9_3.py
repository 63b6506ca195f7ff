"""Section 9-3: LSTM and GRU, gate by gate, and why GRU(8) has 624 parameters."""

import models
from before_keras import book
from before_keras.language import Text
from chapter9.parameters import terms as parameter_terms
from models.recurrent_layers import recurrent
from verification import experiments, gates, model_facts
from verification.equations import GATED, GRU_RESET_BEFORE, Cell
from verification.gates import CELLS
from verification.line import Line

EXPERIMENTS = {  # of section 9-1's claims, those that hold for any recurrent layer
    4: experiments.sharing,
    5: experiments.input_shape,
    6: experiments.last_output,
    7: experiments.every_output,
}


def lines() -> list[Line]:
    """Returns the lines of the models, of GRU's two biases, and of each cell."""
    return [
        *model_facts.lines("9-3"),
        *map(_gru, book.GRU_BY_BIASES),
        *(line for cell in GATED for line in cell_lines(cell)),
    ]


def cell_lines(cell: Cell) -> list[Line]:
    """Returns the lines of a cell: parameters by gate, equations, claims of 9-1."""
    claims = () if cell is GRU_RESET_BEFORE else EXPERIMENTS
    return [
        *gates.parameter_lines(cell),
        *gates.equation_lines(cell),
        _together(cell),
        *(_as_in_9_1(number, cell) for number in claims),
    ]


def _gru(biases: int) -> Line:
    reset_after = biases == 2
    terms = parameter_terms.gru(book.EMBEDDING_SIZE, CELLS, reset_after=reset_after)
    claims = {
        2: Text(
            "GRU(8): two biases per gate, because reset_after=True is Keras's default",
            "GRU(8): 케라스 기본값 reset_after=True라서 게이트마다 절편이 두 벌",
        ),
        1: Text(
            "GRU(8, reset_after=False): one bias per gate, as GRU is often drawn",
            "GRU(8, reset_after=False): 흔히 그리는 GRU처럼 게이트마다 절편이 한 벌",
        ),
    }
    [cells] = [x.source for x in book.MODELS if x.name == "gru" and x.source]
    return Line(
        "9-3",
        cells.version if reset_after else "",
        claims[biases],
        book=f"{book.GRU_BY_BIASES[biases]:,}",
        steps=parameter_terms.formula(terms),
        formula=f"{sum(term.count for term in terms):,}",
        cell=str(cells) if reset_after else "",
        computed=not reset_after,
        **{layer: _gru_count(layer, reset_after) for layer in models.LAYERS},
    )


def _gru_count(layer: str, reset_after: bool) -> str:
    gru = recurrent("GRU", layer)(CELLS, reset_after=reset_after)
    gru.build((None, book.TIMESTEPS, book.EMBEDDING_SIZE))
    return f"{gru.count_params():,}"


def _together(cell: Cell) -> Line:
    """All equations of a cell, from the start."""
    states = "h_0 = c_0 = 0" if "c" in cell.states else "h_0 = 0"
    return Line(
        "9-3",
        cell.source,
        Text(
            f"{cell}: every hidden state of the sentence, {states}",
            f"{cell}: 문장의 모든 은닉 상태, {states}",
        ),
        book="equal",
        steps="NumPy loop",
        **{layer: experiments.equation(layer, cell) for layer in models.LAYERS},
        topic=str(cell),
        computed=False,
    )


def _as_in_9_1(number: int, cell: Cell) -> Line:
    [claim] = [claim for claim in book.CLAIMS if claim.number == number]
    steps, value = _shared(cell) if number == 4 else ("", claim.value)
    return Line(
        "9-3",
        "as in 9-1",
        Text(f"{cell}: {claim.english}", f"{cell}: {claim.korean}"),
        book=value,
        formula=value if steps else "",
        steps=steps,
        computed=claim.computed,
        **{layer: EXPERIMENTS[number](layer, cell) for layer in models.LAYERS},
        topic=str(cell),
    )


def _shared(cell: Cell) -> tuple[str, str]:
    """How many parameters all timesteps share, where SimpleRNN has 24."""
    terms = gates.terms(cell, *book.WEIGHTS_DIAGRAM)
    count = sum(term.count for term in terms)
    return parameter_terms.formula(terms), experiments.fewer(count)
