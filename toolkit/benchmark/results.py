"""From the events of a run to measurements: medians, intervals, efficiencies, flags, refusals.

The same events always give the same measurements, on whatever machine this is computed. Model FLOPs count
full attention and no recomputation; MFU divides by the dense peak of the data sheet, `ceiling_share` by the
best matrix product measured in the same run. A result that cannot be true is refused: MFU above one, or
processes that disagree about the work of a step.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any

from toolkit.benchmark.ceilings import MATMUL, ceiling
from toolkit.benchmark.disturbance import disturbances, used_blocks
from toolkit.benchmark.events import Event, Gathered, ProcessCase
from toolkit.benchmark.intervals import Interval, spread, suite_intervals
from toolkit.benchmark.known_duration import KNOWN_DURATION, WORKLOAD, Audit, audit
from toolkit.benchmark.spec import DeviceKind, Pace, workload_from
from toolkit.errors import Problem
from toolkit.shapes.records import Device, Measurement, Workload

# Dense FLOP/s of a data sheet by number format; None where it is not known.
Peak = Callable[[str], float | None]

NO_TIME = "bench.no_time"
_NO_ARITHMETIC = "the workload is no arithmetic"
CONVENTION = "model FLOPs, full attention, no recomputation, 1 multiply-add = 2"


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

    def facts(self, field: str) -> list[Any]:
        """A field of the set-up, by process."""
        return [process.ready[field] for process in self.processes]


@dataclass(frozen=True, slots=True)
class Results:
    """What a run found, and everything that went wrong in it."""

    measurements: tuple[Measurement, ...]
    problems: tuple[Problem, ...]
    audit: Audit


def results(gathered: Gathered, device: Device, pace: Pace, peak: Peak) -> Results:
    """All measurements of a run, in the order in which its cases were set up."""
    runs = {name: _case_run(found, device.kind) for name, found in gathered.cases.items()}
    runs = {name: run for name, run in runs.items() if run.blocks}
    known = runs.pop(WORKLOAD.name, None)
    checked = audit(known.used_seconds if known else ())
    intervals = suite_intervals({name: run.used_seconds for name, run in runs.items()})
    # A case without time in one process may have been measured in another: its flags say how few there were.
    failures = [e for e in gathered.failures if e["problem"] != NO_TIME or e["case"] not in intervals]
    problems = [_problem(event) for event in failures]
    found: list[Measurement] = []
    for name, run in runs.items():
        refused = _refusal(run, intervals.get(name), device, peak)
        if refused is not None:
            problems.append(refused)
            continue
        found.append(_measurement(run, intervals, runs, gathered, device, pace, peak, checked))
    return Results(tuple(found), tuple(problems), checked)


def _case_run(found: Mapping[str, ProcessCase], kind: DeviceKind) -> CaseRun:
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


def _refusal(run: CaseRun, interval: Interval | None, device: Device, peak: Peak) -> Problem | None:
    name = run.workload.name
    if interval is None:
        return Problem("bench.too_few_blocks", field=name)
    if len(set(run.facts("work"))) != 1 or len(set(run.facts("flops"))) != 1:
        return Problem("bench.work_differs", field=name, values={"work": sorted(set(run.facts("work")))})
    share, _ = _mfu(run, interval, device, peak)
    if share is not None and share > 1:
        return Problem("bench.mfu_above_one", field=name, values={"mfu": f"{100 * share:.0f}"})
    return None


def _measurement(
    run: CaseRun,
    intervals: Mapping[str, Interval],
    runs: Mapping[str, CaseRun],
    gathered: Gathered,
    device: Device,
    pace: Pace,
    peak: Peak,
    checked: Audit,
) -> Measurement:
    interval, work = intervals[run.workload.name], float(run.facts("work")[0])
    figures, reasons = _figures(run, interval, work, device, peak)
    share, above, reasons["ceiling_share"] = _ceiling_share(run, interval, intervals, runs)
    joules_error = figures.pop("joules_error")
    hellos = [gathered.hellos[process.ready["process"]] for process in run.processes]
    return Measurement(
        workload=run.workload,
        device=device,
        value=work / interval.median,
        low=work / interval.high,
        high=work / interval.low,
        work_per_step=work,
        block_seconds=run.blocks,
        stop_reason=_stop_reason(run, interval, pace),
        measured_at=max(str(hello["measured_at"]) for hello in hellos),
        source="recorded" if any(hello["meter"] == "recorded" for hello in hellos) else "live",
        **figures,
        first_step_seconds=median(warm["first_step_seconds"] for warm in run.facts("warm_up")),
        warmup_steps=max(warm["steps"] for warm in run.facts("warm_up")),
        unknown={field: reason for field, reason in reasons.items() if reason is not None},
        flags=_flags(run, pace, checked, hellos, above),
        environment=hellos[0]["environment"],
        ceiling_share=share,
        evidence=_evidence(run, interval, pace, checked, hellos, joules_error),
    )


def _figures(
    run: CaseRun, interval: Interval, work: float, device: Device, peak: Peak
) -> tuple[dict[str, Any], dict[str, str | None]]:
    """What may be unknown, by field, and the reasons where it is."""
    flops: float | None = run.facts("flops")[0]
    mfu, mfu_reason = _mfu(run, interval, device, peak)
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
        "flops_per_step": None if flops is not None else _NO_ARITHMETIC,
        "mfu": mfu_reason,
        "peak_bytes": memory_reason,
        "joules_per_unit": energy_reason,
    }
    return figures, reasons


def _mfu(run: CaseRun, interval: Interval, device: Device, peak: Peak) -> tuple[float | None, str | None]:
    flops = run.facts("flops")[0]
    if flops is None:
        return None, _NO_ARITHMETIC
    if device.kind == "cpu":
        return None, "no data sheet peak for a CPU"
    if device.gpu_id is None:
        return None, f"{device.name} is not in the catalogue of GPUs"
    highest = peak(run.workload.dtype)
    if highest is None:
        return None, f"the data sheet gives no {run.workload.dtype} peak"
    return flops / interval.median / highest, None


def _ceiling_share(
    run: CaseRun, interval: Interval, intervals: Mapping[str, Interval], runs: Mapping[str, CaseRun]
) -> tuple[float | None, bool, str | None]:
    """Achieved over measured FLOP/s, whether it lies above the ceiling's best block, or why unknown."""
    flops = run.facts("flops")[0]
    if flops is None:
        return None, False, _NO_ARITHMETIC
    name = ceiling(MATMUL, run.workload.dtype).name
    if name == run.workload.name:
        return None, False, "it is the ceiling itself"
    if name not in intervals:
        return None, False, f"no {run.workload.dtype} matrix product in the same run"
    product, best = runs[name], min(min(process) for process in runs[name].blocks)
    per_step = product.facts("flops")[0]
    achieved = flops / interval.median
    return achieved / (per_step / intervals[name].median), achieved > per_step / best, None


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


