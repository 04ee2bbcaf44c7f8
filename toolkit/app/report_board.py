"""A board update: actual figures against the plan, and the plan projected anew from the closed month."""

from __future__ import annotations

from toolkit.app.actuals.reforecast import Reforecast, reforecast
from toolkit.app.actuals.variance import VarianceReport, find_variance
from toolkit.app.building import Built
from toolkit.projection.variance import Variance
from toolkit.report.board_facts import BoardFacts, CloudRow, VarianceRow
from toolkit.store.runs import load_run
from toolkit.store.workspace import Workspace

CASH = "account.cash"


def board_of(workspace: Workspace, run_id: str | None, budget: str | None = None) -> tuple[Built, BoardFacts]:
    """The reforecast of the run (the newest one by default) and its variance in the last closed month.

    Raises InputError where the plan has no actual figures yet, StoreError.
    """
    anew = reforecast(workspace, run_id=run_id, budget=budget)
    against = anew.budget or anew.against
    found = find_variance(workspace, month=anew.closed, budget=against, plan=anew.built.run.plan)
    return anew.built, _facts(workspace, anew, found)


def _facts(workspace: Workspace, anew: Reforecast, found: VarianceReport) -> BoardFacts:
    plan, built = load_run(workspace, anew.against), anew.built
    closed = built.run.months.index(anew.closed)
    lines = built.model.lines
    totals = {row.line for row in built.model.statements if row.level < 2}
    return BoardFacts(
        month=found.month,
        closed=anew.closed,
        budget=anew.budget,
        against=anew.against,
        rows=tuple(_row(one, built.run.currency, one.line in totals) for one in found.rows),
        before=anew.before,
        after=anew.after,
        planned_cash=plan.base[CASH][1:],
        actual_cash=tuple(
            value if place <= closed else None for place, value in enumerate(built.run.base[CASH][1:])
        ),
        cloud=tuple(
            CloudRow(
                f"{one.provider} · {one.service}",
                lines[one.line].label if one.line is not None and one.line in lines else None,
                one.billed,
                one.effective,
            )
            for one in found.cloud
        ),
        unreconciled=anew.unreconciled,
    )


def _row(one: Variance, currency: str, is_total: bool) -> VarianceRow:
    return VarianceRow(
        label=one.label,
        is_money=one.unit == currency,
        month=(one.month.actual, one.month.plan),
        month_good=one.month.favourable,
        to_date=(one.to_date.actual, one.to_date.plan),
        to_date_good=one.to_date.favourable,
        inside=one.inside,
        is_total=is_total,
    )
