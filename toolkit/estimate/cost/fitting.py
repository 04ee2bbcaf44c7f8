"""Does it fit: bytes a GPU of training and of serving, the largest batch, and how many GPUs it would take.

    training   state / GPUs + two gathered layers + activations + logits  ≤  usable · memory
    serving    (weights + requests · cache) / GPUs                        ≤  usable · memory

State is sharded over all GPUs of the job (ZeRO stage 3, Rajbhandari et al. 2020, arXiv:1910.02054): 16 bytes
a parameter, or with frozen weights 2 and 16 for the adapters. Two layers are whole at a time, the one that is
computed and the one that is fetched. Activations are those of `shapes.memory`. `USABLE` leaves room for the
driver's context and for fragmentation; serving engines take the same share by default.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

from toolkit.estimate.cost.workload import Optimised, Service
from toolkit.shapes.catalogue import SHAPES
from toolkit.shapes.decoder import Decoder
from toolkit.shapes.dtypes import bytes_per_element
from toolkit.shapes.memory import RECIPES, training_memory

USABLE = 0.9
GATHERED_LAYERS = 2
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
        largest = _largest_training_batch(work, memory, gpus, checkpointing)
        if largest >= wanted:
            chosen = work.micro_batch or min(8, 2 ** int(math.log2(largest)))
            return TrainingFit(chosen, largest, checkpointing)
    return None


def training_bytes(work: Optimised, gpus: int, batch: int, checkpointing: bool) -> float:
    """Bytes on each of `gpus` devices with `batch` sequences at a time."""
    state, gathered, sequence = _parts(work, checkpointing)
    return state / gpus + (gathered if gpus > 1 else 0.0) + batch * sequence


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


def _largest_training_batch(work: Optimised, memory: float, gpus: int, checkpointing: bool) -> int:
    """Everything but the state grows in proportion to the batch, so one sequence tells of all."""
    state, gathered, sequence = _parts(work, checkpointing)
    free = USABLE * memory - state / gpus - (gathered if gpus > 1 else 0.0)
    return 0 if free < 0 else min(LARGEST_BATCH, int(free / sequence))


def _parts(work: Optimised, checkpointing: bool) -> tuple[float, float, float]:
    """Bytes of the whole state, of gathered layers, and of one sequence with `checkpointing`."""
    wide = work.dtype in ("fp32", "tf32")
    return _parts_of(
        work.model, work.steps[1], "fp32" if wide else "mixed", checkpointing, state_bytes_per_parameter(work)
    )


@lru_cache(maxsize=1024)
def _parts_of(
    model: str, tokens: int, recipe: str, checkpointing: bool, state_bytes: float
) -> tuple[float, float, float]:
    decoder = SHAPES[model]
    step = training_memory(decoder, 1, tokens, recipe=recipe, checkpointing=checkpointing)
    state = decoder.parameters() * state_bytes
    return state, _gathered(decoder, recipe), float(step.activations + step.logits)


def _gathered(decoder: Decoder, recipe: str) -> float:
    head = decoder.hidden * decoder.vocab
    layer = (decoder.matmul_parameters() - head) / decoder.layers
    size = bytes_per_element("fp32" if recipe == "fp32" else "bf16")
    return float(size * max(GATHERED_LAYERS * layer, head))
