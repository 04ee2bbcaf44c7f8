"""Questions in SQL: one guarded SELECT over plans, runs, measurements and the facts of `data/`."""

from __future__ import annotations

from toolkit.errors import StoreError
from toolkit.store.query import Answer, run_query
from toolkit.store.reference import refresh_reference
from toolkit.store.workspace import Workspace

LIMIT = 1000


def ask(workspace: Workspace, sql: str) -> Answer:
    """The answer, with at most `LIMIT` rows; the tables of facts are brought up to date first.

    Raises InputError for a query that is wrong or too long, StoreError for the workspace.
    """
    try:
        refresh_reference(workspace)
    except StoreError:
        if not workspace.exists:
            raise  # else somebody holds it: the facts as they are in it will do
    return run_query(workspace, sql, limit=LIMIT)
