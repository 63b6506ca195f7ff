"""A GPU's name, whether a backend sees it, and what one training step has it do."""

import subprocess
import tempfile
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

from benchmarks.contenders import Run
from benchmarks.work import Work

Kernels = list[tuple[int, int]]  # when each, or each copy, began and ended, in ns


def card() -> str:
    """Returns the GPU's name, memory and driver, as nvidia-smi has them.

    Raises:
        RuntimeError: if there is none.
    """
    query = "--query-gpu=name,memory.total,driver_version"
    command = ["nvidia-smi", query, "--format=csv,noheader"]
    try:
        found = subprocess.run(command, check=True, capture_output=True, text=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise RuntimeError("no GPU: nvidia-smi finds none; leave --gpu out") from error
    name, memory, driver = found.stdout.splitlines()[0].split(", ")
    return f"{name}, {memory}, driver {driver}"


def check(backend: str) -> None:
    """Makes sure that a process's backend computes on a GPU.

    Raises:
        RuntimeError: if it does not.
    """
    if backend == "jax":
        import jax

        found = jax.default_backend() == "gpu"
    else:
        import torch

        found = torch.cuda.is_available()
    if not found:
        raise RuntimeError(f"skipped: {backend.replace('plain', 'torch')} sees no GPU")


def profiled(work: Work, function: str, profiler: str, **options) -> Callable:
    """Returns what runs steps and tells how many kernels each had, and their time.

    Args:
        work: the work.
        function: who does it, a function of contenders.py.
        profiler: "jax" or "torch", whichever runs the kernels.
        options: of the function.

    Returns:
        run(steps) -> the kernels of a step, and the seconds in which one is running.
    """
    run: Run = getattr(import_module("benchmarks.contenders"), function)(
        work, **options
    )
    kernels_of = {"jax": _jax_kernels, "torch": _torch_kernels}[profiler]

    def profile(steps: int) -> tuple[float, float]:
        kernels = kernels_of(lambda: run(steps))
        return len(kernels) / steps, busy(kernels) / 1e9 / steps

    return profile


def busy(kernels: Kernels) -> int:
    """Returns the ns in which at least one kernel is running."""
    total = last = 0
    for begin, end in sorted(kernels):
        total += max(0, end - max(begin, last))
        last = max(end, last)
    return total


def _jax_kernels(work: Callable[[], object]) -> Kernels:
    import jax
    from jax.profiler import ProfileData

    with tempfile.TemporaryDirectory() as folder:
        with jax.profiler.trace(folder):
            work()
        [path] = Path(folder).rglob("*.xplane.pb")
        planes = list(ProfileData.from_file(str(path)).planes)
    return [
        (int(event.start_ns), int(event.start_ns + event.duration_ns))
        for plane in planes
        if plane.name.startswith("/device:GPU")
        for line in plane.lines
        if line.name.startswith("Stream")
        for event in line.events
    ]


def _torch_kernels(work: Callable[[], object]) -> Kernels:
    import torch
    from torch.autograd import DeviceType

    activities = [torch.profiler.ProfilerActivity.CUDA]
    with torch.profiler.profile(activities=activities) as profile:
        work()
        torch.cuda.synchronize()
    microseconds = [
        event.time_range
        for event in profile.events()
        if event.device_type == DeviceType.CUDA and not event.is_user_annotation
    ]
    return [(int(t.start * 1e3), int(t.end * 1e3)) for t in microseconds]
