"""Writes a page in which trained models read reviews word by word, and opens it.

One HTML file with all that it needs: it works without a server or a network, and can be
mailed. Without a run, the sample model is trained first (a minute or two).
"""

import sys
import webbrowser
from pathlib import Path

import models
from before_keras import invocation
from before_keras.language import _
from before_keras.settings import Settings
from commands import keras_import, parsing

SAMPLE_EPOCHS = 60  # 0.97 of the validation reviews right, in a minute or two


def parser() -> parsing.Parser:
    """Returns the options of this command."""
    options = parsing.Parser(
        _(
            """\
Writes a page in which trained models read reviews word by word, and opens it.

One HTML file with all that it needs: it works without a server or a network, and can be
mailed. Without a run, the sample model is trained first (a minute or two)."""
        ),
        _(
            """examples:
  python explore.py                                 trains on the sample, then opens it
  python explore.py runs/embedding
  python explore.py runs/one-hot runs/lstm --out explore.html --no-open
"""
        ),
    )
    add = options.add_argument
    add("run", type=Path, nargs="*", help=_("folders that train.py wrote"))
    add(
        "--out",
        type=Path,
        help=_(
            "the page (default: explore.html in the first run's folder, written anew)"
        ),
    )
    add(
        "--overwrite",
        action="store_true",
        help=_("replace the page that --out names if it exists"),
    )
    add("--no-open", action="store_true", help=_("do not open it in the browser"))
    return options


def main(arguments) -> None:
    """Writes the page as the options say."""
    keras_import.import_keras()
    from chapter9 import page
    from chapter9.page.html import check_target
    from chapter9.run_folder.run import Run

    runs = [Run.open(path) for path in arguments.run]
    if arguments.out or runs:  # before what takes time
        check_target(*_target(arguments, runs))
    runs = runs or [_train_sample()]
    path, overwrite = _target(arguments, runs)
    data = [page.run_data(run, models.load(run)) for run in runs]
    page.write(path, data, overwrite)
    print(
        _("wrote {path} ({size:.1f} MB)").format(
            path=path, size=path.stat().st_size / 1e6
        )
    )
    if not arguments.no_open and not webbrowser.open(path.resolve().as_uri()):
        print(_("no browser could be opened: open the file yourself"))


def _target(arguments, runs) -> tuple[Path, bool]:
    """The page's file and whether to replace it: a run's own page is made anew."""
    from chapter9.page.html import is_own

    if arguments.out:
        return arguments.out, arguments.overwrite
    own = runs[0].path / "explore.html"
    return own, arguments.overwrite or is_own(own)


def _train_sample():
    """Trains the default model on the sample, in a new folder below runs/."""
    import keras

    from chapter9 import data
    from chapter9.run_folder.run import Run
    from chapter9.training.train import train

    print(_("no run given: training the sample model first"))
    settings = Settings(epochs=SAMPLE_EPOCHS, backend=keras.backend.backend())
    corpus = data.load("sample")
    run = Run.create(None, settings, corpus)
    keras.utils.set_random_seed(settings.seed)
    train(models.new(run), corpus, run, verbose=1 if sys.stdout.isatty() else 2)
    print(
        _("saved in {path}; next time: {command}").format(
            path=run.path, command=invocation.command("explore", run.path)
        )
    )
    return run
