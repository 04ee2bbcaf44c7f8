"""Seconds per token of one stream (batch 1): decode reads all weights, prefill multiplies them.

    decode    weights / bandwidth + weights / (bytes a cycle · multiprocessors · clock)
              + KV cache / bandwidth + launches a layer + hops between GPUs
    prefill   2·N / 16-bit peak + attention + unpacking of weights / bandwidth + sustained power + launches

Layers that are spread over GPUs run one after another: decode gains nothing and pays a hop a GPU; a prompt
in c chunks of 512 tokens runs through them as a pipeline. Whole layers are dealt out, so one stage has most;
with a share f of the work there, and at most four chunks under way (f ≥ 1/4), the gain is c/(c·f + 1 - f).
GeForce cards cannot read each other's memory: what one passes to the next goes through the host.
Kernels that wait on loads rather than on bandwidth: what one multiprocessor can keep in flight is limited, so
a chip with few multiprocessors for its bandwidth reads below it (Little's law; Volkov, "Understanding
Latency Hiding on GPUs", 2016, ch. 3).
"""

from __future__ import annotations

import math

from toolkit.estimate.capability import Capability
from toolkit.estimate.posynomial import Effect, Term, Terms
from toolkit.estimate.task import TimeTask
from toolkit.estimate.terms import beside_tables, device, log, need, slope
from toolkit.reference.published import DecodeRow

IN_FLIGHT = 4  # chunks under way at once: llama.cpp, GGML_SCHED_MAX_COPIES
CHUNK = 512  # tokens of a prompt that are worked on together
LAYER_LAUNCH_SECONDS = 2.5e-5
HOP_SECONDS = 2.5e-4  # of one token to the next GPU: the copy, and the host that waits for it
BYTES_A_CYCLE = 11  # of weights, one multiprocessor
REFERENCE_WIDTH = 4096  # wider products fill more multiprocessors with a chunk
FLOPS_A_WATT = 1.2e12  # 16-bit matrix products sustained, 7 nm


def terms(row: DecodeRow, gpu: Capability) -> Terms:
    """The parts of the seconds per token of the whole machine. Raises UnpredictableError without a shape."""
    return _decode(row, gpu) if row.phase == "decode" else _prefill(row, gpu)


def _packing(row: DecodeRow) -> str:
    bits = row.bits_per_weight or 8 * need(row.weight_bytes, "weight_bytes") / need(row.params, "params")
    return "4 bit" if bits < 8 else "8 bit" if bits < 12 else "16 bit"


def _kv_bytes(row: DecodeRow) -> float:
    heads = need(row.heads, "heads")
    width = need(row.hidden, "hidden") / heads * (row.kv_heads or heads)
    return 2 * need(row.layers, "layers") * width * 2


def _read(row: DecodeRow) -> float:
    """Bytes of weights that a token reads: all but an untied input embedding and experts that it skips."""
    lookup = 0.0 if row.tied_embeddings else (row.vocab or 0.0) * need(row.hidden, "hidden")
    params = need(row.params, "params")
    read = beside_tables(row.params_active or params, lookup)
    return need(row.weight_bytes, "weight_bytes") * read / params


def _decode(row: DecodeRow, gpu: Capability) -> Terms:
    packing, gpus = _packing(row), row.gpu_count or 1.0
    own = (Effect(f"gpu|{gpu.id}", 0.0, 0.05), Effect(f"gpu|{gpu.id}|decode", 0.0, 0.06))
    generation, read = gpu.generation, _read(row)
    weights = (
        *own,
        Effect(f"weights|{packing}", 0.1, 0.15),
        Effect(f"generation|{generation}|weights", 0.0, 0.08),
        slope("weights by bandwidth", 0.08, 0.08, log(gpu.bandwidth / 900e9)),
    )
    cache = (*own, Effect("cache", 1.0, 0.6), Effect(f"generation|{generation}|cache", 0.0, 0.3))
    unpack = (
        *own,
        Effect(f"unpack|{packing}", 0.0 if packing == "16 bit" else 0.5, 0.4),
        Effect(f"generation|{generation}|unpack", 0.0, 0.15),
    )
    launches = (
        Effect("launches", 0.0, 0.5),
        *device(gpu, "launches", 0.3, 0.1, mean=0.8 if generation == "Apple" else 0.0),
    )
    found = {
        "weights": Term(log(read / gpu.bandwidth), weights),
        "cache": Term(log(_kv_bytes(row) * need(row.tokens, "tokens") / 2 / gpu.bandwidth), cache),
        "unpack": Term(log(read / (gpu.sm_clock * BYTES_A_CYCLE)), unpack),
        "launches": Term(log(need(row.layers, "layers") * LAYER_LAUNCH_SECONDS), launches),
    }
    if gpus > 1:
        hop = (
            Effect("hop", 0.0, 0.5),
            Effect(f"hop|{'geforce' if gpu.geforce else 'module' if gpu.module else 'card'}", 0.0, 0.4),
            Effect(f"hop|{packing}", 0.0, 0.3),
        )
        found["hops"] = Term(log((gpus - 1) * HOP_SECONDS), hop)
    return found


