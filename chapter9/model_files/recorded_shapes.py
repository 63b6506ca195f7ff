"""The shapes that a saved model's config records: what a layer takes and gives."""

from collections.abc import Iterator, Mapping

from before_keras.language import _
from before_keras.safety import bounds
from chapter9.parameters.known_layers import RECURRENT, kind_of
from chapter9.parameters.terms import Shape

INPUTS = {  # in the order of a call
    "MultiHeadAttention": ("query", "value", "key"),
    **dict.fromkeys((*RECURRENT, "Bidirectional"), ("sequences",)),
}


def of_named_inputs(entry) -> dict[str, Shape]:
    """Returns the shape of each input of a layer that takes several, by name."""
    built = (entry.get("build_config") or {}).get("shapes_dict") or {}
    if built:
        return {name: checked(s) for name, s in built.items() if not _is_nested(s)}
    names = INPUTS.get(kind_of(entry), ())
    call = next(iter(entry.get("inbound_nodes") or ()), None)  # HDF5 has no more
    if not names or not isinstance(call, Mapping):
        return {}
    given = dict(zip(names, call["args"], strict=False)) | call["kwargs"]
    tensors = {name: next(_tensors(given.get(name)), (None, None)) for name in names}
    return {f"{name}_shape": found[1] for name, found in tensors.items() if found[1]}


def of_inputs(entry, outputs, previous) -> list[Shape | None]:
    """Returns the shapes of a layer's inputs: recorded, or given by those before."""
    build = (entry.get("build_config") or {}).get("input_shape")
    first = entry["config"].get("batch_input_shape")  # Keras 2, without InputLayer
    if "inbound_nodes" in entry:
        inputs = [
            shape or outputs.get(producer)
            for producer, shape in _tensors(entry["inbound_nodes"][:1])
        ]
    else:
        inputs = [previous] if previous or not first else [checked(first)]
    if build and len(inputs) <= 1 and not isinstance(build[-1], list):
        return [checked(build)]
    return inputs


def of_outputs(entries) -> dict[str, Shape]:
    """Returns what each layer gives, where the one after it records what it takes."""
    outputs: dict[str, Shape] = {}
    for before, entry in zip([None, *entries], entries, strict=False):
        for producer, shape in _tensors(entry.get("inbound_nodes", [])):
            if shape:
                outputs.setdefault(producer, shape)
        if before and "inbound_nodes" not in entry:
            build = (entry.get("build_config") or {}).get("input_shape")
            if build:
                outputs[before["config"]["name"]] = checked(build)
    return outputs


def producers(nodes) -> list[str]:
    """Returns the layers that the tensors in a serialized call come from, in order."""
    return [producer for producer, _shape in _tensors(nodes)]


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
                history = node["config"]["keras_history"]  # layer, call, output
                shape = checked(node["config"]["shape"]) if history[2] == 0 else None
                yield history[0], shape
            else:
                pending.extend(reversed(list(node.values())))
        elif isinstance(node, list):
            if len(node) >= 3 and isinstance(node[0], str) and type(node[1]) is int:
                yield node[0], None
            else:
                pending.extend(reversed(node))


def checked(sizes) -> Shape:
    """Returns a shape that a file records.

    Raises:
        ValueError: if it is none, or of more or larger axes than any model has.
    """
    if len(sizes) > bounds.MAX_AXES or not all(map(_is_size, sizes)):
        raise ValueError(_("{sizes!r:.60} is no shape").format(sizes=sizes))
    return tuple(sizes)


def _is_nested(sizes) -> bool:
    return any(isinstance(size, list) for size in sizes or [[]])


def _is_size(size) -> bool:
    return size is None or (type(size) is int and 0 <= size <= bounds.MAX_SIZE)
