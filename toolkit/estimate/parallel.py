"""Seconds of a training iteration of a GPT under tensor, pipeline and data parallelism (1F1B).

    (m + p - 1) slots of a stage, m micro-batches and p stages, each slot with L/p layers:
        matrix products     8·12·h²·tokens/t with recomputation, 6· without / 16-bit peak
        attention           eager, the score matrix goes through memory some sixty times / bandwidth
        memory              everything else that is no product / bandwidth
        launches            a floor per layer and micro-batch, beside the device's work
        pipeline            activations to the next stage, gradients back / link
        tensor parallel     all-reduces of activations / link; their latency, which grows with the
                            steps of a ring, t - 1, beside the launches
    and once an iteration: logits on the last stage, gradients between replicas / link, the optimizer

Narayanan et al. 2021 (arXiv:2104.04473) §2; ring all-reduce moves 2·(n-1)/n of the bytes.
"""

from __future__ import annotations

from dataclasses import dataclass

from toolkit.estimate.capability import GIGA, Capability
from toolkit.estimate.posynomial import Effect, Term, Terms
from toolkit.estimate.task import TimeTask
from toolkit.estimate.terms import log, need, slope
from toolkit.reference.published import ParallelRow

NETWORK_GBPS = 800.0  # a machine, where the row does not say
MACHINE = 8
LAUNCH_SECONDS = 2e-3  # of all kernels of one layer, forward, recomputed and backward
REDUCE_SECONDS = 3e-4  # of the all-reduces of one layer, each step of a ring
SEND_SECONDS = 1e-3  # latency of sending to the next stage and back, and of waiting for it
GRADIENT_BYTES = 4  # summed in fp32
ADAM_BYTES, ADAM_SECONDS = 28, 4e-3


@dataclass(frozen=True, slots=True)
class Plan:
    """One row worked out: sizes, degrees, slots of the pipeline and bytes a second between GPUs."""

    params: float
    layers: float  # of one stage
    hidden: float
    tokens: float  # of one micro-batch
    sequence: float
    heads: float
    vocab: float
    tp: float
    pp: float
    dp: float
    micro: float  # micro-batches of a replica
    slots: float
    passes: float  # 8 with recomputation, 6 without: FLOPs a parameter and token
    machine: float
    inside: float
    network: float  # of one GPU

    @classmethod
    def of(cls, row: ParallelRow, gpu: Capability) -> Plan:
        tp, pp, dp = need(row.tp, "tp"), need(row.pp, "pp"), need(row.dp, "dp")
        batch, machine = need(row.micro_batch, "micro_batch"), row.gpus_per_node or MACHINE
        micro = need(row.global_batch, "global_batch") / (batch * dp)
        interleaved = "interleav" in row.stack.lower()
        return cls(
            params=need(row.params, "params"),
            layers=need(row.layers, "layers") / pp,
            hidden=need(row.hidden, "hidden"),
            tokens=batch * need(row.seq_len, "seq_len"),
            sequence=need(row.seq_len, "seq_len"),
            heads=need(row.heads, "heads"),
            vocab=row.vocab or 51200.0,
            tp=tp,
            pp=pp,
            dp=dp,
            micro=micro,
            slots=micro + ((pp - 1) / 2 if interleaved else pp - 1),
            passes=8.0 if row.activation_checkpointing == "full" else 6.0,
            machine=machine,
            inside=gpu.link / 2,
            network=(row.inter_node_gbps or NETWORK_GBPS) * GIGA / 8 / machine,
        )

    @property
    def joined(self) -> bool:
        """The GPUs of a tensor-parallel group share a machine."""
        return self.tp <= self.machine


def terms(row: ParallelRow, gpu: Capability) -> Terms:
    """The parts of the seconds of an iteration. Raises UnpredictableError without a shape or degrees."""
    plan = Plan.of(row, gpu)
    own = (
        Effect(f"stack|{row.stack}", 0.0, 0.1),
        Effect(f"generation|{gpu.generation}", 0.0, 0.15),
        Effect(f"gpu|{gpu.id}", 0.0, 0.08),
    )
    return {**_compute(row, gpu, plan, own), **_communication(plan, own)}


