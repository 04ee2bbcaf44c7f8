"""Running a suite: fresh worker processes one after another, and measurements from their events.

Processes run one at a time, because two would disturb each other. Each gets its share of what is left of the
budget, the first a little more. On a machine so busy that starting takes a large part of that share, the
first process takes everything, and a later one only the cases that fit: results then say how few processes
stand behind them. A case under way when a process dies is tried once more, later and last; one that hangs or
dies again is given up. All others keep their blocks and go on in the next process. After the least number of
processes, more are started only for cases that have not reached the target precision, while time remains.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from toolkit.benchmark.assembly import assemble
from toolkit.benchmark.devices import half_format, resolve_device
from toolkit.benchmark.events import Event, gather
from toolkit.benchmark.journal import Journal
from toolkit.benchmark.known_duration import WORKLOAD as AUDIT
from toolkit.benchmark.requests import check_cases
from toolkit.benchmark.results import NO_TIME, Results
from toolkit.benchmark.spec import DeviceKind, Spec
from toolkit.benchmark.suite import Suite, suite_named
from toolkit.benchmark.supervisor import WORKER, Ending, watch
from toolkit.errors import DeviceError, Problem, refuse
from toolkit.shapes.records import Device, Measurement, Workload
from toolkit.text import Language, t

Progress = Callable[[str, float], None]

_ENOUGH_BLOCKS = 2  # a process with two blocks of a case counts, even when it was killed later
_FIRST_SHARE = 0.55  # of two processes
_OVERRUN, _OVERRUN_S = 1.3, 3.0  # a worker is ended this far beyond the time of the whole run
_SILENCE_S = 60.0


@dataclass(frozen=True, slots=True)
class SuiteRun:
    """A finished run: what was measured, what went wrong, the self-audit and the time it took."""

    suite: Suite
    device: Device
    results: Results
    problems: tuple[Problem, ...]
    seconds: float

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
    silence_s: float = _SILENCE_S,
) -> SuiteRun:
    """Measure the cases of a suite on a device; single cases may fail, see `SuiteRun.problems`.

    `command` starts a worker. Raises InputError for a case that the device or the model does not offer.
    """
    late = [Problem("bench.not_positive", "budget", values={"name": "budget", "value": budget_s})]
    refuse(check_cases(suite.cases, kind) + (late if budget_s is not None and budget_s <= 0 else []))
    begun = time.monotonic()
    budget = budget_s or suite.budget_s
    identity = {"suite": suite.name, "device": kind, "cases": [asdict(case) for case in suite.cases]}
    with Journal(journal, identity) as record:
        run = _Run(suite, kind, begun + budget, record, progress, language, command, silence_s)
        run.go()
        device, found = assemble(record.events, suite.pace, kind)
    problems = [*record.problems, *run.problems, *found.problems]
    told = {problem.field for problem in problems} | {each.workload.name for each in found.measurements}
    problems += [
        Problem(NO_TIME, field=case.name, values={"seconds": round(budget)})
        for case in suite.cases
        if case.name not in told and (found.measurements or not problems)
    ]
    return SuiteRun(suite, device, found, tuple(problems), time.monotonic() - begun)


@dataclass
class _Run:
    """One run under way: which cases still need a process, and who was under way when one died."""

    suite: Suite
    kind: DeviceKind
    deadline: float
    record: Journal
    progress: Progress | None
    language: Language
    command: Sequence[str]
    silence_s: float

    def __post_init__(self) -> None:
        self.problems: list[Problem] = []
        self._deaths: Counter[str] = Counter()
        self._given_up: set[str] = set()
        self._begun = time.monotonic()

    def go(self) -> None:
        """Start processes until every case has enough of them, or time or patience is over."""
        attempts = self.suite.pace.processes_max + len(self.suite.cases)
        for _ in range(attempts):
            wanting, left = self._wanting()
            remaining = self.deadline - time.monotonic()
            share = remaining if left == 1 else remaining * _FIRST_SHARE * 2 / left
            cases = fitting(wanting, self.record.events, share)
            if not cases or not self._judge(self._start([AUDIT, *cases], share, remaining)):
                return

    def _wanting(self) -> tuple[list[Workload], int]:
        """The cases for the next process, those that killed one last, and how many processes remain."""
        gathered = gather(self.record.events)
        pace = self.suite.pace
        failed = {event.get("case") for event in gathered.failures if event["problem"] != NO_TIME}
        failed |= self._given_up
        open_cases = [case for case in self.suite.cases if case.name not in failed]
        done = {case.name: gathered.processes(case.name, _ENOUGH_BLOCKS) for case in open_cases}
        wanting = [case for case in open_cases if done[case.name] < pace.processes_min]
        left = max((pace.processes_min - done[case.name] for case in wanting), default=1)
        if not wanting and max(done.values(), default=0) < pace.processes_max:
            wanting = self._imprecise(open_cases)
        wanting.sort(key=lambda case: self._deaths[case.name])
        return wanting, left

    def _imprecise(self, cases: Sequence[Workload]) -> list[Workload]:
        found = assemble(self.record.events, self.suite.pace, self.kind)[1].measurements
        precise = {each.workload.name for each in found if each.stop_reason == "precision"}
        return [case for case in cases if case.name not in precise]

    def _start(self, cases: Sequence[Workload], share_s: float, remaining_s: float) -> Ending:
        threads, choices = _found_earlier(self.record.events)
        spec = Spec(tuple(cases), self.kind, self.suite.pace, share_s, remaining_s, threads, choices)
        limit = _OVERRUN * remaining_s + _OVERRUN_S
        return watch(
            spec, self._take, silence_s=min(self.silence_s, limit), limit_s=limit, command=self.command
        )

    def _take(self, event: Event) -> None:
        self.record.add(event)
        if self.progress is None:
            return
        key = f"bench.progress.{event['event']}"
        if event["event"] in ("hello", "ready", "block", "done"):
            total = self.deadline - self._begun
            fraction = min(0.99, (time.monotonic() - self._begun) / total)
            self.progress(t(key, self.language, case=event.get("case", "")), fraction)

    def _judge(self, ending: Ending) -> bool:
        """Note what an ending means for the case under way; False when starting again is pointless."""
        if ending.how in ("finished", "refused"):
            return ending.how == "finished"
        values: dict[str, Any] = {"seconds": f"{ending.seconds:.0f}", "errors": ending.errors[-300:]}
        values |= {"phase": ending.phase, "code": ending.code}
        self.problems.append(Problem(f"bench.worker_{ending.how}", field=ending.case or "", values=values))
        if ending.case is None:
            self._deaths[""] += 1
            return self._deaths[""] < 2
        self._deaths[ending.case] += 1
        if ending.how != "died" or self._deaths[ending.case] > 1:
            self._given_up.add(ending.case)
        return True


def fitting(cases: Sequence[Workload], events: Sequence[Event], seconds: float) -> list[Workload]:
    """The cases that an earlier process shows to fit into `seconds`: start, set-up and one block each.

    The costliest are left out first; a case that no process has set up yet is taken at no cost.
    """
    if seconds <= 0:
        return []
    start = max((event["at"] for event in events if event["event"] == "hello"), default=0.0)
    costs: dict[str, float] = {}
    for event in events:
        if event["event"] == "ready":
            warm = event["warm_up"]
            cost = event["load_seconds"] + warm["first_step_seconds"] + warm["seconds"]
            costs[event["case"]] = cost + 2 * warm["step_seconds"]
    kept = list(cases)
    while kept and start + sum(costs.get(case.name, 0.0) for case in kept) > seconds:
        kept.remove(max(kept, key=lambda case: costs.get(case.name, 0.0)))
    return kept


def _found_earlier(events: Sequence[Event]) -> tuple[int | None, Mapping[str, Any]]:
    """Threads and matrix sizes that earlier processes of the run settled on, for the next ones to share."""
    threads: int | None = None
    choices: dict[str, Any] = {}
    for event in events:
        if event["event"] == "hello" and threads is None:
            threads = int(event["environment"]["threads"]["taken"])
        elif event["event"] == "ready" and "size" in event["detail"]:
            choices.setdefault(event["case"], event["detail"]["size"])
    return threads, choices
