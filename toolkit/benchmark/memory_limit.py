"""A limit on the memory of this process, so that running out is an error here and not the machine's trouble.

On a CPU the kernel would otherwise end some process, perhaps not this one. Linux counts private writable
memory against RLIMIT_DATA (setrlimit(2)); beyond it an allocation fails, which torch reports. On a GPU the
allocator of torch is given its share.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch

_LEFT_TO_OTHERS = 0.05  # of what is free


def limit_memory(device: torch.device, limit_bytes: int | None) -> int | None:
    """Limit what this process may take from now on to `limit_bytes`, or to nearly all that is free on a CPU.
    Returns the limit in force, None where there is none or the system cannot set one."""
    if device.type == "cuda":
        import torch

        total = torch.cuda.get_device_properties(device).total_memory
        if limit_bytes is not None:
            torch.cuda.set_per_process_memory_fraction(min(1.0, limit_bytes / total), device)
        return total if limit_bytes is None else min(total, limit_bytes)
    free, taken = _kilobytes("/proc/meminfo", "MemAvailable"), _kilobytes("/proc/self/status", "VmData")
    if free is None or taken is None:
        return None
    most = int(free * (1 - _LEFT_TO_OTHERS))
    allowed = most if limit_bytes is None else min(most, limit_bytes)
    import resource

    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    wanted = taken + allowed
    if hard != resource.RLIM_INFINITY:
        wanted = min(wanted, hard)
    resource.setrlimit(resource.RLIMIT_DATA, (wanted, hard))
    return allowed


def _kilobytes(file: str, field: str) -> int | None:
    """A field of a file of /proc that counts in kB, in bytes."""
    try:
        for line in Path(file).read_text(encoding="utf-8").splitlines():
            if line.startswith(f"{field}:"):
                return int(line.split()[1]) * 1024
    except (OSError, ValueError, IndexError):
        pass
    return None