def _compute(row: ParallelRow, gpu: Capability, plan: Plan, own: tuple[Effect, ...]) -> Terms:
    peak, work = gpu.peak(row.dtype), plan.slots * plan.layers
    efficiency = (
        *own,
        Effect("matmul", 0.25, 0.2),
        slope("matmul by width", 0.05, 0.05, -log(plan.hidden / plan.tp / 1024)),
        slope("matmul by tokens", 0.05, 0.05, -log(plan.tokens / 4096)),
    )
    products = work * plan.tokens * 12 * plan.hidden**2 * plan.passes / plan.tp / peak
    scores = work * plan.tokens * plan.sequence * plan.heads / plan.tp * 10 * plan.passes / gpu.bandwidth
    others = work * plan.tokens * plan.hidden * (40 + 30 / plan.tp) * plan.passes / 6 / gpu.bandwidth
    logits = plan.micro * plan.tokens * plan.hidden * plan.vocab * 6 / plan.tp / peak
    held = plan.params / (plan.tp * plan.pp)
    launches = Term(
        log(work * LAUNCH_SECONDS * plan.passes / 8), (*own, Effect("launches", 0.0, 0.5)), beside=True
    )
    return {
        "matmul": Term(log(products), efficiency),
        "logits": Term(log(logits), (*own, Effect("logits", 0.25, 0.3))),
        "attention": Term(log(scores), (*own, Effect("attention", -0.3, 0.6))),
        "memory": Term(log(others), (*own, Effect("memory", 0.0, 0.5))),
        "launches": launches,
        "optimizer": Term(
            log(held * ADAM_BYTES / gpu.bandwidth + ADAM_SECONDS), (*own, Effect("optimizer", 0.0, 0.6))
        ),
    }


def _communication(plan: Plan, own: tuple[Effect, ...]) -> dict[str, Term]:
    found: dict[str, Term] = {}
    work, place = plan.slots * plan.layers, "" if plan.joined else " between machines"
    if plan.tp > 1:
        # A ring over several machines crosses each border once, with all ports of the machine.
        link = plan.inside if plan.joined else min(plan.inside, plan.network * plan.machine)
        moved = (6 if plan.passes == 8 else 4) * plan.tokens * plan.hidden * 4 * (plan.tp - 1) / plan.tp
        found["tensor parallel"] = Term(
            log(work * moved / link), (*own, Effect(f"tensor parallel{place}", 0.0, 0.5))
        )
        found["tensor parallel latency"] = Term(
            log(work * REDUCE_SECONDS * (plan.tp - 1)),
            (*own, Effect(f"tensor parallel latency{place}", 0.0, 0.6)),
            beside=True,
        )
    if plan.pp > 1:
        sent = 4 * plan.tokens * plan.hidden / plan.inside + SEND_SECONDS
        found["pipeline"] = Term(log(plan.slots * sent), (*own, Effect("pipeline", 0.0, 0.8)))
    if plan.dp > 1:
        inside = plan.tp * plan.pp * plan.dp <= plan.machine
        shared = plan.network * plan.machine / min(plan.tp, plan.machine)
        moved = 2 * GRADIENT_BYTES * plan.params / (plan.tp * plan.pp) * (plan.dp - 1) / plan.dp
        name = "data parallel" if inside else "data parallel between machines"
        effect = Effect(name, 0.0 if inside else 0.5, 0.5)
        found["data parallel"] = Term(log(moved / (plan.inside if inside else shared)), (*own, effect))
    return found


def floor(row: ParallelRow, gpu: Capability) -> float:
    """Seconds of the needed products, spread over all GPUs at peak: 6 FLOPs a matrix parameter and token."""
    plan = Plan.of(row, gpu)
    layers = need(row.layers, "layers")
    matrices = 12 * layers * plan.hidden**2 + plan.vocab * plan.hidden
    tokens = need(row.global_batch, "global_batch") * plan.sequence
    flops = tokens * (6 * matrices + 6 * layers * plan.hidden * plan.sequence)
    return flops / gpu.peak(row.dtype) / (plan.tp * plan.pp * plan.dp)


TASK: TimeTask[ParallelRow] = TimeTask("parallel", terms, floor, is_rate=lambda _: False, overlap=2.5)
