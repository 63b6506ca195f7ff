"""Where a run stands among the author's reruns: how many of them does it beat?

From the lowest to the highest of many reruns is a range; one rerun is none. How far
results of one model lie apart is known where the author ran it most often (500 words,
1st edition: six reruns or more). So where he has fewer, a run's figure holds if it and
his would still lie no farther apart than that: for a single rerun, its figure give or
take that spread. A run that is better than all of his holds in any case.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from before_keras import author, book
from before_keras.author import AuthorRun, TestResult
from before_keras.language import Text
from before_keras.settings import Settings

BETTER, WORSE = "better than all", "worse than all"


def reruns_beside(settings: Settings, data: str) -> list[AuthorRun]:
    """Returns the author's reruns that a run compares with.

    They have its model, words and edition, but always the book's number of neurons. A
    run on other data, or with another number of timesteps, or a GRU without the dropout
    that his has, compares with none.

    Args:
        settings: of the run.
        data: the name of what it was trained on.
    """
    return author.reruns(*_alike(settings, data))


def evaluations_beside(settings: Settings, data: str) -> list[TestResult]:
    """Returns likewise his results on the test set."""
    return author.tested(*_alike(settings, data))


def not_comparable(settings: Settings, data: str) -> Text | None:
    """Returns why none of the author's runs can be beside a run; None if they can."""
    timesteps = settings.timesteps
    if data == "own":
        return Text("trained on own reviews", "직접 모은 리뷰로 훈련함")
    if data != "imdb":
        return Text(f"trained on the {data}", f"훈련 데이터가 {data}임")
    if settings.lacks_dropout:
        return Text(
            "trained without dropout, the author's with it",
            "드롭아웃 없이 훈련함, 지은이는 드롭아웃 사용",
        )
    if timesteps != book.TIMESTEPS:
        return Text(
            f"{timesteps} timesteps, the author's have {book.TIMESTEPS}",
            f"타임스텝이 {timesteps}개, 지은이는 {book.TIMESTEPS}개",
        )
    return None


def _alike(settings: Settings, data: str) -> tuple[str, int, int]:
    """The model, words and edition of the author's runs that a run compares with."""
    model = "" if not_comparable(settings, data) else settings.model
    return model, settings.words, settings.edition


@dataclass(frozen=True)
class Standing:
    """A run's figure among the author's.

    Attributes:
        metric: "loss" or "accuracy", of the validation set at the best epoch.
        value: the run's, with the four digits that the author's have.
        figures: the author's, one per rerun, at least one.
        tolerance: by how much they lie less far apart than those of many reruns.
    """

    metric: str
    value: float
    figures: tuple[float, ...]
    tolerance: float

    @property
    def beaten(self) -> int:
        """How many of the author's runs it beats."""
        sign = -1 if self.metric == "loss" else 1
        return sum(sign * self.value > sign * figure for figure in self.figures)

    @property
    def verdict(self) -> str:
        """Whether the figure is as good as the author's: "ok", BETTER or WORSE."""
        # Rounded: 0.5255 + 0.0171 is a little less than 0.5426.
        lowest = round(min(self.figures) - self.tolerance, 4)
        highest = round(max(self.figures) + self.tolerance, 4)
        if lowest <= self.value <= highest:
            return "ok"
        return BETTER if self.beaten else WORSE

    @property
    def range(self) -> str:
        """The author's figures as a table has them: "0.5139 - 0.5195 ± 0.0262"."""
        lowest, highest = (f"{pick(self.figures):.4f}" for pick in (min, max))
        whole = lowest if lowest == highest else f"{lowest} - {highest}"
        return f"{whole} ± {self.tolerance:.4f}" if self.tolerance else whole

    @property
    def words(self) -> Text:
        """Where the figure stands, as a reader is told: "better than 4 of ..."."""
        runs, beaten, give = len(self.figures), self.beaten, f"{self.tolerance:.4f}"
        his = all_his = Text("the author's run", "지은이의 결과")
        if runs > 1:
            his = Text(f"the author's {runs} runs", f"지은이의 결과 {runs}개")
            all_his = Text(f"all of {his.en}", f"{his.ko} 모두")
        if beaten == runs:
            return Text(f"better than {all_his.en}", f"{all_his.ko}보다 좋음")
        if beaten:
            return Text(
                f"better than {beaten} of {his.en}", f"{his.ko} 중 {beaten}개보다 좋음"
            )
        if self.verdict == WORSE:
            return Text(f"worse than {all_his.en}", f"{all_his.ko}보다 나쁨")
        if self.tolerance:
            return Text(
                f"as good as {his.en}, give or take {give}",
                f"{his.ko}와 비슷함(±{give})",
            )
        return Text(
            f"as good as the worst of {his.en}", f"{his.ko} 중 가장 나쁜 것과 같음"
        )


def standing(metric: str, value: float, reruns: Sequence[AuthorRun]) -> Standing:
    """Returns where a run stands among the author's.

    Args:
        metric: "loss" or "accuracy".
        value: the run's, of the validation set at its best epoch.
        reruns: from `reruns_beside`, at least one.
    """
    figures = tuple(getattr(rerun, metric) for rerun in reruns)
    many = author.reruns(reruns[0].model, book.WORDS, edition=1)
    missing = _spread(getattr(rerun, metric) for rerun in many) - _spread(figures)
    return Standing(metric, round(value, 4), figures, max(round(missing, 4), 0))


def _spread(figures) -> float:
    figures = tuple(figures)
    return max(figures) - min(figures)
