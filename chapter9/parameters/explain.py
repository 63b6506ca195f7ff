"""A model's parameters, explained term by term.

    from chapter9 import explain_parameters
    explain_parameters(model)

In a notebook the last line shows a table, in a terminal `print` does.
"""

import keras

from before_keras.language import _
from before_keras.safety.errors import UserError
from before_keras.safety.printable import brief, printable
from chapter9.parameters import known_layers, layer_facts
from chapter9.parameters.layer_facts import LayerFacts
from chapter9.parameters.layer_parameters import LayerParameters
from chapter9.parameters.table import ParameterTable


def explain_parameters(model: keras.Model, language: str = "en") -> ParameterTable:
    """Returns the parameters of every layer of a built Keras model, term by term.

    Args:
        model: any Keras model.
        language: "en" or "ko", of the table.

    Raises:
        UserError: if the model is not built.

    Examples:
        >>> import chapter9
        >>> import keras
        >>> model = keras.Sequential([keras.Input((5, 4)), chapter9.SimpleRNN(3)])
        >>> table = explain_parameters(model)
        >>> table.total, table.holds
        (24, True)
    """
    return explain(layer_facts.of_model(model), language)


def explain(layers: list[LayerFacts], language: str = "en") -> ParameterTable:
    """Returns the table for layers that are known by their facts alone.

    Raises:
        UserError: if a layer's config is not that of such a layer.
    """
    return ParameterTable(tuple(map(_explained, layers)), language)


def _explained(layer: LayerFacts) -> LayerParameters:
    if not layer.weights and layer.kind not in known_layers.KNOWN:
        return LayerParameters(layer, terms=(), expected=0)  # Dropout, Flatten ...
    try:
        shapes = layer.input_shape, layer.input_shapes
        terms = known_layers.of_config(layer.kind, layer.config, *shapes)
        if terms is None:
            return LayerParameters(layer, terms=None, expected=None)
        expected = sum(term.count for term in terms)
        return LayerParameters(layer, tuple(terms), expected)
    except known_layers.BAD_CONFIG as error:
        raise UserError(
            _(
                "the layer {name!r} does not have the config of a {kind}: {error} "
                "{reason}"
            ).format(
                name=printable(layer.name),
                kind=layer.kind,
                error=type(error).__name__,
                reason=brief(error),
            )
        ) from error
