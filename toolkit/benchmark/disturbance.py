"""Which blocks were disturbed, judged from the evidence that was stored with them.

A disturbed block keeps its raw times. It is left out of the headline only when at most 30 % of a case's
blocks are disturbed and every process keeps at least two others; beyond that the case is unquiet, all its
blocks count and its interval stays as wide as it is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from toolkit.benchmark.events import Event
from toolkit.benchmark.meters.reading import SLOWDOWNS
from toolkit.benchmark.spec import DeviceKind

FOREIGN_SHARE = 0.05  # of all CPUs, taken by other processes or by the hypervisor
CPU_SHARE = 0.95  # of the share that the case reached in its best block
SM_CLOCK_SHARE = 0.75  # of the highest clock
UNQUIET_SHARE = 0.30
_BLOCKS_LEFT = 2


def disturbances(processes: Sequence[Sequence[Event]], kind: DeviceKind) -> list[list[tuple[str, ...]]]:
    """The reasons by process and block; empty for an undisturbed one.

    A GPU is judged by its meter alone, because its host only waits. How busy a step keeps the threads of a
    CPU differs from case to case, so its blocks are compared with the best block of the same case.
    """
    if kind == "cuda":
        return [[_of_gpu(block["device"]) for block in process] for process in processes]
    shares = [block["host"].get("cpu_share") or 0.0 for process in processes for block in process]
    best = max(shares, default=0.0)
    return [[_of_cpu(block["host"], best) for block in process] for process in processes]


def _of_gpu(device: Mapping[str, Any]) -> tuple[str, ...]:
    found = [name for name in device.get("throttle") or () if name in SLOWDOWNS]
    if device.get("foreign_pids"):
        found.append("foreign_gpu_process")
    clock, highest = device.get("sm_clock_mhz"), device.get("sm_clock_max_mhz")
    if clock is not None and highest and clock < SM_CLOCK_SHARE * highest:
        found.append("low_clock")
    return tuple(found)


def _of_cpu(host: Mapping[str, Any], best_cpu_share: float) -> tuple[str, ...]:
    found = []
    if (host.get("foreign_share") or 0.0) > FOREIGN_SHARE:
        found.append("foreign_cpu")
    if (host.get("cpu_share") or 0.0) < CPU_SHARE * best_cpu_share:
        found.append("low_cpu_share")
    return tuple(found)


def used_blocks(reasons: Sequence[Sequence[tuple[str, ...]]]) -> tuple[list[list[int]], bool]:
    """Indices of the blocks behind the headline, by process, and whether the case is unquiet."""
    everything = [list(range(len(process))) for process in reasons]
    quiet = [[index for index, found in enumerate(process) if not found] for process in reasons]
    total, disturbed = sum(map(len, everything)), sum(map(len, everything)) - sum(map(len, quiet))
    if total and disturbed > UNQUIET_SHARE * total:
        return everything, True
    enough = all(len(process) >= _BLOCKS_LEFT for process in quiet)
    return (quiet if enough else everything), False
