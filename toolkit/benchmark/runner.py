"""Running a suite: fresh worker processes one after another, and measurements from their events."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from toolkit.benchmark.assembly import assemble
from toolkit.benchmark.devices import half_format, resolve_device
from toolkit.benchmark.events import read_events
from toolkit.benchmark.journal import Journal
from toolkit.benchmark.largest import Largest, at_largest, find_largest, note_failures
from toolkit.benchmark.requests import check_cases
from toolkit.benchmark.results import NO_TIME, Results
from toolkit.benchmark.rounds import Progress, Rounds
from toolkit.benchmark.spec import DeviceKind, Pace
from toolkit.benchmark.suite import Suite, suite_named
from toolkit.benchmark.supervisor import WORKER
from toolkit.errors import DeviceError, Problem, refuse
from toolkit.shapes.records import Device, Measurement
from toolkit.text import Language

_SEARCHES = 3


@dataclass(frozen=True, slots=True)
class SuiteRun:
    """A finished run: what was measured, what went wrong, the self-audit and the time it took."""

    suite: Suite
    device: Device
    results: Results
    problems: tuple[Problem, ...]
    seconds: float
    largest: tuple[Largest, ...] = ()

    @property
    def measurements(self) -> list[Measurement]:
        return list(self.results.measurements)


def run_suite(
    suite: str = "quick",
    device: str = "auto",
    budget_s: float | None = None,
    progress: Progress | None = None,
    *,
    language: Language = "en",
    journal: str | Path | None = None,
) -> list[Measurement]:
    """The measurements of `measure_suite`. Raises DeviceError when nothing could be measured."""
    run = measure_suite(suite, device, budget_s, progress, language=language, journal=journal)
    if not run.measurements:
        raise DeviceError(run.problems)
    return run.measurements


def measure_suite(
    suite: str = "quick",
    device: str = "auto",
    budget_s: float | None = None,
    progress: Progress | None = None,
    *,
    language: Language = "en",
    journal: str | Path | None = None,
) -> SuiteRun:
    """Measure the suite called `suite` on `auto`, `cpu` or `cuda`.

    `budget_s` is the wall time that all processes together may take (None: the suite's own). `progress`
    gets a sentence and a fraction. `journal` names the file that keeps every finished block: the same call
    again completes a broken run. Raises InputError for an unknown suite or device or a missing GPU.
    """
    kind = resolve_device(device)
    options: dict[str, Any] = {"budget_s": budget_s, "progress": progress, "language": language}
    run = measure(suite_named(suite, kind, half_format(kind)), kind, **options, journal=journal)
    if device == "auto" and any(problem.id == "bench.no_cuda" for problem in run.problems):
        # There is a GPU, but torch cannot use it: the CPU is measured, in a journal of its own.
        beside = None if journal is None else Path(journal).with_suffix(".cpu.jsonl")
        run = measure(suite_named(suite, "cpu"), "cpu", **options, journal=beside)
    return run


def measure(
    suite: Suite,
    kind: DeviceKind,
    *,
    budget_s: float | None = None,
    progress: Progress | None = None,
    language: Language = "en",
    journal: str | Path | None = None,
    command: Sequence[str] = WORKER,
    silence_s: float | None = None,
) -> SuiteRun:
    """Measure the cases of a suite on a device; single cases may fail, see `SuiteRun.problems`.

    `command` starts a worker; `silence_s` is the longest pause between two of its events (None: the suite's).
    Raises InputError for a case that the device or the model does not offer.
    """
    late = [Problem("bench.not_positive", "budget", values={"name": "budget", "value": budget_s})]
    refuse(
        check_cases((*suite.cases, *suite.searched), kind, suite.own)
        + (late if budget_s is not None and budget_s <= 0 else [])
    )
    begun = time.monotonic()
    budget = budget_s or suite.budget_s
    silence = suite.silence_s if silence_s is None else silence_s
    with Journal(journal, identity(suite, kind)) as record:
        rounds = Rounds(suite, kind, begun + budget, record, progress, language, command, silence)
        searched = _at_their_largest(suite, kind, record, rounds, command)
        if not suite.searched:
            rounds.go()
        suite = rounds.suite
        device, found = assemble(record.events, suite.pace, kind)
    tried = {replace(each.case, batch=batch).name for each in searched for batch in each.failed}
    failures = [problem for problem in found.problems if problem.field not in tried]
    problems = [*record.problems, *rounds.problems, *failures]
    told = {problem.field for problem in problems} | {each.workload.name for each in found.measurements}
    problems += [
        Problem(NO_TIME, field=case.name, values={"seconds": round(budget)})
        for case in suite.cases
        if case.name not in told and (found.measurements or not problems)
    ]
    return SuiteRun(suite, device, found, tuple(problems), time.monotonic() - begun, tuple(searched))


def _at_their_largest(
    suite: Suite, kind: DeviceKind, record: Journal, rounds: Rounds, command: Sequence[str]
) -> list[Largest]:
    """Search, measure what was found, and search on below a batch that then ran out of memory after all."""
    found: list[Largest] = []
    for _ in range(_SEARCHES if suite.searched else 0):
        half = time.monotonic() + 0.5 * (rounds.deadline - time.monotonic())
        found = find_largest(suite, kind, record, half, rounds.take, command)
        rounds.suite = at_largest(suite, found)
        rounds.go()
        if not note_failures(suite, record, rounds.take):
            break
    return found


def identity(suite: Suite, kind: DeviceKind) -> dict[str, Any]:
    """What makes two runs the same one, so that the second may complete the first."""
    found: dict[str, Any] = {"suite": suite.name, "device": kind}
    found["cases"] = [asdict(case) for case in suite.cases]
    found |= {"searched": [asdict(case) for case in suite.searched]} if suite.searched else {}
    for name in ("own", "memory_bytes"):
        value = getattr(suite, name)
        found |= {name: value} if value else {}
    return found | ({"processes": suite.processes} if suite.processes > 1 else {})


def salvage(journal: str | Path) -> list[Measurement]:
    """The measurements that a journal, broken off or not, is good for. Raises OSError."""
    events, _ = read_events(journal)
    hellos = [event for event in events if event["event"] == "hello"]
    if not hellos:
        return []
    return list(assemble(events, Pace(**hellos[0]["pace"]), hellos[0]["device"])[1].measurements)
