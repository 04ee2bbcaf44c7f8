"""Seconds per token and GPU of a training step, from the model's shape, the parallel layout and the GPU.

    matrix products   6·N (8·N with full recomputation) / peak of the format
    attention         12·L·h·S (full, as arithmetic does it; causal kernels do half) / 16-bit peak
    memory            activations read and written by all that is no product, L·h·90 bytes / bandwidth
    optimizer         28 bytes a parameter and step: fp32 master, two moments, gradient, 16-bit copy (Adam)
    launches          60 kernels a layer and micro-batch from the host, beside the GPU's work
    sharding          gathers and scatters of sharded weights, 3·2·N bytes a micro-batch / link, or all ports
                      of a machine where it crosses several
    tensor parallel   4 all-reduces of activations a layer, forward and backward / link
    pipeline bubble   (p - 1)/m of the compute, Narayanan et al. 2021 (arXiv:2104.04473) §2.2

N counts parameters that multiply a token. Recomputation: Korthikanti et al. 2022 (arXiv:2205.05198).
Sharding traffic: Rajbhandari et al. 2020 (ZeRO, arXiv:1910.02054) §7.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from toolkit.estimate.capability import GIGA, REDUCED, Capability
from toolkit.estimate.groups import architecture
from toolkit.estimate.posynomial import Effect, Term, Terms
from toolkit.estimate.task import TimeTask
from toolkit.estimate.terms import beside_tables, log, need, slope
from toolkit.reference.published import TrainStepRow

REFERENCE_PEAK = 312e12  # A100, to which slopes by peak refer
MACHINE = 8  # GPUs of a machine, and of a step where the row does not say
NETWORK = {"Hopper": 50 * GIGA, "Blackwell": 50 * GIGA}  # bytes/s and GPU between machines
NETWORK_DEFAULT = 25 * GIGA
LAUNCH_SECONDS = 6e-6
ADAM_BYTES = 28
STATE_BYTES, STATE_SHARE = 18, 0.7  # of a parameter in mixed precision, and of the memory that may hold it
WRITTEN_FOR_HOPPER = ("Megatron-Core", "Megatron-Bridge", "NeMo", "TransformerEngine")
# For each word of the vocabulary and token, as the activations count: written in 16 bits, cast to 32,
# softmax, loss and their gradients, some 34 bytes in kernels that are not fused, against
# activations that move thrice (below).
LOGIT_BYTES = 10


@dataclass(frozen=True, slots=True)
class Layout:
    """How the step is spread: parallel degrees, and sequences in a micro-batch and in a step."""

    gpus: float
    tp: float
    pp: float
    cp: float
    dp: float
    micro_batch: float
    global_batch: float

    @classmethod
    def of(cls, row: TrainStepRow, gpu: Capability) -> Layout:
        gpus, cp = row.gpu_count or MACHINE, row.cp or 1.0
        tp, pp = (row.tp or 1.0, row.pp or 1.0) if row.tp or row.pp else _split(row, gpu, gpus / cp)
        dp = row.dp or max(1.0, gpus / (tp * pp * cp))
        total = row.global_batch or dp * (row.micro_batch or 1.0)
        # A pipeline wants many micro-batches; without one, the whole share of a replica is worked on at once.
        micro_batch = row.micro_batch or (1.0 if pp > 1 else max(1.0, total / dp))
        return cls(gpus, tp, pp, cp, dp, micro_batch, total)

    @property
    def micro_batches(self) -> float:
        return max(1.0, self.global_batch / (self.micro_batch * self.dp))


def terms(row: TrainStepRow, gpu: Capability) -> Terms:
    """The parts of the seconds per token and GPU. Raises UnpredictableError where the shape is unknown."""
    layers, hidden = need(row.layers, "layers"), need(row.hidden, "hidden")
    params, tokens = need(row.params, "params"), need(row.seq_len, "seq_len")
    layout = Layout.of(row, gpu)
    bubble = log(1 + (layout.pp - 1) / layout.micro_batches / (3 if "x3" in row.stack else 1))
    stack = _stack(row)
    own = (*stack, Effect(f"gpu|{gpu.id}", 0.0, 0.08), Effect(f"model|{architecture(row)}", 0.0, 0.05))
    in_micro = layout.micro_batch * tokens / layout.cp
    found = {
        "matmul": _matmul(row, gpu, layout, hidden, in_micro, bubble, own),
        "attention": _attention(row, gpu, layers * hidden * tokens, bubble, own),
        "memory": _memory(row, gpu, layers * hidden, bubble, own),
        "optimizer": _optimizer(row, gpu, layout, params, tokens, stack),
        "launches": Term(
            log(layers * 60 * LAUNCH_SECONDS * layout.tp / in_micro) + bubble,
            (*stack, Effect("launches", -1.0, 0.7)),
            beside=True,
        ),
    }
    found.update(_communication(row, gpu, layout, params, layers * hidden, tokens, bubble, stack))
    return found


def _split(row: TrainStepRow, gpu: Capability, gpus: float) -> tuple[float, float]:
    """Tensor and pipeline degrees that hold the state of a model of which a row says neither: as many GPUs of
    a machine as it takes, then stages that divide the machines (Narayanan et al. 2021, §3.2)."""
    needed = (row.params or 0.0) * STATE_BYTES / (STATE_SHARE * gpu.memory)
    if "fsdp" in row.sharding or "zero" in row.sharding or needed <= 1:
        return 1.0, 1.0
    tp = min(2.0 ** math.ceil(math.log2(needed)), MACHINE, gpus)
    stages = range(1, int(gpus // tp) + 1)
    return tp, float(next((n for n in stages if gpus / tp % n == 0 and n * tp >= needed), stages[-1]))


def _stack(row: TrainStepRow) -> tuple[Effect, ...]:
    effects = [Effect(f"stack|{_code(row)}", 0.0, 0.12), Effect(f"stack|{row.stack}", 0.0, 0.07)]
    if "eager" in row.stack:
        effects.append(Effect("eager", 0.08, 0.08))
    if "rowwise" in row.stack:
        effects.append(Effect("rowwise", 0.2, 0.12))
    return tuple(effects)


def _code(row: TrainStepRow) -> str:
    """The software without its version."""
    return row.stack.split()[0] if row.stack else "unknown"


def _recompute(row: TrainStepRow) -> tuple[float, float]:
    """Work done over work needed: of matrix products, of attention."""
    if row.activation_checkpointing == "full":
        return 8 / 6, 8 / 6
    if row.activation_checkpointing.startswith("selective"):
        return 1.02, 8 / 6
    return 1.0, 1.0


def _wide_peak(row: TrainStepRow, gpu: Capability) -> float:
    """The peak of what stays wide when products run in eight bits: attention in sixteen."""
    return gpu.peak("bf16" if row.dtype in REDUCED else row.dtype)


def _multiplied(row: TrainStepRow) -> float:
    """Parameters that a token is multiplied with: the matrices of the layers and the output head, from the
    shape; of a mixture of experts, or where the shape has holes, all active ones but the look-up table."""
    hidden, head = need(row.hidden, "hidden"), (row.vocab or 0.0) * need(row.hidden, "hidden")
    mixture = row.params_active is not None and row.params_active != row.params
    if mixture or not (row.ffn and row.heads):
        lookup = 0.0 if row.tied_embeddings else head
        return beside_tables(need(row.params_active or row.params, "params"), lookup)
    shared = 2 * (row.kv_heads or row.heads) / row.heads
    layer = hidden**2 * (2 + shared) + (3 if row.gated_mlp else 2) * hidden * row.ffn
    return need(row.layers, "layers") * layer + head


def _matmul(
    row: TrainStepRow,
    gpu: Capability,
    layout: Layout,
    hidden: float,
    in_micro: float,
    bubble: float,
    own: tuple[Effect, ...],
) -> Term:
    work = 6 * _multiplied(row) * _recompute(row)[0]
    peak, half = gpu.peak(row.dtype), _wide_peak(row, gpu)
    reduced = row.dtype in REDUCED
    effects = (
        *own,
        Effect("matmul", 0.25, 0.2),
        Effect(f"generation|{gpu.generation}|matmul{'|8' if reduced else ''}", 0.0, 0.2),
        slope("matmul by peak", 0.25, 0.12, log(half / REFERENCE_PEAK)),
        Effect("reduced precision", 0.35, 0.2, 1.0 if peak > 1.3 * half else 0.0),
        slope("matmul by width", 0.04, 0.04, -log(hidden / layout.tp / 2048)),
        slope("matmul by tokens", 0.02, 0.02, -log(in_micro / 16384)),
    )
    return Term(log(work / peak) + bubble, effects)


def _attention(
    row: TrainStepRow, gpu: Capability, size: float, bubble: float, own: tuple[Effect, ...]
) -> Term:
    half = _wide_peak(row, gpu)
    causal = 1.0 if "Megatron-LM 2022" in row.stack else 0.5
    effects = (
        *own,
        Effect("attention", 1.15, 0.3),  # the first flash kernels reach 25-40 % of an A100 (Dao 2023)
        Effect(f"generation|{gpu.generation}|attention", 0.0, 0.2),
        _attention_by_peak(row, half),
        Effect(f"attention|{_code(row)}", 0.0, 0.15),
    )
    return Term(log(12 * size * causal * _recompute(row)[1] / half) + bubble, effects)


def _attention_by_peak(row: TrainStepRow, half: float) -> Effect:
    """Kernels of 2023 reach 70 % of an A100 and 40 % of an H100 (Dao 2023, arXiv:2307.08691; Shah et al.
    2024, arXiv:2407.08608); those written for the newer matrix units lose much less."""
    if any(name in row.stack for name in WRITTEN_FOR_HOPPER):
        return slope("newer attention by peak", 0.2, 0.1, log(half / REFERENCE_PEAK))
    return slope("attention by peak", 0.45, 0.12, log(half / REFERENCE_PEAK))


def _memory(row: TrainStepRow, gpu: Capability, width: float, bubble: float, own: tuple[Effect, ...]) -> Term:
    fused = 60 if "compile" in row.stack else 90
    effects = (
        *own,
        Effect("memory", 1.2, 0.4),  # kernels that are not fused move each tensor several times
        Effect(f"memory|{_code(row)}", 0.0, 0.2),
        Effect(f"generation|{gpu.generation}|memory", 0.0, 0.15),
    )
    moved = width * fused * _recompute(row)[0] + (row.vocab or 0.0) * LOGIT_BYTES
    return Term(log(moved / gpu.bandwidth) + bubble, effects)


def _optimizer(
    row: TrainStepRow,
    gpu: Capability,
    layout: Layout,
    params: float,
    tokens: float,
    stack: tuple[Effect, ...],
) -> Term:
    sharded = layout.dp if "fsdp" in row.sharding or "distributed" in row.sharding else 1.0
    tokens_per_gpu = layout.global_batch * tokens / layout.gpus
    held = params / (layout.tp * layout.pp * sharded)
    return Term(
        log(held * ADAM_BYTES / gpu.bandwidth / tokens_per_gpu), (*stack, Effect("optimizer", 0.0, 0.4))
    )


def _communication(
    row: TrainStepRow,
    gpu: Capability,
    layout: Layout,
    params: float,
    width: float,
    tokens: float,
    bubble: float,
    stack: tuple[Effect, ...],
) -> dict[str, Term]:
    inside = gpu.link / 2
    several = layout.gpus > gpu.fabric
    network = _network(row, gpu) if several else inside
    found: dict[str, Term] = {}
    if "fsdp" in row.sharding:
        # Rings over several machines cross each border once, with all ports of the machine.
        link = min(inside, network * MACHINE) if several else inside
        per_token = 3 * 2 * params / link / (layout.micro_batch * tokens / layout.cp)
        found["sharding"] = Term(log(per_token), (*stack, Effect("sharding", 0.0, 0.5)))
    elif layout.dp > 1:
        per_token = 4 * params / network / (layout.global_batch * tokens / layout.dp)
        found["data parallel"] = Term(log(per_token), (*stack, Effect("data parallel", -1.0, 0.8)))
    if layout.tp > 1:
        effects = (
            *stack,
            Effect("tensor parallel", 0.3, 0.4),  # collectives reach some three quarters of the link
            Effect(f"tensor parallel|{_code(row)}", 0.0, 0.4),
            Effect("async tensor parallel", -0.3, 0.2, 1.0 if "async" in row.stack else 0.0),
        )
        found["tensor parallel"] = Term(log(16 * width * (layout.tp - 1) / inside) + bubble, effects)
    return found


def _network(row: TrainStepRow, gpu: Capability) -> float:
    """Bytes a second and GPU between machines: of the row's network, else what comes with the generation."""
    if row.inter_node_gbps:
        return row.inter_node_gbps * GIGA / 8 / MACHINE
    return NETWORK.get(gpu.generation, NETWORK_DEFAULT)


def floor(row: TrainStepRow, gpu: Capability) -> float:
    """Seconds per token and GPU of the products alone: 6·N at the format's peak, causal attention."""
    layers, hidden = need(row.layers, "layers"), need(row.hidden, "hidden")
    tokens = need(row.seq_len, "seq_len")
    products = 6 * _multiplied(row)
    return products / gpu.peak(row.dtype) + 6 * layers * hidden * tokens / _wide_peak(row, gpu)


TASK: TimeTask[TrainStepRow] = TimeTask(
    "train_step", terms, floor, is_rate=lambda _: True, overlap=4.0, sweeps=True
)
