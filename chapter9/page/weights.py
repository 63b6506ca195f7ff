"""A model's weights as the page has them: 32-bit numbers in base 64, and shapes."""

import base64
from typing import Any

import keras
import numpy as np

from before_keras.language import _
from before_keras.safety.errors import UserError
from chapter9.model_files.layer_line import LayerNumbers

RECURRENT = {"SimpleRNN": "simple-rnn", "LSTM": "lstm", "GRU": "gru"}
# What network.js computes; every model of the chapter is made of it.
EXPECTED = {
    "activation": "tanh",
    "recurrent_activation": "sigmoid",
    "reset_after": True,
    "go_backwards": False,
    "stateful": False,
    "return_state": False,
    "use_bias": True,
    "mask_zero": False,
}
WITHOUT_WEIGHTS = ("InputLayer", "CategoryEncoding", "Dropout", "SpatialDropout1D")


def of_model(model: keras.Model) -> list[LayerNumbers]:
    """Returns the layers of a model in memory, as `network` takes them."""
    return [
        LayerNumbers(
            name=layer.name,
            kind=type(layer).__name__,
            class_name=type(layer).__name__,
            config=layer.get_config(),
            weights=[np.asarray(weight) for weight in layer.get_weights()],
        )
        for layer in model.layers
    ]


def network(layers: list[LayerNumbers], name: str) -> dict[str, Any]:
    """Returns the weights of a model of sections 9-2 and 9-3.

    Args:
        layers: one-hot ids or an embedding, recurrent layers, and an `output_layer`.
        name: what an error calls the model.

    Returns:
        embedding: (words, size) or None for one-hot words; recurrent: type, W_x, W_h, b
        and for a GRU b_h of every layer; output: W and b.

    Raises:
        UserError: if a weight is not finite, or a layer is none that the page knows.
    """
    check_kinds(layers, name)
    parts: dict[str, Any] = {"embedding": None, "recurrent": [], "output": None}
    for layer in layers:
        kind, weights = layer.kind, layer.weights
        for weight in weights:
            if not np.isfinite(weight).all():
                raise UserError(
                    _(
                        "{name} has weights that are not finite (layer {layer}): train "
                        "it again"
                    ).format(name=name, layer=layer.name)
                )
        if kind == "Embedding":
            check(layer, name, EXPECTED)
            parts["embedding"] = _packed(weights[0])
        elif kind in RECURRENT:
            check(layer, name, EXPECTED)
            parts["recurrent"].append({"type": RECURRENT[kind], **_recurrent(weights)})
        elif kind == "Dense":
            parts["output"] = {"W": _packed(weights[0]), "b": _packed(weights[1])}
    return parts


def check_kinds(layers: list[LayerNumbers], name: str) -> None:
    """Raises a UserError for a layer that the page cannot compute, naming it."""
    for layer in layers:
        if layer.kind not in (*RECURRENT, *WITHOUT_WEIGHTS, "Embedding", "Dense"):
            raise UserError(
                _(
                    "{name} has the layer {layer} ({kind}), which the page cannot "
                    "compute"
                ).format(name=name, layer=layer.name, kind=layer.class_name)
            )


def _recurrent(weights: list[np.ndarray]) -> dict[str, Any]:
    kernel, recurrent_kernel, bias = weights
    biases = dict(zip(("b", "b_h"), np.atleast_2d(bias), strict=False))
    parts = {"W_x": kernel, "W_h": recurrent_kernel, **biases}
    return {name: _packed(weight) for name, weight in parts.items()}


def check(layer: LayerNumbers, name: str, expected: dict[str, Any]) -> None:
    """Raises a UserError if an option of the layer has another value."""
    for option, value in expected.items():
        if layer.config.get(option, value) != value:
            raise UserError(
                _(
                    "{name}: the page computes {option}={value!r}, but layer {layer} "
                    "has {found!r:.60}"
                ).format(
                    name=name,
                    option=option,
                    value=value,
                    layer=layer.name,
                    found=layer.config[option],
                )
            )


def _packed(weight: np.ndarray) -> dict[str, Any]:
    little_endian = np.ascontiguousarray(weight, "<f4")
    values = base64.b64encode(little_endian.tobytes()).decode("ascii")
    return {"shape": list(weight.shape), "values": values}
