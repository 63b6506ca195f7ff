"""Replays of several models at once, each on one thread of a process of its own.

One thread, because how rounding goes depends on how many share the work: so the figures
are the same on any number of cores.
"""

import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager

from before_keras import author, backends, language
from before_keras.language import _
from before_keras.safety import interrupts
from before_keras.safety.errors import UserError
from commands import keras_import


@contextmanager
def started(
    models: Sequence[str], data: str, layer: str, compiled: bool
) -> Iterator[Callable[[], list]]:
    """Starts as many replays as there are cores; the others follow.

    Args:
        models: of `names.REVIEW_MODELS`.
        data: IMDB, as --data names it.
        layer: "custom" or "builtin".
        compiled: as in `verification.replay.replay`.

    Yields:
        A function that waits for all of them and returns each model's `Replay`. It
        raises UserError if there is no IMDB, or if a process was killed.

    Raises:
        UserError: if TensorFlow is not installed.
    """
    backends.check("tensorflow")
    pool = ProcessPoolExecutor(
        min(len(models), _cores()),
        multiprocessing.get_context("spawn"),
        _begin,
        (language.spoken(),),
    )

    def results() -> list:
        try:
            return [waiting[model].result() for model in models]
        except BrokenProcessPool as error:
            raise UserError(
                _(
                    "a process of the replay was killed, perhaps because memory ran "
                    "out: name one model at a time"
                )
            ) from error

    try:
        with interrupts.ignored_by_children():
            waiting = {
                model: pool.submit(_replay, model, data, layer, compiled)
                for model in sorted(set(models), key=_work, reverse=True)
            }
        yield results
    finally:
        for child in multiprocessing.active_children():
            child.terminate()
        pool.shutdown(cancel_futures=True)  # waits, or Python's exit would complain


def _cores() -> int:
    """Those that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _work(model: str) -> int:
    """About how long a replay takes, beside others: the longest has to start first."""
    epochs = max(run.epochs for run in author.training_runs() if run.model == model)
    return epochs * (2 if model == "lstm-2-layers" else 1)


def _begin(spoken: str) -> None:
    """Prepares a process, which ends if the one that started it does."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Windows does not pass it on
    parent = multiprocessing.parent_process()
    threading.Thread(target=_end_after, args=(parent,), daemon=True).start()
    language.use(spoken)
    keras_import.import_keras("tensorflow", one_thread=True)


def _end_after(parent) -> None:
    parent.join()
    os._exit(1)


def _replay(model: str, data: str, layer: str, compiled: bool):
    import verification
    from verification.replay import replay

    corpus = verification.imdb(data)
    if corpus is None:
        raise UserError(_("--replay needs IMDB: name its file with --data"))
    print(
        _("{model}: training as the author does").format(model=model), file=sys.stderr
    )
    return replay(model, corpus, layer, compiled)
