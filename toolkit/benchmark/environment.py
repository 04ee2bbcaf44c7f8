"""Evidence about the machine and the software, stored with every measurement.

No host name, no user, no path: a result may be published.
"""

from __future__ import annotations

import os
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import torch

_PACKAGES = ("torch", "transformers", "numpy", "nvidia-ml-py")
_INSTRUCTIONS = {"avx2", "avx512f", "avx512_bf16", "avx512_fp16", "amx_bf16", "amx_fp16", "asimd", "sve"}
_VARIABLES = (
    "OMP_NUM_THREADS",
    "OMP_WAIT_POLICY",
    "OMP_PROC_BIND",
    "GOMP_SPINCOUNT",
    "MKL_NUM_THREADS",
    "KMP_BLOCKTIME",
    "CUDA_VISIBLE_DEVICES",
    "CUDA_DEVICE_ORDER",
    "CUDA_LAUNCH_BLOCKING",
    "PYTORCH_ALLOC_CONF",
    "PYTORCH_CUDA_ALLOC_CONF",
    "LD_PRELOAD",
    "MALLOC_ARENA_MAX",
)


def software() -> dict[str, str | None]:
    """Versions of Python, the system and the libraries; None for one that is not installed."""
    found: dict[str, str | None] = {"python": platform.python_version(), "system": platform.system()}
    found["kernel"] = platform.release()
    for package in _PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = None
    return found


def settings() -> dict[str, str]:
    """Environment variables that change speed, as far as they are set."""
    return {name: os.environ[name] for name in _VARIABLES if name in os.environ}


def cpu() -> dict[str, Any]:
    """Model, instruction sets that matter for matrix products, CPUs, quota of the container, memory."""
    fields = cpu_fields()
    flags = set((fields.get("flags") or fields.get("Features") or "").split())
    return {
        "model": fields.get("model name") or platform.processor() or platform.machine(),
        "machine": platform.machine(),
        "cpus": os.cpu_count(),
        "instructions": sorted(flags & _INSTRUCTIONS),
        "virtual": "hypervisor" in flags if flags else None,
        "quota_cpus": _quota(),
        "memory_bytes": _memory_bytes(),
    }


def cpu_fields() -> dict[str, str]:
    """The first processor's fields of /proc/cpuinfo; empty where there is none."""
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8").split("\n\n")[0]
    except OSError:
        return {}
    pairs = (line.split(":", 1) for line in text.splitlines() if ":" in line)
    return {key.strip(): value.strip() for key, value in pairs}


def native_bf16() -> bool:
    """Whether the CPU multiplies bf16 numbers itself (AVX-512 BF16 or AMX; BF16 of Arm)."""
    fields = cpu_fields()
    flags = set((fields.get("flags") or fields.get("Features") or "").split())
    return bool(flags & {"avx512_bf16", "amx_bf16", "bf16"})


def gpu(device: torch.device) -> dict[str, Any]:
    """What torch says about a CUDA device."""
    import torch

    facts = torch.cuda.get_device_properties(device)
    return {
        "name": facts.name,
        "memory_bytes": facts.total_memory,
        "multiprocessors": facts.multi_processor_count,
        "capability": f"{facts.major}.{facts.minor}",
        "cuda": torch.version.cuda,
        "cudnn": torch.backends.cudnn.version(),  # type: ignore[no-untyped-call]
        "visible": torch.cuda.device_count(),
    }


def _quota() -> float | None:
    """CPUs that the container's control group grants; None for no limit or no such file."""
    try:
        quota, period = Path("/sys/fs/cgroup/cpu.max").read_text().split()
    except (OSError, ValueError):
        return None
    return None if quota == "max" else int(quota) / int(period)


def _memory_bytes() -> int | None:
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (OSError, ValueError):
        return None
