"""Drafts of a plan: checked as they grow, saved as a revision, merged with what others saved meanwhile.

A revision never changes and none is ever overwritten: whoever saves on top of a revision that they have not
seen is told, with both sides' changes, and may put theirs on top of the newest one.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from toolkit.app.plan_text import edit, load
from toolkit.app.rates import find_rates
from toolkit.errors import InputError, Problem
from toolkit.projection.project import model_of
from toolkit.reference import load_reference
from toolkit.resources.compile import compile_plan, read_plan
from toolkit.shapes.records import Measurement
from toolkit.store.changes import Change, changes_between, read_tree
from toolkit.store.revisions import Revision, load_revision, save_revision
from toolkit.store.workspace import Workspace

_ABSENT: Any = object()


@dataclass(frozen=True, slots=True)
class Conflict:
    """Somebody saved meanwhile: `newest` is theirs; what they changed, what the draft changes, and the paths
    that both change."""

    newest: Revision
    theirs: tuple[Change, ...]
    mine: tuple[Change, ...]
    both: tuple[str, ...]


def check_draft(text: str, measurements: tuple[Measurement, ...] = ()) -> tuple[Problem, ...]:
    """Every problem of a plan's text, under all its scenarios; none for a plan that can be built."""
    reference = load_reference()
    try:
        plan, positions = read_plan(text, reference)
        model_of(compile_plan(plan, reference, find_rates(plan, reference, measurements), positions))
    except InputError as error:
        return error.problems
    return ()


def plan_id(text: str) -> str:
    """The id of the plan in a text. Raises InputError where it has none."""
    company = read_tree(text).get("company")
    found = company.get("id") if isinstance(company, Mapping) else None
    if not found:
        raise InputError([Problem("plan.missing", "company.id", values={"key": "id"})])
    return str(found)


def save_draft(
    workspace: Workspace, text: str, parent: str | None, author: str, message: str = ""
) -> Revision | Conflict:
    """Save a draft that was made from the revision `parent` (None: the plan is new).

    Returns the conflict, and saves nothing, where the newest revision is another one. Raises InputError with
    every problem of the plan, StoreError for the workspace.
    """
    read_plan(text, load_reference())
    saved = save_revision(workspace, plan_id(text), text, author, message, parent=parent)
    if saved.text == text:
        return saved
    if parent is None:
        return Conflict(saved, (), changes_between(saved.text, text), ())
    base = load_revision(workspace, parent).text
    theirs, mine = changes_between(base, saved.text), changes_between(base, text)
    changed = {one.path for one in theirs}
    return Conflict(saved, theirs, mine, tuple(one.path for one in mine if one.path in changed))


def merge(base: str, mine: str, theirs: str) -> str:
    """Their text with my changes to the base put in; where both changed a field, mine holds.

    Comments and order are theirs.
    """
    first, second = load(base), load(mine)

    def change(tree: Any) -> None:
        _merged_mapping(first, second, tree)

    return edit(theirs, change)


def _merged(base: Any, mine: Any, theirs: Any) -> Any:
    if mine == base:
        return theirs
    if theirs == base:
        return mine
    if all(isinstance(one, Mapping) for one in (base, mine, theirs)):
        return _merged_mapping(base, mine, theirs)
    if all(_has_ids(one) for one in (base, mine, theirs)):
        return _merged_list(base, mine, theirs)
    return mine


def _merged_mapping(base: Any, mine: Any, theirs: Any) -> Any:
    for key in dict.fromkeys((*theirs, *mine)):
        parts = [one.get(key, _ABSENT) for one in (base, mine, theirs)]
        found = _merged(*parts)
        if found is _ABSENT:
            theirs.pop(key, None)
        elif found is not parts[2]:
            theirs[key] = copy.deepcopy(found)
    return theirs


def _merged_list(base: Any, mine: Any, theirs: Any) -> Any:
    """Entries by id, in their order; my new ones at the end."""
    by_id = [{row["id"]: row for row in rows} for rows in (base, mine, theirs)]
    places = {row["id"]: place for place, row in enumerate(theirs)}
    gone = []
    for key in dict.fromkeys((*by_id[2], *by_id[1])):
        parts = [rows.get(key, _ABSENT) for rows in by_id]
        found = _merged(*parts)
        if found is _ABSENT and key in places:
            gone.append(places[key])
        elif found is not _ABSENT and key not in places:
            theirs.append(copy.deepcopy(found))
        elif found is not _ABSENT and found is not parts[2]:
            theirs[places[key]] = copy.deepcopy(found)
    for place in sorted(gone, reverse=True):
        del theirs[place]
    return theirs


def _has_ids(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(row, Mapping) and "id" in row for row in value)
