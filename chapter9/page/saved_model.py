"""What the page knows of anyone's .keras file, opened as a stranger's.

It reads as the book does: the last tokens of a review, zeros in front.
"""

from pathlib import Path
from typing import Any

from before_keras import book
from before_keras.language import _
from before_keras.safety.bounds import MAX_LABELS
from before_keras.safety.errors import UserError
from before_keras.safety.files import checksum
from before_keras.settings import RANGES
from chapter9.model_files import layer_line
from chapter9.model_files.layer_line import LayerNumbers
from chapter9.page import weights
from chapter9.page.weights import RECURRENT

STAGES = {"Embedding": 0, **dict.fromkeys(RECURRENT, 1), "Dense": 2}  # in this order
# The output layer for two labels, and for more (chapter9/output_layer.py).
ONE_NEURON = {"units": 1, "activation": "sigmoid", "use_bias": True}
A_NEURON_EACH = {"activation": "softmax", "use_bias": True}
MAX_WORDS = RANGES["words"][1]  # rows of weights; a page of more would be refused
BLOCKS = {"SimpleRNN": 1, "LSTM": 4, "GRU": 3}  # of columns in W_x


def saved_model(
    path: Path,
    words: list[str] | None = None,
    index_from: int = 3,
    timesteps: int = book.TIMESTEPS,
    labels: tuple[str, ...] = (),
) -> dict[str, Any]:
    """Returns a saved model as `run_data` returns a run.

    Args:
        path: a .keras file with an Embedding or one-hot words, recurrent layers of
            Keras or of this project, and one Dense, a sigmoid neuron or softmax
            neurons.
        words: by rank, most frequent first; without them token ids are read.
        index_from: what is added to a word's rank, as in keras.datasets.imdb: 3, so
            that there are padding, start and unknown, or 0.
        timesteps: where the file leaves their number open.
        labels: their names, that of label 0 first; () for numbers, of two labels for
            negative and positive.

    Raises:
        UserError: if the file is damaged, or the page cannot compute its model; it
            names the layer.
    """
    path = Path(path)
    layers = layer_line.of_file(path)
    weights.check_kinds(layers, str(path))
    _check_order(layers, path)
    computing = [layer for layer in layers if layer.kind in STAGES]
    num_words = _check_shapes(computing, path)
    first = next(layer for layer in computing if layer.kind in RECURRENT)
    kind = "imdb" if words is not None and index_from else "ranks"
    tokens = words if words is not None else [str(k) for k in range(1, num_words)]
    return {
        "name": path.stem,
        "checksum": checksum(path),
        "settings": {
            "model": " + ".join(layer.kind for layer in computing[:-1]),
            "words": num_words,
            "cells": len(first.weights[1]),
            "timesteps": _timesteps(layers, num_words, timesteps, path),
        },
        "data": "file",
        "kind": kind,
        "labels": _labels(labels, computing[-1], path),
        "parameters": sum(w.size for layer in layers for w in layer.weights),
        "network": weights.network(layers, str(path)),
        "vocabulary": tokens if kind == "imdb" else tokens[: num_words - 1],
        "history": {k: [] for k in ("loss", "accuracy", "val_loss", "val_accuracy")},
        "best_epoch": 0,
    }


def _check_order(layers: list[LayerNumbers], path: Path) -> None:
    """An embedding or none, recurrent layers of which the last gives h_T, a neuron."""
    stages = [layer for layer in layers if layer.kind in STAGES]
    for before, layer in zip([None, *stages], stages, strict=False):
        most = -1 if before is None else STAGES[before.kind]
        is_next = most < STAGES[layer.kind] or most == STAGES[layer.kind] == 1
        if not is_next:
            raise _not_computed(path, layer, _("it stands in another place"))
    recurrent = [layer for layer in stages if layer.kind in RECURRENT]
    if not recurrent or stages[-1].kind != "Dense":
        raise UserError(
            _(
                "{path}: the page computes an Embedding or one-hot words, recurrent "
                "layers and one Dense; there is no {missing}"
            ).format(path=path, missing="Dense" if recurrent else _("recurrent layer"))
        )
    for layer in recurrent:
        sequences = {"return_sequences": layer is not recurrent[-1]}
        weights.check(layer, str(path), sequences)
    many = stages[-1].config.get("units") != 1
    weights.check(stages[-1], str(path), A_NEURON_EACH if many else ONE_NEURON)
    for layer in layers:
        if layer.kind == "CategoryEncoding":
            weights.check(layer, str(path), {"output_mode": "one_hot"})


def _labels(
    names: tuple[str, ...], dense: LayerNumbers, path: Path
) -> list[str] | None:
    """The labels' names, after there are as many as the model tells apart."""
    count = max(2, len(dense.weights[1]))
    if not names:
        return None
    if len(names) != count or len(set(names)) != count:
        raise UserError(
            _(
                "{path} tells {count} labels apart: give as many different names with "
                "--labels, not {given}"
            ).format(path=path, count=count, given=len(set(names)))
        )
    return list(names)


def _check_shapes(computing: list[LayerNumbers], path: Path) -> int:
    """Returns the number of words, after each layer's weights fit those before it."""
    size = None  # of what the next layer takes; of the first one, the number of words
    for layer in computing:
        found = [weight.shape for weight in layer.weights]
        rows = found[0][0] if found and len(found[0]) == 2 else 0
        taken = rows if size is None else size
        columns = found[0][-1] if rows else 0
        size = columns // BLOCKS.get(layer.kind, 1)
        wanted: list[tuple[int, ...]] = [(taken, columns)]
        if layer.kind in BLOCKS:
            bias = (2, columns) if layer.kind == "GRU" else (columns,)
            wanted += [(size, size * BLOCKS[layer.kind]), bias]
        elif layer.kind == "Dense":
            wanted = [(taken, columns), (columns,)]
        too_many = rows > MAX_WORDS or (layer.kind == "Dense" and size > MAX_LABELS)
        if found != wanted or not size or too_many:
            raise _not_computed(
                path, layer, _("its weights are {found}").format(found=found)
            )
    return len(computing[0].weights[0])


def _timesteps(layers, num_words: int, otherwise: int, path: Path) -> int:
    """The number of timesteps that the input has, where the file says it."""
    whole = layers[0].config.get("batch_shape")  # of an InputLayer
    shape = whole[1:] if isinstance(whole, list) else []
    timesteps = shape[0] if shape and shape[0] is not None else otherwise
    lowest, highest = RANGES["timesteps"]
    rows_of_numbers = len(shape) == 2 and shape[1] not in (None, num_words)
    is_number = type(timesteps) is int and lowest <= timesteps <= highest
    if len(shape) > 2 or rows_of_numbers or not is_number:
        raise _not_computed(
            path, layers[0], _("it takes {shape}").format(shape=str(shape)[:60])
        )
    return timesteps


def _not_computed(path: Path, layer: LayerNumbers, reason: str) -> UserError:
    return UserError(
        _(
            "{path}: the page computes an Embedding or one-hot words, recurrent layers "
            "and one Dense; layer {layer} ({kind}): {reason}"
        ).format(path=path, layer=layer.name, kind=layer.class_name, reason=reason)
    )
