"""Section 9-1 (p. 486-497): its ten claims, each shown by an experiment."""

from before_keras import book
from before_keras.language import Text
from chapter9.parameters import terms as parameter_terms
from verification import experiments, networks
from verification.line import Line


def lines() -> list[Line]:
    """Returns a line for each claim."""
    return [_line(claim) for claim in book.CLAIMS]


def _line(claim: book.Claim) -> Line:
    experiment = EXPERIMENTS[claim.number]
    steps, formula = FORMULAS.get(claim.number, lambda: ("", ""))()
    return Line(
        section="9-1",
        source=book.PAGES,
        claim=Text(
            f"{claim.number}. {claim.english}", f"{claim.number}. {claim.korean}"
        ),
        book=claim.value,
        formula=formula,
        steps=steps,
        computed=claim.computed,
        custom=experiment("custom"),
        builtin=experiment("builtin"),
    )


EXPERIMENTS = {
    1: experiments.equation,
    2: experiments.count,
    3: experiments.connections,
    4: experiments.sharing,
    5: experiments.input_shape,
    6: experiments.last_output,
    7: experiments.every_output,
    8: networks.prediction,
    9: networks.names,
    10: networks.order,
}


def _count():
    terms = parameter_terms.simple_rnn(*book.WEIGHTS_DIAGRAM)
    counts = [term.count for term in terms]
    return " + ".join(map(str, counts)), str(sum(counts))


def _connections():
    inputs, neurons = book.WEIGHTS_DIAGRAM
    recurrent = parameter_terms.simple_rnn(inputs, neurons)[1]
    return recurrent.formula, f"{recurrent.count:,}"


def _sharing():
    terms = parameter_terms.simple_rnn(*book.WEIGHTS_DIAGRAM)
    count = sum(term.count for term in terms)
    return parameter_terms.formula(terms), experiments.fewer(count)


def _input_shape():
    return book.SENTENCE, str((1, len(book.SENTENCE.split()), book.WORD_SIZE))


def _last_output():
    return "(samples, units)", str((1, book.STACK[-1]))


def _every_output():
    shape = (1, len(book.SENTENCE.split()), book.STACK[0])
    return "(samples, timesteps, units)", str(shape)


def _prediction():
    _, features, cells = book.PREDICTION_DIAGRAM
    layers = (
        parameter_terms.simple_rnn(features, cells),
        parameter_terms.dense(cells, 1),
    )
    steps = " + ".join(f"({parameter_terms.formula(terms)})" for terms in layers)
    counts = (sum(term.count for term in terms) for terms in layers)
    return steps, " + ".join(f"{count:,}" for count in counts)


FORMULAS = {  # how the value comes about, and the value; none where there is no formula
    1: lambda: ("NumPy loop", ""),
    2: _count,
    3: _connections,
    4: _sharing,
    5: _input_shape,
    6: _last_output,
    7: _every_output,
    8: _prediction,
    10: lambda: ("dense, convolution, recurrent", ""),
}
