"""What there is to know about a layer without the layer: a model's, or a file's."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import keras
from keras import tree

from before_keras.language import _
from before_keras.safety.errors import UserError
from chapter9.parameters.known_layers import PACKAGES
from chapter9.parameters.terms import Shape


@dataclass(frozen=True)
class LayerFacts:
    """A layer as `explain_parameters` sees it.

    Attributes:
        name: of the layer, "lstm/inner" for a layer of a nested model.
        class_name: to show.
        kind: the class if it is Keras's or this project's, else "".
        config: what `get_config` returns.
        input_shape: batch axis first, None if it is not known.
        output_shape: batch axis first, None if it is not known or there are several.
        weights: each weight's name and shape, without the states of dropout.
        input_shapes: of each input by its name, where a layer takes several.
        non_trainable: how many parameters training leaves as they are, None if the
            layer's terms tell.
    """

    name: str
    class_name: str
    kind: str
    config: Mapping
    input_shape: Shape | None
    output_shape: Shape | None
    weights: tuple[tuple[str, Shape], ...]
    input_shapes: Mapping[str, Shape] = field(default_factory=dict)
    non_trainable: int | None = None

    @property
    def count(self) -> int:
        """All parameters, as `count_params` has them."""
        shapes = (shape for name, shape in self.weights)
        return sum(math.prod(size or 0 for size in shape) for shape in shapes)


def of_model(model: keras.Model) -> list[LayerFacts]:
    """Returns the facts of every layer, those of nested models in their place.

    Raises:
        UserError: if the model is not built, so that it has no weights yet.
    """
    if not model.built:
        raise UserError(
            _(
                "the model {name!r} is not built, so it has no weights yet: give it a "
                "keras.Input, call it on data once, or use model.build(...)"
            ).format(name=model.name)
        )
    trained = {id(weight) for weight in model.trainable_weights}
    facts = [
        _facts(layer, name, layer.weights, trained) for layer, name in _layers(model)
    ]
    missing = model.count_params() - sum(layer.count for layer in facts)
    if missing > 0:  # a subclass may hold weights beside its layers
        layers = (layer for layer, name in _layers(model))
        inside = {id(weight) for layer in layers for weight in layer.weights}
        own = [weight for weight in model.weights if id(weight) not in inside]
        facts.append(_facts(model, model.name, own, trained))
    return facts


def _layers(model, prefix="", seen=None) -> Iterator[tuple[keras.Layer, str]]:
    """Each layer once, however often it is used."""
    seen = set() if seen is None else seen
    for layer in model.layers:
        if id(layer) in seen:
            continue
        seen.add(id(layer))
        if isinstance(layer, keras.Model) and layer.layers:
            yield from _layers(layer, f"{prefix}{layer.name}/", seen)
        else:
            yield layer, prefix + layer.name


def _facts(layer, name, weights, trained: set[int]) -> LayerFacts:
    package = type(layer).__module__.split(".")[0]
    class_name = type(layer).__name__
    return LayerFacts(
        name=name,
        class_name=class_name,
        kind=class_name if package in PACKAGES else "",
        config=_config(layer) if package in PACKAGES else {},
        input_shape=_shape(layer, "input"),
        output_shape=_shape(layer, "output"),
        weights=tuple((weight.name, tuple(weight.shape)) for weight in weights),
        input_shapes=_input_shapes(layer),
        non_trainable=sum(
            math.prod(weight.shape) for weight in weights if id(weight) not in trained
        ),
    )


def _input_shapes(layer) -> dict[str, Shape]:
    shapes = (layer.get_build_config() or {}).get("shapes_dict") or {}
    return {name: tuple(shape) for name, shape in shapes.items() if _is_shape(shape)}


def _config(layer) -> dict:
    """get_config, with nested layers serialized; a model's may not be had."""
    try:
        return layer.get_config()
    except NotImplementedError:
        return {}


def _shape(layer, side) -> Shape | None:
    """The shape of a layer's one input or output; a layer called on data has none."""
    if side == "input" and "input_shape" in (layer.get_build_config() or {}):
        tensors = layer.get_build_config()["input_shape"]
        return tuple(tensors) if _is_shape(tensors) else None
    try:
        tensors = tree.flatten(getattr(layer, side))
    except (AttributeError, ValueError):  # never called, or called more than once
        return None
    return tuple(tensors[0].shape) if len(tensors) == 1 else None


def _is_shape(value) -> bool:
    sizes = value if isinstance(value, list | tuple) and value else [""]
    return all(size is None or isinstance(size, int) for size in sizes)
