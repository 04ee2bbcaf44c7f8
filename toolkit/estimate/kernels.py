"""Seconds of one iteration in PyTorch eager, fp32 without TF32, on one GPU.

    matrix products   2·tokens·(L·(4h² + 2hf) + V·h) / fp32 peak, three times in training (with fewer key
                      heads or a gated feed-forward part by their own sizes)
    attention         4·L·b·S²·h / fp32 peak, the score matrix as a product of its own
    memory            everything that is no product reads and writes its tensors: nine passes over the score
                      matrix, activations of width h and f, the logits / bandwidth
    launches          12 kernels a layer forward, 36 in training

fp32 arithmetic is bounded by the sustained power as well as by the data sheet: boards with a low power limit
(L4, T4, PCIe cards) lower their clock under it, and memory and leakage take their share of it first. A
mixture of experts of this kind is a Switch Transformer (Fedus et al. 2022, arXiv:2101.03961): half of its
layers are a decoder's, which attend twice.
"""

from __future__ import annotations

from toolkit.estimate.capability import Capability
from toolkit.estimate.groups import architecture
from toolkit.estimate.posynomial import Effect, Term, Terms
from toolkit.estimate.task import TimeTask
from toolkit.estimate.terms import log, need
from toolkit.reference.published import KernelRow

MILLISECONDS = 1e3
FLOPS_A_WATT = 1.1e11  # fp32 sustained at 7 nm: an A100 holds its 19.5 TFLOPS below 250 W
IDLE_W = 15.0  # of a board, whatever it computes
CROSS_ATTENTION = 1.5
HEAD_WIDTH = 64  # where a row does not count the heads
LAUNCH_SECONDS = 8e-6
EXPERT_LAUNCHES = 3.0
TRAINING_OVER_FORWARD = 3.0
TRAINING_TRAFFIC = 2.6
FP32 = 4  # bytes
# What the fp32 kernels of a generation leave of their peak, before one of it was measured. A doubled lane
# count (Hopper, Ada, CDNA 2) is harder to feed from the same register files.
UNFED = {"CDNA": 0.25, "CDNA 2": 0.25, "CDNA 3": 0.25, "Hopper": 0.2, "Ada": 0.15, "Turing": 0.05,
         "Ampere": 0.1, "Blackwell RTX": 0.15}  # fmt: skip
UNFED_SD, UNFED_SD_OTHER = 0.15, 0.25  # another vendor's libraries are less known still
SLOW_MEMORY = 0.2  # element-wise kernels of that vendor leave more of their bandwidth
NODE_POWER = {"Pascal": 0.35, "Volta": 0.2, "Turing": 0.3, "Ampere": -0.1, "Ada": -0.9, "Hopper": -0.8,
              "Blackwell RTX": -1.0, "Blackwell": -1.0, "CDNA": -0.3, "CDNA 2": -0.3,
              "CDNA 3": -0.3}  # fmt: skip
POWER_EXPONENT = 0.8


def _products(row: KernelRow) -> tuple[float, float]:
    """FLOPs of one iteration: of the weights' products and of attention."""
    layers, hidden = need(row.layers, "layers"), need(row.hidden, "hidden")
    tokens = need(row.batch, "batch") * need(row.seq_len, "seq_len")
    times = TRAINING_OVER_FORWARD if row.mode == "train" else 1.0
    heads = row.heads or hidden / HEAD_WIDTH
    projections = hidden**2 * (2 + 2 * (row.kv_heads or heads) / heads)
    body = layers * (projections + (3 if row.gated_mlp else 2) * hidden * (row.ffn or 4 * hidden))
    if _mixture(row):
        body = max(
            need(row.params_active or row.params, "params") - (row.vocab or 0.0) * hidden,
            layers * 4 * hidden**2,
        )
    return (
        2 * tokens * (body + (row.vocab or 0.0) * hidden) * times,
        4 * layers * tokens * need(row.seq_len, "seq_len") * hidden * times * _attends(row),
    )


def _mixture(row: KernelRow) -> bool:
    return bool(row.experts and row.experts > 1)


def _attends(row: KernelRow) -> float:
    """Attention blocks a layer."""
    return CROSS_ATTENTION if _mixture(row) and row.family == "MoE" else 1.0


def _throttle(gpu: Capability) -> float:
    """Log slow-down of fp32 work that the power limit imposes."""
    sustained = FLOPS_A_WATT * max(gpu.power_w - IDLE_W, IDLE_W)
    return max(
        0.0, POWER_EXPONENT * (log(gpu.peaks["fp32"] / sustained) + NODE_POWER.get(gpu.generation, 0.0))
    )


def terms(row: KernelRow, gpu: Capability) -> Terms:
    """The parts of the milliseconds of an iteration. Raises UnpredictableError without a shape."""
    layers, hidden = need(row.layers, "layers"), need(row.hidden, "hidden")
    heads = row.heads or hidden / HEAD_WIDTH
    batch, tokens = need(row.batch, "batch"), need(row.seq_len, "seq_len")
    training = row.mode == "train"
    peak, matmul_flops, attention_flops = gpu.first("fp32"), *_products(row)
    width = FP32 * (25 * hidden + 8 * (row.ffn or 4 * hidden))
    traffic = layers * batch * (9 * FP32 * heads * tokens**2 * _attends(row) + tokens * width)
    traffic += 2 * FP32 * batch * tokens * (row.vocab or 0.0)
    own = (
        Effect("level", 0.0, 0.05),
        Effect(f"mode|{row.mode}", 0.0, 0.08),
        Effect(f"gpu|{gpu.id}", 0.0, 0.08),
        Effect(f"family|{row.family}", 0.0, 0.04),
        Effect(f"model|{architecture(row)}", 0.0, 0.02),
    )
    other_vendor = gpu.generation.startswith("CDNA")
    arithmetic = Effect(
        f"generation|{gpu.generation}",
        UNFED.get(gpu.generation, 0.0),
        UNFED_SD_OTHER if other_vendor else UNFED_SD,
    )
    throttle, ms = _throttle(gpu), log(MILLISECONDS)
    memory = (
        *own,
        Effect("memory", 0.0, 0.3),
        Effect(f"generation|{gpu.generation}|memory", SLOW_MEMORY if other_vendor else 0.0, 0.1),
    )
    launches = (
        layers * (36 if training else 12) * LAUNCH_SECONDS * (EXPERT_LAUNCHES if _mixture(row) else 1.0)
    )
    return {
        "matmul": Term(
            log(matmul_flops / peak) + throttle + ms, (*own, Effect("matmul", 0.15, 0.1), arithmetic)
        ),
        "attention": Term(
            log(attention_flops / peak) + throttle + ms, (*own, Effect("attention", 0.5, 0.3), arithmetic)
        ),
        "memory": Term(log(traffic * (TRAINING_TRAFFIC if training else 1.0) / gpu.bandwidth) + ms, memory),
        "launches": Term(log(launches) + ms, (Effect("level", 0.0, 0.05), Effect("launches", 0.0, 0.5))),
    }


def floor(row: KernelRow, gpu: Capability) -> float:
    """Milliseconds of the products at the fp32 peak."""
    return MILLISECONDS * sum(_products(row)) / gpu.first("fp32")


TASK: TimeTask[KernelRow] = TimeTask(
    "kernel_peer", terms, floor, is_rate=lambda _: False, noise_floor=0.03, split=lambda row: row.mode
)
