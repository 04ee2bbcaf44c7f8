"""The history of a plan: who changed which assumption, when, from what to what; and the way back.

A revision is named by its id, by the beginning of it, or by its number within the plan.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from toolkit.app.building import author, read_text
from toolkit.app.plan_text import write_text
from toolkit.app.tables.columns import TABLES
from toolkit.app.tables.write import write_table
from toolkit.errors import InputError, Problem
from toolkit.reference import load_reference
from toolkit.resources.compile import read_plan
from toolkit.resources.reading import read_yaml
from toolkit.store.changes import Change, changes_between
from toolkit.store.revisions import Revision, list_revisions, save_revision
from toolkit.store.workspace import Workspace
from toolkit.text import Language


@dataclass(frozen=True, slots=True)
class Entry:
    """A revision in a history: all about it but its text. `created_at` is ISO, UTC."""

    id: str
    plan: str
    number: int
    author: str
    created_at: str
    message: str
    changes: tuple[Change, ...]

    @classmethod
    def of(cls, revision: Revision, field: str | None = None) -> Entry:
        """The entry of a revision, with the changes at `field` and below it only where one is given."""
        changes = tuple(one for one in revision.changes if field is None or is_within(one.path, field))
        when = revision.created_at.isoformat(timespec="seconds")
        return cls(
            revision.id, revision.plan, revision.number, revision.author, when, revision.message, changes
        )

    def as_dict(self) -> dict[str, Any]:
        """The JSON form."""
        return {
            "revision": self.id, "plan": self.plan, "number": self.number, "author": self.author,
            "created_at": self.created_at, "message": self.message,
            "changes": [asdict(one) for one in self.changes],
        }  # fmt: skip


def is_within(path: str, field: str) -> bool:
    """Whether a path is a field, below it, or holds it."""
    longer, shorter = (path, field) if len(path) >= len(field) else (field, path)
    return longer.startswith(shorter) and longer[len(shorter) : len(shorter) + 1] in ("", ".", "[")


def plan_history(workspace: Workspace, plan: str | None = None, field: str | None = None) -> list[Entry]:
    """The revisions of a plan (of the one saved last by default), the newest first; with `field` those that
    changed it. Raises StoreError, and InputError for a plan that the workspace does not hold."""
    entries = [Entry.of(one, field) for one in _revisions(workspace, plan)]
    return [entry for entry in entries if field is None or entry.changes]


@dataclass(frozen=True, slots=True)
class Difference:
    """What changed between two states of a plan; `before` and `after` say which: a revision or a file."""

    before: str
    after: str
    changes: tuple[Change, ...]

    def as_dict(self) -> dict[str, Any]:
        """The JSON form."""
        return {"before": self.before, "after": self.after, "changes": [asdict(one) for one in self.changes]}


def plan_diff(
    workspace: Workspace, before: str | None = None, after: str | None = None, plan: str | None = None
) -> Difference:
    """The changes between two revisions, a revision and a plan file, or two files (without a workspace).

    Without names: since the revision before the newest. With one: from it to the newest revision, or, where
    it names a file, from the newest revision to the file. Raises InputError for an unknown one.
    """
    if before and after and Path(before).is_file() and Path(after).is_file():
        old, new = (read_text(Path(name)) for name in (before, after))
        return Difference(before, after, changes_between(old, new))
    revisions = _revisions(workspace, plan)
    newest = revisions[0]
    if before is None:
        earlier, name = (
            (revisions[1].text, f"{revisions[1].number}") if len(revisions) > 1 else (newest.text, "1")
        )
        return Difference(name, str(newest.number), changes_between(earlier, newest.text))
    if after is None and Path(before).is_file():
        return Difference(str(newest.number), before, changes_between(newest.text, read_text(Path(before))))
    first, second = (_state(revisions, name or str(newest.number)) for name in (before, after))
    return Difference(first[1], second[1], changes_between(first[0], second[0]))


def restore(workspace: Workspace, name: str, plan: str | None = None, to: Path | None = None) -> Entry:
    """Save the text of an earlier revision as the newest one, and write it to the file `to`.

    What the file holds is kept as a revision first, so that nothing is lost. Raises InputError, StoreError.
    """
    wanted = _find(_revisions(workspace, plan), name)
    if to is not None and to.exists():
        save_revision(workspace, wanted.plan, read_text(to), author(), to.name)
    message = f"restored from {wanted.number}"
    restored = save_revision(workspace, wanted.plan, wanted.text, author(), message)
    if to is not None:
        write_text(to, wanted.text)
    return Entry.of(restored)


def import_plan(file: Path, workspace: Workspace) -> Entry:
    """Check a plan file (YAML or JSON) and keep it, verbatim, as a revision. Raises InputError with every
    problem of the plan, StoreError."""
    text = read_text(file)
    plan, _ = read_plan(text, load_reference(), str(file))
    return Entry.of(save_revision(workspace, plan.company.id, text, author(), file.name))


def export_text(
    kind: str,
    plan_file: Path | None,
    workspace: Workspace | None,
    plan: str | None,
    revision: str | None,
    to: Path | None,
    language: Language,
) -> str:
    """The text of a plan as it was saved (as JSON where `to` ends so), or one of its tables as CSV; written
    to `to`, which must not exist. Raises InputError, StoreError."""
    if kind not in ("plan", *TABLES):
        values = {"kind": kind, "known": ", ".join(("plan", *TABLES))}
        raise InputError([Problem("tables.unknown_kind", "kind", values=values)])
    if plan_file is not None or workspace is None:
        text = read_text(plan_file or Path("plan.yaml"))
    else:
        revisions = _revisions(workspace, plan)
        text = (_find(revisions, revision) if revision else revisions[0]).text
    name = next((one for one in TABLES if one == kind), None)
    if name is not None:
        text = write_table(name, text, str(plan_file) if plan_file else None, language)
    elif to is not None and to.suffix.lower() == ".json":
        data, _ = read_yaml(text, str(plan_file) if plan_file else None)
        text = json.dumps(data, ensure_ascii=False, indent=2) + "\n"
    if to is not None:
        if to.exists():
            raise InputError([Problem("app.file_exists", file=str(to))])
        write_text(to, text)
    return text


def _revisions(workspace: Workspace, plan: str | None) -> tuple[Revision, ...]:
    """Of one plan, the newest first; never empty."""
    every = list_revisions(workspace)
    if not every:
        raise InputError([Problem("history.empty", file=str(workspace.path))])
    wanted = every[0].plan if plan is None else plan
    found = tuple(one for one in every if one.plan == wanted)
    if not found:
        values = {"plan": plan, "known": ", ".join(dict.fromkeys(one.plan for one in every))}
        raise InputError([Problem("history.unknown_plan", "plan", str(workspace.path), values=values)])
    return tuple(sorted(found, key=lambda one: -one.number))


def _find(revisions: Sequence[Revision], name: str) -> Revision:
    by_number = [one for one in revisions if str(one.number) == name]
    found = by_number or [one for one in revisions if len(name) >= 4 and one.id.startswith(name)]
    if len(found) != 1:
        values = {"name": name, "plan": revisions[0].plan, "last": revisions[0].number}
        raise InputError([Problem("history.unknown_revision", "revision", values=values)])
    return found[0]


def _state(revisions: Sequence[Revision], name: str) -> tuple[str, str]:
    """Text and name of a revision or a file."""
    if Path(name).is_file():
        return read_text(Path(name)), name
    found = _find(revisions, name)
    return found.text, str(found.number)
