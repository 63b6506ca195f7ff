"""How many parameters a layer has, term by term, as the book counts them.

Section 9-1 (p. 486-497): 4 inputs, 3 neurons, W_x 12 + W_h 9 + b 3 = 24. The functions
take plain numbers; known_layers.py finds these in a layer's config.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

Shape = tuple[int | None, ...]

LSTM_GATES = ("input gate", "forget gate", "candidate", "output gate")
GRU_GATES = ("update gate", "reset gate", "candidate")
NOT_TRAINED = {  # what follows the data
    *("mean", "variance", "count"),  # of Normalization
    *("moving mean", "moving variance"),  # of BatchNormalization
    *("moving stddev", "renorm mean", "renorm stddev"),  # with renorm=True
    "vector u",  # of SpectralNormalization
}


@dataclass(frozen=True)
class Term:
    """A summand of a layer's parameters: one weight, or all that one gate has of them.

    Attributes:
        name: "kernel", "bias", "input gate" ...
        shapes: of each weight in it; for a gate kernel, recurrent kernel and bias.
    """

    name: str
    shapes: tuple[Shape, ...]

    @property
    def formula(self) -> str:
        """The sum of products, "16 x 8 + 8 x 8 + 8"."""
        return " + ".join(" x ".join(map(str, shape)) for shape in self.shapes)

    @property
    def count(self) -> int:
        """The number of parameters."""
        return sum(math.prod(size or 0 for size in shape) for shape in self.shapes)


def dense(features: int, units: int, bias: bool = True) -> list[Term]:
    """Every input to every neuron, and one bias per neuron."""
    return of_weights(kernel=(features, units), bias=bias and (units,))


def embedding(words: int, size: int) -> list[Term]:
    """One vector per word."""
    return of_weights(embeddings=(words, size))


def simple_rnn(features: int, units: int, bias: bool = True) -> list[Term]:
    """W_x, W_h and b: every neuron's hidden state feeds every neuron."""
    return of_weights(
        kernel=(features, units),
        recurrent_kernel=(units, units),
        bias=bias and (units,),
    )


def lstm(features: int, units: int, bias: bool = True) -> list[Term]:
    """Four gates, each with the weights of a simple recurrent layer."""
    return _gates(LSTM_GATES, features, units, bias and (units,))


def gru(
    features: int, units: int, bias: bool = True, reset_after: bool = True
) -> list[Term]:
    """Three gates; with `reset_after`, Keras's default, each has two biases.

    The reset gate then acts on h_(t-1) W_h + b instead of h_(t-1), so that the product
    with W_h has a bias of its own: GRU(8) on 16 inputs is 624, with one bias 600.
    """
    shape = (2, units) if reset_after else (units,)
    return _gates(GRU_GATES, features, units, bias and shape)


def attention(
    shapes: Mapping[str, Shape],
    heads: int,
    sizes: Mapping[str, int],
    output: tuple[int, ...],
    bias: bool = True,
) -> list[Term]:
    """Query, key and value of every head, and what makes one output of the heads.

    Args:
        shapes: of what each of `sizes` is made from, by the same names.
        heads: how many there are.
        sizes: numbers per head of "query", "key", "gate" (if any) and "value".
        output: the shape of an output, without batch and timesteps.
        bias: whether each kernel has one.
    """
    terms: dict[str, Shape | bool] = {}
    for name, size in sizes.items():
        terms[f"{name}_kernel"] = (shapes[name][-1], heads, size)
        terms[f"{name}_bias"] = bias and (heads, size)
    terms["output_kernel"] = (heads, sizes["value"], *output)
    return of_weights(**terms, output_bias=bias and output)


def formula(terms: list[Term]) -> str:
    """Returns all terms as one sum, equal gates as a product: "4 x (16 x 8 + ...)"."""
    formulas = [term.formula for term in terms]
    gates = {*LSTM_GATES, *GRU_GATES}
    if len(formulas) > 1 and len(set(formulas)) == 1 and terms[0].name in gates:
        return f"{len(formulas)} x ({formulas[0]})"
    return " + ".join(formulas)


def of_weights(**shapes) -> list[Term]:
    """Returns a term for each weight; a weight without a shape is not there."""
    present = {name: shape for name, shape in shapes.items() if shape}
    return [Term(name.replace("_", " "), (shape,)) for name, shape in present.items()]


def _gates(names, features, units, bias):
    shapes = ((features, units), (units, units), *([bias] if bias else []))
    return [Term(name, shapes) for name in names]
