"""The exported file itself, through Keras's own `model.export`."""

import warnings
from pathlib import Path

import keras

from before_keras.export_formats import FORMATS
from before_keras.language import _
from before_keras.quiet import silent
from before_keras.safety.errors import UserError
from before_keras.safety.printable import brief

# What torch notes at each node: lines of the exporter's sources with their paths.
NOTES = ("stack_trace", "nn_module_stack", "source_fn_stack", "torch_fn", "from_node")


def write(model: keras.Model, name: str, path: Path) -> None:
    """Writes a model in a format, with the timesteps of its input and any batch.

    Args:
        model: takes (batch, timesteps) token ids.
        name: a key of `FORMATS`.
        path: the file or folder, with the suffix of `Format.file`.

    Raises:
        UserError: if this Keras cannot.
    """
    writer = {"keras": _keras, "torch": _torch, "litert": _litert}.get(name, _exported)
    try:
        with silent(1, 2, shown_on_error=False), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            writer(model, name, path)
    except (KeyboardInterrupt, MemoryError, OSError):
        raise
    except Exception as error:
        raise UserError(
            _(
                "Keras {version} cannot export this model to {format} ({reason}): "
                "use --to keras"
            ).format(version=keras.__version__, format=name, reason=brief(str(error)))
        ) from error


def _keras(model, name, path):
    model.save(path)


def _exported(model, name, path, **options):
    token_ids = keras.ops.zeros((1, *model.input_shape[1:]), "int32")
    model(token_ids)  # Keras exports no model to ONNX that was never called
    kind = FORMATS[name].name_in_keras
    model.export(path, format=kind, verbose=False, **options)


def _litert(model, name, path):
    """Each timestep a copy of the step: LiteRT alone has none of TensorFlow's lists."""
    _exported(_unrolled(model), name, path)


def _torch(model, name, path):
    import torch

    batch = ({0: torch.export.Dim("batch")},)
    _exported(model, name, path, dynamic_shapes=batch)
    program = torch.export.load(path)
    for node in program.graph.nodes:
        for note in NOTES:
            node.meta.pop(note, None)
    torch.export.save(program, path)


def _unrolled(model):
    def copy(layer):
        config = layer.get_config()
        if "unroll" in config:
            config["unroll"] = True
        return type(layer).from_config(config)

    twin = keras.models.clone_model(model, clone_function=copy)
    twin.set_weights(model.get_weights())
    return twin
