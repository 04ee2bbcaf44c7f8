"""How many threads a CPU measurement uses, and whether they help.

Two threads beside one busy neighbour can be nineteen times slower than one: each parallel region waits for a
thread that has no core, and the waiting one burns the other's turn. Step times then look wonderfully
steady, so no interval can tell. Two looks can: how much of the CPUs others took while this process imported
its libraries (those CPUs are left to them), and the same small work with 1 and with N threads.
"""

from __future__ import annotations

import math
import os
import time
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any

_ROUNDS = 5
_PROBE_SECONDS = 0.5
_LAYERS = 24
_WIDTH = 512
_ROWS = 32
# N threads must not be slower than one by more than this, else one is taken.
_TOLERANCE = 1.05


@dataclass(frozen=True, slots=True)
class ThreadCheck:
    """How many threads were taken, and why.

    `foreign_share` is what others took of all CPUs beforehand, None where the system does not tell. The
    seconds of the probe with one and with all threads are None where the answer was clear without it.
    """

    available: int
    taken: int
    foreign_share: float | None
    one_seconds: float | None = None
    all_seconds: float | None = None

    @property
    def gain(self) -> float | None:
        """How much faster all threads are than one; below 1 they stand in each other's way."""
        if self.one_seconds is None or self.all_seconds is None:
            return None
        return self.one_seconds / self.all_seconds

    def as_dict(self) -> dict[str, Any]:
        """The JSON form, `gain` included."""
        return {**asdict(self), "gain": self.gain}


def usable_cpus() -> int:
    """CPUs that this process may run on."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def check_threads(wanted: int | None, foreign_share: float | None = None) -> ThreadCheck:
    """Choose a number of threads and set torch to it.

    `wanted` fixes the number; a disagreement with the probe is reported all the same.
    """
    import torch

    available = min(torch.get_num_threads(), usable_cpus())
    undisturbed = free_threads(available, os.cpu_count() or 1, foreign_share or 0.0)
    if wanted is None and undisturbed == 1:
        torch.set_num_threads(1)
        return ThreadCheck(available, 1, foreign_share)
    one, all_ = _compare(available)
    taken = wanted or (1 if all_ > _TOLERANCE * one else undisturbed)
    torch.set_num_threads(taken)
    return ThreadCheck(available, taken, foreign_share, one, all_)


def free_threads(available: int, cpus: int, foreign_share: float) -> int:
    """Threads that find a CPU of their own when others keep `foreign_share` of `cpus` busy.

    Up to a third of one CPU is allowed for the usual background.
    """
    return max(1, min(available, math.floor(cpus * (1 - foreign_share) + 1 / 3)))


def _compare(threads: int) -> tuple[float, float]:
    """Median seconds of a chain of small layers with one thread and with `threads`, timed in turn."""
    import torch

    weight = torch.randn(_WIDTH, _WIDTH) / _WIDTH**0.5
    rows = torch.randn(_ROWS, _WIDTH)

    def probe(count: int) -> float:
        torch.set_num_threads(count)
        begun = time.perf_counter()
        value = rows
        for _ in range(_LAYERS):
            value = torch.nn.functional.gelu(value @ weight)
        return time.perf_counter() - begun

    pairs: list[tuple[float, float]] = []
    with torch.inference_mode():
        probe(1), probe(threads)
        ends = time.perf_counter() + _PROBE_SECONDS
        while not pairs or (len(pairs) < _ROUNDS and time.perf_counter() < ends):
            pairs.append((probe(1), probe(threads)))
    return median(pair[0] for pair in pairs), median(pair[1] for pair in pairs)
