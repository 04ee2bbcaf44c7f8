"""One step of batched serving and one prompt, in seconds at what the data sheet says, from a row of a
service.

A step decodes b requests at once: b is the load's concurrency, at most what the memory left by the weights
can cache (Kwon et al. 2023, PagedAttention, arXiv:2309.06180). It reads the weights once (of a mixture of
experts those that b tokens touch), every request's cache, multiplies, moves activations, launches, and joins
the parts of tensor-parallel GPUs.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from toolkit.estimate.capability import Capability, UnpredictableError
from toolkit.estimate.terms import beside_tables, need
from toolkit.reference.published import ServeRow

LAYER_LAUNCH_SECONDS = 2.2e-5
ALL_REDUCE_SECONDS = 6e-6  # of one level of the tree along which a small message is summed
MEMORY_FOR_CACHE = 0.9  # of the device's memory: the default of the engines
HIDDEN_BYTES, FFN_BYTES = 30, 6  # of one layer and token: sixteen-bit tensors of width h and f
ROUTED_BYTES = 12  # a copy of the token goes to each of its experts and comes back
ROUTED_LAUNCHES = 1.5  # choosing, sorting, two grouped products, gathering
# One latent vector of 512 and a rotated key of 64 for all heads (DeepSeek-V2, arXiv:2405.04434, §2.1).
LATENT = 576.0
LATENT_MODELS = ("DeepSeek-V2", "DeepSeek-V3", "DeepSeek-R1", "DeepSeek V", "DeepSeek R", "Kimi-K2")
RESERVED = 1.5e9  # bytes a GPU for activations and graphs
ENGINE_LIMIT = 1024  # requests in flight where the load is unlimited; newer engines allow twice as many


@dataclass(frozen=True, slots=True)
class Step:
    """Seconds of the parts of one decode step and of one prompt, at what the data sheet says."""

    gpus: float
    batch: float
    prompt: float
    weights: float
    cache: float  # of one request
    query: float  # of one request: attention of every query head reads the cache anew
    products: float  # of one request
    activations: float  # of one token: what is no product reads and writes its tensors
    launches: float
    all_reduce: float  # latency
    exchange: float  # bytes of one request over the link

    @classmethod
    def of(cls, row: ServeRow, gpu: Capability) -> Step:
        layers, hidden = need(row.layers, "layers"), need(row.hidden, "hidden")
        prompt, output = need(row.input_len, "input_len"), max(1.0, need(row.output_len, "output_len"))
        gpus, heads = gpus_of(row, gpu), need(row.heads, "heads")
        width = row.head_dim or hidden / heads
        decoded, table, peak, half = *multiplied(row), gpu.peak(row.dtype), gpu.peak("bf16")
        small = "fp8" in row.dtype or "fp4" in row.dtype
        value_bytes = 1.0 if small and "ensorRT" in row.stack else 2.0
        cache_bytes = layers * _cached(row, width) * value_bytes
        batch = _batch(row, gpu, cache_bytes * (prompt + 0.6 * output), gpus)
        square = 2 * layers * heads * width * prompt * prompt * peak / half
        bandwidth = gpu.bandwidth * gpus
        return cls(
            gpus=gpus,
            batch=batch,
            prompt=(2 * (decoded - table) * prompt + square) / peak / gpus,
            weights=_weights(row, batch) / bandwidth,
            cache=cache_bytes * (prompt + output / 2) / bandwidth,
            query=2 * layers * heads * width * value_bytes * (prompt + output / 2) * 0.3 / bandwidth,
            products=2 * decoded / peak / gpus,
            activations=_activation_bytes(row) / bandwidth,
            launches=layers * LAYER_LAUNCH_SECONDS * (ROUTED_LAUNCHES if is_mixture(row) else 1.0),
            all_reduce=0.0 if gpus <= 1 else layers * 2 * ALL_REDUCE_SECONDS * math.log2(gpus),
            exchange=0.0 if gpus <= 1 else layers * 8 * hidden * (gpus - 1) / gpus / gpu.link,
        )


def _cached(row: ServeRow, width: float) -> float:
    """Numbers that one token keeps in a layer: a key and a value a head, or one latent vector for all heads.
    Rows of such models count their query heads where others count key heads."""
    heads = need(row.heads, "heads")
    latent = row.model.startswith(LATENT_MODELS) and (row.kv_heads or heads) in (1, heads)
    return LATENT if latent else 2 * (row.kv_heads or heads) * width


def gpus_of(row: ServeRow, gpu: Capability) -> float:
    """Of one replica; where the row does not say, the fewest that hold the weights: a power of two."""
    if row.tp or row.gpu_count:
        return row.tp or row.gpu_count or 1.0
    least = need(row.params, "params") * bits(row) / 8 / (gpu.memory * MEMORY_FOR_CACHE)
    return float(2 ** max(0, math.ceil(math.log2(least))))


def bits(row: ServeRow) -> float:
    """Of a weight, with the scales of its block in four bits."""
    narrow = {"fp4": 4.5, "fp8": 8.0, "int8": 8.0}
    return row.bits_per_weight or next((bits for name, bits in narrow.items() if name in row.dtype), 16.0)


def _batch(row: ServeRow, gpu: Capability, request_bytes: float, gpus: float) -> float:
    weights = need(row.params, "params") * bits(row) / 8
    free = gpu.memory * MEMORY_FOR_CACHE * gpus - weights * 1.03 - RESERVED * gpus
    if weights > gpu.memory * gpus:
        raise UnpredictableError(f"the weights do not fit on {gpus:g} × {gpu.id}")
    held = max(1.0, free / request_bytes)
    limit = ENGINE_LIMIT * (2 if "v1" in row.stack else 1)
    return min(row.concurrency or limit, held)


def multiplied(row: ServeRow) -> tuple[float, float]:
    """Parameters that a generated token is multiplied with, and those of the output head among them, which a
    prompt does not meet. Models whose rows do not say so have a head of their own."""
    table = (row.vocab or 0.0) * need(row.hidden, "hidden")
    active = row.params_active or need(row.params, "params")
    layers = beside_tables(active, table if row.tied_embeddings else 2 * table)
    return layers + table, table


def _activation_bytes(row: ServeRow) -> float:
    """Bytes that one token moves beside weights and cache: norms, residuals, rotation, gates, quantising."""
    hidden, ffn = need(row.hidden, "hidden"), row.ffn or 4 * need(row.hidden, "hidden")
    active = (row.experts_active or 0.0) if is_mixture(row) else 0.0
    sent = active * ROUTED_BYTES * hidden
    return need(row.layers, "layers") * (HIDDEN_BYTES * hidden + FFN_BYTES * ffn * max(1.0, active) + sent)


def _weights(row: ServeRow, batch: float) -> float:
    """Bytes that a step reads: of the experts only those that some token of the batch goes to."""
    params = need(row.params, "params")
    lookup = 0.0 if row.tied_embeddings else (row.vocab or 0.0) * need(row.hidden, "hidden")
    total, active = row.experts or 0.0, row.experts_active or 0.0
    if not is_mixture(row):
        return (params - lookup) * bits(row) / 8
    touched = 1 - float((1 - active / total) ** max(1.0, batch))
    experts = (params - (row.params_active or params)) / (1 - active / total)
    return (params - experts + experts * touched) * bits(row) / 8


def is_mixture(row: ServeRow) -> bool:
    """A token goes to some of the experts only."""
    return bool(row.experts and row.experts_active and row.experts > row.experts_active)
