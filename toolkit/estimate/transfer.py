"""A measurement carried over to another GPU: seconds per sample and GPU, split into parts that scale apart.

    t(workload, gpu) = Σ_k level(workload) · share_k(workload) · ratio_k(gpu)

    matrix    1 / peak of the format          memory    1 / bandwidth
    power     1 / sustained work of the board launches  1 / batch: a fixed cost per step
    exchange  gradients between GPUs of one machine / link, per step

The shares of a workload are not measured one by one: they are learned from the same workload on several
GPUs, and for a workload that was never seen they come from its format, its class (images, sequences) and its
family, with the uncertainty that this has. The measurement on the source GPU then fixes the level. A single
ratio (bandwidth or peak alone) is the special case in which one share is 1.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from toolkit.estimate.capability import GIGA, Capability
from toolkit.estimate.posynomial import Effect, Term, Terms
from toolkit.estimate.terms import log, slope
from toolkit.reference.published import TransferRow

REFERENCE = MappingProxyType(
    {"half": 312e12, "tf32": 156e12, "fp32": 19.5e12, "bandwidth": 2039e9, "power": 400.0}
)
REFERENCE_LINK = 600 * GIGA
REFERENCE_BATCH = 64.0
REFERENCE_PARAMS = 1e8
CLASSES = {
    "image": ("cnn", "detect", "vit", "segment", "gan", "diffusion", "image"),
    "speech, recurrent": ("tacotron", "wavernn", "deepspeech"),
    "speech, convolutional": ("waveglow", "wavenet", "wav2vec", "vocoder", "hifi"),
    "table": ("ncf", "dlrm", "recommend", "collaborative"),
    "sequence": ("llm", "bert", "seq2seq", "rnn", "moe", "transformer"),
}
# What a class that was never measured is made of, before anything of it is: a recurrent decoder of speech
# takes many small steps, one after another; convolutions are products; tables are looked up in memory.
CLASS_SHARES = {
    ("speech, recurrent", "launches"): 1.2,
    ("speech, recurrent", "matrix"): -0.4,
    ("speech, convolutional", "matrix"): 0.3,
    ("table", "memory"): 0.5,
    ("table", "matrix"): -0.7,
}
# One generation of published figures (Lambda v0) was made with two containers: GPUs before Ampere with NGC
# 20.01, Ampere with 20.10. What a container changed differs by workload and must not be read as hardware.
MIXED_CONTAINERS, BEFORE_AMPERE = "NGC 20.01/20.10", ("Pascal", "Volta", "Turing")
LINKS = {"module": 0.0, "bridge": 0.0, "card": 0.3, "consumer card": 0.8}
SHARES = {"matrix": -0.7, "memory": -0.7, "power": -2.2, "launches": -2.5, "exchange": -4.0}


@dataclass(frozen=True, slots=True)
class Point:
    """One workload on one machine: what is measured on a source or asked of a target. `batch` is per GPU,
    relative to what is usual for the workload."""

    workload: str
    family: str
    dtype: str
    stack: str
    gpu_id: str
    gpu_count: float
    batch: float
    params: float

    @property
    def mixed(self) -> bool:
        """Products in sixteen bits."""
        return "tf32" not in self.dtype

    @property
    def kind(self) -> str:
        return f"{self.workload}|{self.dtype}"


def class_of(family: str) -> str:
    """Images, sequences, speech, tables, or other, by the words of a family and a workload."""
    name = family.lower()
    return next((its for its, words in CLASSES.items() if any(word in name for word in words)), "other")


def points(row: TransferRow, usual_batch: float) -> tuple[Point, Point]:
    """The source and the target of a row; a batch that is not stated counts as the usual one."""

    def point(gpu: str, count: float | None, batch: float | None) -> Point:
        relative = (batch or usual_batch) / usual_batch
        shared = (row.workload, row.family, row.dtype, row.stack)
        return Point(*shared, gpu, count or 1.0, relative, row.params or REFERENCE_PARAMS)

    return (
        point(row.source_gpu_id, row.source_gpu_count, row.source_batch),
        point(row.target_gpu_id, row.target_gpu_count, row.batch),
    )


def _share(point: Point, part: str) -> tuple[Effect, ...]:
    arithmetic = "16" if point.mixed else "32"
    kind = class_of(f"{point.family} {point.workload}")
    return (
        Effect(f"share|{arithmetic}|{part}", SHARES[part], 0.7),
        Effect(f"share|{arithmetic}|{kind}|{part}", CLASS_SHARES.get((kind, part), 0.0), 0.5),
        Effect(f"share|{point.family}|{part}", 0.0, 0.35),
        Effect(f"share|{point.kind}|{part}", 0.0, 0.5),
        Effect(f"share|{point.kind}|{point.stack}|{part}", 0.0, 0.15),
    )


def _level(point: Point, gpu: Capability) -> tuple[Effect, ...]:
    found = [Effect(f"level|{point.kind}|{point.stack}", 0.0, 12.0)]
    if MIXED_CONTAINERS in point.stack and gpu.generation in BEFORE_AMPERE:
        arithmetic = "16" if point.mixed else "32"
        found.append(Effect(f"older container|{arithmetic}", 0.0, 0.2))
        found.append(Effect(f"older container|{point.kind}", 0.0, 0.5))
    if point.gpu_count > 1:
        sd = 0.6 if "MLPerf" in point.stack else 0.1
        found.append(Effect(f"level|{point.kind}|{point.stack}|{point.gpu_count:g}", 0.0, sd))
    return tuple(found)


def _matrix(point: Point, gpu: Capability) -> Term:
    arithmetic = "16" if point.mixed else "32"
    peak, usual = (gpu.half, REFERENCE["half"]) if point.mixed else (gpu.peak("tf32"), REFERENCE["tf32"])
    effects = [
        Effect(f"generation|{gpu.generation}|{arithmetic}|matrix", 0.0, 0.35),
        Effect(f"gpu|{gpu.id}|matrix", 0.0, 0.1),
        slope("matrix by peak", 0.15, 0.1, log(peak / usual)),
    ]
    if gpu.geforce:
        effects.append(Effect("geforce", 0.3, 0.3, -1.0))
    if gpu.laptop:
        effects.append(Effect("laptop", 0.1, 0.2))
    return Term(-log(peak / usual), tuple(effects))


def _power(point: Point, gpu: Capability) -> float:
    log_watts = gpu.node_watts
    if not gpu.tensor_cores and point.mixed:
        log_watts += 1.0
    if not point.mixed and gpu.generation in ("Volta", "Turing", "Pascal"):
        log_watts += 0.8
    return -log(gpu.power_w / REFERENCE["power"]) + log_watts


def link(gpu: Capability, count: float) -> tuple[str, float]:
    """How the GPUs of one machine are joined, and bytes a second of it."""
    if gpu.module:
        return "module", gpu.link
    if count == 2 and gpu.bridge:
        return "bridge", gpu.link
    modern = gpu.generation in ("GA100", "Ampere", "Ada", "Hopper", "Blackwell RTX")
    consumer = gpu.geforce or gpu.id.startswith("gtx")
    return ("consumer card" if consumer else "card"), (64 if modern else 32) * GIGA


def terms(point: Point, gpu: Capability) -> Terms:
    """The parts of the seconds per sample and GPU."""
    level, own = _level(point, gpu), (Effect(f"gpu|{gpu.id}", 0.0, 0.06),)
    matrix = _matrix(point, gpu)
    step = -log(point.batch)
    memory = (
        Effect(f"generation|{gpu.generation}|memory", 0.0, 0.21),
        Effect(f"gpu|{gpu.id}|memory", 0.0, 0.1),
    )
    found = {
        "matrix": Term(matrix.log_seconds, (*level, *own, *_share(point, "matrix"), *matrix.effects)),
        "memory": Term(
            -log(gpu.bandwidth / REFERENCE["bandwidth"]), (*level, *own, *_share(point, "memory"), *memory)
        ),
        "power": Term(_power(point, gpu), (*level, *own, *_share(point, "power"))),
        "launches": Term(
            step,
            (*level, *_share(point, "launches"), Effect(f"generation|{gpu.generation}|launches", 0.0, 0.15)),
        ),
    }
    if point.gpu_count > 1:
        name, speed = link(gpu, point.gpu_count)
        ring = log(2 * (point.gpu_count - 1) / point.gpu_count)
        effects = (
            *level,
            *own,
            *_share(point, "exchange"),
            Effect(f"link|{name}", LINKS[name], 0.5),
            Effect(f"link|{name}|{point.gpu_count:g}", 0.0, 0.3),
        )
        found["exchange"] = Term(-log(speed / REFERENCE_LINK) + ring + step, effects)
    return found


def known_work(
    point: Point, gpu: Capability, peaks: Mapping[str, float] = REFERENCE
) -> tuple[Terms, float] | None:
    """What is known of a large decoder without a measurement: its products take 6·N FLOPs a token (8·N with
    recomputation), at some 75 % of the peak. None for every other workload."""
    if point.family != "decoder-LLM" or point.params < 3e8 or "train" not in point.workload:
        return None
    peak = peaks["half"] if point.mixed else peaks["tf32"]
    flops = point.params * (8 if "ckpt" in point.workload else 6)
    return {"matrix": Term(0.0, (*_level(point, gpu), *_share(point, "matrix")))}, log(flops / (0.75 * peak))
