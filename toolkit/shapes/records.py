"""What a benchmark measures and what an estimate says: two records without any library behind them.

A `Measurement` is made by the benchmark (one workload on one device, with its interval and evidence) and
read by the estimator. A `Rate` is what the estimator answers: units of work a second on one device, as
quantiles, with the rung of the ladder of grounding on which it stands.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

Mode = Literal["train", "forward", "prefill", "decode", "generate", "ceiling"]
Origin = Literal["live", "recorded", "cited"]
Rung = Literal["measured", "transferred", "fitted", "assumed"]
_DERIVED = ("id", "workload", "device", "interval", "mfu_reason")  # read apart, or not at all
RUNGS: tuple[Rung, ...] = ("measured", "transferred", "fitted", "assumed")
# How a compute cost is known: by the rung of its rate; or `listed`, from a price list alone, where no rate is
# needed (an API by the token, machines by the hour).
Ground = Literal["measured", "transferred", "fitted", "assumed", "listed"]
GROUNDS: tuple[Ground, ...] = (*RUNGS, "listed")


@dataclass(frozen=True, slots=True)
class Workload:
    """What is run: one model in one mode.

    `model` is a slug (`gpt2`, `gpt2-medium`; for ceilings `matmul`, `copy`), `dtype` the arithmetic
    (`fp32`, `tf32`, `bf16`, `fp16`, `fp8`), `batch` the number of sequences (or samples), `tokens` the
    sequence length of a training or prefill step, the filled context of a decode step and the prompt of a
    generation, `unit` the unit of work (`token`, `image`, `flop`, `byte`). `options` is everything else that
    changes the work, sorted.
    """

    model: str
    mode: Mode
    dtype: str
    batch: int
    tokens: int
    unit: str = "token"
    options: tuple[tuple[str, str], ...] = ()

    @property
    def name(self) -> str:
        """A readable key: `gpt2.train.fp32.b4.t128`."""
        parts = [self.model, self.mode, self.dtype, f"b{self.batch}", f"t{self.tokens}"]
        return ".".join(parts + [f"{key}={value}" for key, value in self.options])


@dataclass(frozen=True, slots=True)
class Device:
    """Where it runs: `kind` is `cuda` or `cpu`; `gpu_id` names the row of `data/gpus.csv`, None for a CPU
    or a GPU that the catalogue does not know; `count` is GPUs, or threads of a CPU."""

    kind: Literal["cuda", "cpu"]
    name: str
    gpu_id: str | None = None
    count: int = 1


@dataclass(frozen=True, slots=True)
class Measurement:
    """Throughput of one workload on one device.

    `value`, `low`, `high`: units of work a second; the interval is 95 %, over blocks and processes.
    `block_seconds`: raw seconds per step, one list a worker process. `work_per_step`: units of work in
    one step. `flops_per_step`, `mfu`, `peak_bytes`, `joules_per_unit` are None where unknown, and
    `unknown` says why (`{"mfu": "no data sheet peak for a CPU"}`). `flags` are words about a disturbed run.
    `source`: measured live, with readings of a recorded meter, or cited from another benchmark's publication.
    `mfu` is model FLOPs over the dense peak of the data sheet, `ceiling_share` over the best matrix product
    that this device reached in the same run. `evidence` is what the run says about itself: spread, disturbed
    blocks, self-audit; `environment` is the machine and the software.
    """

    workload: Workload
    device: Device
    value: float
    low: float
    high: float
    work_per_step: float
    block_seconds: tuple[tuple[float, ...], ...]
    stop_reason: str
    measured_at: str
    source: Origin = "live"
    flops_per_step: float | None = None
    mfu: float | None = None
    peak_bytes: int | None = None
    joules_per_unit: float | None = None
    first_step_seconds: float | None = None
    warmup_steps: int | None = None
    unknown: Mapping[str, str] = field(default_factory=dict)
    flags: tuple[str, ...] = ()
    environment: Mapping[str, Any] = field(default_factory=dict)
    ceiling_share: float | None = None
    evidence: Mapping[str, Any] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """Content address: the same measurement always has the same id, whatever wrote it down."""
        text = json.dumps(asdict(self), sort_keys=True, separators=(",", ":"))
        return "m-" + hashlib.sha256(text.encode()).hexdigest()[:12]

    @property
    def unit(self) -> str:
        return f"{self.workload.unit}/second"

    def to_json(self) -> dict[str, Any]:
        """A plain mapping that `from_json` reads back to an equal record; `interval` and `mfu_reason` say
        once more, at the top, what `low`, `high` and `unknown` hold."""
        derived = {"interval": [self.low, self.high], "mfu_reason": self.unknown.get("mfu")}
        return {"id": self.id, **asdict(self), **derived}

    @classmethod
    def from_json(cls, row: Mapping[str, Any]) -> Measurement:
        """Raises KeyError, TypeError or ValueError when a field is missing or of the wrong kind."""
        rest = {key: value for key, value in row.items() if key not in _DERIVED}
        workload = dict(row["workload"])
        workload["options"] = tuple((key, value) for key, value in workload.get("options", ()))
        rest["block_seconds"] = tuple(tuple(block) for block in rest["block_seconds"])
        rest["flags"] = tuple(rest.get("flags", ()))
        return cls(workload=Workload(**workload), device=Device(**row["device"]), **rest)


@dataclass(frozen=True, slots=True)
class Rate:
    """Units of work a second on one device, with its uncertainty and its grounding.

    `quantiles` maps probability to value, ascending in both (at least 0.025, 0.1, 0.5, 0.9, 0.975).
    `basis` lists what it rests on: measurement ids, or rows of `data/`. `method` is one sentence.
    """

    workload: Workload
    device: Device
    unit: str
    quantiles: tuple[tuple[float, float], ...]
    rung: Rung
    method: str
    basis: tuple[str, ...]
    measured_at: str | None = None

    @property
    def median(self) -> float:
        return dict(self.quantiles)[0.5]

    @property
    def interval_80(self) -> tuple[float, float]:
        values = dict(self.quantiles)
        return values[0.1], values[0.9]

    @property
    def interval_95(self) -> tuple[float, float]:
        values = dict(self.quantiles)
        return values[0.025], values[0.975]
