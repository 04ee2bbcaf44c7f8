"""Variance: what happened against what was planned, by line, in a month and in the fiscal year to date.

    difference = actual − plan                share = difference / |plan|, unknown where the plan is 0

Income above the plan and expenses below it are favourable. What is neither good nor bad by itself (hours,
receivables) has no judgement. Income, expenses and amounts add up over the year; a balance, a headcount or a
number of customers is what it is at the end of the month.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from toolkit.projection.closed_books import Actual
from toolkit.projection.model import Model
from toolkit.projection.run import Run
from toolkit.text import Text

Nature = Literal["flow", "balance"]
GOOD = (
    "total.revenue", "total.gross_profit", "total.operating_income", "total.income_before_tax",
    "total.net_income", "total.cash_operating", "total.cash_change", "total.assets", "total.equity",
    "account.cash", "account.retained_earnings", "market.customers", "market.revenue", "funding.raised",
)  # fmt: skip
BAD = ("metric.net_burn", "metric.net_burn_before_credits", "compute.cost", "total.liabilities")
AS_PLANNED = 0.01  # share of the plan: a smaller difference is neither good nor bad, nobody would act on it
ADDS_UP = ("hour", "token", "request")  # units of drivers that are used up within the month


@dataclass(frozen=True, slots=True)
class Comparison:
    """An actual figure and the planned one; `share` is the difference as a share of the plan."""

    actual: float
    plan: float
    difference: float
    share: float | None
    favourable: bool | None


@dataclass(frozen=True, slots=True)
class Variance:
    """One line. `to_date` is the fiscal year up to the month; `missing` are its months without a figure,
    which count on neither side. `interval` is the planned 90 % interval of the month where the run keeps one,
    and `inside` whether the actual figure lies in it."""

    line: str
    label: Text
    unit: str
    nature: Nature
    month: Comparison
    to_date: Comparison
    missing: tuple[str, ...]
    interval: tuple[float, float] | None
    inside: bool | None
    place: str


def variances(model: Model, plan: Run, actuals: Sequence[Actual], month: str) -> tuple[Variance, ...]:
    """Every line that has a figure in `month`, in the order of the statements, then of the plan."""
    known: dict[str, dict[str, Actual]] = {}
    for one in actuals:
        known.setdefault(one.line, {})[one.month] = one
    order = [row.line for row in model.statements if row.line in known]
    order += [line for line in model.lines if line in known]
    order += list(known)
    return tuple(
        _variance(model, plan, line, known[line], month)
        for line in dict.fromkeys(order)
        if month in known[line]
    )


def _variance(model: Model, plan: Run, line: str, figures: Mapping[str, Actual], month: str) -> Variance:
    nature, sign = nature_of(model, line), judgement_of(model, line)
    year = [one for one in fiscal_year(model, month) if one <= month]
    counted = [one for one in year if one in figures] if nature == "flow" else [month]
    account = next((one for one in model.accounts.values() if one.line == line), None)
    known = model.lines.get(line)
    place = plan.months.index(month)
    fan = plan.fans.get(line)
    interval = (fan.values[0][place], fan.values[-1][place]) if fan else None
    actual = figures[month].value
    return Variance(
        line=line,
        label=known.label if known else account.label if account else Text.of(line),
        unit=known.unit if known else model.currency,
        nature=nature,
        month=compare(actual, planned(plan, line, [month]), sign),
        to_date=compare(sum(figures[one].value for one in counted), planned(plan, line, counted), sign),
        missing=tuple(one for one in year if one not in figures) if nature == "flow" else (),
        interval=interval,
        inside=None if interval is None else interval[0] <= actual <= interval[1],
        place=figures[month].place,
    )


def compare(actual: float, plan: float, sign: int) -> Comparison:
    """The comparison of two figures, where more is good (`sign` 1), bad (-1) or neither (0)."""
    difference = actual - plan
    is_as_planned = abs(difference) < AS_PLANNED * abs(plan) or difference == 0
    favourable = None if sign == 0 or is_as_planned else difference * sign > 0
    return Comparison(actual, plan, difference, difference / abs(plan) if plan else None, favourable)


def planned(plan: Run, line: str, months: Sequence[str]) -> float:
    """The base case of a line summed over months; an account that the plan does not use is 0."""
    base = plan.base.get(line)
    return sum(base[plan.months.index(month) + 1] for month in months) if base else 0.0


def fiscal_year(model: Model, month: str) -> tuple[str, ...]:
    """The months of the plan that lie in the fiscal year of a month."""
    fiscal, place = model.fiscal_months(), model.months.index(month)
    first = max(place - fiscal[place] + 1, 0)
    return model.months[first : place - fiscal[place] + 13]


def nature_of(model: Model, line: str) -> Nature:
    """Whether a line adds up over months."""
    for account in model.accounts.values():
        if account.line == line:
            return "balance" if account.is_balance else "flow"
    known = model.lines[line]
    if any(row.line == line and row.statement == "balance" for row in model.statements):
        return "balance"
    if known.statement in ("amount", "flow", "total", "metric"):
        return "flow"
    unit = known.unit.split("/")[0]
    adds_up = unit == model.currency and "/" not in known.unit
    return "flow" if adds_up or any(word in unit for word in ADDS_UP) else "balance"


def judgement_of(model: Model, line: str) -> int:
    """1 where more is good, -1 where it is bad, 0 where neither can be said."""
    if line in GOOD:
        return 1
    if line in BAD:
        return -1
    kinds = {account.line: account.kind for account in model.accounts.values()}
    if line in kinds:
        return {"income": 1, "expense": -1}.get(kinds[line], 0)
    by_name = {account.name: account.kind for account in model.accounts.values()}
    for posting in model.postings:
        if posting.line == line:
            return int(by_name[posting.credit] == "income") - int(by_name[posting.debit] == "expense")
    return 0
