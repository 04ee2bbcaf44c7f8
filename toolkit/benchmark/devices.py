"""Which device to measure, and what the data sheet says about it.

The parent never imports torch: a GPU is looked for through NVML, and the worker has the last word.
"""

from __future__ import annotations

import os

from toolkit.benchmark.spec import DeviceKind
from toolkit.errors import InputError, Problem

DEVICES = ("auto", "cpu", "cuda")
# What a CPU cannot be asked for: fp16 products run at about a hundredth of the fp32 rate.
CPU_REFUSES = ("fp16", "tf32", "fp8")
DTYPES = ("fp32", "tf32", "bf16", "fp16", "fp8")


def gpu_count() -> int | None:
    """GPUs that NVML shows and CUDA_VISIBLE_DEVICES leaves; None when nvidia-ml-py is not installed."""
    visible = os.environ.get("CUDA_VISIBLE_DEVICES")
    if visible is not None and visible.strip() in ("", "-1"):
        return 0
    try:
        import pynvml
    except ImportError:
        return None
    try:
        pynvml.nvmlInit()
        count = int(pynvml.nvmlDeviceGetCount())
        pynvml.nvmlShutdown()
    except pynvml.NVMLError:
        return 0
    return count if visible is None else min(count, len(visible.split(",")))


def resolve_device(device: str) -> DeviceKind:
    """`auto` takes a GPU where there is one. Raises InputError for an unknown word or a missing GPU."""
    if device == "cpu":
        return "cpu"
    if device not in DEVICES:
        raise InputError([Problem("bench.unknown_device", "device", values={"device": device})])
    count = gpu_count()
    if device == "cuda":
        if count == 0:
            raise InputError([Problem("bench.no_gpu", "device")])
        return "cuda"
    return "cuda" if count else "cpu"


def half_format(kind: DeviceKind) -> str:
    """The 16-bit format that the first visible device multiplies itself: fp16 before Ampere, else bf16."""
    if kind == "cpu":
        return "bf16"
    import pynvml

    first = os.environ.get("CUDA_VISIBLE_DEVICES", "0").split(",")[0].strip()
    try:
        pynvml.nvmlInit()
        if first.isdigit():
            handle = pynvml.nvmlDeviceGetHandleByIndex(int(first))
        else:
            handle = pynvml.nvmlDeviceGetHandleByUUID(first)
        major, _ = pynvml.nvmlDeviceGetCudaComputeCapability(handle)
        pynvml.nvmlShutdown()
    except pynvml.NVMLError:
        return "bf16"
    return "bf16" if major >= 8 else "fp16"


def first_gpu_name() -> str:
    """The name of the first visible GPU as the driver reports it. Raises pynvml.NVMLError without one."""
    import pynvml

    pynvml.nvmlInit()
    first = os.environ.get("CUDA_VISIBLE_DEVICES", "0").split(",")[0].strip()
    if first.isdigit():
        handle = pynvml.nvmlDeviceGetHandleByIndex(int(first))
    else:
        handle = pynvml.nvmlDeviceGetHandleByUUID(first)
    name = pynvml.nvmlDeviceGetName(handle)
    pynvml.nvmlShutdown()
    return name.decode() if isinstance(name, bytes) else str(name)


def catalogue_gpu(name: str) -> str | None:
    """The row of `data/gpus.csv` for a device name as the driver reports it; None when there is none."""
    from toolkit.reference.catalogue import load_reference

    return load_reference().gpu_by_alias(name)


def data_sheet_peak(gpu_id: str, dtype: str) -> float | None:
    """Dense FLOP/s of the data sheet; None where it gives none for this number format."""
    from toolkit.reference.catalogue import load_reference

    return load_reference().gpus[gpu_id].peak_flops(dtype)
