"""Does it fit: bytes a GPU of training and of serving, the largest batch, and how many GPUs it would take.

    training   state + gathered layers + activations + logits of one device  ≤  usable · memory
    serving    (weights + requests · cache) / GPUs                           ≤  usable · memory

The first line is `shapes.sharding` under the layout of the work: 16 bytes of state a parameter, or with
frozen weights 2, and 16 for the adapters. `USABLE` leaves room for the driver's context and for
fragmentation; serving engines take the same share by default.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import lru_cache

from toolkit.estimate.cost.workload import Optimised, Service
from toolkit.shapes.catalogue import shape
from toolkit.shapes.memory import RECIPES
from toolkit.shapes.sharding import DeviceMemory, Sharding, sharded_memory

USABLE = 0.9
ADAPTER_SHARE = 0.01  # of all parameters; low-rank adapters of rank 16 to 64 have 0.2 to 1 %
LARGEST_BATCH = 4096
MOST_GPUS = 65536


@dataclass(frozen=True, slots=True)
class TrainingFit:
    """How a training step fits: sequences a GPU at a time, the largest possible, and whether activations are
    recomputed."""

    micro_batch: int
    largest_batch: int
    checkpointing: bool


def state_bytes_per_parameter(work: Optimised) -> float:
    """Weights, gradients and optimizer."""
    recipe = RECIPES["fp32" if work.dtype in ("fp32", "tf32") else "mixed"]
    full = recipe.weight + recipe.gradient + recipe.optimizer
    return recipe.weight + ADAPTER_SHARE * full if work.adapters else float(full)


def fit_training(work: Optimised, memory: float, gpus: int) -> TrainingFit | None:
    """How the step fits on `gpus` devices with `memory` bytes each; None when it does not."""
    wanted = work.micro_batch or 1
    for checkpointing in {"auto": (False, True), "none": (False,), "full": (True,)}[work.checkpointing]:
        largest = largest_training_batch(work, memory, gpus, checkpointing)
        if largest >= wanted:
            chosen = work.micro_batch or min(8, 2 ** int(math.log2(largest)))
            return TrainingFit(chosen, largest, checkpointing)
    return None


def training_bytes(work: Optimised, gpus: int, batch: int, checkpointing: bool) -> float:
    """Bytes on the fullest of `gpus` devices with `batch` sequences at a time; infinite where the layout does
    not divide them."""
    found = training_memory_of(work, gpus, batch, checkpointing)
    return math.inf if found is None else found.total


def training_memory_of(work: Optimised, gpus: int, batch: int, checkpointing: bool) -> DeviceMemory | None:
    """What they hold, by kind; None where the layout does not divide `gpus`."""
    sharding = work.layout.on(gpus, batch)
    if sharding is None or sharding.pipeline > work.decoder.layers:
        return None
    recipe = "fp32" if work.dtype in ("fp32", "tf32") else "mixed"
    found = _memory_of(work.model, work.steps[1], batch, sharding, recipe, checkpointing)
    if not work.adapters:
        return found
    trained = (found.gradients * ADAPTER_SHARE, found.optimizer * ADAPTER_SHARE)
    return replace(found, gradients=trained[0], optimizer=trained[1])


def gpus_to_train(work: Optimised, memory: float) -> int | None:
    """The fewest devices on which the step fits: a power of two; None when no number helps, since what one
    device holds for itself is too much."""
    gpus = 1
    while gpus <= MOST_GPUS:
        if fit_training(work, memory, gpus) is not None:
            return gpus
        gpus *= 2
    return None


def weights_and_request_bytes(work: Service) -> tuple[float, float]:
    """Bytes of the weights, and of the cache of one request at its end; the cache keeps sixteen bits."""
    decoder, whole = work.decoder, work.prompt_tokens + work.output_tokens
    cache = "fp32" if work.dtype == "fp32" else "bf16"
    return float(decoder.weight_bytes(work.dtype)), float(decoder.kv_cache_bytes(1, whole, cache))


def largest_concurrency(work: Service, memory: float, gpus: int) -> int:
    """Requests in flight that the memory of `gpus` devices holds beside the weights; 0 when none."""
    weights, request = weights_and_request_bytes(work)
    return max(0, int((USABLE * memory * gpus - weights) / request))


def gpus_to_serve(work: Service, memory: float) -> int:
    """The fewest devices that hold the weights and one request: a power of two."""
    gpus = 1
    while not largest_concurrency(work, memory, gpus):
        gpus *= 2
    return gpus


def largest_training_batch(work: Optimised, memory: float, gpus: int, checkpointing: bool) -> int:
    """Sequences at a time that a device holds; 0 when not even one. Without a pipeline memory grows in
    proportion to the batch, so two batches tell of all; with one, by halving."""
    usable, one = USABLE * memory, training_bytes(work, gpus, 1, checkpointing)
    if one > usable:
        return 0
    if work.layout.pipeline == 1:
        each = training_bytes(work, gpus, 2, checkpointing) - one
        return min(LARGEST_BATCH, 1 + int((usable - one) / each))
    low, high = 1, 2
    while high <= LARGEST_BATCH and training_bytes(work, gpus, high, checkpointing) <= usable:
        low, high = high, 2 * high
    while high - low > 1 and low < LARGEST_BATCH:
        middle = (low + high) // 2
        fits = training_bytes(work, gpus, middle, checkpointing) <= usable
        low, high = (middle, high) if fits else (low, middle)
    return low


@lru_cache(maxsize=4096)
def _memory_of(
    model: str, tokens: int, batch: int, sharding: Sharding, recipe: str, checkpointing: bool
) -> DeviceMemory:
    return sharded_memory(shape(model), batch, tokens, sharding, recipe=recipe, checkpointing=checkpointing)
