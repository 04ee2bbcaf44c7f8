"""The self-audit: a workload whose duration is known runs along with the others.

One step waits on the host's clock until a fixed time has passed. Whatever the harness does to step times
(units, counts, medians, events, intervals over blocks and processes) it does to this one too, and the
answer is known beforehand. When it comes out beyond its own 99.9 % interval, all results of the run are
flagged.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

from toolkit.benchmark.intervals import suite_intervals
from toolkit.benchmark.reference_model import Prepared
from toolkit.shapes.records import Workload

KNOWN_DURATION = "known-duration"
KNOWN_SECONDS = 0.01
LEVEL = 0.999
# What starting a step, reading the clock and recording an event may add to 10 ms.
_TOLERANCE = 0.01

WORKLOAD = Workload(KNOWN_DURATION, "ceiling", "none", batch=1, tokens=1, unit="second")


def prepare_known_duration() -> Prepared:
    """One step of `KNOWN_SECONDS`."""

    def step() -> None:
        until = time.perf_counter() + KNOWN_SECONDS
        while time.perf_counter() < until:
            pass

    return Prepared(step, work=KNOWN_SECONDS, flops=None, resident_bytes=0)


@dataclass(frozen=True, slots=True)
class Audit:
    """The known duration and what the harness made of it; `passed` None when it was not measured."""

    known_seconds: float
    measured_seconds: float | None
    low: float | None
    high: float | None
    passed: bool | None


def audit(
    blocks: Sequence[Sequence[float]], known_seconds: float = KNOWN_SECONDS, stretch: float = 0.0
) -> Audit:
    """Compare the known duration with its 99.9 % interval, widened by what a clock may add and by what the
    neighbours of an unquiet run may (`stretch`, see `intervals`)."""
    found = suite_intervals({KNOWN_DURATION: blocks}, LEVEL).get(KNOWN_DURATION) if blocks else None
    if found is None:
        return Audit(known_seconds, None, None, None, None)
    found = found.widened(stretch)
    passed = found.low / (1 + _TOLERANCE) <= known_seconds <= found.high * (1 + _TOLERANCE)
    return Audit(known_seconds, found.median, found.low, found.high, passed)
