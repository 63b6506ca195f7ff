"""What processes that train together add at each step, by itself: the all-reduce."""

import numpy as np

from benchmarks.contenders import Run
from benchmarks.work import Work

METRICS = 2  # numbers that are summed beside the gradients: the loss and the accuracy


def arrays(work: Work) -> list[np.ndarray]:
    """Returns arrays of the shapes that a step sums over all processes."""
    return [*work.weights(), *np.zeros((METRICS, 1), np.float32)]


def all_reduce(work: Work) -> Run:
    """Sums such arrays over the processes of the job that this one has joined.

    A loop in one program, as an epoch is. What is summed differs in the processes, or
    XLA would multiply instead.
    """
    import jax
    from jax.sharding import PartitionSpec

    from chapter9.training import processes

    devices = processes.mesh()
    axes = devices.axis_names

    def mean(values):
        mine = jax.lax.axis_index(axes).astype(np.float32)
        return jax.lax.pmean([value + mine for value in values], axes)

    everywhere = PartitionSpec()
    step = jax.shard_map(
        mean, mesh=devices, in_specs=everywhere, out_specs=everywhere, check_vma=False
    )

    @jax.jit
    def loop(values, steps):
        return jax.lax.fori_loop(0, steps, lambda _, values: step(values), values)

    values = jax.device_put(arrays(work), processes.everywhere())

    def run(steps):
        return float(loop(values, steps)[-1][0])

    return run
