"""What a run can be exported to: by which backend, and which packages that needs."""

from collections.abc import Mapping
from dataclasses import dataclass

from before_keras import backends
from before_keras.language import _
from before_keras.names import BACKENDS
from before_keras.safety.errors import UserError


@dataclass(frozen=True)
class Format:
    """A format.

    Attributes:
        file: the name of the exported file, or folder.
        name_in_keras: what `model.export` calls it; "" if `model.save` writes it.
        backends: those that can write it, each with the packages that it needs for it.
        runtime: the package that opens the file and predicts with it.
    """

    file: str
    name_in_keras: str
    backends: Mapping[str, tuple[str, ...]]
    runtime: str


FORMATS = {
    "keras": Format("model.keras", "", dict.fromkeys(BACKENDS, ()), "keras"),
    "saved_model": Format(
        "saved_model",
        "tf_saved_model",
        {"tensorflow": (), "jax": ("tensorflow",)},
        "tensorflow",
    ),
    # Not jax: Keras writes ONNX from it with jax2onnx, which brings thirty packages.
    "onnx": Format(
        "model.onnx",
        "onnx",
        {"tensorflow": ("tf2onnx",), "torch": ("onnx", "onnxscript")},
        "onnxruntime",
    ),
    # Not torch: litert-torch brings transformers and an older typing_extensions.
    "litert": Format("model.tflite", "litert", {"tensorflow": ()}, "ai_edge_litert"),
    "torch": Format("model.pt2", "torch", {"torch": ()}, "torch"),
}


def backend_for(name: str, asked: str | None = None) -> str:
    """Returns the backend that exports to a format: a run's weights fit every one.

    Args:
        name: a key of `FORMATS`.
        asked: the one that the user wants; None for whichever can.

    Raises:
        UserError: if that backend cannot, or a package is missing.
    """
    able = FORMATS[name].backends
    if asked is None:
        first = sorted(able, key=lambda backend: backend != backends.default())
        installed = filter(backends.is_installed, first)
        asked = next(installed, first[0])
    if asked not in able:
        others = [other for other in FORMATS if asked in FORMATS[other].backends]
        raise UserError(
            _(
                "{backend} cannot export to {format}: leave --backend out ({able} "
                "can), or use --to with one of {others}"
            ).format(
                backend=asked,
                format=name,
                able=", ".join(able),
                others=", ".join(others),
            )
        )
    _check_packages(name, (asked, *able[asked], FORMATS[name].runtime))
    return asked


def _check_packages(name: str, packages: tuple[str, ...]) -> None:
    missing = [p for p in dict.fromkeys(packages) if not backends.is_installed(p)]
    if missing:
        missing = [package.replace("_", "-") for package in missing]
        raise UserError(
            _(
                "--to {format} needs packages that are not installed: pip install "
                "{packages}"
            ).format(format=name, packages=" ".join(missing))
        )
