"""What a workspace holds: its plans, their revisions, and the newest run of each scenario.

A page reads this on its every run, so nothing of a run but its id is loaded here. Reforecasts, which know
actual figures, are no runs of a scenario: the page of actual figures shows them. A run is `current` when it
rests on the newest revision of its plan; an older one is still shown, and said to be older.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from toolkit.resources.compile import BASE
from toolkit.store.changes import read_tree
from toolkit.store.revisions import Revision, list_revisions
from toolkit.store.runs import RunSummary, list_runs
from toolkit.store.workspace import Workspace
from toolkit.text import Text, bilingual


@dataclass(frozen=True, slots=True)
class RevisionEntry:
    """A revision without its text. `created_at` is aware UTC."""

    id: str
    number: int
    author: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class RunEntry:
    """A run that was built. `revision` is its revision's number; `is_current` says whether that is the
    newest one."""

    id: str
    revision: int
    is_current: bool


@dataclass(frozen=True, slots=True)
class ScenarioEntry:
    """A scenario of the newest revision. `run` is its newest run, None while it was never built; `earlier` is
    the newest run that rests on an older revision than that one, None where there is none."""

    id: str
    label: Text
    run: RunEntry | None
    earlier: RunEntry | None


@dataclass(frozen=True, slots=True)
class PlanEntry:
    """A plan. `revisions` are the newest first; `scenarios` begin with the base, in the order of the plan."""

    id: str
    name: Text
    currency: str
    revisions: tuple[RevisionEntry, ...]
    scenarios: tuple[ScenarioEntry, ...]

    @property
    def newest(self) -> RevisionEntry:
        return self.revisions[0]

    @property
    def base(self) -> ScenarioEntry:
        return self.scenarios[0]

    def scenario(self, id: str | None) -> ScenarioEntry:
        """The scenario `id`; the base for one that the plan does not have."""
        return next((entry for entry in self.scenarios if entry.id == id), self.base)


def survey(workspace: Workspace) -> tuple[PlanEntry, ...]:
    """Every plan of the workspace, the one saved last first; none for a workspace that is not there yet.

    Raises StoreError when the workspace cannot be used.
    """
    if not workspace.exists:
        return ()
    revisions: dict[str, list[Revision]] = {}
    for revision in list_revisions(workspace):
        revisions.setdefault(revision.plan, []).append(revision)
    runs = list_runs(workspace)
    return tuple(_plan(plan, found, runs) for plan, found in revisions.items())


def _plan(id: str, revisions: Sequence[Revision], runs: Iterable[RunSummary]) -> PlanEntry:
    ordered = sorted(revisions, key=lambda revision: revision.number, reverse=True)
    tree = read_tree(ordered[0].text)
    company = _mapping(tree.get("company"))
    built = _by_scenario(runs, id, {revision.id: revision.number for revision in ordered}, ordered[0].id)
    scenarios = [(BASE, bilingual("dashboard.scenario.base")), *_scenarios(tree)]
    return PlanEntry(
        id=id,
        name=Text.of(company.get("name", id)),
        currency=str(company.get("currency", "")),
        revisions=tuple(RevisionEntry(r.id, r.number, r.author, r.created_at) for r in ordered),
        scenarios=tuple(_scenario(name, label, built.get(name, ())) for name, label in scenarios),
    )


def _by_scenario(
    runs: Iterable[RunSummary], plan: str, numbers: Mapping[str, int], newest: str
) -> dict[str, list[RunEntry]]:
    found: dict[str, list[RunEntry]] = {}
    for run in runs:
        if run.plan == plan and run.revision in numbers and run.closed is None:
            entry = RunEntry(run.id, numbers[run.revision], run.revision == newest)
            found.setdefault(run.scenario, []).append(entry)
    return found


def _scenario(id: str, label: Text, built: Sequence[RunEntry]) -> ScenarioEntry:
    run = built[0] if built else None
    older = [entry for entry in built if run and entry.revision < run.revision]
    return ScenarioEntry(id, label, run, max(older, key=lambda entry: entry.revision, default=None))


def _scenarios(tree: Mapping[str, Any]) -> list[tuple[str, Text]]:
    entries = [_mapping(entry) for entry in tree.get("scenarios") or ()]
    return [(str(one["id"]), Text.of(one.get("label", str(one["id"])))) for one in entries if "id" in one]


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
