"""Revisions of a plan: its text verbatim, who saved it and when, and what changed since the one before.

A revision never changes. Its id is the hash of plan, parent and text, so the same history has the same ids in
every workspace, and a return to an earlier text is a new revision. A text that equals the newest one is that
revision: nothing is written.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import duckdb

from toolkit.store.changes import Change, changes_between, read_tree
from toolkit.store.clock import now, recorded, stored
from toolkit.store.refusal import refused
from toolkit.store.workspace import Workspace

ANY = "*"  # on top of whatever is the newest
_COLUMNS = "id, plan, number, parent, author, created_at, message, text, changes"


@dataclass(frozen=True, slots=True)
class Revision:
    """One saved state of a plan. `number` counts from 1 within the plan; `parent` is the id of the revision
    before, None for the first; `created_at` is aware UTC; `changes` are those since the parent."""

    id: str
    plan: str
    number: int
    parent: str | None
    author: str
    created_at: datetime
    message: str
    text: str
    changes: tuple[Change, ...]


def save_revision(
    workspace: Workspace,
    plan: str,
    text: str,
    author: str,
    message: str = "",
    *,
    at: datetime | None = None,
    parent: str | None = ANY,
) -> Revision:
    """Save `text` as the newest revision of `plan`, or return the newest when it has this text already.

    With `parent` it is saved only on top of that revision (None: as the first); where another one is the
    newest, that one is returned and nothing is saved. Raises InputError when `text` is not a YAML mapping,
    StoreError when the workspace cannot be written.
    """
    read_tree(text)  # refused before the workspace is touched
    with workspace.write() as connection:
        newest = _newest(connection, plan)
        if newest and (newest.text == text or parent not in (ANY, newest.id)):
            return newest
        revision = Revision(
            id=revision_id(plan, newest.id if newest else None, text),
            plan=plan,
            number=newest.number + 1 if newest else 1,
            parent=newest.id if newest else None,
            author=author,
            created_at=at or now(),
            message=message,
            text=text,
            changes=changes_between(newest.text, text) if newest else (),
        )
        _insert(connection, revision)
    return revision


def load_revision(workspace: Workspace, id: str | None = None, *, plan: str | None = None) -> Revision:
    """The revision `id`, or the one saved last (of `plan`, where given).

    Raises StoreError when there is none.
    """
    with workspace.read() as connection:
        found = _one(connection, "where id = ?", [id]) if id else _newest(connection, plan)
    if found is None:
        raise refused("no_such_revision" if id else "no_revisions", workspace.path, revision=id)
    return found


def list_revisions(workspace: Workspace, plan: str | None = None) -> tuple[Revision, ...]:
    """All revisions (of `plan`, where given), the newest first. Raises StoreError."""
    with workspace.read() as connection:
        rows = connection.execute(
            f"select {_COLUMNS} from revision where plan = coalesce(?, plan) "
            "order by created_at desc, number desc",
            [plan],
        ).fetchall()
    return tuple(_revision(row) for row in rows)


def diff(before: Revision, after: Revision) -> tuple[Change, ...]:
    """What changed from one revision to another, by field path."""
    return changes_between(before.text, after.text)


def revision_id(plan: str, parent: str | None, text: str) -> str:
    """The id of a revision: a hash of what it is and where it stands, not of who saved it or when."""
    content = json.dumps([plan, parent, text], ensure_ascii=False, separators=(",", ":"))
    return "r-" + hashlib.sha256(content.encode()).hexdigest()[:12]


def _newest(connection: duckdb.DuckDBPyConnection, plan: str | None) -> Revision | None:
    if plan is None:
        return _one(connection, "order by created_at desc, number desc limit 1", [])
    return _one(connection, "where plan = ? order by number desc limit 1", [plan])


def _one(connection: duckdb.DuckDBPyConnection, rest: str, values: list[Any]) -> Revision | None:
    row = connection.execute(f"select {_COLUMNS} from revision {rest}", values).fetchone()
    return _revision(row) if row else None


def _revision(row: tuple[Any, ...]) -> Revision:
    fields: dict[str, Any] = dict(zip(_COLUMNS.split(", "), row, strict=True))
    fields["created_at"] = recorded(fields["created_at"])
    fields["changes"] = tuple(Change(**change) for change in json.loads(fields["changes"]))
    return Revision(**fields)


def _insert(connection: duckdb.DuckDBPyConnection, revision: Revision) -> None:
    row = asdict(revision)
    row["created_at"] = stored(revision.created_at)
    row["changes"] = json.dumps(row["changes"], ensure_ascii=False)
    places = ", ".join("?" * len(row))
    connection.execute(f"insert into revision ({_COLUMNS}) values ({places})", list(row.values()))
