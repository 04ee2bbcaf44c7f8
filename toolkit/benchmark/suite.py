"""The suites: which cases are run, and at what pace.

`quick` answers in under 50 s on two cores without a GPU: the ceilings and GPT-2 small in training, prefill
and decode, in two fresh processes. Its blocks may be as short as two steps, which its results say.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from toolkit.benchmark.ceilings import COPY, MATMUL, ceiling
from toolkit.benchmark.spec import DeviceKind, Pace
from toolkit.errors import InputError, Problem
from toolkit.shapes.records import Workload

# Relative half-width of the 95 % interval that a run aims at.
TARGET = {"cpu": 0.05, "cuda": 0.02}

_QUICK = {
    "cpu": Pace(0.25, 2, 3, 6, TARGET["cpu"], 1.5, processes_max=2),
    "cuda": Pace(0.25, 5, 5, 10, TARGET["cuda"], 4.0, processes_max=3),
}
_BUDGET_S = {"quick": {"cpu": 42.0, "cuda": 42.0}}


@dataclass(frozen=True, slots=True)
class Suite:
    """Cases, pace and the wall time that all processes together may take. The self-audit is no case of a
    suite: it runs along in every process.

    `isolated`: every case has processes of its own. `silence_s`: the longest pause between two events, after
    which a process counts as hung. `own` describes models of the user's own (see `own_model`).
    """

    name: str
    cases: tuple[Workload, ...]
    pace: Pace
    budget_s: float
    isolated: bool = False
    silence_s: float = 60.0
    own: Mapping[str, Any] = field(default_factory=dict)


def quick(device: DeviceKind, half: str = "bf16") -> Suite:
    """The ground floor's cases on a device: the 16-bit format `half` on a GPU, fp32 on a CPU."""
    if device == "cuda":
        cases = (
            ceiling(MATMUL, half),
            ceiling(COPY, "fp32"),
            Workload("gpt2", "prefill", half, batch=8, tokens=1024),
            Workload("gpt2", "decode", half, batch=8, tokens=512),
            Workload("gpt2", "train", half, batch=8, tokens=1024),
        )
    else:
        cases = (
            ceiling(MATMUL, "fp32"),
            ceiling(COPY, "fp32"),
            Workload("gpt2", "prefill", "fp32", batch=1, tokens=128),
            Workload("gpt2", "decode", "fp32", batch=1, tokens=128),
            Workload("gpt2", "train", "fp32", batch=1, tokens=64),
        )
    return Suite("quick", cases, _QUICK[device], _BUDGET_S["quick"][device])


def suite_named(name: str, device: DeviceKind, half: str = "bf16") -> Suite:
    """The suite called `name` on a device with the 16-bit format `half`. Raises InputError for no suite."""
    if name not in SUITES:
        known = ", ".join(SUITES)
        raise InputError([Problem("bench.unknown_suite", "suite", values={"name": name, "known": known})])
    return SUITES[name](device, half)


SUITES: Mapping[str, Callable[[DeviceKind, str], Suite]] = {"quick": quick}
