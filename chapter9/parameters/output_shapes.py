"""The shape that a layer puts out, from its config: for files, where no layer is built.

Only Keras's own layers, and only where nothing but the config and the input decide.
Shapes have the batch axis first.
"""

import math
from collections.abc import Mapping

from chapter9.parameters.known_layers import RECURRENT, depth_multiplier, kind_of
from chapter9.parameters.terms import Shape

SAME = {
    "Activation", "AlphaDropout", "BatchNormalization", "Dropout", "ELU",
    "GaussianDropout", "GaussianNoise", "GroupNormalization", "LayerNormalization",
    "LeakyReLU", "Masking", "Normalization", "PReLU", "RMSNormalization", "ReLU",
    "Softmax", "SpatialDropout1D", "SpatialDropout2D", "UnitNormalization",
    "Add", "Average", "Maximum", "Minimum", "Multiply", "Subtract",
}  # fmt: skip


def of_config(kind: str, config: Mapping, inputs: list[Shape]) -> Shape | None:
    """Returns the output shape, or None if it does not follow from what is known.

    Args:
        kind: the name of one of Keras's classes.
        config: what `get_config` returns, nested layers serialized.
        inputs: the shape of each input.

    Raises:
        BAD_CONFIG: if the config is not that of such a layer.
    """
    if kind == "InputLayer":
        shape = config.get("batch_shape") or config.get("batch_input_shape")
        return tuple(shape) if shape else None
    if not inputs or config.get("data_format") == "channels_first":
        return None
    if kind in SAME:
        return inputs[0]
    if kind == "Concatenate":
        return _concatenate(config, inputs)
    return RULES[kind](config, inputs[0]) if kind in RULES else None


def _dense(config, shape):
    return *shape[:-1], config["units"]


def _embedding(config, shape):
    return *shape, config["output_dim"]


def _category_encoding(config, shape):
    rows = config["output_mode"] == "one_hot" and shape[-1] != 1
    return *(shape if rows else shape[:-1]), config["num_tokens"]


def _recurrent(config, shape):
    if config.get("return_state"):
        return None  # several outputs
    timesteps = shape[1:2] if config["return_sequences"] else ()
    return shape[0], *timesteps, config["units"]


def _bidirectional(config, shape):
    is_recurrent = kind_of(config["layer"]) in RECURRENT  # as in terms.py
    output = _wrapped(config["layer"], shape) if is_recurrent else None
    if output is None or config["merge_mode"] is None:
        return None
    directions = 2 if config["merge_mode"] == "concat" else 1
    return *output[:-1], directions * output[-1]


def _time_distributed(config, shape):
    output = _wrapped(config["layer"], (shape[0], *shape[2:]))
    return output and (output[0], shape[1], *output[1:])


def _wrapped(layer, shape):
    return of_config(kind_of(layer), layer["config"], [shape])


def _convolution(config, shape):
    filters = config.get("filters") or shape[-1] * depth_multiplier(config)
    dilation = config.get("dilation_rate", [1] * len(shape))
    sizes = [
        (size - 1) * step + 1
        for size, step in zip(config["kernel_size"], dilation, strict=False)
    ]
    return _windows(config, shape, sizes, filters)


def _pooling(config, shape):
    return _windows(config, shape, config["pool_size"], shape[-1])


def _windows(config, shape, sizes, channels):
    """How often a window of each size fits, stride by stride."""
    padded = config["padding"] in ("same", "causal")
    windows = []
    for length, size, step in zip(shape[1:-1], sizes, config["strides"], strict=True):
        starts = length and (length if padded else length - size + 1)
        windows.append(starts and -(-starts // step))
    return shape[0], *windows, channels


def _global_pooling(config, shape):
    ones = (1,) * len(shape[1:-1]) if config.get("keepdims") else ()
    return shape[0], *ones, shape[-1]


def _flatten(_, shape):
    return shape[0], None if None in shape[1:] else math.prod(shape[1:])


def _reshape(config, shape):
    target = config["target_shape"]
    return None if -1 in target else (shape[0], *target)


def _repeat_vector(config, shape):
    return shape[0], config["n"], shape[1]


def _concatenate(config, inputs):
    axis = config["axis"] % len(inputs[0])
    sizes = [shape[axis] for shape in inputs]
    size = None if None in sizes else sum(sizes)
    return *inputs[0][:axis], size, *inputs[0][axis + 1 :]


def _attention(config, query):
    output = config["output_shape"] or query[-1]
    return *query[:-1], *(output if isinstance(output, list | tuple) else [output])


RULES = {
    "Dense": _dense,
    "Embedding": _embedding,
    "CategoryEncoding": _category_encoding,
    "SimpleRNN": _recurrent,
    "LSTM": _recurrent,
    "GRU": _recurrent,
    "MultiHeadAttention": _attention,
    "Bidirectional": _bidirectional,
    "TimeDistributed": _time_distributed,
    "Flatten": _flatten,
    "Reshape": _reshape,
    "RepeatVector": _repeat_vector,
    **{
        f"{name}{rank}D": rule
        for name, rule in {
            "Conv": _convolution,
            "DepthwiseConv": _convolution,
            "SeparableConv": _convolution,
            "MaxPooling": _pooling,
            "AveragePooling": _pooling,
            "GlobalMaxPooling": _global_pooling,
            "GlobalAveragePooling": _global_pooling,
        }.items()
        for rank in (1, 2, 3)
    },
}
