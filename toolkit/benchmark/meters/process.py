"""The host's own evidence: CPU time of this process, of everybody else, load, and peak memory.

From /proc (Linux). `cpu_share` is CPU time over wall time and threads: 1 when every thread computes all the
time. `foreign_share` is what all others (other processes, and the hypervisor's steal) took of all CPUs.
Linux counts busy time in ticks of 10 ms, so the share of a short block is coarse. Peak memory is VmHWM, the
highest resident size, which writing 5 to /proc/self/clear_refs resets (proc(5)).
"""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_PROC = Path("/proc")


@dataclass(frozen=True, slots=True)
class HostMark:
    """One look at the host; counters in seconds, None where the system does not tell."""

    wall: float
    cpu: float
    busy: float | None
    steal: float | None
    involuntary_switches: int


def look(proc: Path = _PROC) -> HostMark:
    """Read all counters now."""
    import resource

    busy, steal = _system_seconds(proc)
    switches = resource.getrusage(resource.RUSAGE_SELF).ru_nivcsw
    return HostMark(time.perf_counter(), time.process_time(), busy, steal, switches)


def group_seconds(group: int, proc: Path = _PROC) -> float:
    """CPU seconds of all processes of a process group, and of their children that have ended."""
    tick, total = os.sysconf("SC_CLK_TCK"), 0
    for file in proc.glob("[0-9]*/stat"):
        try:
            fields = file.read_text().rsplit(")", 1)[1].split()
        except (OSError, IndexError):
            continue  # it has just ended
        if int(fields[2]) == group:
            total += sum(int(value) for value in fields[11:15])
    return total / tick


def between(first: HostMark, then: HostMark, threads: int, also: float = 0.0) -> dict[str, Any]:
    """What happened between two looks, for the evidence of a block; `also` are CPU seconds of processes that
    worked together with this one."""
    wall = max(then.wall - first.wall, 1e-9)
    cpus = os.cpu_count() or 1
    own = then.cpu - first.cpu + also
    found: dict[str, Any] = {
        "wall": round(wall, 6),
        "cpu_share": round(own / wall / threads, 4),
        "involuntary_switches": then.involuntary_switches - first.involuntary_switches,
        "load1": round(os.getloadavg()[0], 2),
    }
    if first.busy is None or then.busy is None:
        return {**found, "foreign_share": None, "steal_share": None, "unknown": "no /proc/stat"}
    foreign = max(0.0, then.busy - first.busy - own)
    steal = max(0.0, (then.steal or 0.0) - (first.steal or 0.0))
    return {
        **found,
        "foreign_share": round(foreign / wall / cpus, 4),
        "steal_share": round(steal / wall / cpus, 4),
    }


def reset_peak_memory() -> bool:
    """Start VmHWM anew; False where the system does not allow it."""
    try:
        (_PROC / "self" / "clear_refs").write_text("5")
    except OSError:
        return False
    return True


def memory_bytes(field: str) -> int | None:
    """`VmRSS` (now) or `VmHWM` (highest since the reset) of this process; None where there is no /proc."""
    try:
        lines = (_PROC / "self" / "status").read_text().splitlines()
    except OSError:
        return None
    found = [line.split() for line in lines if line.startswith(f"{field}:")]
    return int(found[0][1]) * 1024 if found else None


def _system_seconds(proc: Path) -> tuple[float | None, float | None]:
    """Busy seconds (steal included) and steal seconds of all CPUs since boot."""
    try:
        fields = (proc / "stat").read_text().split("\n", 1)[0].split()
        user, nice, system, _, _, irq, softirq, steal = (int(value) for value in fields[1:9])
    except (OSError, ValueError):
        return None, None
    tick = os.sysconf("SC_CLK_TCK")
    return (user + nice + system + irq + softirq + steal) / tick, steal / tick
