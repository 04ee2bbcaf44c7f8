"""A benchmark job: what to measure, where, how long, and by which launcher."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from toolkit.benchmark.devices import half_format, resolve_device
from toolkit.benchmark.programs import Program, run_program
from toolkit.benchmark.rounds import Progress
from toolkit.benchmark.runner import SuiteRun, identity, measure
from toolkit.benchmark.selection import Selection, select
from toolkit.benchmark.suite import with_processes
from toolkit.benchmark.supervisor import WORKER, torchrun
from toolkit.errors import Problem, refuse
from toolkit.text import Language

LAUNCHERS = ("local", "torchrun", "ray")
JournalOf = Callable[[dict[str, Any]], Path | None]


@dataclass(frozen=True, slots=True)
class Job:
    """`program` is measured instead of a selection where it is given. `budget_s` None: the suite's own.
    `memory_bytes` limits what a case may take (None: what the machine has free). `nproc`: processes of
    torchrun, one device each."""

    selection: Selection = field(default_factory=Selection)
    device: str = "auto"
    budget_s: float | None = None
    launcher: str = "local"
    nproc: int = 1
    memory_bytes: int | None = None
    program: Program | None = None


def run_job(
    job: Job, *, journal: JournalOf, progress: Progress | None = None, language: Language = "en"
) -> list[SuiteRun]:
    """Run a job: one run, or with Ray one for every kind of machine in the cluster. `journal` names the file
    for a run's identity. Raises InputError for anything that cannot be had."""
    refuse(_problems(job))
    shared: Mapping[str, Any] = {"budget_s": job.budget_s, "progress": progress, "language": language}
    if job.program is not None:
        return [run_program(job.program, resolve_device(job.device), journal=journal, **shared)]
    if job.launcher == "ray":
        from toolkit.benchmark.fleet import run_on_cluster

        return run_on_cluster(job, journal=journal, progress=progress, language=language)
    kind = resolve_device(job.device)
    run = _local(job, kind, journal, shared)
    if job.device == "auto" and any(problem.id == "bench.no_cuda" for problem in run.problems):
        # There is a GPU, but torch cannot use it: the CPU is measured, in a journal of its own.
        run = _local(job, "cpu", journal, shared)
    return [run]


def _local(job: Job, kind: Any, journal: JournalOf, shared: Mapping[str, Any]) -> SuiteRun:
    suite = select(job.selection, kind, half_format(kind))
    if job.launcher == "torchrun":
        suite = with_processes(suite, kind, job.nproc)
    suite = replace(suite, memory_bytes=job.memory_bytes)
    command = torchrun(job.nproc) if job.launcher == "torchrun" else WORKER
    return measure(suite, kind, journal=journal(identity(suite, kind)), command=command, **shared)


def _problems(job: Job) -> list[Problem]:
    problems = []
    if job.launcher not in LAUNCHERS:
        values = {"name": job.launcher, "known": ", ".join(LAUNCHERS)}
        problems.append(Problem("bench.unknown_launcher", "launcher", values=values))
    for name in ("nproc", "budget_s", "memory_bytes"):
        value = getattr(job, name)
        if value is not None and value <= 0:
            field_name = name.partition("_")[0]
            problems.append(
                Problem("bench.not_positive", field_name, values={"name": field_name, "value": value})
            )
    if job.nproc > 1 and job.launcher != "torchrun":
        problems.append(Problem("bench.nproc_alone", "nproc"))
    return problems
