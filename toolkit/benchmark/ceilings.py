"""Ceilings: the best matrix product, copy and all-reduce bandwidth that this very device reaches.

A data sheet's peak is not reachable; the best product over many shapes is (the "maximum achievable matmul
FLOPS" of Bekman, "Machine Learning Engineering Open Book"). Every process of a run times the same shape: the
first one searches, the others are told. A product of n×n matrices is 2·n³ FLOPs; a copy of m bytes moves
2·m (read and write).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from statistics import median
from typing import TYPE_CHECKING, Any

from toolkit.benchmark.float8 import check_float8
from toolkit.benchmark.reference_model import CannotRunError, Prepared
from toolkit.benchmark.timing import step_timer
from toolkit.shapes.records import Workload

if TYPE_CHECKING:
    import torch

MATMUL, COPY, ALL_REDUCE = "matmul", "copy", "allreduce"
_SIZES = {"cpu": (512, 1024, 2048), "cuda": (2048, 4096, 6144, 8192, 12288, 16384)}
_COPY_BYTES = {"cpu": 256 * 2**20, "cuda": 2**30}  # several times any cache
_REDUCED_BYTES = {"cpu": 64 * 2**20, "cuda": 2**30}
_TRIALS = {"cpu": 2, "cuda": 8}


def ceiling(model: str, dtype: str) -> Workload:
    """The workload that measures a ceiling: `matmul` in FLOPs, `copy` or `allreduce` in bytes."""
    unit = "flop" if model == MATMUL else "byte"
    return Workload(model, "ceiling", dtype, batch=1, tokens=1, unit=unit)


def prepare_ceiling(workload: Workload, device: torch.device, choices: Mapping[str, Any]) -> Prepared:
    """Raises CannotRunError for a format that the device cannot multiply."""
    if workload.model == COPY:
        return _copy(device)
    if workload.model == ALL_REDUCE:
        return _all_reduce(workload.dtype, device)
    return _matmul(workload.dtype, device, choices.get(workload.name))


def _all_reduce(dtype: str, device: torch.device) -> Prepared:
    """Bus bandwidth: of m bytes summed over n processes each link carries at least 2·m·(n − 1)/n, whatever
    the algorithm (NCCL tests, PERFORMANCE.md)."""
    import torch
    from torch import distributed

    if not (distributed.is_available() and distributed.is_initialized()):
        raise CannotRunError("bench.one_process")
    count, size = distributed.get_world_size(), _REDUCED_BYTES[device.type]
    kind = _format(dtype)
    values = torch.zeros(size // kind.itemsize, device=device, dtype=kind)
    moved = 2.0 * size * (count - 1) / count
    detail = {"bytes": size, "counted": "bus bandwidth", "processes": count, "counts_all": True}
    return Prepared(lambda: distributed.all_reduce(values), moved, None, size, detail=detail)


def _matmul(dtype: str, device: torch.device, chosen: int | None) -> Prepared:
    timer = step_timer(device)
    searched: dict[int, float] = {}

    def product(size: int) -> Prepared:
        multiply, held = _product(size, dtype, device)
        flops = 2.0 * size**3
        rates = {str(size): round(rate / 1e9, 2) for size, rate in searched.items()}
        detail = {"size": size, "searched_gflops": rates}
        return Prepared(multiply, flops, flops, held, detail=detail)

    try:
        if chosen is None:
            for size in _SIZES[device.type]:
                candidate = product(size)
                timer(candidate.step, 1)
                seconds = median(timer(candidate.step, _TRIALS[device.type]))
                searched[size] = candidate.work / seconds
            chosen = _agreed(max(searched, key=lambda size: searched[size]))
        return product(chosen)
    except (RuntimeError, NotImplementedError) as error:
        raise CannotRunError(
            "bench.cannot_multiply", dtype=dtype, reason=str(error).splitlines()[0]
        ) from error


def _agreed(size: int) -> int:
    """The size that the first of several processes found, so that all do the same work."""
    from torch import distributed

    if not (distributed.is_available() and distributed.is_initialized()):
        return size
    told = [size]
    distributed.broadcast_object_list(told, src=0)
    return int(told[0])


def _product(size: int, dtype: str, device: torch.device) -> tuple[Callable[[], object], int]:
    """A product of two square matrices into a third, and the bytes of all three."""
    import torch

    if dtype == "fp8":
        check_float8(device)
        left = torch.randn(size, size, device=device).to(torch.float8_e4m3fn)
        right = torch.randn(size, size, device=device).to(torch.float8_e4m3fn).t()
        one = torch.ones((), device=device)
        kind = torch.bfloat16
        return lambda: torch._scaled_mm(left, right, one, one, out_dtype=kind), 4 * size**2
    left, right = _matrix(size, dtype, device), _matrix(size, dtype, device)
    out = torch.empty_like(left)
    return lambda: torch.mm(left, right, out=out), 3 * left.numel() * left.element_size()


def _matrix(size: int, dtype: str, device: torch.device) -> torch.Tensor:
    import torch

    return torch.randn(size, size, device=device).to(_format(dtype))


def _format(dtype: str) -> torch.dtype:
    import torch

    return {"bf16": torch.bfloat16, "fp16": torch.float16, "fp64": torch.float64}.get(dtype, torch.float32)


def _copy(device: torch.device) -> Prepared:
    import torch

    size = _COPY_BYTES[device.type]
    # Random bytes, written before the first copy: pages that were never written are all one page of zeros.
    source = torch.randint(256, (2**20,), dtype=torch.uint8, device=device).repeat(size // 2**20)
    target = torch.zeros_like(source)
    detail = {"bytes": size, "counted": "read + write"}
    return Prepared(lambda: target.copy_(source), 2.0 * size, None, 2 * size, detail=detail)
