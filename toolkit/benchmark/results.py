"""From the events of a run to measurements: medians, intervals, efficiencies, flags, refusals.

The same events always give the same measurements, on whatever machine this is computed. Model FLOPs count
full attention and no recomputation (`figures`). A result that cannot be true is refused: MFU above one, an
interval above the measured ceiling, or processes that disagree about the work of a step.
"""

from __future__ import annotations

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


@dataclass(frozen=True, slots=True)
class _Timing:
    """How long a step of a case takes. `seen` is what its blocks and processes tell, and what neighbours whom
    they saw may do; `interval` also holds the `drift` of a host that none of them can see."""

    seen: Interval
    drift: float

    @property
    def interval(self) -> Interval:
        return self.seen.widened(0.0, self.drift)


@dataclass(frozen=True, slots=True)
class _Setting:
    """What all measurements of a run share."""

    gathered: Gathered
    device: Device
    pace: Pace
    peak: Peak
    audit: Audit

    def hellos(self, run: CaseRun) -> list[Event]:
        """What each process of a case said of itself."""
        return [self.gathered.hellos[process.ready["process"]] for process in run.processes]


def results(gathered: Gathered, device: Device, pace: Pace, peak: Peak) -> Results:
    """All measurements of a run, in the order in which its cases were set up."""
    runs = {name: case_run(found, device.kind) for name, found in gathered.cases.items()}
    runs = {name: run for name, run in runs.items() if run.blocks}
    known = runs.pop(WORKLOAD.name, None)
    checked = audit(known.used_seconds, stretch=known.stretch) if known else audit(())
    setting = _Setting(gathered, device, pace, peak, checked)
    timings = {
        name: _Timing(found.widened(runs[name].stretch), drift(setting.hellos(runs[name])))
        for name, found in suite_intervals({name: run.used_seconds for name, run in runs.items()}).items()
    }
    intervals = {name: timing.interval for name, timing in timings.items()}
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
        found.append(_measurement(run, timings[name], ceiling, setting))
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
    run: CaseRun, timing: _Timing, ceiling: tuple[float | None, bool, str | None], setting: _Setting
) -> Measurement:
    interval, device = timing.interval, setting.device
    work = float(run.facts("work")[0])
    figures, reasons = figures_of(run, interval, work, device, setting.peak)
    share, above, reasons["ceiling_share"] = ceiling
    joules_error = figures.pop("joules_error")
    hellos = setting.hellos(run)
    return Measurement(
        workload=run.workload,
        device=device,
        value=work / interval.median,
        low=work / interval.high,
        high=work / interval.low,
        work_per_step=work,
        block_seconds=run.blocks,
        stop_reason=_stop_reason(run, timing.seen, setting.pace),
        measured_at=max(str(hello["measured_at"]) for hello in hellos),
        source="recorded" if any(hello["meter"] == "recorded" for hello in hellos) else "live",
        **figures,
        first_step_seconds=first_step_seconds(run),
        warmup_steps=max(warm["steps"] for warm in run.facts("warm_up")),
        unknown={field: reason for field, reason in reasons.items() if reason is not None},
        flags=_flags(run, timing, above, setting),
        environment=hellos[0]["environment"],
        ceiling_share=share,
        evidence=_evidence(run, timing, joules_error, setting),
    )


def _stop_reason(run: CaseRun, seen: Interval, pace: Pace) -> str:
    # More blocks and processes narrow what they see; whether there are enough is judged by that alone.
    if seen.half_width <= pace.target:
        return "precision"
    return "interference" if run.unquiet else "cap"


def _flags(run: CaseRun, timing: _Timing, above_ceiling: bool, setting: _Setting) -> tuple[str, ...]:
    hellos, audit = setting.hellos(run), setting.audit
    threads = [hello["environment"]["threads"] for hello in hellos]
    steps = min(len(block["steps"]) for process in run.processes for block in process.blocks)
    flags = {
        "unquiet": run.unquiet,
        "one_process": len(run.processes) < 2,
        "few_processes": 2 <= len(run.processes) < setting.pace.processes_min,
        "short_blocks": steps < 5 and not run.facts("detail")[0].get("program"),
        "program_rate": bool(run.facts("detail")[0].get("program")),
        "fewer_threads": hellos[0]["device"] == "cpu" and any(t["taken"] < t["available"] for t in threads),
        "warm_up_unfinished": not all(warm["settled"] for warm in run.facts("warm_up")),
        "virtual_host": timing.drift >= SAID_FROM,
        "above_ceiling": above_ceiling,
        "audit_failed": audit.passed is False,
        "not_audited": audit.passed is None,
    }
    return tuple(name for name, raised in flags.items() if raised)


def _evidence(run: CaseRun, timing: _Timing, joules_error: float | None, setting: _Setting) -> dict[str, Any]:
    own = spread(run.used_seconds)
    return {
        "interval_level": 0.95,
        "half_width": timing.interval.half_width,
        "half_width_seen": timing.seen.half_width,
        "drift": timing.drift,
        "stretch": run.stretch,
        "target": setting.pace.target,
        "flops_convention": CONVENTION,
        "log_variance_blocks": own.block.value if own.block.dof else None,
        "log_variance_processes": own.between.value if own.between.dof else None,
        "blocks_used": [list(process) for process in run.used],
        "disturbed": [[list(found) for found in process] for process in run.reasons],
        "steps": [[len(block["steps"]) for block in process.blocks] for process in run.processes],
        "host": [[block["host"] for block in process.blocks] for process in run.processes],
        "device": [[block["device"] for block in process.blocks] for process in run.processes],
        "threads": [hello["environment"]["threads"] for hello in setting.hellos(run)],
        "load_seconds": run.facts("load_seconds"),
        "compile_seconds": compile_seconds(run),
        "phases": phases_of(run),
        "warm_up": run.facts("warm_up"),
        "detail": run.facts("detail")[0],
        "joules_error": joules_error,
        "audit": {"workload": KNOWN_DURATION, **asdict(setting.audit)},
    }


def _problem(event: Event) -> Problem:
    return Problem(str(event["problem"]), field=str(event.get("case", "")), values=dict(event["values"]))
