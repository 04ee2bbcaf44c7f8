"""Explain: where a number of a stored run comes from, in the base case or in any draw."""

from __future__ import annotations

import re
from dataclasses import dataclass

from toolkit.app.building import Built, reopen
from toolkit.app.study import registry_of, sampler_of
from toolkit.errors import InputError, Problem
from toolkit.projection.explain import Explanation, explain
from toolkit.projection.single_draw import draw_at, one_draw
from toolkit.store.workspace import Workspace

_PERCENTILE = re.compile(r"[pP](\d{1,2}(?:\.\d+)?)")


@dataclass(frozen=True, slots=True)
class Explained:
    """An explanation, the months of its run, and the number of the draw that it is of; None for the base
    case, in which every quantity stands at its median."""

    explanation: Explanation
    months: tuple[str, ...]
    draw: int | None


def explain_line(
    workspace: Workspace,
    line: str,
    month: str | None,
    depth: int,
    run_id: str | None = None,
    draw: str | None = None,
) -> Explained:
    """The explanation of a line in an ISO month (the last one by default).

    `draw` is the number of a draw, or `p5`: the draw that stands at this percentile of the line in the month.
    Raises InputError for a line, a month or a draw that the run does not have.
    """
    built = reopen(workspace, run_id)
    months = built.run.months
    if draw is None:
        return Explained(explain_built(built, line, month, depth), months, None)
    explain_built(built, line, month, 0)  # a line or a month that is not there is refused first
    number = _draw(workspace, built, line, _number(built, month), draw)
    values = one_draw(built.model, registry_of(workspace, built), sampler_of(built.run), number)
    return Explained(explain(built.model, values, line, _number(built, month), depth), months, number)


def explain_built(built: Built, line: str, month: str | None, depth: int) -> Explanation:
    """The same in the base case, for a run that is open."""
    return explain(built.model, built.run.base, line, _number(built, month), depth)


def _number(built: Built, month: str | None) -> int:
    months = built.run.months
    if month is not None and month not in months:
        values = {"month": month, "first": months[0], "last": months[-1]}
        raise InputError([Problem("app.unknown_month", "month", values=values)])
    return months.index(month) + 1 if month else len(months)


def _draw(workspace: Workspace, built: Built, line: str, month: int, text: str) -> int:
    if match := _PERCENTILE.fullmatch(text):
        registry, sampler = registry_of(workspace, built), sampler_of(built.run)
        return draw_at(built.model, registry, sampler, line, month, float(match[1]) / 100)
    if not text.isdecimal() or int(text) >= built.run.draws:
        values = {"text": text, "last": built.run.draws - 1}
        raise InputError([Problem("app.unknown_draw", "draw", values=values)])
    return int(text)
