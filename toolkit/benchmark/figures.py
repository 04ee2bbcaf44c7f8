"""What the blocks of one case amount to: efficiency, energy, memory, parts of a step, each or why not.

MFU divides model FLOPs by the dense peak of the data sheet, `ceiling_share` by the best block of matrix
products measured in the same run: a ceiling is a maximum. Energy is the counter's difference over all blocks;
the counter moves about every 100 ms, so a block's energy is uncertain by that time at its power.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any

from toolkit.benchmark.ceilings import MATMUL, ceiling
from toolkit.benchmark.disturbance import disturbances, used_blocks
from toolkit.benchmark.events import ProcessCase
from toolkit.benchmark.intervals import Interval, suite_intervals
from toolkit.benchmark.spec import DeviceKind, workload_from
from toolkit.shapes.records import Device, Workload

# Dense FLOP/s of a data sheet by number format; None where it is not known.
Peak = Callable[[str], float | None]

_MOST_FOREIGN = 0.95  # beyond this a share of some ticks is no figure
_NO_ARITHMETIC = "the workload is no arithmetic"


class AboveCeilingError(Exception):
    """A case with more FLOP/s than the best matrix product: its FLOPs, or one of the two times, is wrong."""

    def __init__(self, share: float) -> None:
        super().__init__(f"{share:.3f} of the ceiling")
        self.share = share


@dataclass(frozen=True, slots=True)
class CaseRun:
    """One case over all its processes: raw blocks, why they were disturbed, which are used."""

    workload: Workload
    processes: tuple[ProcessCase, ...]
    blocks: tuple[tuple[float, ...], ...]
    reasons: tuple[tuple[tuple[str, ...], ...], ...]
    used: tuple[tuple[int, ...], ...]
    unquiet: bool

    @property
    def used_seconds(self) -> list[list[float]]:
        return [[block[index] for index in kept] for block, kept in zip(self.blocks, self.used, strict=True)]

    @property
    def stretch(self) -> float:
        """Logarithm of one over the share of the CPUs that neighbours left, in the median block of an unquiet
        case: by so much they could lengthen it. 0 for all others."""
        shares = [
            min(block["host"].get("foreign_share") or 0.0, _MOST_FOREIGN)
            for process in self.processes
            for block in process.blocks
        ]
        busy = self.unquiet and any("foreign_cpu" in found for process in self.reasons for found in process)
        return -math.log(1 - median(shares)) if busy else 0.0

    def facts(self, field: str) -> list[Any]:
        """A field of the set-up, by process."""
        return [process.ready[field] for process in self.processes]


def case_run(found: Mapping[str, ProcessCase], kind: DeviceKind) -> CaseRun:
    """One case from its set-ups and blocks by process; its blocks are judged by their evidence."""
    processes = tuple(process for process in found.values() if process.blocks)
    reasons = disturbances([process.blocks for process in processes], kind)
    used, unquiet = used_blocks(reasons)
    workload = workload_from(next(iter(found.values())).ready["workload"])
    return CaseRun(
        workload,
        processes,
        tuple(tuple(median(block["steps"]) for block in process.blocks) for process in processes),
        tuple(tuple(process) for process in reasons),
        tuple(tuple(process) for process in used),
        unquiet,
    )


def figures_of(
    run: CaseRun, interval: Interval, work: float, device: Device, peak: Peak
) -> tuple[dict[str, Any], dict[str, str | None]]:
    """What may be unknown, by field, and the reasons where it is."""
    flops: float | None = run.facts("flops")[0]
    mfu, mfu_reason = mfu_of(run, interval, device, peak)
    joules, joules_error, energy_reason = _energy(run, work)
    peak_bytes, memory_reason = _peak_bytes(run)
    figures = {
        "flops_per_step": flops,
        "mfu": mfu,
        "peak_bytes": peak_bytes,
        "joules_per_unit": joules,
        "joules_error": joules_error,
    }
    reasons = {
        "flops_per_step": None if flops is not None else _no_flops(run),
        "mfu": mfu_reason,
        "peak_bytes": memory_reason,
        "joules_per_unit": energy_reason,
    }
    return figures, reasons


def mfu_of(run: CaseRun, interval: Interval, device: Device, peak: Peak) -> tuple[float | None, str | None]:
    """Model FLOPs over the data sheet's dense peak, or why it is unknown."""
    flops = run.facts("flops")[0]
    if flops is None:
        return None, _no_flops(run)
    if device.kind == "cpu":
        return None, "no data sheet peak for a CPU"
    if device.gpu_id is None:
        return None, f"{device.name} is not in the catalogue of GPUs"
    highest = peak(run.workload.dtype)
    if highest is None:
        return None, f"the data sheet gives no {run.workload.dtype} peak"
    return flops / interval.median / (highest * device.count), None


