"""Benchmark jobs: measure, keep, compare, take in, give out."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from toolkit.benchmark.assembly import read_results
from toolkit.benchmark.comparison import Comparison, compare, pair_up
from toolkit.benchmark.foreign import Citation, read_foreign
from toolkit.benchmark.jobs import Job, run_job
from toolkit.benchmark.measurement_file import write_measurements
from toolkit.benchmark.runner import SuiteRun, salvage
from toolkit.benchmark.selection import Selection
from toolkit.errors import InputError, Problem
from toolkit.shapes.records import Measurement
from toolkit.store.measurements import load_measurements, save_measurements
from toolkit.store.workspace import Workspace
from toolkit.text import Language

NOT_CITED = Citation()


@dataclass(frozen=True, slots=True)
class Measured:
    """What a suite found, and what could not be measured (single cases may fail)."""

    measurements: tuple[Measurement, ...]
    problems: tuple[Problem, ...]
    runs: tuple[SuiteRun, ...] = ()


def measure(
    workspace: Workspace,
    job: Job | str,
    device: str = "auto",
    progress: Callable[[str, float], None] | None = None,
    language: Language = "en",
    *,
    resume: bool = False,
) -> Measured:
    """Run a job (or the suite of that name) on this machine and keep what it measured.

    A broken run is completed with `resume`; without it a new one begins, after what the broken one had
    finished was kept. Raises InputError for anything asked that cannot be had.
    """
    if isinstance(job, str):
        job = Job(Selection(suite=job), device)
    known = _Journals(workspace, resume)
    runs = run_job(job, journal=known.path, progress=progress, language=language)
    found = tuple(one for run in runs for one in run.measurements)
    save_measurements(workspace, found)
    return Measured(found, tuple(problem for run in runs for problem in run.problems), tuple(runs))


@dataclass(frozen=True, slots=True)
class _Journals:
    """Where runs are recorded while they run: a folder beside the workspace, a file for each run."""

    workspace: Workspace
    resume: bool

    def path(self, identity: dict[str, Any]) -> Path:
        """The journal of a run; an old one that is not to be completed gives up what it holds first."""
        folder = self.workspace.path.with_suffix(".bench")
        text = json.dumps(identity, sort_keys=True)
        file = folder / f"{hashlib.sha256(text.encode()).hexdigest()[:12]}.jsonl"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            if file.exists() and not self.resume:
                save_measurements(self.workspace, salvage(file))
                os.replace(file, file.with_suffix(".old"))
        except OSError as error:
            values = {"reason": error.strerror or str(error)}
            raise InputError([Problem("bench.no_journal", file=str(file), values=values)]) from None
        return file


def known(workspace: Workspace) -> list[Measurement]:
    """What the workspace holds; nothing for one that does not exist yet."""
    return list(load_measurements(workspace)) if workspace.exists else []


def one_of(workspace: Workspace, id: str) -> Measurement:
    """The measurement with this id, or the only one whose id begins so. Raises InputError."""
    found = [one for one in known(workspace) if one.id.startswith(id)]
    if len(found) != 1:
        problem = "unknown_measurement" if not found else "several_measurements"
        raise InputError([Problem(f"bench.{problem}", "id", values={"id": id, "count": len(found)})])
    return found[0]


def compare_sides(workspace: Workspace, first: str, second: str) -> tuple[list[Comparison], list[str]]:
    """The second side against the first, and the workloads that only one side has. A side is a file of
    results or the id of a measurement. Raises InputError."""
    left, right = _side(workspace, first), _side(workspace, second)
    pairs, alone = pair_up(left, right)
    if not pairs:
        raise InputError([Problem("bench.nothing_in_common", values={"first": first, "second": second})])
    return compare(pairs), alone


def _side(workspace: Workspace, name: str) -> list[Measurement]:
    if Path(name).exists():
        found, problems = _read(Path(name))
        if problems:
            raise InputError(problems)
        return found
    return [one_of(workspace, name)]


def take_in(
    workspace: Workspace, file: Path, citation: Citation = NOT_CITED
) -> tuple[int, tuple[Problem, ...]]:
    """Import results: how many are new, and what could not be read.

    JSON Lines of measurements or of a worker's events, or what another benchmark wrote (optimum-benchmark,
    MLPerf training, vLLM serving), which then needs a citation. Good lines are kept.
    Raises InputError when the file itself cannot be used.
    """
    found, problems = _read(file, citation)
    return save_measurements(workspace, found), tuple(problems)


def _read(file: Path, citation: Citation = NOT_CITED) -> tuple[list[Measurement], list[Problem]]:
    try:
        foreign = read_foreign(file, citation)
        return read_results(file) if foreign is None else foreign
    except OSError as error:
        values = {"reason": error.strerror or str(error)}
        raise InputError([Problem("app.unreadable", file=str(file), values=values)]) from None


def give_out(workspace: Workspace, file: Path) -> int:
    """Write every measurement as JSON Lines; returns how many."""
    found = known(workspace)
    write_measurements(file, found)
    return len(found)
