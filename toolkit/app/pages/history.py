"""The revisions of a plan: who saved what when, what it changed, and any two of them compared."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from toolkit.store.changes import Change, changes_between
from toolkit.store.revisions import Revision, list_revisions
from toolkit.store.workspace import Workspace


@dataclass(frozen=True, slots=True)
class HistoryRow:
    """One revision; `changed` counts the fields that differ from the revision before."""

    id: str
    number: int
    author: str
    created_at: datetime
    message: str
    changed: int


def history(workspace: Workspace, plan: str) -> tuple[HistoryRow, ...]:
    """All revisions of a plan, the newest first. Raises StoreError."""
    return tuple(
        HistoryRow(one.id, one.number, one.author, one.created_at, one.message, len(one.changes))
        for one in list_revisions(workspace, plan)
    )


def difference(before: Revision, after: Revision) -> tuple[Change, ...]:
    """What changed from one revision to the other."""
    return changes_between(before.text, after.text)
