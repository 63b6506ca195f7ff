"""A model's weights as the page has them: 32-bit numbers in base 64, and shapes."""

import base64
from typing import Any

import keras
import numpy as np

from before_keras.language import _
from before_keras.safety.errors import UserError

RECURRENT = {"SimpleRNN": "simple-rnn", "LSTM": "lstm", "GRU": "gru"}
# What network.js computes; every model of the chapter is made of it.
EXPECTED = {
    "activation": "tanh",
    "recurrent_activation": "sigmoid",
    "reset_after": True,
    "go_backwards": False,
    "stateful": False,
    "use_bias": True,
    "mask_zero": False,
}
WITHOUT_WEIGHTS = ("InputLayer", "CategoryEncoding", "Dropout")


def network(model: keras.Model, name: str) -> dict[str, Any]:
    """Returns the weights of a model of sections 9-2 and 9-3.

    Args:
        model: one-hot ids or an embedding, recurrent layers, and an `output_layer`.
        name: what an error calls the model.

    Returns:
        embedding: (words, size) or None for one-hot words; recurrent: type, W_x, W_h, b
        and for a GRU b_h of every layer; output: W and b.

    Raises:
        UserError: if a weight is not finite, or a layer is none that the page knows.
    """
    parts: dict[str, Any] = {"embedding": None, "recurrent": [], "output": None}
    for layer in model.layers:
        kind = type(layer).__name__
        weights = [np.asarray(weight) for weight in layer.get_weights()]
        for weight in weights:
            if not np.isfinite(weight).all():
                raise UserError(
                    _(
                        "{name} has weights that are not finite (layer {layer}): train "
                        "it again"
                    ).format(name=name, layer=layer.name)
                )
        if kind == "Embedding":
            _check(layer, name)
            parts["embedding"] = _packed(weights[0])
        elif kind in RECURRENT:
            _check(layer, name)
            parts["recurrent"].append({"type": RECURRENT[kind], **_recurrent(weights)})
        elif kind == "Dense":
            parts["output"] = {"W": _packed(weights[0]), "b": _packed(weights[1])}
        elif kind not in WITHOUT_WEIGHTS:
            raise UserError(
                _("{name} has a layer {kind}, which the page cannot compute").format(
                    name=name, kind=kind
                )
            )
    return parts


def _recurrent(weights: list[np.ndarray]) -> dict[str, Any]:
    kernel, recurrent_kernel, bias = weights
    biases = dict(zip(("b", "b_h"), np.atleast_2d(bias), strict=False))
    parts = {"W_x": kernel, "W_h": recurrent_kernel, **biases}
    return {name: _packed(weight) for name, weight in parts.items()}


def _check(layer: keras.layers.Layer, name: str) -> None:
    config = layer.get_config()
    for option, value in EXPECTED.items():
        if config.get(option, value) != value:
            raise UserError(
                _(
                    "{name}: the page computes {option}={value!r}, but layer {layer} "
                    "has {found!r}"
                ).format(
                    name=name,
                    option=option,
                    value=value,
                    layer=layer.name,
                    found=config[option],
                )
            )


def _packed(weight: np.ndarray) -> dict[str, Any]:
    little_endian = np.ascontiguousarray(weight, "<f4")
    values = base64.b64encode(little_endian.tobytes()).decode("ascii")
    return {"shape": list(weight.shape), "values": values}
