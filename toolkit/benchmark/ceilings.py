"""Ceilings: the best matrix product and the copy bandwidth that this very device reaches.

A data sheet's peak is not reachable; the best product over many shapes is (the "maximum achievable matmul
FLOPS" of Bekman, "Machine Learning Engineering Open Book"). Every process of a run times the same shape: the
first one searches, the others are told. A product of n×n matrices is 2·n³ FLOPs; a copy of m bytes moves
2·m (read and write).
"""

from __future__ import annotations

from collections.abc import Mapping
from statistics import median
from typing import TYPE_CHECKING, Any

from toolkit.benchmark.reference_model import CannotRunError, Prepared
from toolkit.benchmark.timing import step_timer
from toolkit.shapes.records import Workload

if TYPE_CHECKING:
    import torch

MATMUL, COPY = "matmul", "copy"
_SIZES = {"cpu": (512, 1024, 2048), "cuda": (2048, 4096, 6144, 8192, 12288, 16384)}
_COPY_BYTES = {"cpu": 256 * 2**20, "cuda": 2**30}  # several times any cache
_TRIALS = {"cpu": 2, "cuda": 8}


def ceiling(model: str, dtype: str) -> Workload:
    """The workload that measures a ceiling: `matmul` in FLOPs or `copy` in bytes."""
    unit = "flop" if model == MATMUL else "byte"
    return Workload(model, "ceiling", dtype, batch=1, tokens=1, unit=unit)


def prepare_ceiling(workload: Workload, device: torch.device, choices: Mapping[str, Any]) -> Prepared:
    """Raises CannotRunError for a format that the device cannot multiply."""
    if workload.model == COPY:
        return _copy(device)
    return _matmul(workload.dtype, device, choices.get(workload.name))


def _matmul(dtype: str, device: torch.device, chosen: int | None) -> Prepared:
    import torch

    timer = step_timer(device)
    searched: dict[int, float] = {}

    def product(size: int) -> Prepared:
        left, right = _matrix(size, dtype, device), _matrix(size, dtype, device)
        out = torch.empty_like(left)
        flops = 2.0 * size**3
        held = 3 * left.numel() * left.element_size()
        rates = {str(size): round(rate / 1e9, 2) for size, rate in searched.items()}
        detail = {"size": size, "searched_gflops": rates}
        return Prepared(lambda: torch.mm(left, right, out=out), flops, flops, held, detail=detail)

    try:
        if chosen is None:
            for size in _SIZES[device.type]:
                candidate = product(size)
                timer(candidate.step, 1)
                seconds = median(timer(candidate.step, _TRIALS[device.type]))
                searched[size] = candidate.work / seconds
            chosen = max(searched, key=lambda size: searched[size])
        return product(chosen)
    except (RuntimeError, NotImplementedError) as error:
        raise CannotRunError(
            "bench.cannot_multiply", dtype=dtype, reason=str(error).splitlines()[0]
        ) from error


def _matrix(size: int, dtype: str, device: torch.device) -> torch.Tensor:
    import torch

    kind = {"bf16": torch.bfloat16, "fp16": torch.float16, "fp64": torch.float64}.get(dtype, torch.float32)
    return torch.randn(size, size, device=device).to(kind)


def _copy(device: torch.device) -> Prepared:
    import torch

    size = _COPY_BYTES[device.type]
    # Random bytes, written before the first copy: pages that were never written are all one page of zeros.
    source = torch.randint(256, (2**20,), dtype=torch.uint8, device=device).repeat(size // 2**20)
    target = torch.zeros_like(source)
    detail = {"bytes": size, "counted": "read + write"}
    return Prepared(lambda: target.copy_(source), 2.0 * size, None, 2 * size, detail=detail)
