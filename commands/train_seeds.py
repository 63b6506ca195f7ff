"""Training one model with many seeds, for train.py: what is said before and after."""

import models
from before_keras.language import _


def train(runs, corpus) -> dict:
    """Trains with the seeds that are missing; returns every seed's figures."""
    from chapter9.inference import outcomes
    from chapter9.training.many_seeds import train_seeds

    numbers = {seed: number for number, seed in enumerate(runs.seeds, 1)}
    if done := len(runs.seeds) - len(runs.missing()):
        print(
            _("{done} of {all} seeds are trained already").format(
                done=done, all=len(runs.seeds)
            )
        )

    def tell(seed, history):
        outcome = outcomes.outcome(seed, history, len(runs.labels))
        line = _(
            "seed {seed} ({number} of {all}): best epoch {epoch}, validation loss "
            "{loss:.4f}, accuracy {accuracy:.4f}"
        ).format(
            seed=seed,
            number=numbers[seed],
            all=len(runs.seeds),
            epoch=outcome.best_epoch,
            loss=outcome.loss,
            accuracy=outcome.accuracy,
        )
        print(line, flush=True)

    return train_seeds(runs, lambda: models.new(runs), corpus, tell)


def show(runs, corpus, histories) -> None:
    """Shows how far apart the seeds lie, beside the author's reruns."""
    from rich.console import Console

    from chapter9.inference import outcomes, seed_tables

    found = outcomes.outcomes(histories, len(runs.labels))
    console = Console()
    console.print(seed_tables.seeds_table(found))
    console.print(seed_tables.summary_table(runs.settings, corpus.name, found))
    for remark in seed_tables.remarks(runs.settings, corpus.name, found):
        console.print(remark, highlight=False)
    _draw(runs)
    print(_("saved in {path}").format(path=runs.path))


def _draw(runs) -> None:
    """Draws the seeds into their folder, where there is matplotlib."""
    from chapter9.figures import fonts, seeds

    try:
        path = runs.path / "seeds.png"
        seeds.draw([seeds.strip(runs)], path, language=fonts.language())
    except ImportError:
        print(_("no seeds.png: it needs matplotlib (pip install matplotlib)"))