def _stop_reason(run: CaseRun, interval: Interval, pace: Pace) -> str:
    if interval.half_width <= pace.target:
        return "precision"
    return "interference" if run.unquiet else "cap"


def _flags(
    run: CaseRun, pace: Pace, checked: Audit, hellos: Sequence[Event], above_ceiling: bool
) -> tuple[str, ...]:
    threads = [hello["environment"]["threads"] for hello in hellos]
    steps = min(len(block["steps"]) for process in run.processes for block in process.blocks)
    flags = {
        "unquiet": run.unquiet,
        "one_process": len(run.processes) < 2,
        "few_processes": 2 <= len(run.processes) < pace.processes_min,
        "short_blocks": steps < 5,
        "fewer_threads": hellos[0]["device"] == "cpu" and any(t["taken"] < t["available"] for t in threads),
        "warm_up_unfinished": not all(warm["settled"] for warm in run.facts("warm_up")),
        "above_ceiling": above_ceiling,
        "audit_failed": checked.passed is False,
        "not_audited": checked.passed is None,
    }
    return tuple(name for name, raised in flags.items() if raised)


def _evidence(
    run: CaseRun,
    interval: Interval,
    pace: Pace,
    checked: Audit,
    hellos: Sequence[Event],
    joules_error: float | None,
) -> dict[str, Any]:
    own = spread(run.used_seconds)
    return {
        "interval_level": 0.95,
        "half_width": interval.half_width,
        "target": pace.target,
        "flops_convention": CONVENTION,
        "log_variance_blocks": own.block.value if own.block.dof else None,
        "log_variance_processes": own.between.value if own.between.dof else None,
        "blocks_used": [list(process) for process in run.used],
        "disturbed": [[list(found) for found in process] for process in run.reasons],
        "steps": [[len(block["steps"]) for block in process.blocks] for process in run.processes],
        "host": [[block["host"] for block in process.blocks] for process in run.processes],
        "device": [[block["device"] for block in process.blocks] for process in run.processes],
        "threads": [hello["environment"]["threads"] for hello in hellos],
        "load_seconds": run.facts("load_seconds"),
        "compile_seconds": _compile_seconds(run),
        "phases": _phases(run),
        "warm_up": run.facts("warm_up"),
        "detail": run.facts("detail")[0],
        "joules_error": joules_error,
        "audit": {"workload": KNOWN_DURATION, **asdict(checked)},
    }


def _compile_seconds(run: CaseRun) -> float | None:
    """What the first step took beyond a later one, where it compiled the model; None where nothing was."""
    if not run.facts("detail")[0].get("compiled"):
        return None
    return float(median(warm["first_step_seconds"] - warm["step_seconds"] for warm in run.facts("warm_up")))


def _phases(run: CaseRun) -> dict[str, dict[str, float]]:
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


def _problem(event: Event) -> Problem:
    return Problem(str(event["problem"]), field=str(event.get("case", "")), values=dict(event["values"]))
