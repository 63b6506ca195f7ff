"""A job of several processes that train one model: how many, and where they meet."""

import os
from dataclasses import dataclass

from before_keras.language import _
from before_keras.safety.errors import UserError
from before_keras.settings import Settings

VARIABLE = "JAX_COORDINATOR_ADDRESS"  # JAX's own


@dataclass(frozen=True)
class Job:
    """A process's place in a job; what is None, JAX asks Slurm or Open MPI for.

    Attributes:
        coordinator: HOST:PORT of process 0, which all can reach.
        processes: how many there are.
        process: the number of this one, from 0.
    """

    coordinator: str | None
    processes: int | None
    process: int | None


def asked(
    coordinator: str | None,
    processes: int | str | None,
    process: int | str | None,
    settings: Settings,
) -> Job | None:
    """Returns the job that the options name, or None if they name none.

    Args:
        coordinator: HOST:PORT; "auto" has JAX ask Slurm or Open MPI; None is what
            JAX_COORDINATOR_ADDRESS says, if JAX is what Keras runs on.
        processes: how many.
        process: the number of this one.
        settings: how it trains.

    Raises:
        UserError: if it cannot be one, or cannot train so.
    """
    if (coordinator, processes, process) == (None, None, None):
        coordinator = os.environ.get(VARIABLE)
        if not coordinator or settings.backend != "jax":
            return None
    if settings.backend != "jax":
        raise UserError(
            _("several processes train on jax alone: give --backend jax as well")
        )
    coordinator = coordinator or os.environ.get(VARIABLE)
    if coordinator == "auto":
        return Job(None, None, None)
    host, _colon, port = (coordinator or "").rpartition(":")
    if not (host and port.isdecimal() and 0 < int(port) < 65_536):
        raise UserError(
            _(
                "--coordinator {coordinator} must be HOST:PORT of process 0, such as "
                "127.0.0.1:9000, or auto under Slurm and Open MPI"
            ).format(coordinator=coordinator)
        )
    if not isinstance(processes, int) or processes < 1:
        raise UserError(
            _("--processes {processes} must be the number of processes").format(
                processes=processes
            )
        )
    if not isinstance(process, int) or not 0 <= process < processes:
        raise UserError(
            _("--process {process} must be one of 0 to {last}").format(
                process=process, last=processes - 1
            )
        )
    if settings.batch_size % processes:
        raise UserError(
            _(
                "--batch-size {size} cannot be divided among {processes} processes: "
                "give a multiple"
            ).format(size=settings.batch_size, processes=processes)
        )
    return Job(coordinator, processes, process)
