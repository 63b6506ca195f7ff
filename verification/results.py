"""A run's figures beside the author's: within what he got, each time he ran it?"""

from pathlib import Path

from before_keras import book
from before_keras.author import AuthorRun
from before_keras.language import Text
from before_keras.names import LAYERS
from before_keras.settings import Settings
from before_keras.standing import not_comparable, reruns_beside, standing
from chapter9.run_folder.history import best_epoch
from chapter9.run_folder.run import Run
from verification.line import Line

NO_RERUN = Text("no comparable rerun", "비교할 결과 없음")


def lines(path: Path) -> list[Line]:
    """Returns two lines for a run folder: validation loss and accuracy at its best.

    The author's figures are those of the same model, words and edition.

    Raises:
        UserError: if it is no run folder, or damaged.
    """
    run = Run.open(path)
    history = run.history()
    best = best_epoch(history)
    reruns = reruns_beside(run.settings, run.data["name"])
    return [
        _line(run, name, history[f"val_{name}"][best], reruns)
        for name in ("loss", "accuracy")
    ]


def _line(run: Run, name: str, value: float, reruns: list[AuthorRun]) -> Line:
    settings = run.settings
    what = _what(settings)
    figure = {"loss": "손실", "accuracy": "정확도"}[name]
    claim = Text(
        f"{run.path.name}: {what.en}, validation {name} at the best epoch",
        f"{run.path.name}: {what.ko}, 최상의 에포크의 검증 {figure}",
    )
    custom, builtin = (
        f"{value:.4f}" if layer == settings.layer else "" for layer in LAYERS
    )
    section = _section(settings.model)
    if not reruns:
        reason = _skipped(not_comparable(settings, run.data["name"]))
        return Line(section, NO_RERUN, claim, "", "", custom, builtin, verdict=reason)
    among = standing(name, value, reruns)
    return Line(
        section,
        _source(settings, len(reruns)),
        claim,
        among.range,
        custom=custom,
        builtin=builtin,
        verdict=among.verdict,
        remark=among.words,
    )


def _skipped(reason: Text | None) -> str | Text:
    if reason is None:
        return "skipped: the author printed none"
    return Text(f"skipped: {reason.en}", f"건너뜀: {reason.ko}")


def _source(settings: Settings, reruns: int) -> Text:
    """How often the author ran it, and with how many neurons where those differ."""
    said = Text(
        f"{reruns} rerun{'' if reruns == 1 else 's'}", f"지은이가 {reruns}번 실행"
    )
    if settings.cells == book.CELLS:
        return said
    return Text(f"{said.en}, {book.CELLS} neurons", f"{said.ko}, 뉴런 {book.CELLS}개")


def _what(settings: Settings) -> Text:
    model, cells, words = settings.model, settings.cells, settings.words
    return Text(
        f"{model}, {cells} neurons, {words} words",
        f"{model}, 뉴런 {cells}개, 단어 {words}개",
    )


def _section(model: str) -> str:
    sections = (fact.section for fact in book.MODELS if fact.name == model)
    return next((section for section in sections if section != "own"), "")
