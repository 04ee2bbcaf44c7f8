"""The commitments ledger: what is signed and owed by when, apart from the balance sheet.

    due        money of the month (`monthly`, or the salary of the people who were offered a post); an
               `amount` in all is due as the plan spends it, and what is left of it in its last month
    planned    what the plan spends on it in the month
    left       what remains to be paid after the month, from the day it binds
    uncovered  due but not in the plan: a gap in the plan, or a shortfall that the provider invoices

Nothing of it is posted, for the plan's own lines are, except the shortfall of a minimum spending at a
provider.
"""

from __future__ import annotations

from toolkit.resources.compilation import Compilation, Scope
from toolkit.resources.compute.pricing import provider_slug
from toolkit.resources.operations.commitment_records import Commitment
from toolkit.resources.record import Span

TOTALS = ("due", "left", "uncovered")


def compile_commitments(compilation: Compilation) -> None:
    """Lines of every commitment, and their totals."""
    commitments = compilation.plan.operations.commitments
    if not commitments:
        return
    lines: dict[str, list[str]] = {total: [] for total in TOTALS}
    for scope, one in compilation.scopes("operations.commitments", "commitments", commitments, "operations"):
        writer = _monthly if one.amount is None else _in_all
        for total, line in zip(TOTALS, writer(scope, one), strict=True):
            lines[total].append(line)
    room = compilation.scope("operations", "commitments", compilation.plan.operations, area="operations")
    for total in TOTALS:
        room.total(total, lines[total], room.currency, f"commitments_{total}")


def _planned(scope: Scope, one: Commitment, active: str) -> str:
    """The line of what the plan spends on it while it holds."""
    if one.role is not None:
        parts = ("pay", "bonus_cost", "employer_cost", "benefits_cost")
        names = [f"talent.{one.role}.{part}" for part in parts]
    elif one.cost is not None:
        names = [f"operations.{one.cost}.{part}" for part in ("paid_ahead", "cost")]
        names = [name for name in names if name in scope.book.lines][:1]
    elif one.purchase is not None:
        names = [f"operations.purchase.{one.purchase}.bought"]
    else:
        names = [f"compute.gross.{provider_slug(one.provider)}"] if one.provider else []
    spent = " + ".join(name for name in names if name in scope.book.lines) or "0"
    return scope.formula("planned", f"{active} * ({spent})", scope.currency)


def _binds(scope: Scope, one: Commitment) -> int:
    return scope.compilation.number_of(one.signed or one.start)


def _monthly(scope: Scope, one: Commitment) -> tuple[str, str, str]:
    active = scope.active(Span(start=one.start, end=one.end))
    if one.monthly is not None:
        amount = scope.input("monthly")
    else:
        heads = scope.input("count") if one.count is not None else "1"
        amount = f"{heads} * talent.{one.role}.salary_now / 12"
    due = scope.formula("due", f"{active} * {amount}", scope.currency)
    first, last = (scope.compilation.number_of(month) for month in (one.start, one.end))
    binds = _binds(scope, one)
    remaining = [
        last - max(month, first - 1) if binds <= month <= last else 0
        for month in range(1, scope.compilation.months + 1)
    ]
    to_come = scope.schedule("months_left", remaining, "end")
    left = scope.formula("left", f"{to_come} * {amount}", scope.currency)
    planned = _planned(scope, one, active)
    uncovered = scope.formula("uncovered", f"max({due} - {planned}, 0)", scope.currency)
    return due, left, uncovered


def _in_all(scope: Scope, one: Commitment) -> tuple[str, str, str]:
    active = scope.active(Span(start=one.start, end=one.end))
    planned = _planned(scope, one, active)
    before = f"{scope.line('spent')}[-1]"
    spent = scope.formula("spent", f"{before} + {planned}", scope.currency)
    months = range(1, scope.compilation.months + 1)
    last, binds = scope.compilation.number_of(one.end), _binds(scope, one)
    ends = scope.schedule("ends", [month == last for month in months], "end")
    holds = scope.schedule("holds", [binds <= month < last for month in months], "start")
    amount = scope.input("amount")
    owed = f"max({amount} - {spent}, 0)"
    met = f"min({planned}, max({amount} - {before}, 0))"
    due = scope.formula("due", f"{met} + {ends} * {owed}", scope.currency)
    left = scope.formula("left", f"{holds} * {owed}", scope.currency)
    if one.kind == "cloud":
        scope.amount("shortfall", f"{ends} * {owed}", "cost_compute", "cash")
    uncovered = scope.formula("uncovered", f"{ends} * {owed}", scope.currency)
    return due, left, uncovered