def first_step_seconds(run: CaseRun) -> float | None:
    """Median over processes of the first step, whatever it had to compile or allocate."""
    known = [warm["first_step_seconds"] for warm in run.facts("warm_up") if warm["first_step_seconds"]]
    return median(known) if known else None


def _no_flops(run: CaseRun) -> str:
    reason: str | None = run.facts("detail")[0].get("flops_reason")
    return reason or _NO_ARITHMETIC


def ceiling_share(
    run: CaseRun, interval: Interval, intervals: Mapping[str, Interval], runs: Mapping[str, CaseRun]
) -> tuple[float | None, bool, str | None]:
    """Achieved FLOP/s over the ceiling's best block (at most 1), whether it came out above, or why unknown.

    Raises AboveCeilingError when its whole interval lies above the ceiling, which cannot be.
    """
    flops = run.facts("flops")[0]
    if flops is None:
        return None, False, _no_flops(run)
    name = ceiling(MATMUL, run.workload.dtype).name
    if name == run.workload.name:
        return None, False, "it is the ceiling itself"
    if name not in intervals:
        return None, False, f"no {run.workload.dtype} matrix product in the same run"
    product = runs[name]
    best = product.facts("flops")[0] / min(min(process) for process in product.blocks)
    if flops / interval.high > best:
        raise AboveCeilingError(flops / interval.median / best)
    share = flops / interval.median / best
    return min(1.0, share), share > 1, None


def _energy(run: CaseRun, work: float) -> tuple[float | None, float | None, str | None]:
    """Joules a unit over all blocks with a counter, the error of its resolution, or why unknown.

    The counter moves about every 100 ms, so a block's energy is uncertain by that time at its power.
    """
    known = [block for process in run.processes for block in process.blocks if block["device"].get("joules")]
    if not known:
        first = run.processes[0].blocks[0]["device"].get("unknown", {})
        return None, None, first.get("energy_j", first.get("device", "no energy counter"))
    joules = sum(block["device"]["joules"] for block in known)
    units = work * sum(len(block["steps"]) for block in known)
    error = sum((0.1 * block["device"]["joules"] / block["device"]["seconds"]) ** 2 for block in known) ** 0.5
    return joules / units, error / units, None


def _peak_bytes(run: CaseRun) -> tuple[int | None, str | None]:
    known = [int(value) for value in run.facts("peak_bytes") if value is not None]
    reasons = [unknown.get("peak_bytes") for unknown in run.facts("unknown")]
    return (max(known), None) if known else (None, next(filter(None, reasons), "not measured"))


def compile_seconds(run: CaseRun) -> float | None:
    """What the first step took beyond a later one, where it compiled the model; None where nothing was."""
    if not run.facts("detail")[0].get("compiled"):
        return None
    return float(median(warm["first_step_seconds"] - warm["step_seconds"] for warm in run.facts("warm_up")))


def phases_of(run: CaseRun) -> dict[str, dict[str, float]]:
    """Seconds of the parts of a step (time to first token, time per further token) with their intervals."""
    names = dict.fromkeys(
        name for process in run.processes for block in process.blocks for name in block.get("phases", ())
    )
    parts = {
        name: [
            [median(process.blocks[index]["phases"][name]) for index in kept]
            for process, kept in zip(run.processes, run.used, strict=True)
        ]
        for name in names
    }
    return {name: asdict(interval) for name, interval in suite_intervals(parts).items()}
