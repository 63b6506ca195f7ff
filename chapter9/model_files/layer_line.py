"""The layers of anyone's .keras file that stand in a line, each with its numbers."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from before_keras.language import _
from before_keras.safety import bounds
from before_keras.safety.errors import UserError
from before_keras.safety.printable import brief
from chapter9.model_files import model_file, recorded_shapes
from chapter9.model_files.load_weights import check_numbers
from chapter9.model_files.weight_groups import UnclearError
from chapter9.parameters.known_layers import BAD_CONFIG, kind_of


@dataclass(frozen=True)
class LayerNumbers:
    """A layer and its weights.

    Attributes:
        name: of the layer.
        kind: the class if it is Keras's or this project's; else "".
        class_name: to show.
        config: what `get_config` returns.
        weights: in Keras's order, without the states of dropout.
    """

    name: str
    kind: str
    class_name: str
    config: Mapping
    weights: list[np.ndarray]


def of_file(path: Path) -> list[LayerNumbers]:
    """Returns the layers of a .keras file, from its input to its output.

    No layer is built, and Keras never opens the file.

    Raises:
        UserError: if the file is missing or damaged, holds numbers that no model of
            this project has, or its layers do not stand in a line.
    """
    model, _shapes = model_file.read(path)
    groups = model_file.read_numbers(path)
    try:
        entries = model["config"]["layers"]
        if len(entries) > bounds.MAX_LAYERS:
            raise ValueError(_("it has {number:,} layers").format(number=len(entries)))
        _check_line(path, model["config"], entries)
        weights = groups.of_layers(entries)
        layers = list(map(_layer, entries, weights))
    except (UnclearError, *BAD_CONFIG) as error:
        raise UserError(
            _("the config in {path} is damaged: {reason}").format(
                path=path, reason=f"{type(error).__name__} {brief(error)}"
            )
        ) from error
    check_numbers(path, [weight for layer in layers for weight in layer.weights])
    return layers


def _layer(entry, weights) -> LayerNumbers:
    config = entry["config"]
    return LayerNumbers(
        name=brief(config["name"], bounds.MAX_NAME),
        kind=kind_of(entry),
        class_name=brief(entry["class_name"], bounds.MAX_NAME),
        config=dict(config),
        weights=list(weights.by_path.values()),
    )


def _check_line(path, config, entries) -> None:
    """In a functional model each layer must take what the one before it gives."""
    before = None
    for entry in entries:
        name = entry["config"]["name"]
        calls = entry.get("inbound_nodes")
        wanted: list[str] = [] if before is None else [before]
        if calls is not None and recorded_shapes.producers(calls) != wanted:
            raise _no_line(path, name)
        before = name
    if "output_layers" in config:
        given = recorded_shapes.producers(config["output_layers"])
        if given != [before]:
            raise _no_line(path, before)


def _no_line(path, layer) -> UserError:
    return UserError(
        _(
            "{path}: the layers must stand in a line, each taking what the one before "
            "it gives; layer {layer} does not"
        ).format(path=path, layer=brief(str(layer), bounds.MAX_NAME))
    )
