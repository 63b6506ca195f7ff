"""The models of the chapter by name, a section a file.

    import models
    model = models.build("embedding", words=500, cells=8)

This file is the index. It imports Keras only when a model is built, so that a command
can list the names at once.
"""

from importlib import import_module

SECTIONS = {
    "weights": "section_9_1",
    "sentence": "section_9_1",
    "stack": "section_9_1",
    "prediction": "section_9_1",
    "one-hot": "section_9_2",
    "embedding": "section_9_2",
    "lstm": "section_9_3",
    "lstm-dropout": "section_9_3",
    "lstm-2-layers": "section_9_3",
    "gru": "section_9_3",
}
REVIEW_MODELS = tuple(name for name in SECTIONS if SECTIONS[name] != "section_9_1")
LAYERS = ("custom", "builtin")


def build(name: str, **options):
    """Returns the model of that name, not compiled.

    Args:
        name: a key of `SECTIONS`.
        **options: the arguments of the function of that name in the section's file,
            `layer="custom"` or `"builtin"` wherever there is a SimpleRNN.

    Raises:
        ValueError: if there is no model of that name.
    """
    if name not in SECTIONS:
        raise ValueError(f"no model {name!r}; there are {', '.join(SECTIONS)}")
    section = import_module(f"models.{SECTIONS[name]}")
    return getattr(section, name.replace("-", "_"))(**options)


def default_cells(name: str) -> int:
    """Returns 10 for the project's own default model and 8, as in the book, else."""
    return 10 if name == "one-hot" else 8


def load(run):
    """Returns a run's best model: built from its settings, with the saved weights.

    The file's sizes, checksums and links are checked first; no class or code that it
    names is looked up.

    Raises:
        UserError: if the model file is missing, damaged or does not fit the settings.
    """
    import numpy as np

    from chapter9.errors import UserError
    from chapter9.model_files import model_file

    if run.settings.model not in REVIEW_MODELS:
        raise UserError(f"{run.path} names the unknown model {run.settings.model!r}")
    model_file.read(run.model_file)
    model = build(run.settings.model, **run.settings.model_options())
    try:
        model.load_weights(run.model_file)
    except Exception as error:  # Keras raises many kinds
        reason = str(error).split("\n")[0]
        raise UserError(
            f"{run.model_file} does not fit the settings of {run.path}: {reason}"
        ) from error
    if not all(np.isfinite(weights).all() for weights in model.get_weights()):
        raise UserError(f"{run.model_file} holds weights that are not finite numbers")
    return model
