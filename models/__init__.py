"""The models of the chapter by name, one section per file.

    import models
    model = models.build("embedding", words=500, cells=8)

This file is the index. It imports Keras only when a model is built, so that a command
can list the names at once.
"""

from importlib import import_module

from before_keras.language import _
from before_keras.names import LAYERS, REVIEW_MODELS, SECTIONS
from before_keras.safety.errors import UserError

__all__ = ["LAYERS", "REVIEW_MODELS", "SECTIONS", "build", "load", "new"]


def build(name: str, **options):
    """Returns the model of that name, not compiled.

    Args:
        name: a key of `SECTIONS`.
        **options: the arguments of the function of that name in the section's file,
            `layer="custom"` or `"builtin"` in all of them.

    Raises:
        ValueError: if there is no model of that name.
    """
    if name not in SECTIONS:
        raise ValueError(f"no model {name!r}; there are {', '.join(SECTIONS)}")
    section = import_module(f"models.section_{SECTIONS[name].replace('-', '_')}")
    return getattr(section, name.replace("-", "_"))(**options)


def new(run, **options):
    """Returns the model that a run's settings describe, its weights new, not compiled.

    Args:
        run: the run.
        **options: those of `build` that shall differ from the run's.

    Raises:
        UserError: if the settings name no model for reviews.
    """
    settings = run.settings
    if settings.model not in REVIEW_MODELS:
        raise UserError(
            _("{path} names the unknown model {name!r}").format(
                path=run.path, name=settings.model
            )
        )
    options = {"labels": len(run.labels)} | options
    return build(settings.model, **settings.model_options() | options)


def load(run):
    """Returns a run's best model: built from its settings, with the saved weights.

    No class or code that the file names is looked up.

    Raises:
        UserError: if the model file is missing, damaged or does not fit the settings.
    """
    from chapter9.model_files.load_weights import load_weights

    model = new(run)
    load_weights(model, run.model_file)
    return model
