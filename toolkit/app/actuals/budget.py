"""Budgets: a stored run locked under a name, and what actual figures are compared against."""

from __future__ import annotations

from toolkit.app.building import author
from toolkit.errors import InputError, Problem
from toolkit.lines.spelling import nearest
from toolkit.projection.run import Run
from toolkit.store.budgets import Budget, list_budgets, lock_budget
from toolkit.store.runs import list_runs, load_run
from toolkit.store.workspace import Workspace


def lock(workspace: Workspace, name: str, run_id: str | None = None, note: str = "") -> Budget:
    """Lock a run (the newest of the plan alone, by default) as the budget `name`.

    Raises InputError for an empty name, StoreError for a name that stands for another run.
    """
    name = name.strip()
    if not name:
        raise InputError([Problem("actuals.budget_name", "name")])
    if run_id is None:
        plans = [one.id for one in list_runs(workspace) if one.closed is None]
        run_id = plans[0] if plans else None
    run = load_run(workspace, run_id)
    return lock_budget(workspace, run.plan, name, run.id, author(), note)


def find_budget(workspace: Workspace, plan: str, name: str | None = None) -> tuple[Run, Budget | None]:
    """The run to compare against: that of a budget by name (a run's id does too), else of the budget locked
    last, else the newest run of the plan alone, with None.

    Raises InputError for an unknown name.
    """
    budgets = list_budgets(workspace, plan)
    if name is None:
        if budgets:
            return load_run(workspace, budgets[0].run), budgets[0]
        return load_run(workspace, _plan_alone(workspace, plan)), None
    for budget in budgets:
        if budget.name == name:
            return load_run(workspace, budget.run), budget
    if name in {one.id for one in list_runs(workspace, plan=plan)}:
        return load_run(workspace, name), None
    known = nearest(name, [one.name for one in budgets])
    raise InputError([Problem("actuals.unknown_budget", "budget", values={"name": name, "nearest": known})])


def _plan_alone(workspace: Workspace, plan: str) -> str | None:
    """The newest run without actual figures: of the base where there is one."""
    runs = [one for one in list_runs(workspace, plan=plan) if one.closed is None]
    base = [one for one in runs if one.scenario == "base"]
    return (base or runs)[0].id if runs else None


def budgets_of(workspace: Workspace, plan: str | None = None) -> tuple[Budget, ...]:
    """The budgets of a plan (that of the newest run), the one locked last first. Raises StoreError."""
    return list_budgets(workspace, plan or load_run(workspace).plan)
