"""What a workroom can do: one function a kind of job, from an order to a frozen record.

Questions about a run open its study once and keep the last two.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from toolkit.app import analysis
from toolkit.app.actuals.importing import Imported, import_actuals
from toolkit.app.actuals.reforecast import reforecast
from toolkit.app.benchmarking import measure
from toolkit.app.building import build_stored
from toolkit.app.jobs import Order
from toolkit.app.raising import raise_by
from toolkit.app.reporting import Asked, write_reports
from toolkit.app.study import Study
from toolkit.app.what_if import set_inputs
from toolkit.errors import Problem
from toolkit.store.workspace import Workspace

Progress = Callable[[str, float], None]
Kind = Callable[[Order, Progress], Any]


@dataclass(frozen=True, slots=True)
class File:
    """A file that a job wrote."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Files:
    """The files of a report, and findings that did not stop it."""

    files: tuple[File, ...]
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Counted:
    """What a benchmark brought: how many measurements are new, and the cases that failed."""

    measured: int
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Reforecasted:
    """A reforecast, which is stored as a run: what it knew, and what it is compared with."""

    run: str
    closed: str
    against: str
    budget: str | None
    used: tuple[str, ...]
    unreconciled: float


@lru_cache(maxsize=2)
def _study(workspace: str, run: str) -> Study:
    return Study(Workspace(Path(workspace)), run)


def _question(answer: Callable[..., Any], *, shares: bool = True) -> Kind:
    """A job that asks an analysis of a run; `shares`: it tells how far it is."""

    def kind(order: Order, progress: Progress) -> Any:
        given = dict(order.arguments)
        study = _study(order.workspace, given.pop("run"))
        more = {"progress": lambda share: progress("", share)} if shares else {}
        return answer(study, **given, **more)

    return kind


def _build(order: Order, progress: Progress) -> str:
    given = dict(order.arguments)
    workspace = Workspace(Path(order.workspace))
    return build_stored(workspace, given["revision"], given["scenario"], progress=progress).run.id


def _measure(order: Order, progress: Progress) -> Counted:
    given = dict(order.arguments)
    workspace = Workspace(Path(order.workspace))
    found = measure(workspace, given["suite"], given["device"], progress, order.language)
    return Counted(len(found.measurements), found.problems)


def _report(order: Order, progress: Progress) -> Files:
    given = dict(order.arguments)
    with tempfile.TemporaryDirectory(prefix="groundplan-") as folder:
        written = write_reports(
            Workspace(Path(order.workspace)),
            Path(folder),
            given["template"],
            given["formats"],
            given["languages"],
            Asked(run_id=given["run"]),
            progress=progress,
        )
        files = tuple(File(path.name, path.read_bytes()) for path in written.files)
    return Files(files, written.problems)


def _import_actuals(order: Order, progress: Progress) -> Imported:
    given = dict(order.arguments)
    progress("", 0.1)
    with tempfile.TemporaryDirectory(prefix="groundplan-") as folder:
        file = Path(folder, Path(given["name"]).name or "file")
        file.write_bytes(given["content"])
        return import_actuals(
            Workspace(Path(order.workspace)), file, skip_outside=given["skip_outside"], plan=given["plan"]
        )


def _reforecast(order: Order, progress: Progress) -> Reforecasted:
    given = dict(order.arguments)
    progress("project", 0.1)
    found = reforecast(Workspace(Path(order.workspace)), given["closed"], given["run"], given["budget"])
    return Reforecasted(
        found.built.run.id, found.closed, found.against, found.budget, found.used, found.unreconciled
    )


def _what_if(order: Order, progress: Progress) -> Any:
    given = dict(order.arguments)
    progress("", 0.1)
    study = _study(order.workspace, given["run"])
    return set_inputs(study, dict(given["values"]), given["metric"])


def _raise_by(order: Order, progress: Progress) -> Any:
    given = dict(order.arguments)
    study = _study(order.workspace, given.pop("run"))
    progress("", 0.1)
    return raise_by(study.built, study.registry(study.model), **given)


KINDS: Mapping[str, Kind] = {
    "tornado": _question(analysis.find_tornado),
    "sobol": _question(analysis.find_sensitivity),
    "survival": _question(analysis.find_survival, shares=False),
    "drivers": _question(analysis.find_drivers, shares=False),
    "attribution": _question(analysis.find_attribution),
    "goal": _question(analysis.seek_goal),
    "what_if": _what_if,
    "build": _build,
    "measure": _measure,
    "report": _report,
    "raise_by": _raise_by,
    "import_actuals": _import_actuals,
    "reforecast": _reforecast,
}

__all__ = ["KINDS", "Counted", "File", "Files"]
