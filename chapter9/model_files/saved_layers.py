"""The layers of a saved model as `explain_parameters` sees them, none of them built.

Where a file says what a layer takes or gives, that is believed; where it does not
(the last layer, HDF5 files), the shape follows from the layer's config.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

from before_keras.language import _
from before_keras.safety import bounds
from before_keras.safety.errors import UserError
from before_keras.safety.printable import brief
from chapter9.model_files import model_file
from chapter9.model_files.weight_groups import UnclearError, WeightGroups
from chapter9.parameters import output_shapes
from chapter9.parameters.layer_facts import LayerFacts
from chapter9.parameters.terms import BAD_CONFIG, Shape, kind_of


def of_file(path: Path) -> list[LayerFacts]:
    """Returns the facts of every layer of a .keras or .h5 file.

    Raises:
        UserError: if the file is missing, damaged, or holds no whole model.
    """
    config, groups = model_file.read(path)
    try:
        if (number := _number_of_layers(config)) > bounds.MAX_LAYERS:
            raise ValueError(_("it has {number:,} layers").format(number=number))
        layers = list(_layers(config, groups, prefix="", input_shape=None))
    except BAD_CONFIG as error:
        reason = f"{type(error).__name__} {brief(error)}"
        raise UserError(
            _("the config in {path} is damaged: {reason}").format(
                path=path, reason=reason
            )
        ) from error
    except UnclearError:
        raise UserError(
            _(
                "the names of the layers in {path} do not tell whose a weight is: save "
                "the model as .keras"
            ).format(path=path)
        ) from None
    found = sum(len(layer.weights) for layer in layers)
    if found != len(groups.by_path):
        raise UserError(
            _(
                "{path} is damaged, or of a version of Keras that this one does not "
                "know: it has {weights} weights, its layers {found}"
            ).format(path=path, weights=len(groups.by_path), found=found)
        )
    return layers


def _number_of_layers(model) -> int:
    """With those of nested models."""
    entries = model["config"]["layers"]
    nested = (e for e in entries if isinstance(e["config"].get("layers"), list))
    return len(entries) + sum(map(_number_of_layers, nested))


def _layers(model, groups, prefix, input_shape) -> Iterator[LayerFacts]:
    """A model's layers in order, those of a nested model in their place."""
    entries = model["config"]["layers"]
    recorded = _recorded_outputs(entries)
    outputs: dict[str, Shape | None] = {}
    previous = input_shape
    for entry, weights in zip(entries, groups.of_layers(entries), strict=True):
        config = entry["config"]
        name = config["name"]
        if len(prefix) + len(name) > bounds.MAX_PATH:
            raise ValueError(
                _("the name {name!r:.60}... is too long").format(name=prefix + name)
            )
        inputs = _inputs(entry, outputs, previous)
        if isinstance(config.get("layers"), list):
            shape = inputs[0] if inputs else None
            inner = list(_layers(entry, weights, f"{prefix}{name}/", shape))
            yield from inner
            given = inner[-1].output_shape if inner else None
        else:
            layer = _facts(entry, prefix + name, inputs, recorded.get(name), weights)
            given = layer.output_shape
            # Like `Sequential.layers`, which leaves out the input.
            if layer.kind != "InputLayer" or "inbound_nodes" in entry:
                yield layer
        outputs[name] = previous = recorded.get(name) or given


def _facts(
    entry, name, inputs, output_shape, weights: WeightGroups[Shape]
) -> LayerFacts:
    kind, config = kind_of(entry), entry["config"]
    if output_shape is None and (None not in inputs or kind == "InputLayer"):
        output_shape = output_shapes.of_config(kind, config, inputs)
        output_shape = output_shape and _shape(output_shape)
    return LayerFacts(
        name=str(name),
        class_name=entry["class_name"].split(">")[-1],  # "package>class" in HDF5
        kind=kind,
        config=config,
        input_shape=inputs[0] if len(inputs) == 1 else None,
        output_shape=output_shape,
        weights=tuple(weights.by_path.items()),
    )


def _inputs(entry, outputs, previous) -> list[Shape | None]:
    """The shapes of a layer's inputs, as recorded, or as the layers before it give."""
    build = (entry.get("build_config") or {}).get("input_shape")
    first = entry["config"].get("batch_input_shape")  # Keras 2, without InputLayer
    if "inbound_nodes" in entry:
        inputs = [
            shape or outputs.get(producer)
            for producer, shape in _tensors(entry["inbound_nodes"][:1])
        ]
    else:
        inputs = [previous] if previous or not first else [_shape(first)]
    if build and len(inputs) <= 1 and not isinstance(build[-1], list):
        return [_shape(build)]
    return inputs


def _recorded_outputs(entries) -> dict[str, Shape]:
    """What each layer gives, where the layer after it has recorded what it takes."""
    outputs: dict[str, Shape] = {}
    for before, entry in zip([None, *entries], entries, strict=False):
        for producer, shape in _tensors(entry.get("inbound_nodes", [])):
            if shape:
                outputs.setdefault(producer, shape)
        if before and "inbound_nodes" not in entry:
            build = (entry.get("build_config") or {}).get("input_shape")
            if build:
                outputs[before["config"]["name"]] = _shape(build)
    return outputs


def _tensors(nodes) -> Iterator[tuple[str, Shape | None]]:
    """The layer that each tensor in a serialized call comes from, and its shape.

    Keras 3 writes {"class_name": "__keras_tensor__", "config": {...}}, Keras 2
    ["layer", 0, 0, {}].
    """
    pending = [nodes]  # the next one last
    while pending:
        node = pending.pop()
        if isinstance(node, Mapping):
            if node.get("class_name") == "__keras_tensor__":
                producer, _node, place = node["config"]["keras_history"]
                yield producer, _shape(node["config"]["shape"]) if place == 0 else None
            else:
                pending.extend(reversed(list(node.values())))
        elif isinstance(node, list):
            if len(node) >= 3 and isinstance(node[0], str) and type(node[1]) is int:
                yield node[0], None
            else:
                pending.extend(reversed(node))


def _shape(sizes) -> Shape:
    if len(sizes) > bounds.MAX_AXES or not all(map(_is_size, sizes)):
        raise ValueError(_("{sizes!r:.60} is no shape").format(sizes=sizes))
    return tuple(sizes)


def _is_size(size) -> bool:
    return size is None or (type(size) is int and 0 <= size <= bounds.MAX_SIZE)
