"""Runs in the workspace: saved whole and once, read back equal, or in the part that a page shows.

A run's id is the hash of all it rests on, so saving it again adds nothing; only the log of builds notes that
it was built again, for "the newest run" is the one that was built last. One transaction holds everything of
a run: it is there completely or not at all.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import fields as dataclass_fields
from datetime import datetime
from typing import Any

import duckdb

from toolkit.projection.run import Fan, Metrics, Run
from toolkit.store.clock import now, recorded, stored
from toolkit.store.refusal import refused
from toolkit.store.run_json import as_json, metrics_from, metrics_json, texts_from, texts_json
from toolkit.store.run_tables import (
    insert_books,
    insert_series,
    read_base,
    read_books,
    read_compute,
    read_fans,
    read_paths,
)
from toolkit.store.workspace import Workspace

_RESTS_ON = (
    *("id", "plan", "revision", "scenario", "data_hash", "measurements", "seed", "draws", "replicates"),
    *("code_version", "currency", "months", "closed"),
)
_FOUND = ("metrics", "compute_cost_by_rung", "warnings")
_COLUMNS = ", ".join(_RESTS_ON + _FOUND)
_BUILT = (
    "from run join build on build.run = run.id "
    "where plan = coalesce(?, plan) and scenario = coalesce(?, scenario)"
)


@dataclass(frozen=True, slots=True)
class RunSummary:
    """A run without its series: what it rests on, when it was built last (aware UTC), its metrics.

    `months` are ISO (`2027-01`), the first and the last of the projection; `closed` is the last month whose
    figures are actual ones, None for the plan alone.
    """

    id: str
    plan: str
    revision: str
    scenario: str
    data_hash: str
    seed: int
    draws: int
    currency: str
    closed: str | None
    months: tuple[str, str]
    built_at: datetime
    metrics: Metrics


def save_run(workspace: Workspace, run: Run, *, at: datetime | None = None) -> bool:
    """Save `run` and note that it was built; returns whether it was new. Raises StoreError.

    Nothing at all is written when it is the newest run already.
    """
    with workspace.write() as connection:
        if _newest(connection) == run.id:
            return False
        known = connection.execute("select 1 from run where id = ?", [run.id]).fetchone()
        if not known:
            _insert(connection, run)
        connection.execute(
            "insert into build select coalesce(max(number), 0) + 1, ?, ? from build",
            [run.id, stored(at or now())],
        )
    return not known


def load_run(
    workspace: Workspace, run_id: str | None = None, *, plan: str | None = None, scenario: str | None = None
) -> Run:
    """The run `run_id`, or the one built last (of `plan`, of `scenario`), equal to what was saved.

    Raises StoreError when there is none.
    """
    with workspace.read() as connection:
        key = _find(workspace, connection, run_id, plan, scenario)
        row = connection.execute(f"select {_COLUMNS} from run where id = ?", [key]).fetchall()[0]
        metrics, cost_by_rung, warnings = row[len(_RESTS_ON) :]
        rests_on: dict[str, Any] = dict(zip(_RESTS_ON, row, strict=False))
        rests_on |= {name: tuple(rests_on[name]) for name in ("measurements", "months")}
        closed = rests_on.pop("closed")
        return Run(
            **rests_on,
            base=read_base(connection, key),
            fans=read_fans(connection, key),
            metrics=metrics_from(metrics),
            compute=read_compute(connection, key),
            compute_cost_by_rung=json.loads(cost_by_rung),
            paths=read_paths(connection, key),
            warnings=texts_from(warnings),
            books=None if closed is None else read_books(connection, key, closed),
        )


def load_base(
    workspace: Workspace, run_id: str | None = None, *, lines: Sequence[str] | None = None
) -> dict[str, tuple[float, ...]]:
    """The base case of the run `run_id`, or of the one built last: line → opening value, one value a month.

    With `lines`, of these only; one that the run does not have is left out. Raises StoreError.
    """
    with workspace.read() as connection:
        return read_base(connection, _find(workspace, connection, run_id), lines)


def load_fans(
    workspace: Workspace, run_id: str | None = None, *, lines: Sequence[str] | None = None
) -> dict[str, Fan]:
    """The fans of the run `run_id`, or of the one built last, by line; with `lines`, of these only.

    Raises StoreError.
    """
    with workspace.read() as connection:
        return read_fans(connection, _find(workspace, connection, run_id), lines)


def list_runs(
    workspace: Workspace, *, plan: str | None = None, scenario: str | None = None
) -> tuple[RunSummary, ...]:
    """All runs (of `plan`, of `scenario`, where given), the one built last first. Raises StoreError."""
    with workspace.read() as connection:
        rows = connection.execute(
            "select id, plan, revision, scenario, data_hash, seed, draws, currency, closed, months[1], "
            f"months[-1], max_by(built_at, number), metrics {_BUILT} group by all order by max(number) desc",
            [plan, scenario],
        ).fetchall()
    return tuple(_summary(row) for row in rows)


def _summary(row: tuple[Any, ...]) -> RunSummary:
    *rests_on, first, last, built_at, metrics = row
    fields = dict(zip((field.name for field in dataclass_fields(RunSummary)), rests_on, strict=False))
    return RunSummary(
        **fields, months=(first, last), built_at=recorded(built_at), metrics=metrics_from(metrics)
    )


def _newest(
    connection: duckdb.DuckDBPyConnection, plan: str | None = None, scenario: str | None = None
) -> str | None:
    row = connection.execute(f"select id {_BUILT} order by number desc limit 1", [plan, scenario]).fetchone()
    return row[0] if row else None


def _find(
    workspace: Workspace,
    connection: duckdb.DuckDBPyConnection,
    run_id: str | None,
    plan: str | None = None,
    scenario: str | None = None,
) -> str:
    if run_id is None:
        found = _newest(connection, plan, scenario)
        if found is None:
            raise refused("no_runs", workspace.path)
        return found
    if not connection.execute("select 1 from run where id = ?", [run_id]).fetchone():
        raise refused("no_such_run", workspace.path, run=run_id)
    return run_id


def _insert(connection: duckdb.DuckDBPyConnection, run: Run) -> None:
    row = [getattr(run, name) for name in _RESTS_ON[:-1]] + [run.books.closed if run.books else None]
    row = [list(value) if isinstance(value, tuple) else value for value in row]
    row += [metrics_json(run.metrics), as_json(dict(run.compute_cost_by_rung)), texts_json(run.warnings)]
    connection.execute(f"insert into run ({_COLUMNS}) values ({', '.join('?' * len(row))})", row)
    insert_series(connection, run)
    if run.books is not None:
        insert_books(connection, run.id, run.books)
