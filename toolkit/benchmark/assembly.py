"""Whole results from events: the device they describe, and files that came from elsewhere."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from toolkit.benchmark.devices import catalogue_gpu, data_sheet_peak
from toolkit.benchmark.events import Event, Gathered, gather, read_events
from toolkit.benchmark.measurement_file import read_measurements
from toolkit.benchmark.results import Results, results
from toolkit.benchmark.spec import DeviceKind, Pace
from toolkit.errors import Problem, refuse
from toolkit.shapes.records import Device, Measurement


def assemble(events: Sequence[Event], pace: Pace, kind: DeviceKind) -> tuple[Device, Results]:
    """The device that the events describe, and what they amount to."""
    gathered = gather(events)
    device = device_of(gathered, kind)

    def peak(dtype: str) -> float | None:
        return None if device.gpu_id is None else data_sheet_peak(device.gpu_id, dtype)

    return device, results(gathered, device, pace, peak)


def device_of(gathered: Gathered, kind: DeviceKind) -> Device:
    """The device that the processes of a run describe; `unknown` when none got that far."""
    environments = [hello["environment"] for hello in gathered.hellos.values()]
    if not environments:
        return Device(kind, "unknown")
    together = int(environments[0].get("processes", 1))
    if kind == "cuda":
        name = str(environments[0]["gpu"]["name"])
        return Device("cuda", name, catalogue_gpu(name), together)
    threads = Counter(int(environment["threads"]["taken"]) for environment in environments)
    return Device("cpu", str(environments[0]["cpu"]["model"]), count=together * threads.most_common(1)[0][0])


def read_results(path: str | Path) -> tuple[list[Measurement], list[Problem]]:
    """Measurements from a file of either kind: records, or the events that workers wrote.

    Files of events from several processes of one machine may simply be joined. Lines that cannot be read are
    listed and the others used. Raises OSError when the file cannot be read, InputError when a file of events
    does not say what machine it is from.
    """
    if not _holds_events(path):
        return read_measurements(path)
    events, problems = read_events(path)
    hellos = [event for event in events if event["event"] == "hello"]
    if not hellos:
        refuse([*problems, Problem("bench.no_process", file=str(path))])
    _, found = assemble(events, Pace(**hellos[0]["pace"]), hellos[0]["device"])
    return list(found.measurements), [*problems, *found.problems]


def _holds_events(path: str | Path) -> bool:
    """Whether the first line that can be read is an event."""
    with open(path, encoding="utf-8", errors="replace") as lines:
        for line in lines:
            try:
                row = json.loads(line)
            except ValueError:
                continue
            return isinstance(row, dict) and "event" in row
    return False
