"""A run's figures beside the author's: within what he got, each time he ran it?

From the lowest to the highest of many reruns is a range; one rerun is none. How far
results of one model lie apart is known where the author ran it most often (500 words,
1st edition: six reruns or more). So where he has fewer, a run's figure holds if it and
his would still lie no farther apart than that: for a single rerun, its figure give or
take that spread. A run that is better than all of his holds in any case.
"""

from pathlib import Path

from before_keras import author, book
from before_keras.language import Text
from before_keras.settings import Settings
from chapter9.run_folder.history import best_epoch
from chapter9.run_folder.run import Run
from verification.line import BETTER, Line


def lines(path: Path) -> list[Line]:
    """Returns two lines for a run folder: validation loss and accuracy at its best.

    The author's figures are those of the same model, words and edition.

    Raises:
        UserError: if it is no run folder, or damaged.
    """
    run = Run.open(path)
    history = run.history()
    best = best_epoch(history)
    settings = run.settings
    reruns = author.reruns(settings.model, settings.words, settings.edition)
    reason = _not_comparable(run, reruns)
    return [
        _line(run, name, history[f"val_{name}"][best], reruns, reason)
        for name in ("loss", "accuracy")
    ]


def _line(run: Run, name: str, value: float, reruns, reason: str | Text) -> Line:
    settings = run.settings
    figures = [getattr(rerun, name) for rerun in reruns]
    tolerance = _tolerance(name, figures, settings.model)
    what = _what(settings)
    figure = {"loss": "손실", "accuracy": "정확도"}[name]
    return Line(
        _section(settings.model),
        _source(len(figures)),
        Text(
            f"{run.path.name}: {what.en}, validation {name} at the best epoch",
            f"{run.path.name}: {what.ko}, 최상의 에포크의 검증 {figure}",
        ),
        book=_range(figures, tolerance) if figures else "",
        verdict=reason or _verdict(name, round(value, 4), figures, tolerance),
        **{settings.layer: f"{value:.4f}"},
    )


def _tolerance(name: str, figures: list[float], model: str) -> float:
    """By how much the author's figures lie less far apart than those of many reruns."""
    many = author.reruns(model, book.WORDS, edition=1)
    missing = _spread([getattr(result, name) for result in many]) - _spread(figures)
    return max(round(missing, 4), 0)


def _spread(figures: list[float]) -> float:
    return max(figures) - min(figures) if figures else 0


def _range(figures: list[float], tolerance: float) -> str:
    lowest, highest = (f"{figure:.4f}" for figure in (min(figures), max(figures)))
    whole = lowest if lowest == highest else f"{lowest} - {highest}"
    return f"{whole} ± {tolerance:.4f}" if tolerance else whole


def _verdict(name: str, value: float, figures: list[float], tolerance: float) -> str:
    # Rounded: 0.5255 + 0.0171 is a little less than 0.5426.
    lowest = round(min(figures) - tolerance, 4)
    highest = round(max(figures) + tolerance, 4)
    if lowest <= value <= highest:
        return "ok"
    is_better = value < lowest if name == "loss" else value > highest
    return BETTER if is_better else "worse than all"


def _not_comparable(run: Run, reruns) -> str | Text:
    data, timesteps = run.data["name"], run.settings.timesteps
    if data != "imdb":
        return Text(
            f"skipped: trained on the {data}", f"건너뜀: 훈련 데이터가 {data}임"
        )
    if run.settings.lacks_dropout:
        return Text(
            "skipped: trained without dropout, the author's with it",
            "건너뜀: 드롭아웃 없이 훈련함, 지은이는 드롭아웃 사용",
        )
    if not reruns:
        return "skipped: the author printed none"
    if timesteps != book.TIMESTEPS:
        return Text(
            f"skipped: {timesteps} timesteps, the author's have {book.TIMESTEPS}",
            f"건너뜀: 타임스텝이 {timesteps}개, 지은이는 {book.TIMESTEPS}개",
        )
    return ""


def _source(reruns: int) -> Text:
    return Text(
        f"{reruns} rerun{'' if reruns == 1 else 's'}", f"지은이가 {reruns}번 실행"
    )


def _what(settings: Settings) -> Text:
    model, cells, words = settings.model, settings.cells, settings.words
    return Text(
        f"{model}, {cells} neurons, {words} words",
        f"{model}, 뉴런 {cells}개, 단어 {words}개",
    )


def _section(model: str) -> str:
    sections = (fact.section for fact in book.MODELS if fact.name == model)
    return next((section for section in sections if section != "own"), "")
