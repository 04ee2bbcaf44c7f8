"""Reading the workspace for the pages: each thing once, and nothing twice that cannot have changed.

A run and a revision never change, so what is made from them is kept by their id. What a workspace holds does
change: it is kept by the stamp of its file, so a page's run asks the file system and not the database, and
shows a new run at its next refresh. While somebody else holds the file, the last known answer stands. Records
are frozen and shared by all sessions.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import streamlit as st

from toolkit.app.building import Built, reopen
from toolkit.app.pages.actuals import ActualsPage, VariancePage, actuals_page, variance_page
from toolkit.app.pages.benchmarks import DeviceResults, results
from toolkit.app.pages.blocks import Compared, compared
from toolkit.app.pages.funding import CapTable, Payout, RoundRow, cap_table, exit_course, rounds
from toolkit.app.pages.gpu_costs import Choices, CostPage, choices, cost_page
from toolkit.app.pages.history import HistoryRow, history
from toolkit.app.pages.market import MarketPage, market_page
from toolkit.app.pages.overview import (
    LatestChange,
    Overview,
    ScenarioRow,
    baseline_of,
    latest_change,
    overview,
    scenario_rows,
)
from toolkit.app.pages.policy import ClaimRow, ProgrammeRow, claims, programmes
from toolkit.app.pages.roofline import Roofline, roofline
from toolkit.app.pages.scenarios import CashCourse, cash_courses
from toolkit.app.pages.survey import PlanEntry, survey
from toolkit.errors import InputError, StoreError
from toolkit.estimate.cost.speed import Speeds
from toolkit.estimate.cost.workload import CostWorkload
from toolkit.projection.run import Run
from toolkit.reference import load_reference
from toolkit.store.measurements import MeasuredDay, measured_days, newest_measurements
from toolkit.store.revisions import Revision, load_revision
from toolkit.store.runs import load_run
from toolkit.store.saved_queries import SavedQuery, saved_queries
from toolkit.store.workspace import Workspace

WAIT_S = 2.0  # a page waits at most so long for somebody who writes
Stamp = tuple[tuple[int, int] | None, ...]


def read_ahead(workspace: Workspace) -> None:
    """Read what the overview of the first plan shows, so that its first reader need not wait for it.

    Raises GroundplanError.
    """
    path = str(workspace.path)
    for plan in plans(workspace)[:1] if workspace.exists else ():
        if plan.base.run:
            baseline = baseline_of(plan, plan.base)
            overview_of(path, plan.base.run.id, baseline.run if baseline else None)
        scenarios_of(path, plan)


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


def courses_of(path: str, plan: PlanEntry) -> tuple[CashCourse, ...]:
    """Cash of every scenario that was built. Raises StoreError."""
    runs = {entry.id: run(path, entry.run.id) for entry in plan.scenarios if entry.run}
    return cash_courses(runs, {entry.id: entry.label for entry in plan.scenarios})


@st.cache_resource(max_entries=64, show_spinner=False)
def change_of(path: str, revision: str) -> LatestChange:
    """What a revision changed. Raises StoreError."""
    return latest_change(load_revision(Workspace(Path(path)), revision))


def history_of(workspace: Workspace, plan: str) -> tuple[HistoryRow, ...]:
    """The revisions of a plan, the newest first. Raises StoreError."""
    return _history(str(workspace.path), plan, _stamp(workspace.path), workspace.wait_s)


@st.cache_resource(max_entries=64, show_spinner=False)
def revision_of(path: str, id: str) -> Revision:
    """A revision. Raises StoreError."""
    return load_revision(Workspace(Path(path)), id)


def text_of(path: str, revision: str) -> str:
    """The text of a revision. Raises StoreError."""
    return revision_of(path, revision).text


def costs_of(workspace: Workspace, workload: CostWorkload, today: date) -> CostPage:
    """What a piece of work costs on every offer. Raises InputError."""
    stamp = _stamp(workspace.path) if workspace.exists else ()
    key = workload.model_dump_json()
    return _costs(str(workspace.path), stamp, key, today, workload, workspace.wait_s)


@st.cache_resource(show_spinner=False)
def offer_choices() -> Choices:
    """What filters over offers can choose from."""
    return choices(load_reference())


@st.cache_resource(max_entries=24, show_spinner=False)
def funding_of(path: str, run: str) -> tuple[tuple[RoundRow, ...], CapTable | None]:
    """Rounds and cap table of a run. Raises InputError for a round that cannot be priced."""
    found = built(path, run)
    return rounds(found), cap_table(found)


@st.cache_resource(max_entries=24, show_spinner=False)
def exits_of(path: str, run: str) -> tuple[Payout, ...]:
    """Payouts of a run over a range of exit values. Raises InputError."""
    return exit_course(built(path, run))


@st.cache_resource(max_entries=24, show_spinner=False)
def policy_of(path: str, run: str) -> tuple[tuple[ClaimRow, ...], tuple[ProgrammeRow, ...]]:
    """Claims of a run's plan, and the programmes of its country."""
    found = built(path, run)
    return claims(found), programmes(found)


