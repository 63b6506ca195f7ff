"""Writes a page in which trained models read reviews word by word, and opens it.

One HTML file with all that it needs: it works without a server or a network, and can be
mailed. Without a run, the sample model is trained first (a minute or two).
"""

import sys
import webbrowser
from pathlib import Path

import models
from before_keras.settings import Settings
from commands import command_line

SAMPLE_EPOCHS = 60  # 0.99 of the validation reviews right, in a minute or two
EXAMPLES = """examples:
  python explore.py                                 trains on the sample, then opens it
  python explore.py runs/embedding
  python explore.py runs/one-hot runs/lstm --out explore.html --no-open
"""


def parser() -> command_line.Parser:
    """Returns the options of this command."""
    options = command_line.Parser(__doc__, EXAMPLES)
    add = options.add_argument
    add("run", type=Path, nargs="*", help="folders that train.py wrote")
    add("--out", type=Path, help="the page (default: explore.html in the first run)")
    add("--overwrite", action="store_true", help="replace the page if it exists")
    add("--no-open", action="store_true", help="do not open it in the browser")
    return options


def main(arguments) -> None:
    """Writes the page as the options say."""
    command_line.import_keras()
    from chapter9 import page
    from chapter9.page.html import check_target
    from chapter9.run_folder.run import Run

    runs = [Run.open(path) for path in arguments.run]
    if arguments.out or runs:  # before what takes time
        check_target(arguments.out or _inside(runs[0]), arguments.overwrite)
    runs = runs or [_train_sample()]
    path = arguments.out or _inside(runs[0])
    data = [page.run_data(run, models.load(run)) for run in runs]
    page.write(path, data, arguments.overwrite)
    print(f"wrote {path} ({path.stat().st_size / 1e6:.1f} MB)")
    if not arguments.no_open and not webbrowser.open(path.resolve().as_uri()):
        print("no browser could be opened: open the file yourself")


def _inside(run) -> Path:
    return run.path / "explore.html"


def _train_sample():
    """Trains the default model on the sample, in a new folder below runs/."""
    import keras

    from chapter9 import data
    from chapter9.run_folder.run import Run, default_path
    from chapter9.training.train import train

    print("no run given: training the sample model first")
    settings = Settings(epochs=SAMPLE_EPOCHS, backend=keras.backend.backend())
    corpus = data.load("sample")
    run = Run.create(default_path(settings), settings, corpus)
    keras.utils.set_random_seed(settings.seed)
    train(models.new(run), corpus, run, verbose=1 if sys.stdout.isatty() else 2)
    print(f"saved in {run.path}; next time: python explore.py {run.path}")
    return run
