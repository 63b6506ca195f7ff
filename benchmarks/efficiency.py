"""What N processes make of N times the processors: as measured, and as a model has it.

    efficiency = t_1 / (N t_N)
    t_N        = t_1 / N + t_all-reduce

with t_1 a step of one process alone and t_N that of N processes with the same batch.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Link:
    """What connects the machines.

    Attributes:
        name: in words.
        bytes_per_second: in each direction.
        latency: seconds from one machine to the next.
    """

    name: str
    bytes_per_second: float
    latency: float


def efficiency(alone: float, together: float, processes: int) -> float:
    """t_1 / (N t_N)."""
    return alone / (processes * together)


def with_batch_divided(alone: float, all_reduce: float, processes: int) -> float:
    """The efficiency that the model has for one batch, divided among N processes."""
    return efficiency(alone, alone / processes + all_reduce, processes)


def with_batch_each(alone: float, all_reduce: float) -> float:
    """The same for a batch N times as large, so that each has what one had alone."""
    return alone / (alone + all_reduce)


def ring(size: float, messages: int, processes: int, link: Link) -> float:
    """The seconds of an all-reduce in a ring, by which Gloo and NCCL sum large arrays.

    In 2 (N - 1) turns each process sends its neighbour the N-th part of the bytes.

    Args:
        size: bytes.
        messages: how many arrays go round one after the other.
        processes: N.
        link: what connects them.
    """
    turns = 2 * (processes - 1)
    part = size / processes / link.bytes_per_second
    return turns * (part + messages * link.latency)