@st.cache_resource(max_entries=24, show_spinner=False)
def market_of(path: str, run: str) -> MarketPage:
    """The market of a run."""
    return market_page(built(path, run))


def actuals_of(workspace: Workspace, plan: str) -> ActualsPage:
    """What is known of the actual figures of a plan. Raises StoreError."""
    return _actuals(str(workspace.path), plan, _stamp(workspace.path), workspace.wait_s)


def variance_of(workspace: Workspace, plan: str, month: str, budget: str | None) -> VariancePage:
    """Actual figures of a month against a budget. Raises InputError, StoreError."""
    return _variance(str(workspace.path), plan, month, budget, _stamp(workspace.path), workspace.wait_s)


def days_of(workspace: Workspace) -> tuple[MeasuredDay, ...]:
    """On which days which device was measured, the last first. Raises StoreError."""
    return _days(str(workspace.path), _stamp(workspace.path), workspace.wait_s)


def compared_days(workspace: Workspace, first: MeasuredDay, second: MeasuredDay) -> Compared:
    """Two days of measuring, the second over the first. Raises StoreError."""
    stamp = _stamp(workspace.path)
    return _compared(str(workspace.path), stamp, first, second, workspace.wait_s)


@st.cache_resource(max_entries=24, show_spinner=False, hash_funcs={DeviceResults: lambda one: hash(one.key)})
def roofline_of(found: DeviceResults) -> Roofline:
    """The roofline of a device."""
    return roofline(found, load_reference())


def queries_of(workspace: Workspace) -> tuple[SavedQuery, ...]:
    """The queries that people kept. Raises StoreError."""
    return _queries(str(workspace.path), _stamp(workspace.path), workspace.wait_s)


def opened(path: str) -> Workspace:
    """The workspace at a path."""
    return Workspace(Path(path), WAIT_S)


def stamp_of(workspace: Workspace) -> Stamp:
    """What changes whenever the workspace does."""
    return _stamp(workspace.path)


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
def _history(path: str, plan: str, stamp: Stamp, _wait_s: float) -> tuple[HistoryRow, ...]:
    del stamp
    return history(Workspace(Path(path), _wait_s), plan)


@st.cache_resource(max_entries=48, show_spinner=False)
def _costs(
    path: str, stamp: Stamp, key: str, today: date, _workload: CostWorkload, _wait_s: float
) -> CostPage:
    del key
    return cost_page(_workload, load_reference(), _speeds(path, stamp, _wait_s), today)


@st.cache_resource(max_entries=4, show_spinner=False)
def _speeds(path: str, stamp: Stamp, _wait_s: float) -> Speeds:
    """Speeds are found once and kept: filters, prices and amounts then take milliseconds."""
    known = [one for one, _ in newest_measurements(Workspace(Path(path), _wait_s))] if stamp else []
    return Speeds(load_reference(), known)


@st.cache_resource(max_entries=8, show_spinner=False)
def _actuals(path: str, plan: str, stamp: Stamp, _wait_s: float) -> ActualsPage:
    del stamp
    return actuals_page(Workspace(Path(path), _wait_s), plan)


@st.cache_resource(max_entries=16, show_spinner=False)
def _variance(
    path: str, plan: str, month: str, budget: str | None, stamp: Stamp, _wait_s: float
) -> VariancePage:
    del stamp
    return variance_page(Workspace(Path(path), _wait_s), plan, month, budget)


@st.cache_resource(max_entries=8, show_spinner=False)
def _days(path: str, stamp: Stamp, _wait_s: float) -> tuple[MeasuredDay, ...]:
    del stamp
    return measured_days(Workspace(Path(path), _wait_s))


@st.cache_resource(max_entries=16, show_spinner=False)
def _compared(path: str, stamp: Stamp, first: MeasuredDay, second: MeasuredDay, _wait_s: float) -> Compared:
    del stamp
    workspace = Workspace(Path(path), _wait_s)
    sides = [
        [one for one, _ in newest_measurements(workspace, each.device, each.day)] for each in (first, second)
    ]
    return compared(sides[0], sides[1])


@st.cache_resource(max_entries=8, show_spinner=False)
def _queries(path: str, stamp: Stamp, _wait_s: float) -> tuple[SavedQuery, ...]:
    del stamp
    return saved_queries(Workspace(Path(path), _wait_s))


@st.cache_resource(max_entries=8, show_spinner=False)
def _measured(path: str, stamp: Stamp, _wait_s: float) -> tuple[DeviceResults, ...]:
    del stamp
    return results(newest_measurements(Workspace(Path(path), _wait_s)))


@st.cache_resource(max_entries=24, show_spinner=False)
def _scenarios_of(
    path: str, revision: str, runs: tuple[str, ...], _plan: PlanEntry
) -> tuple[ScenarioRow, ...]:
    del revision
    return scenario_rows(_plan, {key: run(path, key) for key in runs})
