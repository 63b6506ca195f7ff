"""Training by several processes, for train.py: what is said before and between."""

import contextlib
import os
import sys
from collections.abc import Iterator

from before_keras import joint
from before_keras.joint import Job
from before_keras.language import _
from before_keras.safety.errors import UserError
from commands import outliving


def asked(arguments, settings, many) -> Job | None:
    """Returns the job that the options name, if they do.

    Raises:
        UserError: if it cannot be one.
    """
    job = joint.asked(
        arguments.coordinator, arguments.processes, arguments.process, settings
    )
    if job and many:
        raise UserError(
            _("--seeds and --coordinator exclude each other: leave out one")
        )
    return job


@contextlib.contextmanager
def outlived(arguments) -> Iterator[None]:
    """Trains in a child, so that this process can say how a broken job goes on."""
    run = arguments.resume or arguments.out
    remedy = (
        _("start all of them again with --resume {run}").format(run=run)
        if run
        else _("start all of them again with --resume and the run folder of process 0")
    )
    outliving.fork(remedy, show_all=arguments.debug)
    with outliving.told(remedy):
        yield


def follow() -> None:
    """Says that this process is in a job; what all of them do, process 0 says."""
    from chapter9.training import processes

    joined = _("process {number} of {count} has joined; process 0 shows and writes")
    print(joined.format(number=processes.number(), count=processes.count()), flush=True)
    sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115


def check_same(run, corpus) -> None:
    """Makes sure that all processes are about to train the same.

    Raises:
        UserError: in every process, if one differs.
    """
    from chapter9.run_folder import training_folder
    from chapter9.training import processes

    processes.check_same(
        {
            _("their options"): str(run.settings),
            _("their reviews"): corpus.fingerprint,
            _("their versions"): str(training_folder.versions()),
        }
    )
