"""A suite on every kind of machine of an existing Ray cluster, and the results put together here.

One machine stands for its kind: the type of its accelerator, or for machines without one the number of their
CPUs. A task there takes all its CPUs, so that nothing else of the cluster runs beside it, and does what a
local run does: fresh worker processes, one at a time. Their events come back as they happen and are kept in
one journal a kind, so a broken run is completed like any other.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from toolkit.benchmark.assembly import assemble
from toolkit.benchmark.devices import half_format, resolve_device
from toolkit.benchmark.events import Event
from toolkit.benchmark.journal import Journal
from toolkit.benchmark.rounds import Progress, Rounds
from toolkit.benchmark.runner import SuiteRun, identity
from toolkit.benchmark.selection import select
from toolkit.benchmark.suite import Suite
from toolkit.benchmark.supervisor import WORKER
from toolkit.errors import InputError, Problem
from toolkit.text import Language, t

if TYPE_CHECKING:
    from toolkit.benchmark.jobs import Job, JournalOf

_LOOK_S = 0.5
_ACCELERATOR = "accelerator_type:"


@dataclass(frozen=True, slots=True)
class Machine:
    """The machine that stands for a kind."""

    kind: str
    node: str
    cpus: float
    gpus: float


def run_on_cluster(
    job: Job, *, journal: JournalOf, progress: Progress | None = None, language: Language = "en"
) -> list[SuiteRun]:
    """One run for every kind of machine, all at the same time. Raises InputError without Ray or a cluster."""
    ray = _connected()
    try:
        machines = machine_kinds(ray.nodes())
        begun, runs = time.monotonic(), dict[str, SuiteRun]()

        def one(machine: Machine) -> None:
            runs[machine.kind] = _run_on(ray, machine, job, journal, progress, language, begun)

        threads = [threading.Thread(target=one, args=(machine,)) for machine in machines]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return [runs[machine.kind] for machine in machines if machine.kind in runs]
    finally:
        ray.shutdown()


def machine_kinds(nodes: Sequence[Mapping[str, Any]]) -> list[Machine]:
    """One living machine of every kind, from what Ray says about its nodes."""
    found: dict[str, Machine] = {}
    for node in nodes:
        resources = node.get("Resources", {})
        cpus = float(resources.get("CPU", 0))
        if not node.get("Alive") or not cpus:
            continue
        types = [name.removeprefix(_ACCELERATOR) for name in resources if name.startswith(_ACCELERATOR)]
        kind = types[0] if types else f"cpu-{cpus:.0f}"
        found.setdefault(kind, Machine(kind, node["NodeID"], cpus, float(resources.get("GPU", 0))))
    return list(found.values())


def _connected() -> Any:
    try:
        import ray
    except ImportError:
        raise InputError([Problem("bench.no_ray", "launcher")]) from None
    package = str(Path(__file__).resolve().parents[1])
    try:
        ray.init("auto", logging_level="error", log_to_driver=False, runtime_env={"py_modules": [package]})
    except (ConnectionError, RuntimeError, ValueError) as error:
        values = {"reason": str(error).splitlines()[0][:200]}
        raise InputError([Problem("bench.no_cluster", "launcher", values=values)]) from None
    return ray


def _run_on(
    ray: Any,
    machine: Machine,
    job: Job,
    journal: JournalOf,
    progress: Progress | None,
    language: Language,
    begun: float,
) -> SuiteRun:
    """A run on one machine; what goes wrong there becomes a problem of that run."""
    from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

    name = {"suite": job.selection.suite or "selected", "machine": machine.kind, "job": repr(job.selection)}
    problems: list[Problem] = []
    with Journal(journal(name), name) as record:
        there = ray.remote(
            num_cpus=machine.cpus,
            num_gpus=machine.gpus,
            max_retries=0,
            num_returns="streaming",
            scheduling_strategy=NodeAffinitySchedulingStrategy(machine.node, soft=False),
        )(events_there)
        device = job.device if job.device != "auto" else ("cuda" if machine.gpus else "cpu")
        try:
            for reference in there.remote(job, device, list(record.events[1:])):
                event = ray.get(reference)
                record.add(event)
                if progress is not None and event["event"] in ("ready", "block", "done"):
                    words = t(f"bench.progress.{event['event']}", language, case=event.get("case", ""))
                    progress(f"{machine.kind}: {words}", 0.5)
        except (ray.exceptions.RayError, InputError) as error:
            values = {"kind": machine.kind, "reason": str(error).strip().splitlines()[-1][:300]}
            problems.append(Problem("bench.node_failed", machine.kind, values=values))
        suite = select(job.selection, device if device == "cuda" else "cpu", "bf16")  # type: ignore[arg-type]
        found_device, found = assemble(record.events, suite.pace, "cuda" if device == "cuda" else "cpu")
    seconds = time.monotonic() - begun
    return SuiteRun(suite, found_device, found, (*problems, *record.problems, *found.problems), seconds)


def events_there(job: Job, device: str, earlier: list[Event]) -> Iterator[dict[str, Any]]:
    """What runs on the machine: the events of a local run, each as soon as it is there."""
    kind = resolve_device(device)
    suite = select(job.selection, kind, half_format(kind))
    with TemporaryDirectory(prefix="groundplan-ray-") as folder:
        path = Path(folder, "run.jsonl")
        with Journal(path, identity(suite, kind)) as record:
            for event in earlier:
                record.add(event)
            rounds = _rounds(suite, kind, record, job)
            worker = threading.Thread(target=rounds.go)
            sent = len(record.events)
            worker.start()
            while worker.is_alive() or sent < len(record.events):
                for event in record.events[sent:]:
                    yield dict(event)
                    sent += 1
                worker.join(_LOOK_S)


def _rounds(suite: Suite, kind: Any, record: Journal, job: Job) -> Rounds:
    deadline = time.monotonic() + (job.budget_s or suite.budget_s)
    return Rounds(suite, kind, deadline, record, None, "en", WORKER, suite.silence_s)
