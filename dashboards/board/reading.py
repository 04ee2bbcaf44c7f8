"""Reading the workspace for the pages: each thing once, and nothing twice that cannot have changed.

A run and a revision never change, so what is made from them is kept by their id. What a workspace holds does
change: it is kept by the stamp of its file, so a page's run asks the file system and not the database, and
shows a new run at its next refresh. While somebody else holds the file, the last known answer stands. Records
are frozen and shared by all sessions.
"""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from toolkit.app.building import Built, reopen
from toolkit.app.pages.benchmarks import DeviceResults, results
from toolkit.app.pages.overview import (
    LatestChange,
    Overview,
    ScenarioRow,
    latest_change,
    overview,
    scenario_rows,
)
from toolkit.app.pages.survey import PlanEntry, survey
from toolkit.errors import InputError, StoreError
from toolkit.projection.run import Run
from toolkit.store.measurements import load_measurements
from toolkit.store.revisions import load_revision
from toolkit.store.runs import load_run
from toolkit.store.workspace import Workspace

Stamp = tuple[tuple[int, int] | None, ...]


def plans(workspace: Workspace) -> tuple[PlanEntry, ...]:
    """Every plan of the workspace. Raises StoreError when it cannot be read and never was."""
    path = str(workspace.path)
    known = _last_known()
    try:
        known[path] = _plans(path, _stamp(workspace.path), workspace.wait_s)
    except StoreError as error:
        if path not in known or all(one.id not in _PASSING for one in error.problems):
            raise
    return known[path]


def measured(workspace: Workspace) -> tuple[DeviceResults, ...]:
    """The newest measurements by device; none for a workspace that is not there yet. Raises StoreError."""
    if not workspace.exists:
        return ()
    return _measured(str(workspace.path), _stamp(workspace.path), workspace.wait_s)


@st.cache_resource(max_entries=24, show_spinner=False)
def built(path: str, run: str) -> Built:
    """A run with the plan and the model that it rests on. Raises GroundplanError."""
    return reopen(Workspace(Path(path)), run)


@st.cache_resource(max_entries=64, show_spinner=False)
def run(path: str, id: str) -> Run:
    """A run. Raises StoreError."""
    return load_run(Workspace(Path(path)), id)


@st.cache_resource(max_entries=64, show_spinner=False)
def overview_of(path: str, shown: str, baseline: str | None) -> Overview:
    """The overview of the run `shown`, against the run `baseline`. Raises StoreError."""
    try:
        plan = built(path, shown).plan
    except InputError:  # written for another version: the explanation below will say what is wrong
        plan = None
    return overview(run(path, shown), plan, run(path, baseline) if baseline else None)


def scenarios_of(path: str, plan: PlanEntry) -> tuple[ScenarioRow, ...]:
    """The scenarios of a plan with what their newest runs say. Raises StoreError."""
    ids = tuple(entry.run.id for entry in plan.scenarios if entry.run)
    return _scenarios_of(path, plan.newest.id, ids, plan)


@st.cache_resource(max_entries=64, show_spinner=False)
def change_of(path: str, revision: str) -> LatestChange:
    """What a revision changed. Raises StoreError."""
    return latest_change(load_revision(Workspace(Path(path)), revision))


_PASSING = ("store.locked", "store.locked_by")  # somebody else holds the file, for now


@st.cache_resource
def _last_known() -> dict[str, tuple[PlanEntry, ...]]:
    return {}


def _stamp(path: Path) -> Stamp:
    """When the file and its log were last written, and how long they are."""
    return tuple(_file_stamp(file) for file in (path, path.with_name(path.name + ".wal")))


def _file_stamp(file: Path) -> tuple[int, int] | None:
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size


# Streamlit leaves arguments with a leading underscore out of the key.
@st.cache_resource(max_entries=8, show_spinner=False)
def _plans(path: str, stamp: Stamp, _wait_s: float) -> tuple[PlanEntry, ...]:
    del stamp
    return survey(Workspace(Path(path), _wait_s))


@st.cache_resource(max_entries=8, show_spinner=False)
def _measured(path: str, stamp: Stamp, _wait_s: float) -> tuple[DeviceResults, ...]:
    del stamp
    return results(load_measurements(Workspace(Path(path), _wait_s)))


@st.cache_resource(max_entries=24, show_spinner=False)
def _scenarios_of(
    path: str, revision: str, runs: tuple[str, ...], _plan: PlanEntry
) -> tuple[ScenarioRow, ...]:
    del revision
    return scenario_rows(_plan, {key: run(path, key) for key in runs})
