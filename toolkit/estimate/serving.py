"""Batched serving: GPU-seconds per output token, milliseconds per token, milliseconds to the first token.

A step decodes b requests at once: it reads the weights once (a mixture of experts: the experts that b tokens
touch), every request's cache, multiplies, launches, and joins the parts of tensor-parallel GPUs. Between
steps new prompts are read, so with O output tokens a request each token carries 1/O of a prompt.

    per token and GPU   prompt/O·tp + (weights + launches)·tp/b + cache·tp + products·tp
    per output token    weights + b·cache + b·products + launches + b·prompt/O
    first token         prompt + one step + a share of the prompts that wait before it

b is the load's concurrency, at most what the memory left by the weights can cache: Kwon et al. 2023
(PagedAttention, arXiv:2309.06180); interleaving of prompts: Yu et al. 2022 (Orca, OSDI).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from toolkit.estimate.capability import Capability, UnpredictableError
from toolkit.estimate.posynomial import Effect, Term, Terms
from toolkit.estimate.task import TimeTask
from toolkit.estimate.terms import log, need, slope
from toolkit.reference.published import ServeRow

LAYER_LAUNCH_SECONDS = 2.2e-5
ALL_REDUCE_SECONDS = 1.2e-5
MEMORY_FOR_CACHE = 0.9  # of the device's memory: the default of the engines
HIDDEN_BYTES, FFN_BYTES = 30, 6  # of one layer and token: sixteen-bit tensors of width h and f
ROUTED_BYTES = 12  # a copy of the token goes to each of its experts and comes back
ROUTED_LAUNCHES = 1.5  # choosing, sorting, two grouped products, gathering
USUAL_FFN = 4096
# One latent vector of 512 and a rotated key of 64 for all heads (DeepSeek-V2, arXiv:2405.04434, §2.1).
LATENT, LATENT_MODELS = (
    576.0,
    ("DeepSeek-V2", "DeepSeek-V3", "DeepSeek-R1", "DeepSeek V", "DeepSeek R", "Kimi-K2"),
)
REFERENCE_PEAK = 1979e12  # eight bits on an H100, to which the slope by peak refers
RESERVED = 1.5e9  # bytes a GPU for activations and graphs
ENGINE_LIMIT = 1024  # requests in flight where the load is unlimited; newer engines allow twice as many
# Grouped products of few rows each, unequally loaded experts: a prior, since no row has a mixture.
EXPERTS, EXPERTS_SD = 0.5, 0.3
THROUGHPUT, BETWEEN, FIRST = "output_tokens_per_s_per_gpu", "tpot_ms", "ttft_ms"
METRICS = (THROUGHPUT, BETWEEN, FIRST)


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
        gpus, heads = _gpus(row, gpu), need(row.heads, "heads")
        width = row.head_dim or hidden / heads
        decoded, table, peak, half = *_multiplied(row), gpu.peak(row.dtype), gpu.peak("bf16")
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
            launches=layers * LAYER_LAUNCH_SECONDS * (ROUTED_LAUNCHES if _mixture(row) else 1.0),
            all_reduce=0.0 if gpus <= 1 else layers * 2 * ALL_REDUCE_SECONDS,
            exchange=0.0 if gpus <= 1 else layers * 8 * hidden * (gpus - 1) / gpus / gpu.link,
        )


def _cached(row: ServeRow, width: float) -> float:
    """Numbers that one token keeps in a layer: a key and a value a head, or one latent vector for all heads.
    Rows of such models count their query heads where others count key heads."""
    heads = need(row.heads, "heads")
    latent = row.model.startswith(LATENT_MODELS) and (row.kv_heads or heads) in (1, heads)
    return LATENT if latent else 2 * (row.kv_heads or heads) * width


def _gpus(row: ServeRow, gpu: Capability) -> float:
    """Of one replica; where the row does not say, the fewest that hold the weights: a power of two."""
    if row.tp or row.gpu_count:
        return row.tp or row.gpu_count or 1.0
    least = need(row.params, "params") * _bits(row) / 8 / (gpu.memory * MEMORY_FOR_CACHE)
    return float(2 ** max(0, math.ceil(math.log2(least))))


def _bits(row: ServeRow) -> float:
    """Of a weight, with the scales of its block in four bits."""
    narrow = {"fp4": 4.5, "fp8": 8.0, "int8": 8.0}
    return row.bits_per_weight or next((bits for name, bits in narrow.items() if name in row.dtype), 16.0)


def _batch(row: ServeRow, gpu: Capability, request_bytes: float, gpus: float) -> float:
    weights = need(row.params, "params") * _bits(row) / 8
    free = gpu.memory * MEMORY_FOR_CACHE * gpus - weights * 1.03 - RESERVED * gpus
    if weights > gpu.memory * gpus:
        raise UnpredictableError(f"the weights do not fit on {gpus:g} × {gpu.id}")
    held = max(1.0, free / request_bytes)
    limit = ENGINE_LIMIT * (2 if "v1" in row.stack else 1)
    return min(row.concurrency or limit, held)


def _multiplied(row: ServeRow) -> tuple[float, float]:
    """Parameters that a generated token is multiplied with, and those of the output head among them, which a
    prompt does not meet. Models whose rows do not say so have a head of their own."""
    table = (row.vocab or 0.0) * need(row.hidden, "hidden")
    active = row.params_active or need(row.params, "params")
    return active - (0.0 if row.tied_embeddings else table), table


def _activation_bytes(row: ServeRow) -> float:
    """Bytes that one token moves beside weights and cache: norms, residuals, rotation, gates, quantising."""
    hidden, ffn = need(row.hidden, "hidden"), row.ffn or 4 * need(row.hidden, "hidden")
    active = (row.experts_active or 0.0) if _mixture(row) else 0.0
    sent = active * ROUTED_BYTES * hidden
    return need(row.layers, "layers") * (HIDDEN_BYTES * hidden + FFN_BYTES * ffn * max(1.0, active) + sent)


def _weights(row: ServeRow, batch: float) -> float:
    """Bytes that a step reads: of the experts only those that some token of the batch goes to."""
    params = need(row.params, "params")
    lookup = 0.0 if row.tied_embeddings else (row.vocab or 0.0) * need(row.hidden, "hidden")
    total, active = row.experts or 0.0, row.experts_active or 0.0
    if not _mixture(row):
        return (params - lookup) * _bits(row) / 8
    touched = 1 - float((1 - active / total) ** max(1.0, batch))
    experts = (params - (row.params_active or params)) / (1 - active / total)
    return (params - experts + experts * touched) * _bits(row) / 8


def terms(row: ServeRow, gpu: Capability) -> Terms:
    """The parts of one metric. Raises UnpredictableError without a shape, or when the weights do not fit."""
    if row.metric not in METRICS:
        raise UnpredictableError(f"{row.metric or 'an empty metric'} is none of {', '.join(METRICS)}")
    step = Step.of(row, gpu)
    if row.metric == THROUGHPUT:
        return _throughput(row, gpu, step)
    found = _between(row, gpu, step) if row.metric == BETWEEN else _first(row, gpu, step)
    return {name: Term(term.log_seconds + log(1e3), term.effects) for name, term in found.items()}


def _engine(row: ServeRow) -> str:
    return row.stack.split()[0] if row.stack else "unknown"


def _mixture(row: ServeRow) -> bool:
    return bool(row.experts and row.experts_active and row.experts > row.experts_active)


def _own(row: ServeRow, gpu: Capability) -> tuple[Effect, ...]:
    return (
        Effect(f"stack|{_engine(row)}", 0.0, 0.2),
        Effect(f"stack|{row.stack}", 0.0, 0.1),
        Effect(f"gpu|{gpu.id}", 0.0, 0.08),
    )


def _matmul(row: ServeRow, gpu: Capability) -> tuple[Effect, ...]:
    width = "8" if gpu.peak(row.dtype) > 1.3 * gpu.peak("bf16") else "16"
    found = (
        Effect("matmul", 0.3, 0.25),
        Effect(f"generation|{gpu.generation}|matmul|{width}", 0.0, 0.2),
        slope("matmul by peak", 0.15, 0.08, log(gpu.peak(row.dtype) / REFERENCE_PEAK)),
    )
    if not _mixture(row):
        return found
    narrow = slope("narrow experts", 0.2, 0.1, max(0.0, log(USUAL_FFN / (row.ffn or USUAL_FFN))))
    return (*found, Effect("experts", EXPERTS, EXPERTS_SD), narrow)


def _parts(row: ServeRow, gpu: Capability) -> dict[str, tuple[Effect, ...]]:
    engine = _engine(row)
    weights: tuple[Effect, ...] = (
        Effect("weights", 0.2, 0.15),
        Effect(f"generation|{gpu.generation}|weights", 0.0, 0.12),
    )
    if _mixture(row):
        weights = (*weights, Effect("weights of experts", EXPERTS / 2, EXPERTS_SD))
    return {
        "weights": weights,
        "cache": (Effect("cache", 0.4, 0.3), Effect(f"cache|{engine}", 0.0, 0.3)),
        "launches": (Effect("launches", 0.0, 0.4), Effect(f"launches|{engine}", 0.0, 0.3)),
        "activations": (Effect("activations", 0.0, 0.4),),
        "tensor parallel": (Effect("tensor parallel", 0.0, 0.5),),
    }


def _throughput(row: ServeRow, gpu: Capability, step: Step) -> Terms:
    own, matmul, parts = _own(row, gpu), _matmul(row, gpu), _parts(row, gpu)
    if row.load == "max":
        own = (*own, Effect("unlimited load", 0.05, 0.2))
    prompt, output = need(row.input_len, "input_len"), max(1.0, need(row.output_len, "output_len"))
    share = step.gpus / step.batch
    old = "v0" in row.stack
    query = (Effect("query heads", -1.0, 0.8), Effect(f"query heads|{row.stack}", 0.0 if old else -1.0, 0.6))
    found = {
        "prompt": Term(log(step.prompt / output * step.gpus), (*own, *matmul, Effect("prompt", 0.0, 0.25))),
        "weights": Term(log(step.weights * share), (*own, *parts["weights"])),
        "cache": Term(log(step.cache * step.gpus), (*own, *parts["cache"])),
        "products": Term(
            log(step.products * step.gpus), (*own, *matmul, Effect("decode products", 0.2, 0.3))
        ),
        "activations": Term(
            log(step.activations * step.gpus * (1 + prompt / output)), (*own, *parts["activations"])
        ),
        "launches": Term(log((step.launches + 3e-4) * share), (*own, *parts["launches"])),
        "query heads": Term(log(step.query * step.gpus + 2e-6), (*own, *query)),
    }
    if step.gpus > 1:
        exchange = step.exchange * step.gpus * (1 + prompt / output)
        found["tensor parallel"] = Term(
            log(step.all_reduce * share + exchange), (*own, *parts["tensor parallel"])
        )
    return found


def _between(row: ServeRow, gpu: Capability, step: Step) -> dict[str, Term]:
    own, matmul, parts = _own(row, gpu), _matmul(row, gpu), _parts(row, gpu)
    output = max(1.0, need(row.output_len, "output_len"))
    mixed = (*own, *matmul, Effect("prompt", 0.0, 0.25), Effect("prompt between", 0.0, 0.3))
    found = {
        "prompt": Term(log(step.prompt * step.batch / output), mixed),
        "weights": Term(log(step.weights), (*own, *parts["weights"])),
        "cache": Term(log(step.cache * step.batch), (*own, *parts["cache"])),
        "products": Term(
            log(step.products * step.batch), (*own, *matmul, Effect("decode products", 0.2, 0.3))
        ),
        "activations": Term(
            log(step.activations * step.batch * (1 + need(row.input_len, "input_len") / output)),
            (*own, *parts["activations"]),
        ),
        "launches": Term(log(step.launches + 1e-3), (*own, *parts["launches"])),
    }
    if step.gpus > 1:
        joined = step.all_reduce + step.exchange * step.batch
        found["tensor parallel"] = Term(log(joined), (*own, *parts["tensor parallel"]))
    return found


def _first(row: ServeRow, gpu: Capability, step: Step) -> dict[str, Term]:
    own, matmul, parts = _own(row, gpu), _matmul(row, gpu), _parts(row, gpu)
    waiting = max(1.0, row.concurrency or step.batch)
    prompt, served = need(row.input_len, "input_len"), Effect(f"first|{_engine(row)}", 0.0, 0.4)
    queue = (*own, *matmul, Effect("queue", -2.0, 0.8), Effect(f"queue|{row.load}", 0.0, 0.4), served)
    found = {
        "prompt": Term(
            log(step.prompt), (*own, *matmul, Effect("prompt", 0.0, 0.25), Effect("first", 0.1, 0.3))
        ),
        "weights": Term(log(step.weights), (*own, *parts["weights"], Effect("first weights", 0.0, 0.4))),
        "activations": Term(log(step.activations * prompt), (*own, *parts["activations"])),
        "queue": Term(log(step.prompt * waiting), queue),
        "launches": Term(
            log(step.launches + 5e-3), (*own, *parts["launches"], Effect("first launches", 0.0, 0.6), served)
        ),
    }
    if step.gpus > 1:
        joined = step.all_reduce + step.exchange * prompt
        effects = (*own, *parts["tensor parallel"], Effect("first tensor parallel", 0.0, 0.4))
        found["tensor parallel"] = Term(log(joined), effects)
    if waiting > 1:
        found["scheduling"] = Term(log(1e-3 * waiting), (*own, Effect("scheduling", 0.0, 0.8), served))
    return found


def floor(row: ServeRow, gpu: Capability) -> float:
    """The least of each metric: products at peak a token and GPU; weights once through memory a step, which
    makes at most `concurrency` tokens; the products of one prompt, which needs no logits but its last."""
    prompt = need(row.input_len, "input_len")
    decoded, table = _multiplied(row)
    read = decoded * _bits(row) / 8 / gpu.bandwidth
    gpus, peak = _gpus(row, gpu), gpu.peak(row.dtype)
    if row.metric == THROUGHPUT:
        prompts = prompt / max(1.0, need(row.output_len, "output_len"))
        products = 2 * (decoded + (decoded - table) * prompts) / peak
        return max(products, read / row.concurrency if row.concurrency else 0.0)
    if row.metric == BETWEEN:
        return 1e3 * read / gpus
    return 1e3 * 2 * (decoded - table) * prompt / peak / gpus


TASK: TimeTask[ServeRow] = TimeTask(
    "serve",
    terms,
    floor,
    is_rate=lambda row: row.metric == THROUGHPUT,
    noise_floor=0.03,
    split=lambda row: row.metric,
)
