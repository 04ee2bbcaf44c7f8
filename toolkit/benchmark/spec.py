"""What a worker process is told: the cases, the device, the pace and the time it may take.

A spec is one JSON document, so that a machine with nothing but torch can be given one by hand:
`python -m toolkit.benchmark.worker SPEC.json > blocks.jsonl`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from toolkit.shapes.records import Workload

DeviceKind = Literal["cpu", "cuda"]


@dataclass(frozen=True, slots=True)
class Pace:
    """How blocks are made and when a case has enough of them.

    A block lasts at least `block_seconds` and at least `block_steps` steps. A process runs between
    `blocks_min` and `blocks_max` blocks of a case and stops between them once the half-width of its own
    95 % interval is below `target` (relative). Warm-up may take `warmup_seconds` after the first step.
    `processes_min` fresh processes stand behind every number, at most `processes_max`.
    """

    block_seconds: float
    block_steps: int
    blocks_min: int
    blocks_max: int
    target: float
    warmup_seconds: float
    processes_min: int = 2
    processes_max: int = 2


@dataclass(frozen=True, slots=True)
class Spec:
    """One worker process. `budget_s` is its whole life, imports included; on a busy machine where these alone
    take a large part of it, the process takes `alone_s` instead, because no other would come far.

    `threads` None lets the worker decide by its thread check; `choices` are what an earlier process of the
    same run found (the best matrix shape a number format), so that all processes do the same work.
    `meter`: `auto` (NVML where it is), `absent`, or `replay:FILE`. `own` describes the user's models by name
    (see `own_config`, `own_module`). `memory_bytes` limits what the process may take (None: what is free).
    `search`: the largest batch of the cases is looked for instead of their speed; `choices` holds the batches
    that are known.
    """

    cases: tuple[Workload, ...]
    device: DeviceKind
    pace: Pace
    budget_s: float
    alone_s: float
    threads: int | None = None
    choices: Mapping[str, Any] = field(default_factory=dict)
    meter: str = "auto"
    own: Mapping[str, Any] = field(default_factory=dict)
    memory_bytes: int | None = None
    search: bool = False

    def to_json(self) -> str:
        return json.dumps(asdict(self), sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> Spec:
        """Raises ValueError, KeyError or TypeError when the document is no spec."""
        row = json.loads(text)
        cases = tuple(workload_from(case) for case in row.pop("cases"))
        return cls(cases=cases, pace=Pace(**row.pop("pace")), **row)


def workload_from(row: Mapping[str, Any]) -> Workload:
    """A workload from its JSON form. Raises KeyError or TypeError when it is none."""
    options = tuple((str(key), str(value)) for key, value in row.get("options", ()))
    return Workload(**{**row, "options": options})
