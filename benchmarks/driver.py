"""Lets contenders take turns and collects their times."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from statistics import median
from typing import Any

from benchmarks.contender import Contender
from benchmarks.worker import Worker


@dataclass
class Times:
    """What was measured of a contender.

    Attributes:
        units: the seconds of a step (or a load, a review, a job), a slice each.
        result: what the last slice returned: a loss, a memory, or a profile.
        error: why there is nothing, or "".
    """

    units: list[float] = field(default_factory=list)
    result: Any = None
    error: str = ""

    @property
    def seconds(self) -> float:
        """The median."""
        return median(self.units)


class Driver:
    """Owns the workers.

    Args:
        quick: one round of a few steps.
        start: what starts a worker for a `Contender.process`.
    """

    def __init__(self, quick: bool = False, start: Callable = Worker):
        self.quick, self._start = quick, start
        self._workers: dict = {}

    def measure(self, contenders: list[Contender], rounds: int) -> dict[str, Times]:
        """Returns the times of each contender by its key; they take turns by slices."""
        contenders = list(
            {contender.key: contender for contender in contenders}.values()
        )
        times = {contender.key: Times() for contender in contenders}
        for contender in contenders:
            self._try(contender, times, contender=asdict(contender))
            if contender.work:  # a warm-up: compiled, and no longer at its first chunk
                for _ in range(1 if self.quick else 2):
                    self._try(contender, times, slice=self._slice(contender))
        for _ in range(rounds):
            for contender in contenders:
                slice_ = self._slice(contender)
                answer = self._try(contender, times, slice=slice_)
                if answer:
                    times[contender.key].units.append(answer["seconds"] / slice_)
                    times[contender.key].result = answer["result"]
        for contender in contenders:
            self._try(contender, times)  # lets go of it
        return times

    def _slice(self, contender: Contender) -> int:
        if contender.work:
            return 4 if self.quick else contender.work.steps
        quick_calls = contender.function == "other_work.one_review"
        return 20 if quick_calls and not self.quick else 1

    def _try(self, who: Contender, times, **request) -> dict | None:
        if times[who.key].error:
            return None
        if who.process not in self._workers:
            self._workers[who.process] = self._start(who.process)
        try:
            return self._workers[who.process].ask(key=who.key, **request)
        except RuntimeError as error:
            times[who.key].error = str(error).removeprefix("RuntimeError: ")
            return None

    def close(self) -> None:
        """Ends all workers."""
        for worker in self._workers.values():
            worker.close()
