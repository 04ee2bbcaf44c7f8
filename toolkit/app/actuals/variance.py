"""The job: actual figures against a budget."""

from __future__ import annotations

from dataclasses import dataclass

from toolkit.app.actuals.budget import find_budget
from toolkit.app.building import reopen
from toolkit.errors import InputError, Problem
from toolkit.projection.variance import Variance, variances
from toolkit.store.actuals import CloudCost, load_actuals, load_cloud_costs
from toolkit.store.runs import load_run
from toolkit.store.workspace import Workspace


@dataclass(frozen=True, slots=True)
class VarianceReport:
    """Actual figures of a month against a run. `budget` is the name of the locked budget, None where none is
    locked and the newest run of the plan stands in. `unknown` are lines with figures that this run's plan
    does not have. `months` are all that have figures; `cloud` is what cloud services cost in the month, where
    a bill was imported."""

    plan: str
    run: str
    budget: str | None
    currency: str
    month: str
    months: tuple[str, ...]
    rows: tuple[Variance, ...]
    cloud: tuple[CloudCost, ...]
    unknown: tuple[str, ...]


def find_variance(
    workspace: Workspace, month: str | None = None, budget: str | None = None, plan: str | None = None
) -> VarianceReport:
    """The variance by line in a month (the last one with figures, by default).

    Raises InputError (`actuals.none`, `actuals.no_figures_of`, `actuals.unknown_budget`), StoreError.
    """
    name = plan or load_run(workspace).plan
    actuals = load_actuals(workspace, name)
    months = tuple(sorted({one.month for one in actuals}))
    if not months:
        raise InputError([Problem("actuals.none", "actuals", values={"plan": name})])
    chosen = month or months[-1]
    run, locked = find_budget(workspace, name, budget)
    model = reopen(workspace, run.id).model
    if chosen not in months or chosen not in model.months:
        values = {"month": chosen, "months": ", ".join(months)}
        raise InputError([Problem("actuals.no_figures_of", "month", values=values)])
    names = model.lines.keys() | {account.line for account in model.accounts.values()}
    known = [one for one in actuals if one.month in model.months and one.line in names]
    unknown = dict.fromkeys(one.line for one in actuals if one.line not in names)
    cloud = tuple(one for one in load_cloud_costs(workspace, name) if one.month == chosen)
    rows = variances(model, run, known, chosen)
    return VarianceReport(
        plan=name,
        run=run.id,
        budget=locked.name if locked else None,
        currency=model.currency,
        month=chosen,
        months=months,
        rows=rows,
        cloud=cloud,
        unknown=tuple(unknown),
    )