def _pipeline(row: DecodeRow, gpu: Capability, gpus: float) -> tuple[Effect, ...]:
    """What several GPUs make of the time that one needs for a prompt."""
    if gpus < 2:
        return ()
    ideal = speedup(need(row.tokens, "tokens"), need(row.layers, "layers"), gpus)
    effects = (
        slope("pipeline", 1.0, 0.1, -log(ideal)),
        Effect("several GPUs", 0.0, 0.1),
        slope("several GPUs by count", 0.0, 0.1, log(gpus / 4)),
    )
    return (*effects, Effect("several GPUs without peers", 0.15, 0.15)) if gpu.geforce else effects


def speedup(tokens: float, layers: float, gpus: float) -> float:
    """Of a prompt in chunks over GPUs that hold whole layers, the output head dealt out as one: the stage
    with most layers sets the pace, and no more than `IN_FLIGHT` chunks are under way at once."""
    chunks = max(1.0, tokens / CHUNK)
    slowest = min(1.0, max(math.ceil((layers + 1) / gpus) / layers, 1 / IN_FLIGHT))
    return chunks / (chunks * slowest + 1 - slowest)


def _multiplied(row: DecodeRow) -> float:
    """Parameters that a token of a prompt meets: no look-up, and no output head but at the end."""
    tables = (1 if row.tied_embeddings else 2) * (row.vocab or 0.0) * need(row.hidden, "hidden")
    return beside_tables(row.params_active or need(row.params, "params"), tables)


def _products(row: DecodeRow, gpu: Capability) -> tuple[Effect, ...]:
    packing = _packing(row)
    # The newest matrix units are not used to the full by kernels written for the ones before.
    newest = 0.35 if gpu.generation in ("Hopper", "Blackwell") else 0.0
    return (
        Effect("prefill matmul", 0.4, 0.3),
        Effect(f"prefill matmul|{packing}", 0.0, 0.3),
        Effect(f"generation|{gpu.generation}|prefill", newest, 0.25),
        Effect(f"generation|{gpu.generation}|prefill|{packing}", 0.0, 0.12),
        slope("prefill by peak", 0.4, 0.15, log(gpu.half / 150e12)),
        slope("prefill by width", 0.08, 0.06, -log(need(row.hidden, "hidden") / REFERENCE_WIDTH)),
    )


def _prefill(row: DecodeRow, gpu: Capability) -> Terms:
    packing, gpus, tokens = _packing(row), row.gpu_count or 1.0, need(row.tokens, "tokens")
    layers, hidden, multiplied = need(row.layers, "layers"), need(row.hidden, "hidden"), _multiplied(row)
    pipeline = _pipeline(row, gpu, gpus)
    own = (Effect(f"gpu|{gpu.id}", 0.0, 0.05), Effect(f"gpu|{gpu.id}|prefill", 0.0, 0.07), *pipeline)
    # On GeForce fp16 accumulation is twice the listed rate.
    half_rate = Effect("fp16 accumulation", 0.45, 0.25, -1.0 if gpu.geforce else 0.0)
    attention = (
        Effect("prefill attention", 2.0, 0.5),
        Effect(f"generation|{gpu.generation}|prefill attention", 0.0, 0.3),
    )
    unpacked = (4 * multiplied + _read(row)) / CHUNK
    watts = log(2 * multiplied / FLOPS_A_WATT / gpu.power_w) + gpu.node_watts
    found = {
        "matmul": Term(log(2 * multiplied / gpu.half), (*own, half_rate, *_products(row, gpu))),
        "attention": Term(log(2 * layers * hidden * tokens / gpu.half), (*own, half_rate, *attention)),
        "unpack": Term(log(unpacked / gpu.bandwidth), (*own, Effect(f"prefill unpack|{packing}", 0.3, 0.6))),
        "power": Term(watts, (*own, Effect("power", 0.0, 0.7))),
        "launches": Term(log(layers * 1.2e-4 / CHUNK), (*pipeline, Effect("prefill launches", 0.0, 0.5))),
    }
    if gpus > 1:
        found["hops"] = Term(log((gpus - 1) * 2e-3 / tokens), (Effect("prefill hop", 0.0, 1.0),))
    return found


def floor(row: DecodeRow, gpu: Capability) -> float:
    """Seconds per token that no kernel can beat: weights and cache once through memory in decode; in prefill
    the products at the rate of fp16 accumulation, which is twice the listed one on GeForce."""
    if row.phase == "decode":
        cache = _kv_bytes(row) * need(row.tokens, "tokens") / 2
        return (_read(row) + cache) / gpu.bandwidth
    return 2 * _multiplied(row) / (gpu.half * (2 if gpu.geforce else 1)) / (row.gpu_count or 1.0)


TASK: TimeTask[DecodeRow] = TimeTask(
    "decode", terms, floor, is_rate=lambda _: True, sweeps=True, split=lambda row: row.phase
)
