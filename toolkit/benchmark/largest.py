"""Looking for the largest batch of cases, from the parent: a process that dies of a batch has answered it."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from toolkit.benchmark.batch_search import OUT_OF_MEMORY, Trials, known_trials
from toolkit.benchmark.events import Event
from toolkit.benchmark.journal import Journal
from toolkit.benchmark.spec import DeviceKind, Spec
from toolkit.benchmark.suite import Suite
from toolkit.benchmark.supervisor import watch
from toolkit.shapes.records import Workload

_DEATHS_MOST = 8


@dataclass(frozen=True, slots=True)
class Largest:
    """The answer for one case; `fits` 0 when not even one sample does, `fails` None when time ended it;
    `failed` are all batches that did not fit."""

    case: Workload
    fits: int
    fails: int | None
    failed: tuple[int, ...] = ()

    @property
    def limited_by(self) -> str:
        return "memory" if Trials(self.fits, self.fails).settled else "time"


def find_largest(
    suite: Suite,
    kind: DeviceKind,
    record: Journal,
    deadline: float,
    take: Callable[[Event], None],
    command: Sequence[str],
) -> list[Largest]:
    """Search for every case of `suite.searched`, in processes of its own, until `deadline`."""
    found = []
    for number, case in enumerate(suite.searched):
        share = (deadline - time.monotonic()) / (len(suite.searched) - number)
        _search(suite, case, kind, record, time.monotonic() + share, take, command)
        trials = known_trials(record.events, case.name)
        rows = (e for e in record.events if e["event"] == "trial" and e["case"] == case.name)
        failed = tuple(sorted({int(row["batch"]) for row in rows if not row["fits"]}))
        found.append(Largest(case, trials.fits, trials.fails, failed))
    return found


def _search(
    suite: Suite,
    case: Workload,
    kind: DeviceKind,
    record: Journal,
    deadline: float,
    take: Callable[[Event], None],
    command: Sequence[str],
) -> None:
    for _ in range(_DEATHS_MOST):
        trials, left = known_trials(record.events, case.name), deadline - time.monotonic()
        failed = any(e["event"] == "failed" and e.get("case") == case.name for e in record.events)
        if trials.next_batch is None or left <= 0 or failed:
            return
        spec = Spec(
            (case,), kind, suite.pace, left, left,
            choices={case.name: _pairs(trials)}, own=suite.own,
            memory_bytes=suite.memory_bytes, search=True,
        )  # fmt: skip
        ending = watch(spec, take, silence_s=suite.silence_s, limit_s=1.3 * left + 3, command=command)
        if ending.how in ("refused", "overran"):
            return
        if ending.how in ("died", "hung"):
            batch = _batch_of(ending.phase)
            if batch is None:
                return
            reason = f"the process ended (code {ending.code})" if ending.how == "died" else "it hung"
            row = {"case": case.name, "batch": batch, "fits": False, "peak_bytes": None, "reason": reason}
            take({"event": "trial", "process": "", **row})


def _pairs(trials: Trials) -> list[tuple[int, bool]]:
    known = [(trials.fits, True)] if trials.fits else []
    return known if trials.fails is None else [*known, (trials.fails, False)]


def _batch_of(phase: str | None) -> int | None:
    word = (phase or "").removeprefix("batch ")
    return int(word) if word.isdecimal() else None


def note_failures(suite: Suite, record: Journal, take: Callable[[Event], None]) -> bool:
    """Take back batches that did fit in the search and not when they were measured; whether there were
    any."""
    out = {e["case"] for e in record.events if e["event"] == "failed" and e["problem"] == OUT_OF_MEMORY}
    found = False
    for case in suite.searched:
        trials = known_trials(record.events, case.name)
        if trials.fits and replace(case, batch=trials.fits).name in out:
            reason = "it ran out of memory when it was measured"
            row = {
                "case": case.name,
                "batch": trials.fits,
                "fits": False,
                "peak_bytes": None,
                "reason": reason,
            }
            take({"event": "trial", "process": "", **row})
            found = True
    return found


def at_largest(suite: Suite, found: Sequence[Largest]) -> Suite:
    """The suite with every searched case at the batch that was found; those that never fit are left out."""
    cases = [replace(each.case, batch=each.fits) for each in found if each.fits]
    return replace(suite, cases=(*suite.cases, *cases), searched=())
