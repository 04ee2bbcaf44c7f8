"""Budgets: a run under a name, locked for good, to compare what happens against."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from toolkit.store.clock import now, recorded, stored
from toolkit.store.refusal import refused
from toolkit.store.workspace import Workspace

_COLUMNS = "plan, name, run, author, note, locked_at"


@dataclass(frozen=True, slots=True)
class Budget:
    """A locked run of a plan. Neither the name nor the run can change; a run never does. `locked_at` is aware
    UTC."""

    plan: str
    name: str
    run: str
    author: str
    note: str
    locked_at: datetime


def lock_budget(
    workspace: Workspace, plan: str, name: str, run: str, author: str, note: str = "",
    *, at: datetime | None = None,
) -> Budget:  # fmt: skip
    """Lock `run` as the budget `name`. The same again is the same budget.

    Raises StoreError (`store.budget_locked`) when the name stands for another run already.
    """
    budget = Budget(plan, name, run, author, note, at or now())
    with workspace.write() as connection:
        known = connection.execute(
            f"select {_COLUMNS} from budget where plan = ? and name = ?", [plan, name]
        ).fetchone()
        if known and known[2] != run:
            raise refused("budget_locked", workspace.path, budget=name, run=known[2])
        if known:
            return _budget(known)
        row = [plan, name, run, author, note, stored(budget.locked_at)]
        connection.execute(f"insert into budget ({_COLUMNS}) values (?, ?, ?, ?, ?, ?)", row)
    return budget


def list_budgets(workspace: Workspace, plan: str) -> tuple[Budget, ...]:
    """The budgets of a plan, the one locked last first. Raises StoreError."""
    with workspace.read() as connection:
        rows = connection.execute(
            f"select {_COLUMNS} from budget where plan = ? order by locked_at desc, name", [plan]
        ).fetchall()
    return tuple(_budget(row) for row in rows)


def _budget(row: tuple[Any, ...]) -> Budget:
    plan, name, run, author, note, locked_at = row
    return Budget(plan, name, run, author, note, recorded(locked_at))
