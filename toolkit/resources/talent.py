"""Talent: roles, what they cost with statutory contributions, and when they come.

    headcount = count × (1 from the start to the end of the role)
    salary a month = salary × (1 + raise) ^ full years of the plan / 12
    employer cost = statutory contributions of the country and year on the yearly salary, or a given rate
    recruiting = people who come this month × yearly salary × recruiting share

Statutory contributions come from `data/employer_rates.csv` as a bracket table: each slice of the yearly
salary at the sum of the rates that apply to it. The newest year known holds until a newer one is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pydantic import Field

from toolkit.lines.table import Table
from toolkit.provenance import Source
from toolkit.reference import EmployerRate
from toolkit.resources.compilation import Compilation, Scope
from toolkit.resources.record import Item, Sourced, Span
from toolkit.resources.values import Change, MoneyPerMonth, MoneyPerYear, People, Share

Function = Literal["research", "sales", "general", "support"]
PAYROLL_ACCOUNT: dict[Function, str] = {
    "research": "research_payroll",
    "sales": "sales_payroll",
    "general": "general_payroll",
    "support": "cost_payroll",
}


class Role(Item, Span):
    """`count` people at `salary` a year. `employer_rate` replaces the statutory contributions of the country.
    `research_share` is the part of the work that qualifies as research."""

    function: Function
    count: People
    salary: MoneyPerYear
    employer_rate: Share | None = None
    benefits: MoneyPerMonth | None = None
    recruiting_share: Share | None = None
    research_share: Share | None = None


class Talent(Sourced):
    """`yearly_raise` holds for every role."""

    yearly_raise: Change | None = None
    roles: list[Role] = Field(default_factory=list)


def employer_table(compilation: Compilation) -> Table | None:
    """Statutory employer contributions of the company's country on a yearly salary; None where unknown.

    Rules that an employer chooses or that depend on the region are not part of it: give `employer_rate`.
    """
    country, day = compilation.plan.company.country, f"{compilation.plan.company.start}-01"
    rules = [
        rule for rule in compilation.reference.employer_rates
        if rule.country == country and rule.kind == "statutory" and rule.base == "bracket"
        and rule.region is None and rule.option is None and rule.per == "employee" and rule.rate is not None
    ]  # fmt: skip
    known = [rule.valid_from for rule in rules if rule.valid_from is not None and rule.valid_from <= day]
    rules = [rule for rule in rules if known and rule.valid_from == max(known)]
    if not rules:
        return None
    slices = [_yearly_slice(rule) for rule in rules]
    edges = sorted({0.0, *(edge for _, low, high in slices for edge in (low, high) if edge is not None)})
    totals = [
        sum(rate for rate, low, high in slices if low <= edge and (high is None or edge < high))
        for edge in edges
    ]
    first = rules[0].source
    title = f"{first.title}: {', '.join(rule.name for rule in rules)}"
    source = Source("rule", title, first.place, first.url, first.date, first.confidence)
    return Table(f"employer.{country.lower()}", "1", tuple(edges), tuple(totals), source)


def _yearly_slice(rule: EmployerRate) -> tuple[float, float, float | None]:
    """Rate, floor and ceiling of a rule on a yearly salary."""
    months = 12 if rule.period == "month" else 1
    low = float(rule.from_amount or 0) * months
    return float(rule.rate or 0), low, None if rule.to_amount is None else float(rule.to_amount) * months


def compile_talent(compilation: Compilation) -> None:
    """Lines and postings of every role, and their totals."""
    talent = compilation.plan.talent
    room = compilation.scope("talent", "talent", talent)
    raise_line = room.optional("yearly_raise", 0.0)
    room.formula("salary_index", f"(1 + {raise_line}) ** floor((t - 1) / 12)", "1")
    table = employer_table(compilation)
    if table is not None:
        compilation.book.table(table)
    scopes = compilation.scopes("talent.roles", "talent", talent.roles)
    roles = [_role(scope, role, table) for scope, role in scopes]
    room.total("headcount", [role.headcount for role in roles], "people", "headcount_total")
    research = [role.research_pay for role in roles if role.research_pay]
    room.total("research_pay", research, room.currency, "research_pay_total")
    # What a payroll tax credit can be set against.
    contributions = [role.employer_cost for role in roles if role.employer_cost]
    room.total("social_security", contributions, room.currency)


@dataclass(frozen=True, slots=True)
class _RoleLines:
    """The lines of a role that the totals read."""

    headcount: str
    employer_cost: str | None
    research_pay: str | None


def _role(scope: Scope, role: Role, table: Table | None) -> _RoleLines:
    heads = scope.formula("headcount", f"{scope.input('count')} * {scope.active(role)}", "people")
    indexed = f"{scope.input('salary')} * talent.salary_index"
    yearly = scope.formula("salary_now", indexed, f"{scope.currency}/year")
    account = PAYROLL_ACCOUNT[role.function]
    pay = scope.amount("pay", f"{heads} * {yearly} / 12", account, "cash")
    if role.benefits is not None:
        scope.amount("benefits_cost", f"{heads} * {scope.input('benefits')}", account, "cash")
    if role.recruiting_share is not None:
        joined = scope.formula("joined", f"max({heads} - {heads}[-1], 0)", "people")
        fee = f"{joined} * {yearly} * {scope.input('recruiting_share')}"
        scope.amount("recruiting", fee, "recruiting", "cash")
    research = None
    if role.research_share is not None:
        work = f"{pay} * {scope.input('research_share')}"
        research = scope.formula("research_pay", work, scope.currency)
    return _RoleLines(heads, _employer_cost(scope, role, table, pay), research)


def _employer_cost(scope: Scope, role: Role, table: Table | None, pay: str) -> str | None:
    if role.employer_rate is not None:
        formula = f"{pay} * {scope.input('employer_rate')}"
    elif table is not None:
        contributions = f"brackets({table.name}, {scope.line('salary_now')})"
        formula = f"{scope.line('headcount')} * {contributions} / 12"
    else:
        return None
    return scope.amount("employer_cost", formula, PAYROLL_ACCOUNT[role.function], "cash")
