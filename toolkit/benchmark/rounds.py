"""Rounds of worker processes: which cases the next process takes, and what a death means for them.

Processes run one at a time, because two would disturb each other. In a shared suite each takes all cases that
still need one, their blocks interleaved inside it, and its share of what is left of the budget, the first a
little more. On a machine so busy that starting takes a large part of that share, the first process takes
everything, and a later one only the cases that fit: results then say how few processes stand behind them. In
an isolated suite each process takes one case, and the processes of all cases take turns, so that those of one
case lie far apart.

A case under way when a process dies is tried once more, later and last; one that hangs or dies again is given
up. All others keep their blocks and go on in the next process. After the least number of processes, more are
started only for cases that have not reached the target precision, while time remains.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from toolkit.benchmark.events import Event, gather
from toolkit.benchmark.journal import Journal
from toolkit.benchmark.known_duration import WORKLOAD as AUDIT
from toolkit.benchmark.results import NO_TIME, results
from toolkit.benchmark.spec import DeviceKind, Spec
from toolkit.benchmark.suite import Suite
from toolkit.benchmark.supervisor import Ending, watch
from toolkit.errors import Problem
from toolkit.shapes.records import Device, Workload
from toolkit.text import Language, t

Progress = Callable[[str, float], None]

_ENOUGH_BLOCKS = 2  # a process with two blocks of a case counts, even when it was killed later
_FIRST_SHARE = 0.55  # of two processes
_STARTS = 2.5  # times its start is what a process with one case is given at least
_OVERRUN, _OVERRUN_S = 1.3, 3.0  # a worker is ended this far beyond the time of the whole run


@dataclass
class Rounds:
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
        most = self.suite.pace.processes_max
        attempts = (most * len(self.suite.cases) if self.suite.isolated else most) + len(self.suite.cases)
        for _ in range(attempts):
            wanting, left = self._wanting()
            remaining = self.deadline - time.monotonic()
            if self.suite.isolated:
                # On a busy machine starting alone may take such a share: fewer processes, but whole ones.
                share = min(remaining, max(remaining / max(1, left), _STARTS * self._start_seconds()))
                cases = wanting[:1] if share > 0 else []
            else:
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
        missing = {case.name: max(0, pace.processes_min - done[case.name]) for case in open_cases}
        wanting = [case for case in open_cases if missing[case.name]]
        left = sum(missing.values()) if self.suite.isolated else max([*missing.values(), 1])
        if not wanting and min(done.values(), default=pace.processes_max) < pace.processes_max:
            wanting = [case for case in self._imprecise(open_cases) if done[case.name] < pace.processes_max]
            left = len(wanting) if self.suite.isolated else 1
        tried = self._tried() if self.suite.isolated else Counter[str]()
        wanting.sort(key=lambda case: (self._deaths[case.name], tried[case.name]))
        return wanting, left

    def _start_seconds(self) -> float:
        """The longest start of a process so far, libraries and checks."""
        return max((event["at"] for event in self.record.events if event["event"] == "hello"), default=0.0)

    def _tried(self) -> Counter[str]:
        """How often each case was given to a process, whatever came of it."""
        hellos = (event for event in self.record.events if event["event"] == "hello")
        return Counter(name for event in hellos for name in event.get("cases", ()))

    def _imprecise(self, cases: Sequence[Workload]) -> list[Workload]:
        found = results(gather(self.record.events), Device(self.kind, ""), self.suite.pace, lambda _: None)
        precise = {each.workload.name for each in found.measurements if each.stop_reason == "precision"}
        return [case for case in cases if case.name not in precise]

    def _start(self, cases: Sequence[Workload], share_s: float, remaining_s: float) -> Ending:
        threads, choices = _found_earlier(self.record.events)
        alone = share_s if self.suite.isolated else remaining_s
        spec = Spec(
            tuple(cases), self.kind, self.suite.pace, share_s, alone, threads, choices,
            own=self.suite.own, memory_bytes=self.suite.memory_bytes,
        )  # fmt: skip
        limit = _OVERRUN * alone + _OVERRUN_S
        return watch(
            spec, self.take, silence_s=min(self.silence_s, limit), limit_s=limit, command=self.command
        )

    def take(self, event: Event) -> None:
        """Keep an event and tell of it."""
        self.record.add(event)
        if self.progress is None:
            return
        key = f"bench.progress.{event['event']}"
        if event["event"] in ("hello", "ready", "block", "done", "trial"):
            total = self.deadline - self._begun
            fraction = min(0.99, (time.monotonic() - self._begun) / total)
            self.progress(
                t(key, self.language, case=event.get("case", ""), batch=event.get("batch", "")), fraction
            )

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
