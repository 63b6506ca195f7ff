"""The layers of a saved model as `explain_parameters` sees them, none of them built.

Where a file says what a layer takes or gives, that is believed; where it does not
(the last layer, HDF5 files), the shape follows from the layer's config.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from before_keras.language import _
from before_keras.safety import bounds
from before_keras.safety.errors import UserError
from before_keras.safety.printable import brief
from chapter9.model_files import model_file, recorded_shapes
from chapter9.model_files.weight_groups import UnclearError, WeightGroups
from chapter9.parameters import output_shapes
from chapter9.parameters.known_layers import BAD_CONFIG, kind_of
from chapter9.parameters.layer_facts import LayerFacts
from chapter9.parameters.terms import Shape

# Weights that a .keras file holds a second time: the kernel stands below "layer/" too.
TWICE = {("SpectralNormalization", "vars/0")}


def of_file(path: Path) -> list[LayerFacts]:
    """Returns the facts of every layer of a .keras or .h5 file.

    Raises:
        UserError: if the file is missing, damaged, or holds no whole model.
    """
    config, groups = model_file.read(path)
    try:
        if (number := _number_of_layers(config)) > bounds.MAX_LAYERS:
            raise ValueError(_("it has {number:,} layers").format(number=number))
        layers = list(_layers(config, groups))
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
    if not found and not any(x.input_shape or x.output_shape for x in layers):
        raise UserError(
            _(
                "the model in {path} is not built, so it has no weights yet: before "
                "it is saved, call it on data or use model.build(...)"
            ).format(path=path)
        )
    return list(map(_each_once, layers))


def _each_once(layer: LayerFacts) -> LayerFacts:
    kept = [weight for weight in layer.weights if (layer.kind, weight[0]) not in TWICE]
    once = replace(layer, weights=tuple(kept))
    return (
        once if layer.non_trainable is None else replace(once, non_trainable=once.count)
    )


def _number_of_layers(model) -> int:
    """With those of nested models."""
    entries = model["config"]["layers"]
    nested = (e for e in entries if isinstance(e["config"].get("layers"), list))
    return len(entries) + sum(map(_number_of_layers, nested))


def _layers(
    model, groups, prefix="", input_shape=None, frozen=False
) -> Iterator[LayerFacts]:
    """A model's layers in order, those of a nested model in their place."""
    frozen = frozen or model["config"].get("trainable") is False
    entries = model["config"]["layers"]
    recorded = recorded_shapes.of_outputs(entries)
    outputs: dict[str, Shape | None] = {}
    previous = input_shape
    for entry, weights in zip(entries, groups.of_layers(entries), strict=True):
        config = entry["config"]
        name = config["name"]
        if len(prefix) + len(name) > bounds.MAX_PATH:
            raise ValueError(
                _("the name {name!r:.60}... is too long").format(name=prefix + name)
            )
        inputs = recorded_shapes.of_inputs(entry, outputs, previous)
        if isinstance(config.get("layers"), list):
            shape = inputs[0] if inputs else None
            inner = list(_layers(entry, weights, f"{prefix}{name}/", shape, frozen))
            yield from inner
            given = inner[-1].output_shape if inner else None
        else:
            layer = _facts(
                entry, prefix + name, inputs, recorded.get(name), weights, frozen
            )
            given = layer.output_shape
            # Like `Sequential.layers`, which leaves out the input.
            if layer.kind != "InputLayer" or "inbound_nodes" in entry:
                yield layer
        outputs[name] = previous = recorded.get(name) or given


def _facts(
    entry, name, inputs, output_shape, weights: WeightGroups[Shape], frozen
) -> LayerFacts:
    kind, config = kind_of(entry), entry["config"]
    frozen = frozen or _is_frozen(config)
    if output_shape is None and (None not in inputs or kind == "InputLayer"):
        output_shape = output_shapes.of_config(kind, config, inputs)
        output_shape = output_shape and recorded_shapes.checked(output_shape)
    facts = LayerFacts(
        name=str(name),
        class_name=entry["class_name"].split(">")[-1],  # "package>class" in HDF5
        kind=kind,
        # A file holds what LoRA adds within the kernel.
        config={name: config[name] for name in config if name != "lora_rank"},
        input_shape=inputs[0] if len(inputs) == 1 else None,
        output_shape=output_shape,
        weights=tuple(weights.by_path.items()),
        input_shapes=recorded_shapes.of_named_inputs(entry),
    )
    return replace(facts, non_trainable=facts.count) if frozen else facts


def _is_frozen(config) -> bool:
    """Whether training leaves all of its weights as they are."""
    wrapped = config.get("layer")  # of Bidirectional and TimeDistributed
    configs = [config, wrapped["config"]] if isinstance(wrapped, Mapping) else [config]
    return any(each.get("trainable") is False for each in configs)
