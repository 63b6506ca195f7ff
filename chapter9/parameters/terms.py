"""How many parameters a layer has, term by term, as the book counts them.

Section 9-1 (p. 486-497): 4 inputs, 3 neurons, W_x 12 + W_h 9 + b 3 = 24. The functions
with plain numbers are the formulas; `of_config` finds the numbers in a layer's config.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from before_keras.safety import bounds

Shape = tuple[int | None, ...]

LSTM_GATES = ("input gate", "forget gate", "candidate", "output gate")
BAD_CONFIG = (  # what a config that is none can raise
    KeyError, TypeError, ValueError, IndexError, AttributeError, ArithmeticError,
    RecursionError,
)  # fmt: skip
RECURRENT = ("SimpleRNN", "LSTM", "GRU")
PACKAGES = ("keras", "chapter9")  # whose layers are known
GRU_GATES = ("update gate", "reset gate", "candidate")


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
    return _terms(kernel=(features, units), bias=bias and (units,))


def embedding(words: int, size: int) -> list[Term]:
    """One vector per word."""
    return _terms(embeddings=(words, size))


def simple_rnn(features: int, units: int, bias: bool = True) -> list[Term]:
    """W_x, W_h and b: every neuron's hidden state feeds every neuron."""
    return _terms(
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


def formula(terms: list[Term]) -> str:
    """Returns all terms as one sum, equal gates as a product: "4 x (16 x 8 + ...)"."""
    formulas = [term.formula for term in terms]
    if len(formulas) > 1 and len(set(formulas)) == 1 and terms[0].name in _GATES:
        return f"{len(formulas)} x ({formulas[0]})"
    return " + ".join(formulas)


def of_config(
    kind: str, config: Mapping, input_shape: Shape | None
) -> list[Term] | None:
    """Returns the terms of a layer of Keras or of this project.

    Args:
        kind: the name of the class.
        config: what `get_config` returns, nested layers serialized.
        input_shape: what the layer takes, the batch axis first, if it is known.

    Returns:
        None for a layer whose formula, or whose input, is not known here.

    Raises:
        BAD_CONFIG: if the config is not that of such a layer.
    """
    if kind not in KNOWN or (input_shape is None and kind != "Embedding"):
        return None
    terms = KNOWN[kind](config, input_shape or ())
    for shape in (shape for term in terms or () for shape in term.shapes):
        if len(shape) > bounds.MAX_AXES or not all(map(_is_size, shape)):
            raise ValueError(f"{shape!r:.60} is no shape of a weight")
    return terms


def kind_of(serialized: Mapping) -> str:
    """Returns a serialized layer's class if it is Keras's or this project's, else "".

    A class of someone else's may have Keras's name and other weights. Only HDF5 files
    leave the module out.
    """
    module = serialized.get("module", "keras") or ""
    known = module.split(".")[0] in PACKAGES
    return serialized["class_name"].removeprefix("chapter9>") if known else ""


def _dense(config, shape):
    return dense(shape[-1], config["units"], config["use_bias"])


def _embedding(config, _):
    return embedding(config["input_dim"], config["output_dim"])


def _simple_rnn(config, shape):
    return simple_rnn(_features(config, shape), config["units"], config["use_bias"])


def _lstm(config, shape):
    return lstm(_features(config, shape), config["units"], config["use_bias"])


def _gru(config, shape):
    units, bias = config["units"], config["use_bias"]
    reset_after = config.get("reset_after", True)
    return gru(_features(config, shape), units, bias, reset_after)


def _features(config, shape):
    """Numbers per timestep; with num_tokens ours takes ids in place of one-hot rows."""
    return config.get("num_tokens") or shape[-1]


def _bidirectional(config, shape):
    # One within another is none of Keras's, and each would double the terms.
    if kind_of(config["layer"]) not in RECURRENT:
        return None
    terms = _wrapped(config["layer"], shape)
    return terms and [
        replace(term, name=f"{direction} {term.name}")
        for direction in ("forward", "backward")
        for term in terms
    ]


def _time_distributed(config, shape):
    return _wrapped(config["layer"], (shape[0], *shape[2:]))


def _wrapped(layer, shape):
    return of_config(kind_of(layer), layer["config"], shape)


def _convolution(config, shape):
    features = shape[_channels(config)] // config.get("groups", 1)
    filters, bias = config["filters"], config["use_bias"]
    kernel = (*config["kernel_size"], features, filters)
    return _terms(kernel=kernel, bias=bias and (filters,))


def _transposed_convolution(config, shape):
    filters, bias = config["filters"], config["use_bias"]
    kernel = (*config["kernel_size"], filters, shape[_channels(config)])
    return _terms(kernel=kernel, bias=bias and (filters,))


def _depthwise_convolution(config, shape):
    features, multiplier = shape[_channels(config)], depth_multiplier(config)
    kernel = (*config["kernel_size"], features, multiplier)
    return _terms(kernel=kernel, bias=config["use_bias"] and (features * multiplier,))


def _separable_convolution(config, shape):
    features, multiplier = shape[_channels(config)], depth_multiplier(config)
    size, filters = config["kernel_size"], config["filters"]
    return _terms(
        depthwise_kernel=(*size, features, multiplier),
        pointwise_kernel=(*(1 for _ in size), features * multiplier, filters),
        bias=config["use_bias"] and (filters,),
    )


def depth_multiplier(config: Mapping) -> int:
    """Returns a number that is safe to multiply: a text times a million is long."""
    if not _is_size(config["depth_multiplier"]):
        raise ValueError("depth_multiplier is no whole number")
    return config["depth_multiplier"]


def _is_size(value) -> bool:
    return type(value) is int and value >= 0


def _channels(config):
    return 1 if config["data_format"] == "channels_first" else -1


def _batch_normalization(config, shape):
    size = _axes(config, shape)
    moving = _terms(moving_mean=size, moving_variance=size)
    return _normalization(config, shape) + moving


def _normalization(config, shape):
    size = _axes(config, shape)
    root_mean_square = config.get("rms_scaling", False)
    gamma = config["scale"] or root_mean_square
    beta = config["center"] and not root_mean_square
    return _terms(gamma=gamma and size, beta=beta and size)


def _rms_normalization(config, shape):
    return _terms(scale=_axes(config, shape))


def _axes(config, shape):
    axes = config["axis"]
    return tuple(shape[i] for i in (axes if isinstance(axes, list | tuple) else [axes]))


def _terms(**shapes) -> list[Term]:
    """A term for each weight; a weight without a shape is not there."""
    present = {name: shape for name, shape in shapes.items() if shape}
    return [Term(name.replace("_", " "), (shape,)) for name, shape in present.items()]


def _gates(names, features, units, bias):
    shapes = ((features, units), (units, units), *([bias] if bias else []))
    return [Term(name, shapes) for name in names]


_GATES = {*LSTM_GATES, *GRU_GATES}
_CONVOLUTIONS = {
    "Conv{}D": _convolution,
    "Conv{}DTranspose": _transposed_convolution,
    "DepthwiseConv{}D": _depthwise_convolution,
    "SeparableConv{}D": _separable_convolution,
}
KNOWN: dict[str, Callable[[Mapping, Shape], list[Term] | None]] = {
    "Dense": _dense,
    "Embedding": _embedding,
    "SimpleRNN": _simple_rnn,
    "LSTM": _lstm,
    "GRU": _gru,
    "Bidirectional": _bidirectional,
    "TimeDistributed": _time_distributed,
    "BatchNormalization": _batch_normalization,
    "LayerNormalization": _normalization,
    "GroupNormalization": _normalization,
    "RMSNormalization": _rms_normalization,
    **{
        name.format(rank): terms
        for name, terms in _CONVOLUTIONS.items()
        for rank in (1, 2, 3)
    },
}
