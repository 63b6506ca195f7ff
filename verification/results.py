"""A run's figures beside the author's: within what he got, each time he ran it?"""

from pathlib import Path

from before_keras import book
from before_keras.language import Text
from before_keras.settings import Settings
from chapter9.run_folder.history import best_epoch
from chapter9.run_folder.run import Run
from verification.line import Line


def lines(path: Path) -> list[Line]:
    """Returns two lines for a run folder: validation loss and accuracy at its best.

    The author's figures are those of the same model, words and edition.

    Raises:
        UserError: if it is no run folder, or damaged.
    """
    run = Run.open(path)
    history = run.history()
    best = best_epoch(history)
    reruns = book.results(run.settings.model, run.settings.words, run.settings.edition)
    reason = _not_comparable(run, reruns)
    return [
        _line(run, name, history[f"val_{name}"][best], reruns, reason)
        for name in ("loss", "accuracy")
    ]


def _line(run: Run, name: str, value: float, reruns, reason: str) -> Line:
    settings = run.settings
    author = [getattr(result, name) for result in reruns]
    within = bool(author) and min(author) <= round(value, 4) <= max(author)
    claim = f"{run.path.name}: {_what(settings)}"
    return Line(
        _section(settings.model),
        f"{len(author)} reruns",
        Text(
            f"{claim}, best validation {name}",
            f"{claim}, 검증 {'손실' if name == 'loss' else '정확도'}",
        ),
        book=f"{min(author):.4f} - {max(author):.4f}" if author else "",
        verdict=reason or ("ok" if within else _outside(name, value, author)),
        **{settings.layer: f"{value:.4f}"},
    )


def _not_comparable(run: Run, reruns) -> str:
    if run.data["name"] != "imdb":
        return f"skipped: trained on the {run.data['name']}"
    if not reruns:
        return "skipped: the author printed none"
    if run.settings.timesteps != book.TIMESTEPS:
        return f"skipped: {run.settings.timesteps} timesteps, the author's have 100"
    return ""


def _outside(name: str, value: float, author: list[float]) -> str:
    better = value < min(author) if name == "loss" else value > max(author)
    return "better than all" if better else "worse than all"


def _what(settings: Settings) -> str:
    return f"{settings.model}, {settings.cells} cells, {settings.words} words"


def _section(model: str) -> str:
    sections = (fact.section for fact in book.MODELS if fact.name == model)
    return next((section for section in sections if section != "own"), "")
