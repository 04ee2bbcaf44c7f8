"""What every result of another benchmark has in common: where it was published, and how sure it is.

One run of one program shows nothing of how machines and submitters differ. Published results of the same kind
do: they lie 1–4 % apart (data/published/README.md), so that much is added to whatever spread a file shows.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from toolkit.benchmark.devices import catalogue_gpu
from toolkit.benchmark.intervals import suite_errors
from toolkit.shapes.records import Device, Measurement, Workload

BETWEEN_SUBMITTERS = 0.04  # sd of the logarithm, the upper end of what was seen
_NORMAL_95 = 1.959964
NOT_SAID = "unknown"


class RefusedError(Exception):
    """A result that cannot be what it says; `field` names it, `reason` says why."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field}: {reason}")
        self.field, self.reason = field, reason


@dataclass(frozen=True, slots=True)
class Citation:
    """Where a result was published (an address), and the device where its file does not say it."""

    source: str = ""
    gpu: str | None = None
    count: int | None = None

    def device(self, name: str | None, count: int | None, *, cpu: str | None = None) -> Device:
        """The device of a file: what the user said goes first. Raises RefusedError when nobody says it."""
        name = self.gpu or name
        if name is None:
            if cpu is None:
                raise RefusedError("gpu", "the file does not say which GPU it was; give --gpu and --gpus")
            return Device("cpu", cpu, count=self.count or count or 1)
        return Device("cuda", name, catalogue_gpu(name), self.count or count or 1)


def slug(name: str) -> str:
    """A model's name without its maker, as this house writes names."""
    return re.sub(r"[^a-z0-9.]+", "-", name.rsplit("/", 1)[-1].lower()).strip("-") or NOT_SAID


def cited(
    citation: Citation,
    tool: str,
    workload: Workload,
    device: Device,
    seconds: Sequence[float],
    work: float,
    *,
    measured_at: str,
    environment: Mapping[str, Any],
    detail: Mapping[str, Any],
    flags: Sequence[str] = (),
    headline: float | None = None,
) -> Measurement:
    """A measurement from the seconds per step of one run; `headline` replaces their median where given.

    Raises RefusedError for times or work that are not positive numbers.
    """
    if not seconds or not all(0 < value < math.inf for value in (*seconds, work)):
        raise RefusedError(workload.name, "its times and its work must be positive")
    own = suite_errors({"run": [list(seconds)]}).get("run") if len(seconds) > 1 else None
    within = own.half_width(0.95) if own is not None else 0.0
    width = math.hypot(within, _NORMAL_95 * BETWEEN_SUBMITTERS)
    value = work / (headline or median(seconds))
    reason = f"{tool} does not report it in a form that could be checked"
    return Measurement(
        workload=workload,
        device=device,
        value=value,
        low=value * math.exp(-width),
        high=value * math.exp(width),
        work_per_step=work,
        block_seconds=(tuple(seconds),),
        stop_reason="cited",
        measured_at=measured_at,
        source="cited",
        unknown=dict.fromkeys(("flops_per_step", "mfu", "peak_bytes", "joules_per_unit"), reason),
        flags=("cited", *flags, *(("no_blocks",) if len(seconds) < 2 else ())),
        environment=environment,
        evidence={
            "citation": citation.source,
            "tool": tool,
            "interval_level": 0.95,
            "interval_from": "spread of the run and 4 % between submitters (data/published/README.md)",
            "detail": detail,
        },
    )
