"""From the events of a run to measurements: medians, intervals, efficiencies, flags, refusals.

The same events always give the same measurements, on whatever machine this is computed. Model FLOPs count
full attention and no recomputation (`figures`). A result that cannot be true is refused: MFU above one, an
interval above the measured ceiling, or processes that disagree about the work of a step.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from toolkit.benchmark.events import Event, Gathered
from toolkit.benchmark.figures import (
    AboveCeilingError,
    CaseRun,
    Peak,
    case_run,
    ceiling_share,
    compile_seconds,
    figures_of,
    first_step_seconds,
    mfu_of,
    phases_of,
)
from toolkit.benchmark.intervals import Interval, spread, suite_intervals
from toolkit.benchmark.known_duration import KNOWN_DURATION, WORKLOAD, Audit, audit
from toolkit.benchmark.spec import Pace
from toolkit.benchmark.virtual_host import SAID_FROM, drift
from toolkit.errors import Problem
from toolkit.shapes.records import Device, Measurement

NO_TIME = "bench.no_time"
CONVENTION = "model FLOPs, full attention, no recomputation, 1 multiply-add = 2"


@dataclass(frozen=True, slots=True)
class Results:
    """What a run found, and everything that went wrong in it."""

    measurements: tuple[Measurement, ...]
    problems: tuple[Problem, ...]
    audit: Audit


def results(gathered: Gathered, device: Device, pace: Pace, peak: Peak) -> Results:
    """All measurements of a run, in the order in which its cases were set up."""
    runs = {name: case_run(found, device.kind) for name, found in gathered.cases.items()}
    runs = {name: run for name, run in runs.items() if run.blocks}
    known = runs.pop(WORKLOAD.name, None)
    checked = audit(known.used_seconds, stretch=known.stretch) if known else audit(())
    intervals = suite_intervals({name: run.used_seconds for name, run in runs.items()})
    seen = {name: found.widened(runs[name].stretch) for name, found in intervals.items()}
    drifts = {name: drift(_hellos(runs[name], gathered)) for name in seen}
    intervals = {name: found.widened(0.0, drifts[name]) for name, found in seen.items()}
    # A case without time in one process may have been measured in another: its flags say how few there were.
    measured = {*intervals, *([WORKLOAD.name] if known else [])}
    failures = [e for e in gathered.failures if e["problem"] != NO_TIME or e["case"] not in measured]
    problems = [_problem(event) for event in failures]
    found: list[Measurement] = []
    for name, run in runs.items():
        refused = _refusal(run, intervals.get(name), device, peak)
        if refused is not None:
            problems.append(refused)
            continue
        try:
            ceiling = ceiling_share(run, intervals[name], intervals, runs)
        except AboveCeilingError as above:
            values = {"share": f"{100 * above.share:.0f}"}
            problems.append(Problem("bench.above_ceiling", field=name, values=values))
            continue
        found.append(
            _measurement(
                run, intervals[name], seen[name], drifts[name], ceiling, gathered, device, pace, peak, checked
            )
        )
    return Results(tuple(found), tuple(problems), checked)


def _refusal(run: CaseRun, interval: Interval | None, device: Device, peak: Peak) -> Problem | None:
    name = run.workload.name
    if interval is None:
        return Problem("bench.too_few_blocks", field=name)
    if len(set(run.facts("work"))) != 1 or len(set(run.facts("flops"))) != 1:
        return Problem("bench.work_differs", field=name, values={"work": sorted(set(run.facts("work")))})
    share, _ = mfu_of(run, interval, device, peak)
    if share is not None and share > 1:
        return Problem("bench.mfu_above_one", field=name, values={"mfu": f"{100 * share:.0f}"})
    return None


def _measurement(
    run: CaseRun,
    interval: Interval,
    seen: Interval,
    drifted: float,
    ceiling: tuple[float | None, bool, str | None],
    gathered: Gathered,
    device: Device,
    pace: Pace,
    peak: Peak,
    checked: Audit,
) -> Measurement:
    work = float(run.facts("work")[0])
    figures, reasons = figures_of(run, interval, work, device, peak)
    share, above, reasons["ceiling_share"] = ceiling
    joules_error = figures.pop("joules_error")
    hellos = _hellos(run, gathered)
    return Measurement(
        workload=run.workload,
        device=device,
        value=work / interval.median,
        low=work / interval.high,
        high=work / interval.low,
        work_per_step=work,
        block_seconds=run.blocks,
        stop_reason=_stop_reason(run, seen, pace),
        measured_at=max(str(hello["measured_at"]) for hello in hellos),
        source="recorded" if any(hello["meter"] == "recorded" for hello in hellos) else "live",
        **figures,
        first_step_seconds=first_step_seconds(run),
        warmup_steps=max(warm["steps"] for warm in run.facts("warm_up")),
        unknown={field: reason for field, reason in reasons.items() if reason is not None},
        flags=_flags(run, pace, checked, hellos, above, drifted),
        environment=hellos[0]["environment"],
        ceiling_share=share,
        evidence=_evidence(run, interval, pace, checked, hellos, joules_error)
        | {"drift": drifted, "half_width_seen": seen.half_width},
    )


def _stop_reason(run: CaseRun, seen: Interval, pace: Pace) -> str:
    # More blocks and processes narrow what they see; whether there are enough is judged by that alone.
    if seen.half_width <= pace.target:
        return "precision"
    return "interference" if run.unquiet else "cap"


def _hellos(run: CaseRun, gathered: Gathered) -> list[Event]:
    return [gathered.hellos[process.ready["process"]] for process in run.processes]


def _flags(
    run: CaseRun, pace: Pace, checked: Audit, hellos: Sequence[Event], above_ceiling: bool, drifted: float
) -> tuple[str, ...]:
    threads = [hello["environment"]["threads"] for hello in hellos]
    steps = min(len(block["steps"]) for process in run.processes for block in process.blocks)
    flags = {
        "unquiet": run.unquiet,
        "one_process": len(run.processes) < 2,
        "few_processes": 2 <= len(run.processes) < pace.processes_min,
        "short_blocks": steps < 5 and not run.facts("detail")[0].get("program"),
        "program_rate": bool(run.facts("detail")[0].get("program")),
        "fewer_threads": hellos[0]["device"] == "cpu" and any(t["taken"] < t["available"] for t in threads),
        "warm_up_unfinished": not all(warm["settled"] for warm in run.facts("warm_up")),
        "virtual_host": drifted >= SAID_FROM,
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
        "stretch": run.stretch,
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
        "compile_seconds": compile_seconds(run),
        "phases": phases_of(run),
        "warm_up": run.facts("warm_up"),
        "detail": run.facts("detail")[0],
        "joules_error": joules_error,
        "audit": {"workload": KNOWN_DURATION, **asdict(checked)},
    }


def _problem(event: Event) -> Problem:
    return Problem(str(event["problem"]), field=str(event.get("case", "")), values=dict(event["values"]))
