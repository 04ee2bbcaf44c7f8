"""Actuals: what was imported, how it compares with the budget, and the plan projected again from there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from toolkit.app.actuals.budget import find_budget
from toolkit.app.actuals.variance import VarianceReport, find_variance
from toolkit.projection.run import Run
from toolkit.projection.variance import Variance
from toolkit.store.actuals import ActualImport, list_imports, load_actuals
from toolkit.store.budgets import Budget, list_budgets
from toolkit.store.runs import RunSummary, list_runs
from toolkit.store.workspace import Workspace
from toolkit.text import Text

CASH = "account.cash"
LOW, HIGH = 0, -1  # the outer levels of a fan


@dataclass(frozen=True, slots=True)
class ActualsPage:
    """What a workspace knows of the actual figures of a plan. `months` are those with figures; `reforecasts`
    the newest first."""

    imports: tuple[ActualImport, ...]
    months: tuple[str, ...]
    figures: int
    budgets: tuple[Budget, ...]
    reforecasts: tuple[RunSummary, ...]


@dataclass(frozen=True, slots=True)
class LineCourse:
    """A line by month: planned (the base case, with its 90 % interval where the run keeps one) and actual
    (None where there is no figure)."""

    line: str
    label: Text
    unit: str
    months: tuple[str, ...]
    planned: tuple[float, ...]
    low: tuple[float, ...] | None
    high: tuple[float, ...] | None
    actual: tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class VariancePage:
    """Actual figures of a month against a run, and the course of every line that has figures. `good` and
    `bad` count lines that are better and worse than planned, `known` those with a 90 % interval, `outside`
    those beyond it."""

    report: VarianceReport
    rows: tuple[Variance, ...]
    courses: Mapping[str, LineCourse]
    good: int
    bad: int
    known: int
    outside: int


def actuals_page(workspace: Workspace, plan: str) -> ActualsPage:
    """What is known of the actual figures of a plan. Raises StoreError."""
    known = load_actuals(workspace, plan)
    return ActualsPage(
        imports=list_imports(workspace, plan),
        months=tuple(sorted({one.month for one in known})),
        figures=len(known),
        budgets=list_budgets(workspace, plan),
        reforecasts=tuple(one for one in list_runs(workspace, plan=plan) if one.closed is not None),
    )


def variance_page(workspace: Workspace, plan: str, month: str, budget: str | None) -> VariancePage:
    """Actual figures of a month against a budget (the one locked last, else the newest run of the plan alone,
    by default). Raises InputError, StoreError."""
    report = find_variance(workspace, month, budget, plan)
    run, _ = find_budget(workspace, plan, budget)
    figures: dict[str, dict[str, float]] = {}
    for one in load_actuals(workspace, plan):
        figures.setdefault(one.line, {})[one.month] = one.value
    rows = report.rows
    judged = [one.month.favourable for one in rows]
    return VariancePage(
        report=report,
        rows=rows,
        courses={one.line: _course(one, run, figures[one.line]) for one in rows},
        good=sum(one is True for one in judged),
        bad=sum(one is False for one in judged),
        known=sum(one.inside is not None for one in rows),
        outside=sum(one.inside is False for one in rows),
    )


def _course(row: Variance, run: Run, figures: Mapping[str, float]) -> LineCourse:
    fan, base = run.fans.get(row.line), run.base.get(row.line)
    return LineCourse(
        line=row.line,
        label=row.label,
        unit=row.unit,
        months=run.months,
        planned=base[1:] if base else (0.0,) * len(run.months),
        low=fan.values[LOW] if fan else None,
        high=fan.values[HIGH] if fan else None,
        actual=tuple(figures.get(month) for month in run.months),
    )


def first_line(page: VariancePage) -> str:
    """The line to look at first: cash, where it has figures."""
    return CASH if CASH in page.courses else next(iter(page.courses))
