"""Queries that people keep in a workspace, by name, for all who use it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from toolkit.store.clock import now, recorded, stored
from toolkit.store.workspace import Workspace


@dataclass(frozen=True, slots=True)
class SavedQuery:
    """A query under its name. `saved_at` is aware UTC."""

    name: str
    sql: str
    author: str
    saved_at: datetime


def save_query(workspace: Workspace, name: str, sql: str, author: str) -> SavedQuery:
    """Keep a query; one of the same name is replaced. Raises StoreError."""
    query = SavedQuery(name, sql, author, now())
    with workspace.write() as connection:
        connection.execute("delete from saved_query where name = ?", [name])
        connection.execute(
            "insert into saved_query values (?, ?, ?, ?)", [name, sql, author, stored(query.saved_at)]
        )
    return query


def forget_query(workspace: Workspace, name: str) -> None:
    """Take a query away; one that is not there is no fault. Raises StoreError."""
    with workspace.write() as connection:
        connection.execute("delete from saved_query where name = ?", [name])


def saved_queries(workspace: Workspace) -> tuple[SavedQuery, ...]:
    """All kept queries, by name. Raises StoreError."""
    with workspace.read() as connection:
        rows = connection.execute(
            "select name, sql, author, saved_at from saved_query order by name"
        ).fetchall()
    return tuple(SavedQuery(name, sql, author, recorded(at)) for name, sql, author, at in rows)
