"""Several processes train one model, each on its share of every batch (JAX alone).

The batches are those of one process. Of each, process k of N reads and computes its
N-th part, and XLA adds up the parts' gradients:

    dW = dW_0 + dW_1 + ... + dW_(N-1)

All hold the same weights before a step and after it, so that a joint run is that of one
process with the whole batch, to rounding. Keras's `DataParallel` says where arrays lie.
"""

import contextlib
import hashlib
import os
import socket
from collections.abc import Iterator, Mapping

import keras
import numpy as np

from before_keras.joint import Job
from before_keras.language import _
from before_keras.safety.errors import UserError, reason
from chapter9.training.samples import is_streamed, read

START = 120  # seconds in which all processes must have joined
SILENCE = 20  # seconds without a sign of life, after which a process counts as dead


def join(job: Job) -> None:
    """Joins a job; before the first operation, for JAX then takes its devices.

    Raises:
        UserError: if its port is taken, or the others do not come or cannot be reached.
    """
    import jax

    if job.coordinator and job.process == 0:
        _check_port(job.coordinator)
    try:
        jax.distributed.initialize(
            job.coordinator,
            job.processes,
            job.process,
            initialization_timeout=START,
            heartbeat_timeout_seconds=SILENCE,
        )
    except (RuntimeError, ValueError) as error:
        raise UserError(
            _("cannot join the job of {coordinator}: {reason}").format(
                coordinator=job.coordinator or "jax", reason=error
            )
        ) from error
    keras.distribution.set_distribution(keras.distribution.DataParallel())


def _check_port(coordinator: str) -> None:
    """JAX would share a taken port with another job, or crash."""
    port = int(coordinator.rpartition(":")[2])
    family = socket.AF_INET6 if socket.has_dualstack_ipv6() else socket.AF_INET
    try:
        with socket.socket(family) as probe:
            if os.name == "posix":  # elsewhere it takes a port that is taken
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("", port))
    except OSError as error:
        raise UserError(
            _(
                "process 0 cannot listen at {coordinator} ({reason}): "
                "give all processes another port"
            ).format(coordinator=coordinator, reason=reason(error))
        ) from error


@contextlib.contextmanager
def alone() -> Iterator[None]:
    """Here new variables are this process's own, and no other waits for it.

    Saving a model makes such, and so does the one that is shown at the end.
    """
    distribution = keras.distribution.distribution()
    keras.distribution.set_distribution(None)
    try:
        yield
    finally:
        keras.distribution.set_distribution(distribution)


def mesh():
    """Returns the devices of the job, in one row; None outside a job."""
    distribution = keras.distribution.distribution()
    if isinstance(distribution, keras.distribution.DataParallel):
        return distribution.device_mesh.backend_mesh
    return None


def count() -> int:
    """Returns how many processes train the model; alone it is 1."""
    if mesh() is None:
        return 1
    import jax

    return jax.process_count()


def number() -> int:
    """Returns which of them this process is, from 0."""
    if mesh() is None:
        return 0
    import jax

    return jax.process_index()


def is_first() -> bool:
    """Returns whether this process is the one that writes and shows; alone it is."""
    return number() == 0


def everywhere():
    """Returns the sharding of what every process holds whole; None outside a job."""
    import jax

    devices = mesh()
    nowhere = jax.sharding.PartitionSpec()
    return devices and jax.sharding.NamedSharding(devices, nowhere)


def shared(samples: tuple, rows: np.ndarray) -> tuple[tuple, np.ndarray]:
    """Returns batches of which every process has read its share alone.

    Args:
        samples: all of them.
        rows: (batches, batch size) numbers of samples.

    Returns:
        Samples and rows such that `samples[rows[i]]` is batch i, as before; outside a
        job they are the same ones. A batch that cannot be divided every process reads.
    """
    devices = mesh()
    if devices is None:
        return samples, rows
    import jax

    axes = (None, *devices.axis_names) if rows.shape[1] % devices.size == 0 else ()
    place = jax.sharding.NamedSharding(devices, jax.sharding.PartitionSpec(*axes))

    def batches(values):
        values = values if is_streamed((values,)) else np.asarray(values)

        def part(share):  # the batches, and the part of each, that a device takes
            return read(values, rows[share[:2]])

        shape = rows.shape + values.shape[1:]
        return jax.make_array_from_callback(shape, place, part)

    return tuple(map(batches, samples)), np.arange(len(rows))


def check_same(what: Mapping[str, str]) -> None:
    """Makes sure that all processes are about to train the same.

    Args:
        what: texts that must be equal in all processes, by what they are of.

    Raises:
        UserError: in every process, if one differs.
    """
    from jax.experimental import multihost_utils

    mine = [list(hashlib.sha256(text.encode()).digest()) for text in what.values()]
    sums = multihost_utils.process_allgather(np.array(mine, np.uint8))
    differ = (sums != sums[0]).any(axis=-1)  # (processes, texts)
    for text, name in enumerate(what):
        if differ[:, text].any():
            raise UserError(
                _(
                    "the processes differ in {name}: process {other} from process 0; "
                    "start all of them with the same options, but for --process"
                ).format(name=name, other=differ[:, text].argmax())
            )
