"""Exports a run's best model to another tool's format."""

import os
from pathlib import Path

import models
from before_keras import invocation
from before_keras.export_formats import FORMATS, backend_for
from before_keras.language import _
from before_keras.names import BACKENDS
from commands import keras_import, parsing

# A graph names the device that it was made on, so it is made on one that is everywhere.
ON_THE_PROCESSOR = {
    "CUDA_VISIBLE_DEVICES": "",
    "JAX_PLATFORMS": "cpu",
    "KERAS_TORCH_DEVICE": "cpu",
}


def parser() -> parsing.Parser:
    """Returns the options of this command."""
    options = parsing.Parser(
        _("""\
Exports a run's best model to another tool's format.

A folder with the model, its vocabulary, a card that says what goes in and what comes
out, and a program that predicts from text without this project. The model is opened in
its own runtime first, and compared with the run's on 1,000 of the test reviews."""),
        _(
            """examples:
  python export.py runs/embedding --to onnx
  python export.py runs/embedding --to keras --out my-model
"""
        ),
    )
    add = options.add_argument
    add("run", type=Path, help=parsing.run_help())
    add("--to", choices=FORMATS, required=True, help=_("the format"))
    add("--out", type=Path, help=_("the folder (default: exports/FORMAT in the run's)"))
    add("--overwrite", action="store_true", help=_("replace the export that is there"))
    add(
        "--backend",
        choices=BACKENDS,
        help=_("what Keras runs on (default: one that can export to the format)"),
    )
    add("--data", help=parsing.data_of_run_help())
    return options


def main(arguments) -> None:
    """Exports as the options say."""
    name = arguments.to
    os.environ.update(ON_THE_PROCESSOR)
    keras_import.import_keras(backend_for(name, arguments.backend))
    from chapter9 import data, exports
    from chapter9.exports.comparison import some_of
    from chapter9.exports.folder import check_target
    from chapter9.run_folder.run import Run

    run = Run.open(arguments.run)
    path = arguments.out or run.path / "exports" / name
    check_target(path, arguments.overwrite)  # before what takes time
    model, settings = models.load(run), run.settings
    exported = twin(run, name, model)
    test = run.test_reviews(arguments.data)[1]
    token_ids = some_of(data.prepare(test, settings.timesteps, settings.words).x)
    done = exports.write(
        path, name, run, model, exported, token_ids, arguments.overwrite
    )
    print(
        _(
            "wrote {path}: {size:,} bytes in {file}; {runtime} alone says the same of "
            "{reviews:,} reviews (largest difference {difference:.1e}) and takes "
            "{milliseconds:.2g} ms per review"
        ).format(
            path=path,
            size=done.size,
            file=FORMATS[name].file,
            **vars(done.comparison),
        )
    )
    print(
        _("predict from text: {command}").format(
            command=invocation.program(path / "predict.py", "...")
        )
    )


def twin(run, name, model):
    """Returns a run's model with the same weights, of Keras's own layers where it can.

    Where no class is written, ours may stand in it: the ids of a one-hot model are then
    looked up, and no one-hot rows are built; and torch takes our SimpleRNN with a batch
    of any size, Keras's with that of the example alone.
    """
    import keras

    kind = run.settings.model
    on_torch = keras.backend.backend() == "torch"
    ours = kind == "one-hot" or (kind == "embedding" and on_torch)
    layer = "custom" if ours and name != "keras" else "builtin"
    other = models.new(run, layer=layer)
    other.set_weights(model.get_weights())
    return other
