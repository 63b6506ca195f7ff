"""Writes a page in which trained models read reviews word by word, and opens it.

One HTML file with all that it needs: it works without a server or a network, and can be
mailed. Without a run or model, the sample model is trained first (a minute or two).
"""

import sys
import webbrowser
from pathlib import Path

import models
from before_keras import book, invocation
from before_keras.language import _
from before_keras.places import WORD_INDEX
from before_keras.safety.errors import UserError
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
mailed. Without a run or model, the sample model is trained first (a minute or two)."""
        ),
        _(
            """examples:
  python explore.py                                 trains on the sample, then opens it
  python explore.py runs/embedding
  python explore.py runs/one-hot runs/lstm --out explore.html --no-open
  python explore.py --model my_model.keras --words imdb_word_index.json
"""
        ),
    )
    add = options.add_argument
    add("run", type=Path, nargs="*", help=_("folders that train.py wrote"))
    add(
        "--model",
        type=Path,
        action="append",
        default=[],
        metavar="FILE",
        help=_(
            "anyone's .keras file of an Embedding or one-hot words, recurrent layers "
            "and one Dense, a sigmoid neuron or softmax neurons; may be given several "
            "times; no code in it is run"
        ),
    )
    add(
        "--words",
        type=Path,
        metavar="FILE",
        help=_(
            "the words of these models by rank, JSON as Keras's {words}; without it "
            "the page reads token ids"
        ).format(words=WORD_INDEX),
    )
    add(
        "--labels",
        nargs="+",
        default=[],
        metavar="NAME",
        help=_("the names of these models' labels, that of label 0 first"),
    )
    add(
        "--index-from",
        type=int,
        choices=(0, 3),
        default=3,
        help=_(
            "what these models add to a word's rank: 3 as in keras.datasets.imdb, "
            "0 as a Tokenizer does"
        ),
    )
    add(
        "--timesteps",
        type=int,
        default=book.TIMESTEPS,
        metavar="N",
        help=_("of these models, where the file leaves their number open"),
    )
    add(
        "--out",
        type=Path,
        help=_(
            "the page (default: explore.html in the first run's folder, or beside the "
            "first model, written anew)"
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

    _check(arguments)
    runs = [Run.open(path) for path in arguments.run]
    if arguments.out or runs or arguments.model:  # before what takes time
        check_target(*_target(arguments, runs))
    saved = _saved_models(arguments)
    if not runs and not saved:
        runs = [_train_sample()]
    path, overwrite = _target(arguments, runs)
    loaded = [(run, models.load(run)) for run in runs]
    data = [page.run_data(*one, page.tested(*one)) for one in loaded] + saved
    page.write(path, data, overwrite)
    print(
        _("wrote {path} ({size:.1f} MB)").format(
            path=path, size=path.stat().st_size / 1e6
        )
    )
    if not arguments.no_open and not webbrowser.open(path.resolve().as_uri()):
        print(_("no browser could be opened: open the file yourself"))


def _check(arguments) -> None:
    """Refuses what goes with --model and stands alone."""
    if not arguments.model and arguments.words:
        raise UserError(_("--words goes with --model"))
    if not arguments.model and arguments.labels:
        raise UserError(_("--labels goes with --model"))


def _saved_models(arguments) -> list[dict]:
    """What the page knows of each --model."""
    from chapter9 import page
    from chapter9.data.imdb import read_index

    words = read_index(arguments.words) if arguments.words else None
    labels = tuple(arguments.labels)
    options = (words, arguments.index_from, arguments.timesteps, labels)
    return [page.saved_model(path, *options) for path in arguments.model]


def _target(arguments, runs) -> tuple[Path, bool]:
    """The page's file and whether to replace it: a run's own page is made anew."""
    from chapter9.page.html import is_own

    if arguments.out:
        return arguments.out, arguments.overwrite
    folder = runs[0].path if runs else arguments.model[0].parent
    own = folder / "explore.html"
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
