"""LSTM and GRU gate by gate: how many parameters each has, and what it computes."""

import models
from before_keras import book
from before_keras.language import Text, word
from chapter9.parameters import terms as parameter_terms
from models.recurrent_layers import recurrent
from verification import equations, observation
from verification.apparatus import compared, layer_of, not_three, random, sentence
from verification.equations import Cell
from verification.line import Line

CELLS = 8  # as in the book's models
UNITS = 5  # of the equations: another number than a word has
NAMES = {
    "i": "input gate",
    "f": "forget gate",
    "o": "output gate",
    "z": "update gate",
    "r": "reset gate",
    "g": "candidate",
    "c": "cell state",
    "h": "hidden state",
}
FIND = {"custom": observation.told, "builtin": observation.observed}


def parameter_lines(cell: Cell) -> list[Line]:
    """Returns a line for each gate: a kernel, a recurrent kernel and a bias."""
    weights = {layer: _weights(layer, cell) for layer in models.LAYERS}
    return [
        Line(
            "9-3",
            "",
            _claim(f"{cell.called(CELLS)}, {{}} {gate}: ", gate, "parameters"),
            book=f"{book.GATE_PARAMETERS[str(cell)]:,}",
            steps=term.formula,
            formula=f"{term.count:,}",
            **{
                layer: f"{sum(part.size for part in cell.columns(found, gate)):,}"
                for layer, found in weights.items()
            },
            topic=cell.called(CELLS),
            computed=True,
        )
        for gate, term in zip(
            cell.gates, terms(cell, book.EMBEDDING_SIZE, CELLS), strict=True
        )
    ]


def terms(cell: Cell, features: int, units: int) -> list[parameter_terms.Term]:
    """Returns the terms of a layer of that cell, one for each gate."""
    function = {"LSTM": parameter_terms.lstm, "GRU": parameter_terms.gru}[cell.name]
    return function(features, units, **cell.options)


def _weights(layer: str, cell: Cell) -> list:
    rnn = recurrent(cell.name, layer)(CELLS, **cell.options)
    rnn.build((None, book.TIMESTEPS, book.EMBEDDING_SIZE))
    return rnn.get_weights()


def equation_lines(cell: Cell) -> list[Line]:
    """Returns a line for each equation: does each layer compute by it?"""
    found = {layer: each_equation(layer, cell) for layer in models.LAYERS}
    return [
        Line(
            "9-3",
            cell.source,
            _claim(f"{cell}, {{}}: {name}_t = {right}", name),
            book="equal",
            steps="NumPy",
            **{layer: values[name] for layer, values in found.items()},
            topic=str(cell),
            computed=False,
        )
        for name, right in cell.written.items()
    ]


def each_equation(layer: str, cell: Cell) -> dict[str, str]:
    """Returns for each equation "equal", or by how much the layer's value is off.

    What stands on an equation's right is the layer's too. The states that the first
    timestep starts from are not 0, so that r has something to reset.
    """
    rnn, x = layer_of(layer, cell, UNITS, return_sequences=True), sentence()
    initial = dict(zip(cell.states, random((2, 1, UNITS)), strict=False))
    rnn.build(x.shape)
    weights = rnn.get_weights()
    if len(weights) != 3:
        return dict.fromkeys(cell.written, not_three(weights))
    found = FIND[layer](cell, rnn, x, initial)
    expected = equations.one_by_one(cell, x, weights, initial, found)
    return {name: compared("equal", found[name], expected[name]) for name in expected}


def _claim(pattern: str, name: str, *more: str) -> Text:
    """A claim about one of `NAMES`, which goes into the braces; `more` after it."""
    english, korean = (
        pattern.format(word(NAMES[name], language))
        + " ".join(word(part, language) for part in more)
        for language in ("en", "ko")
    )
    return Text(english, korean)
