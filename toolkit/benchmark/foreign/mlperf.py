"""MLPerf training logs: lines `:::MLLOG {json}` (mlperf_logging), possibly behind a rank or a clock.

The time of a run is from `run_start` to `run_stop`, its samples are the last `samples_count`: so the rate is
that of training with its evaluations, as the benchmark counts. Every event that says a count splits the run
into parts, whose rates show its spread. A run that did not reach its quality is no result by MLPerf's rules.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from toolkit.benchmark.foreign.citation import NOT_SAID, Citation, RefusedError, cited, slug
from toolkit.errors import Problem
from toolkit.shapes.records import Measurement, Workload

MARK = ":::MLLOG"
_PLATFORM = re.compile(r"(?P<count>\d+)\s*x\s*(?P<name>.+)", re.IGNORECASE)
Event = Mapping[str, Any]


def read_mlperf(text: str, citation: Citation) -> tuple[list[Measurement], list[Problem]]:
    """The measurement of one log, and its lines that cannot be read. Raises RefusedError for a log that is
    no finished run."""
    events, problems = _events(text)
    said = {str(event["key"]): event.get("value") for event in events}
    start, stop = _one(events, "run_start"), _one(events, "run_stop")
    status = (stop.get("metadata") or {}).get("status")
    if status not in (None, "success"):
        raise RefusedError("run_stop", f"the run ended as “{status}”, which is no result by MLPerf's rules")
    marks = [(int(start["time_ms"]), 0), *_counts(events, int(start["time_ms"]), int(stop["time_ms"]))]
    if len(marks) < 2:
        raise RefusedError("samples_count", "the log does not say how many samples were trained on")
    batch = int(said.get("global_batch_size") or 1)
    whole = (int(stop["time_ms"]) - marks[0][0]) / 1e3 * batch / marks[-1][1]
    parts = [
        (then - first) / 1e3 * batch / (more - count)
        for (first, count), (then, more) in pairwise(marks)
        if more > count and then > first
    ]
    name, count = _platform(said.get("submission_platform"))
    model = slug(str(said.get("submission_benchmark") or NOT_SAID))
    length = int(said.get("max_sequence_length") or 1)
    found = cited(
        citation,
        "MLPerf training",
        Workload(model, "train", NOT_SAID, batch, length, "sample", (("rules", "mlperf"),)),
        citation.device(name, count),
        parts or [whole],
        float(batch),
        measured_at=time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(int(stop["time_ms"]) / 1e3)),
        environment={key: said[key] for key in sorted(said) if key.startswith("submission_")},
        detail={
            "seconds": (int(stop["time_ms"]) - marks[0][0]) / 1e3,
            "samples": marks[-1][1],
            "evaluation": "contained",
        },
        headline=whole,
    )
    return [found], problems


def _events(text: str) -> tuple[list[Event], list[Problem]]:
    found: list[Event] = []
    problems: list[Problem] = []
    for number, line in enumerate(text.splitlines(), start=1):
        _, mark, rest = line.partition(MARK)
        if not mark:
            continue
        try:
            event = json.loads(rest[rest.index("{") :])
            found.append({"key": str(event["key"]), **event})
        except (ValueError, KeyError, TypeError) as error:
            values = {"reason": f"{type(error).__name__}: {error}"}
            problems.append(Problem("bench.bad_line", line=number, values=values))
    return found, problems


def _one(events: list[Event], key: str) -> Event:
    found = [event for event in events if event["key"] == key]
    if len(found) != 1:
        raise RefusedError(key, f"the log has {len(found)} of these; one finished run a file is wanted")
    return found[0]


def _counts(events: list[Event], start: int, stop: int) -> list[tuple[int, int]]:
    """Moments within the run and how many samples had been trained on by then, both rising."""
    said = []
    for event in events:
        metadata, value = event.get("metadata") or {}, event.get("value")
        count = metadata.get("samples_count") or (value if event["key"] == "train_samples" else None)
        begins = str(event["key"]).endswith("_start")
        if isinstance(count, int | float) and not begins and start < int(event["time_ms"]) <= stop + 1000:
            said.append((min(int(event["time_ms"]), stop), int(count)))
    rising: list[tuple[int, int]] = []
    for moment, count in sorted(said):
        if not rising or (moment > rising[-1][0] and count > rising[-1][1]):
            rising.append((moment, count))
    return rising


def _platform(words: object) -> tuple[str | None, int | None]:
    """Name and number of the accelerators of words such as `8xNVIDIA H200`."""
    found = _PLATFORM.search(str(words)) if words else None
    return (found["name"].strip(), int(found["count"])) if found else (None, None)
