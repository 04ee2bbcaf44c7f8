"""Events as a worker would write them, with step times that the test chooses."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from toolkit.benchmark.known_duration import KNOWN_SECONDS
from toolkit.benchmark.known_duration import WORKLOAD as AUDIT
from toolkit.shapes.records import Workload

QUIET_HOST = {"wall": 0.5, "cpu_share": 0.98, "foreign_share": 0.01, "steal_share": 0.0, "load1": 1.0}
NO_DEVICE = {"seconds": 0.5, "joules": None, "unknown": {"energy_j": "the device is not a GPU"}}


def hello(process: str, device: str = "cpu", **environment: Any) -> dict[str, Any]:
    threads = {"available": 2, "taken": 2, "foreign_share": 0.0}
    return {
        "event": "hello",
        "process": process,
        "at": 3.0,
        "device": device,
        "meter": "absent" if device == "cpu" else "live",
        "measured_at": "2026-11-01T00:00:00Z",
        "environment": {
            "cpu": {"model": "Test CPU"},
            "gpu": {"name": "NVIDIA H100 80GB HBM3"} if device == "cuda" else None,
            "threads": threads,
            **environment,
        },
    }


def ready(
    process: str, case: Workload, *, work: float, flops: float | None, **changes: Any
) -> dict[str, Any]:
    warm = {"first_step_seconds": 1.0, "steps": 3, "seconds": 0.3, "settled": True, "step_seconds": 0.1}
    return {
        "event": "ready",
        "process": process,
        "at": 5.0,
        "case": case.name,
        "workload": asdict(case),
        "load_seconds": 0.5,
        "warm_up": warm,
        "work": work,
        "flops": flops,
        "peak_bytes": 1000,
        "unknown": {},
        "detail": {},
        **changes,
    }


def block(
    process: str,
    case: Workload,
    index: int,
    steps: Sequence[float],
    host: Mapping[str, Any] = QUIET_HOST,
    device: Mapping[str, Any] = NO_DEVICE,
) -> dict[str, Any]:
    return {
        "event": "block",
        "process": process,
        "at": 6.0 + index,
        "case": case.name,
        "index": index,
        "wall": sum(steps),
        "steps": list(steps),
        "host": dict(host),
        "device": dict(device),
    }


def run_events(
    cases: Mapping[Workload, Sequence[Sequence[float]]],
    *,
    flops: float | None = 1e9,
    work: float = 100.0,
    audit_seconds: float = KNOWN_SECONDS,
    device: str = "cpu",
    evidence: Mapping[str, Any] = NO_DEVICE,
) -> list[dict[str, Any]]:
    """A whole run: for each case the block medians by process; every block has five equal steps."""
    events: list[dict[str, Any]] = []
    processes = max(len(blocks) for blocks in cases.values())
    for number in range(processes):
        process = f"p-{number}"
        events.append(hello(process, device))
        everything: dict[Workload, Sequence[Sequence[float]]] = {
            **cases,
            AUDIT: [[audit_seconds * (1 + 1e-4 * index) for index in range(4)]] * processes,
        }
        for case, blocks in everything.items():
            if number < len(blocks):
                case_flops = None if case == AUDIT else flops
                events.append(ready(process, case, work=work, flops=case_flops))
                events += [
                    block(process, case, index, [seconds] * 5, device=evidence)
                    for index, seconds in enumerate(blocks[number])
                ]
                events.append({"event": "done", "process": process, "case": case.name, "stop": "blocks"})
        events.append({"event": "end", "process": process, "at": 20.0})
    return events
