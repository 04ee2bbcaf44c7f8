"""Benchmark jobs: measure, keep, take in, give out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from toolkit.benchmark import runner
from toolkit.benchmark.assembly import read_results
from toolkit.benchmark.measurement_file import write_measurements
from toolkit.errors import InputError, Problem
from toolkit.shapes.records import Measurement
from toolkit.store.measurements import load_measurements, save_measurements
from toolkit.store.workspace import Workspace
from toolkit.text import Language


@dataclass(frozen=True, slots=True)
class Measured:
    """What a suite found, and what could not be measured (single cases may fail)."""

    measurements: tuple[Measurement, ...]
    problems: tuple[Problem, ...]


def measure(
    workspace: Workspace,
    suite: str,
    device: str,
    progress: Callable[[str, float], None],
    language: Language = "en",
) -> Measured:
    """Run a suite on this machine and keep what it measured.

    Raises InputError for an unknown suite or device, or a GPU that is not there.
    """
    run = runner.measure_suite(suite, device, progress=progress, language=language)
    save_measurements(workspace, run.measurements)
    return Measured(tuple(run.measurements), tuple(run.problems))


def known(workspace: Workspace) -> list[Measurement]:
    """What the workspace holds; nothing for one that does not exist yet."""
    return list(load_measurements(workspace)) if workspace.exists else []


def take_in(workspace: Workspace, file: Path) -> tuple[int, tuple[Problem, ...]]:
    """Import JSON Lines, of measurements or of a worker's events: how many are new, and the bad lines.

    Good lines are kept. Raises InputError when the file itself cannot be used.
    """
    try:
        found, problems = read_results(file)
    except OSError as error:
        values = {"reason": error.strerror or str(error)}
        raise InputError([Problem("app.unreadable", file=str(file), values=values)]) from None
    return save_measurements(workspace, found), tuple(problems)


def give_out(workspace: Workspace, file: Path) -> int:
    """Write every measurement as JSON Lines; returns how many."""
    found = known(workspace)
    write_measurements(file, found)
    return len(found)
