"""The layers whose formula is known: from a layer's config to its terms."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from before_keras.language import _
from before_keras.safety import bounds
from chapter9.parameters.terms import (
    Shape,
    Term,
    attention,
    dense,
    embedding,
    gru,
    lstm,
    of_weights,
    simple_rnn,
)

BAD_CONFIG = (  # what a config that is none can raise
    KeyError, TypeError, ValueError, IndexError, AttributeError, ArithmeticError,
    RecursionError,
)  # fmt: skip
RECURRENT = ("SimpleRNN", "LSTM", "GRU")
PACKAGES = ("keras", "chapter9")  # whose layers are known


def of_config(
    kind: str,
    config: Mapping,
    input_shape: Shape | None,
    input_shapes: Mapping[str, Shape] | None = None,
) -> list[Term] | None:
    """Returns the terms of a layer of Keras or of this project.

    Args:
        kind: the name of the class.
        config: what `get_config` returns, nested layers serialized.
        input_shape: what the layer takes, the batch axis first, if it is known.
        input_shapes: of a layer that takes several, as Keras names them
            ("query_shape"), where they are known.

    Returns:
        None for a layer whose formula, or whose input, is not known here; also for one
        that Keras has quantized.

    Raises:
        BAD_CONFIG: if the config is not that of such a layer.
    """
    if kind not in KNOWN or _is_quantized(config):
        return None
    shape = input_shape or _of_several(kind, input_shapes or {})
    if shape is None and kind != "Embedding":
        return None
    terms = KNOWN[kind](config, shape or ())
    for shape in (shape for term in terms or () for shape in term.shapes):
        if len(shape) > bounds.MAX_AXES or not all(map(_is_size, shape)):
            said = _("{shape!r:.60} is no shape of a weight")
            raise ValueError(said.format(shape=shape))
    return terms


def _of_several(kind, shapes):
    """What a layer with several inputs is built from: all, or the sequences alone."""
    if kind == "MultiHeadAttention":
        return shapes if {"query_shape", "value_shape"} <= set(shapes) else None
    return shapes.get("sequences_shape")  # beside the initial state


def kind_of(serialized: Mapping) -> str:
    """Returns a serialized layer's class if it is Keras's or this project's, else "".

    A class of someone else's may have Keras's name and other weights. Only HDF5 files
    leave the module out.
    """
    module = serialized.get("module", "keras") or ""
    known = module.split(".")[0] in PACKAGES
    return serialized["class_name"].removeprefix("chapter9>") if known else ""


def _dense(config, shape):
    return _adapted(config, dense(shape[-1], config["units"], config["use_bias"]))


def _embedding(config, shape):
    return _adapted(config, embedding(config["input_dim"], config["output_dim"]))


def _adapted(config, terms):
    """With the two small matrices whose product LoRA adds to the first weight."""
    if (rank := config.get("lora_rank")) is None:
        return terms
    name = f"lora_{terms[0].name}"
    *inputs, outputs = terms[0].shapes[0]
    adapters = {f"{name}_a": (*inputs, rank), f"{name}_b": (rank, outputs)}
    return [*terms, *of_weights(**adapters)]


def _is_quantized(config) -> bool:
    """Whether Keras packed the weights, and keeps scales beside them."""
    policy = config.get("dtype")
    return isinstance(policy, Mapping) and "mode" in (policy.get("config") or {})


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
    backward = config.get("backward_layer") or config["layer"]
    terms = []
    for name, layer in (("forward", config["layer"]), ("backward", backward)):
        # One within another is none of Keras's, and each would double the terms.
        if kind_of(layer) not in RECURRENT:
            return None
        terms += [
            replace(term, name=f"{name} {term.name}") for term in _wrapped(layer, shape)
        ]
    return terms


def _time_distributed(config, shape):
    return _wrapped(config["layer"], (shape[0], *shape[2:]))


def _spectral_normalization(config, shape):
    """One number for each column of the kernel that it divides by its largest gain."""
    terms = _wrapped(config["layer"], shape)
    return terms and [*terms, *of_weights(vector_u=(1, terms[0].shapes[0][-1]))]


def _wrapped(layer, shape):
    return of_config(kind_of(layer), layer["config"], shape)


def _attention(config, shapes):
    if not isinstance(shapes, Mapping):  # one shape, as in another layer
        return None
    query, value = shapes["query_shape"], shapes["value_shape"]
    key = shapes.get("key_shape") or value
    taken = {"query": query, "key": key, "gate": query, "value": value}
    value_size = config["value_dim"] or config["key_dim"]
    sizes = {"query": config["key_dim"], "key": config["key_dim"]}
    sizes |= {"gate": value_size} if config.get("use_gate") else {}
    sizes |= {"value": value_size}
    output = config["output_shape"] or query[-1]
    output = tuple(output) if isinstance(output, list | tuple) else (output,)
    return attention(taken, config["num_heads"], sizes, output, config["use_bias"])


def _convolution(config, shape):
    features = shape[_channels(config)] // config.get("groups", 1)
    filters, bias = config["filters"], config["use_bias"]
    kernel = (*config["kernel_size"], features, filters)
    return _adapted(config, of_weights(kernel=kernel, bias=bias and (filters,)))


def _transposed_convolution(config, shape):
    filters, bias = config["filters"], config["use_bias"]
    kernel = (*config["kernel_size"], filters, shape[_channels(config)])
    return of_weights(kernel=kernel, bias=bias and (filters,))


def _depthwise_convolution(config, shape):
    features, multiplier = shape[_channels(config)], depth_multiplier(config)
    kernel = (*config["kernel_size"], features, multiplier)
    return of_weights(
        kernel=kernel, bias=config["use_bias"] and (features * multiplier,)
    )


def _separable_convolution(config, shape):
    features, multiplier = shape[_channels(config)], depth_multiplier(config)
    size, filters = config["kernel_size"], config["filters"]
    return of_weights(
        depthwise_kernel=(*size, features, multiplier),
        pointwise_kernel=(*[1] * len(size), features * multiplier, filters),
        bias=config["use_bias"] and (filters,),
    )


def depth_multiplier(config: Mapping) -> int:
    """Returns a number that is safe to multiply: a text times a million is long."""
    if not _is_size(config["depth_multiplier"]):
        raise ValueError(_("depth_multiplier is no whole number"))
    return config["depth_multiplier"]


def _is_size(value) -> bool:
    return type(value) is int and value >= 0


def _channels(config):
    return 1 if config["data_format"] == "channels_first" else -1


def _batch_normalization(config, shape):
    size = _axes(config, shape)
    terms = of_weights(moving_mean=size, moving_variance=size)
    if config.get("renorm"):
        terms += of_weights(moving_stddev=size, renorm_mean=size, renorm_stddev=size)
    return _normalization(config, shape) + terms


def _data_normalization(config, shape):
    if config.get("mean") is not None:  # given, and no weights
        return []
    size = (1,) if config["axis"] in (None, (), []) else _axes(config, shape)
    return of_weights(mean=size, variance=size, count=(1,))


def _normalization(config, shape):
    size = _axes(config, shape)
    root_mean_square = config.get("rms_scaling", False)
    gamma = config["scale"] or root_mean_square
    beta = config["center"] and not root_mean_square
    return of_weights(gamma=gamma and size, beta=beta and size)


def _rms_normalization(config, shape):
    return of_weights(scale=_axes(config, shape))


def _axes(config, shape):
    axes = config["axis"]
    return tuple(shape[i] for i in (axes if isinstance(axes, list | tuple) else [axes]))


_CONVOLUTIONS = {
    "Conv{}D": _convolution,
    "Conv{}DTranspose": _transposed_convolution,
    "DepthwiseConv{}D": _depthwise_convolution,
    "SeparableConv{}D": _separable_convolution,
}
KNOWN: dict[str, Callable[[Mapping, Any], list[Term] | None]] = {
    "Dense": _dense,
    "Embedding": _embedding,
    "SimpleRNN": _simple_rnn,
    "LSTM": _lstm,
    "GRU": _gru,
    "Bidirectional": _bidirectional,
    "TimeDistributed": _time_distributed,
    "SpectralNormalization": _spectral_normalization,
    "MultiHeadAttention": _attention,
    "BatchNormalization": _batch_normalization,
    "Normalization": _data_normalization,
    "LayerNormalization": _normalization,
    "GroupNormalization": _normalization,
    "RMSNormalization": _rms_normalization,
    **{
        name.format(rank): terms
        for name, terms in _CONVOLUTIONS.items()
        for rank in (1, 2, 3)
    },
}
