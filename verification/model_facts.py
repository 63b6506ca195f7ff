"""The chapter's models: parameters and output shapes, layer by layer."""

import models
from before_keras import book
from before_keras.book import ModelFact
from before_keras.language import Text
from chapter9.parameters import terms
from verification.line import Line

NAMES = {  # a Dense(1) comes last in each
    "one-hot": "one-hot {words} -> SimpleRNN({cells})",
    "embedding": "Embedding({words}, {size}) -> SimpleRNN({cells})",
    "lstm": "Embedding({words}, {size}) -> LSTM({cells})",
    "lstm-dropout": "Embedding({words}, {size}) -> LSTM({cells}, dropout)",
    "lstm-2-layers": "Embedding({words}, {size}) -> 2 x LSTM({cells})",
    "gru": "Embedding({words}, {size}) -> GRU({cells})",
}


def lines(section: str) -> list[Line]:
    """Returns two lines for each model of a section: its parameters and its shapes."""
    facts = [fact for fact in book.MODELS if fact.section == section]
    return [line for fact in facts for line in _lines(fact)]


def _lines(fact: ModelFact) -> tuple[Line, Line]:
    formula = _formula(fact)
    layers = _layers(fact)
    name = NAMES[fact.name].format(
        words=fact.words, cells=fact.cells, size=book.EMBEDDING_SIZE
    )

    def line(what: Text, value: str, found: dict[str, str], **formula: str) -> Line:
        return Line(
            fact.section,
            fact.source.version if fact.source else "",
            Text(f"{name}: {what.en}", f"{name}: {what.ko}"),
            value,
            topic=name,
            cell=str(fact.source or ""),
            computed=fact.computed,
            **found,
            **formula,
        )

    counts = line(
        Text("parameters", "모델 파라미터"),
        _sum(fact.layers),
        {
            layer: _sum(part.count_params() for part in built)
            for layer, built in layers.items()
        },
        steps=" + ".join(f"({terms.formula(layer)})" for layer in formula),
        formula=_sum(sum(term.count for term in layer) for layer in formula),
    )
    shapes = line(
        Text("output shapes", "출력 크기"),
        _shapes(fact.shapes),
        {
            layer: _shapes(part.output.shape[1:] for part in built)
            for layer, built in layers.items()
        },
    )
    return counts, shapes


def _formula(fact: ModelFact) -> list[list[terms.Term]]:
    """The terms of each layer that has parameters, from the book's numbers alone."""
    words, cells, size = fact.words, fact.cells, book.EMBEDDING_SIZE
    output = terms.dense(cells, 1)
    if fact.name == "one-hot":
        return [terms.simple_rnn(words, cells), output]
    recurrent = {
        "embedding": [terms.simple_rnn(size, cells)],
        "lstm": [terms.lstm(size, cells)],
        "lstm-dropout": [terms.lstm(size, cells)],
        "lstm-2-layers": [terms.lstm(size, cells), terms.lstm(cells, cells)],
        "gru": [terms.gru(size, cells)],
    }
    return [terms.embedding(words, size), *recurrent[fact.name], output]


def _layers(fact: ModelFact) -> dict[str, list]:
    """The layers that have parameters, by whose recurrent layers they are."""
    built = {
        layer: models.build(fact.name, layer=layer, words=fact.words, cells=fact.cells)
        for layer in models.LAYERS
    }
    return {
        layer: [part for part in model.layers if part.weights]
        for layer, model in built.items()
    }


def _sum(counts) -> str:
    counts = list(counts)
    return f"{' + '.join(f'{count:,}' for count in counts)} = {sum(counts):,}"


def _shapes(shapes) -> str:
    return " ".join(str(tuple(shape)) for shape in shapes)
