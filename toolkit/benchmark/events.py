"""The events of a run, sorted by case and process: what `results` computes from.

A journal is JSON Lines: a line `run` from the parent, then the events of its workers, in any mixture. A line
that cannot be read is listed with its number and the others are used.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from toolkit.errors import Problem

Event = Mapping[str, Any]


@dataclass(slots=True)
class ProcessCase:
    """One case in one process: its set-up and its blocks, in order."""

    ready: Event
    blocks: list[Event] = field(default_factory=list)
    done: bool = False


@dataclass(slots=True)
class Gathered:
    """All events of a run: processes by id, cases by name and process, failures."""

    hellos: dict[str, Event] = field(default_factory=dict)
    cases: dict[str, dict[str, ProcessCase]] = field(default_factory=dict)
    failures: list[Event] = field(default_factory=list)

    def add(self, event: Event) -> None:
        """Sort one event in. Raises KeyError or TypeError when it lacks what its kind must have."""
        kind, process = event["event"], event.get("process", "")
        if kind == "hello":
            self.hellos[process] = event
        elif kind == "ready":
            self.cases.setdefault(event["case"], {})[process] = ProcessCase(event)
        elif kind == "block":
            if not event["steps"] or min(event["steps"]) <= 0:
                raise ValueError("a block without steps, or with a step that took no time")
            self.cases[event["case"]][process].blocks.append(event)
        elif kind == "done":
            self.cases[event["case"]][process].done = True
        elif kind in ("failed", "refused"):
            self.failures.append(event)

    def processes(self, case: str, blocks_min: int) -> int:
        """Processes that have at least `blocks_min` blocks of a case, or are through with it."""
        found = self.cases.get(case, {}).values()
        return sum(each.done or len(each.blocks) >= blocks_min for each in found)


def gather(events: Iterable[Event]) -> Gathered:
    """Sort events that are known to be well formed."""
    gathered = Gathered()
    for event in events:
        gathered.add(event)
    return gathered


def read_events(path: str | Path) -> tuple[list[Event], list[Problem]]:
    """The readable events of a journal, and a problem a line for the others.

    The last line may be cut short where a process was killed. Raises OSError when the file cannot be read.
    """
    good: list[Event] = []
    problems: list[Problem] = []
    check = Gathered()
    with open(path, encoding="utf-8", errors="replace") as lines:
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            try:
                event = json.loads(line)
                check.add(event)
            except (ValueError, KeyError, TypeError) as error:
                reason = f"{type(error).__name__}: {error}"
                problems.append(
                    Problem("bench.bad_line", file=str(path), line=number, values={"reason": reason})
                )
            else:
                good.append(event)
    return good, problems
