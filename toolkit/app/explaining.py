"""Explain: where a number of a stored run comes from."""

from __future__ import annotations

from toolkit.app.building import Built, reopen
from toolkit.errors import InputError, Problem
from toolkit.projection.explain import Explanation, explain
from toolkit.store.workspace import Workspace


def explain_line(
    workspace: Workspace, line: str, month: str | None, depth: int, run_id: str | None = None
) -> tuple[Explanation, tuple[str, ...]]:
    """The explanation of a line in an ISO month (the last one by default), and the months of the run.

    Raises InputError for a line or month that the run does not have.
    """
    built = reopen(workspace, run_id)
    return explain_built(built, line, month, depth), built.run.months


def explain_built(built: Built, line: str, month: str | None, depth: int) -> Explanation:
    """The same for a run that is open."""
    months = built.run.months
    if month is not None and month not in months:
        values = {"month": month, "first": months[0], "last": months[-1]}
        raise InputError([Problem("app.unknown_month", "month", values=values)])
    number = months.index(month) + 1 if month else len(months)
    return explain(built.model, built.run.base, line, number, depth)
