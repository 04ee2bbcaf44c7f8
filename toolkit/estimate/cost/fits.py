"""“Fits on”: what a model takes on every accelerator, the largest batch there, and how many would do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from toolkit.estimate.cost.fitting import (
    USABLE,
    fit_training,
    gpus_to_serve,
    gpus_to_train,
    largest_concurrency,
    training_memory_of,
)
from toolkit.estimate.cost.workload import Optimised, Service
from toolkit.reference import Gpu, Reference
from toolkit.shapes.sharding import serving_bytes

SERVING_CACHE = "bf16"


@dataclass(frozen=True, slots=True)
class Fit:
    """One accelerator. `bytes_by_kind` is what one device holds with a batch of one (weights, gradients,
    optimizer, gathered, activations, logits; or weights, cache); empty where the layout does not divide the
    devices. `largest_batch`: sequences at a time on a replica, or requests in flight; 0: it does not fit.
    `least_gpus`: the fewest devices that hold a batch of one; None: no number does."""

    gpu_id: str
    gpu_name: str
    memory_bytes: int
    gpus: int
    bytes_by_kind: Mapping[str, float]
    largest_batch: int
    checkpointing: bool
    least_gpus: int | None

    @property
    def fits(self) -> bool:
        return self.largest_batch > 0

    @property
    def bytes_used(self) -> float:
        return sum(self.bytes_by_kind.values())

    @property
    def bytes_usable(self) -> float:
        """What is left for it after the driver's context and fragmentation."""
        return USABLE * self.memory_bytes


def fits(work: Optimised | Service, reference: Reference, gpus: int) -> tuple[Fit, ...]:
    """Every accelerator of the catalogue, `gpus` of it together: those that fit first, then by how many it
    takes, the smallest memory first."""
    found = [
        _service(work, gpu, gpus) if isinstance(work, Service) else _training(work, gpu, gpus)
        for gpu in reference.gpus.values()
    ]
    return tuple(
        sorted(found, key=lambda one: (not one.fits, one.least_gpus or 10**9, one.memory_bytes, one.gpu_id))
    )


def _training(work: Optimised, gpu: Gpu, gpus: int) -> Fit:
    fit = fit_training(work, gpu.memory_bytes, gpus)
    again = fit.checkpointing if fit else work.checkpointing != "none"
    held = training_memory_of(work, gpus, 1, again)
    names = ("weights", "gradients", "optimizer", "gathered", "activations", "logits")
    kinds = {} if held is None else {name: getattr(held, name) for name in names}
    largest = fit.largest_batch if fit else 0
    least = gpus_to_train(work, gpu.memory_bytes)
    return _fit(gpu, gpus, kinds, largest, again, least)


def _service(work: Service, gpu: Gpu, gpus: int) -> Fit:
    context = work.prompt_tokens + work.output_tokens
    cache_dtype = "fp32" if work.dtype == "fp32" else SERVING_CACHE
    weights, cache = serving_bytes(work.decoder, work.dtype, cache_dtype, 1, context, gpus)
    largest = largest_concurrency(work, gpu.memory_bytes, gpus)
    least = gpus_to_serve(work, gpu.memory_bytes)
    return _fit(gpu, gpus, {"weights": weights, "cache": cache}, largest, False, least)


def _fit(
    gpu: Gpu, gpus: int, kinds: dict[str, float], largest: int, checkpointing: bool, least: int | None
) -> Fit:
    shown = MappingProxyType(kinds)
    return Fit(gpu.id, gpu.name, gpu.memory_bytes, gpus, shown, largest, checkpointing, least)
