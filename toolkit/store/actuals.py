"""Actual figures in the workspace: every import is kept, and the newest figure of a line and month holds.

Nothing is ever overwritten: a correction is another import. The same file again adds nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import duckdb

from toolkit.projection.closed_books import Actual
from toolkit.store.clock import now, recorded, stored
from toolkit.store.workspace import Workspace

Form = Literal["table", "focus"]


@dataclass(frozen=True, slots=True)
class CloudCost:
    """What one service cost in one month, in the plan's currency: `billed` as invoiced, `effective` with
    prepaid amounts spread over their use. `charge` is FOCUS's ChargeCategory; `line` is the line of the plan
    that it counts for, None where it counts for none."""

    month: str
    provider: str
    category: str
    service: str
    charge: str
    line: str | None
    billed: float
    effective: float


@dataclass(frozen=True, slots=True)
class ActualImport:
    """One import: `number` counts from 1; `digest` is the hash of what was read; `imported_at` aware UTC."""

    number: int
    plan: str
    file: str
    form: Form
    digest: str
    author: str
    imported_at: datetime


def save_actuals(
    workspace: Workspace,
    plan: str,
    file: str,
    form: Form,
    digest: str,
    author: str,
    actuals: Sequence[Actual],
    costs: Sequence[CloudCost] = (),
    *,
    at: datetime | None = None,
) -> int | None:
    """Keep what a file holds; returns the number of the import, None when the newest one is of the same
    content. Raises StoreError."""
    with workspace.write() as connection:
        newest = connection.execute(
            "select digest from actual_import where plan = ? order by number desc limit 1", [plan]
        ).fetchone()
        if newest and newest[0] == digest:
            return None
        (number,) = connection.execute("select coalesce(max(number), 0) + 1 from actual_import").fetchall()[0]
        row = [number, plan, file, form, digest, author, stored(at or now())]
        connection.execute("insert into actual_import values (?, ?, ?, ?, ?, ?, ?)", row)
        rows = [[number, plan, one.line, one.month, one.value, one.place] for one in actuals]
        if rows:
            connection.executemany("insert into actual values (?, ?, ?, ?, ?, ?)", rows)
        services = [
            [number, plan, one.month, one.provider, one.category, one.service, one.charge, one.line,
             one.billed, one.effective]
            for one in costs
        ]  # fmt: skip
        if services:
            connection.executemany("insert into cloud_cost values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", services)
    return int(number)


def load_actuals(workspace: Workspace, plan: str) -> tuple[Actual, ...]:
    """The figures that hold, by line and month. Raises StoreError."""
    with workspace.read() as connection:
        return _actuals(connection, plan)


def load_cloud_costs(workspace: Workspace, plan: str) -> tuple[CloudCost, ...]:
    """Cloud costs by month, provider and service; of a month of a provider those of the newest import.

    Raises StoreError.
    """
    with workspace.read() as connection:
        rows = connection.execute(
            "select month, provider, category, service, charge, line, billed, effective from cloud_cost "
            "where plan = ? qualify import = max(import) over (partition by month, provider) "
            "order by month, provider, category, service, charge",
            [plan],
        ).fetchall()
    return tuple(CloudCost(*row) for row in rows)


def list_imports(workspace: Workspace, plan: str) -> tuple[ActualImport, ...]:
    """All imports of a plan, the newest first. Raises StoreError."""
    with workspace.read() as connection:
        rows = connection.execute(
            "select number, plan, file, form, digest, author, imported_at from actual_import "
            "where plan = ? order by number desc",
            [plan],
        ).fetchall()
    return tuple(
        ActualImport(number, plan, file, form, digest, author, recorded(at))
        for number, plan, file, form, digest, author, at in rows
    )


def _actuals(connection: duckdb.DuckDBPyConnection, plan: str) -> tuple[Actual, ...]:
    rows = connection.execute(
        "select line, month, max_by(value, import), max_by(place, import) from actual where plan = ? "
        "group by line, month order by line, month",
        [plan],
    ).fetchall()
    return tuple(Actual(*row) for row in rows)
