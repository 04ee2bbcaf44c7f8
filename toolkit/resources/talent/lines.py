"""Talent as lines: every role, and the totals that other rooms read."""

from __future__ import annotations

from dataclasses import dataclass, field

from toolkit.resources.compilation import Compilation, Scope
from toolkit.resources.record import month_after
from toolkit.resources.talent.contributions import Contributions, write_allowances
from toolkit.resources.talent.grants import write_grants
from toolkit.resources.talent.pay import (
    PAYROLL_ACCOUNT,
    write_bonus,
    write_contributions,
    write_recruiting,
    write_salary,
)
from toolkit.resources.talent.people import lead_months, write_people
from toolkit.resources.talent.records import Role, Talent, place_of


@dataclass
class _Totals:
    """Lines by total; `statutory` by place, since an allowance is of one country."""

    lines: dict[str, list[str]] = field(default_factory=dict)
    statutory: dict[tuple[str, str | None], list[str]] = field(default_factory=dict)

    def add(self, total: str, line: str | None) -> None:
        if line is not None:
            self.lines.setdefault(total, []).append(line)


def compile_talent(compilation: Compilation) -> None:
    """Lines and postings of every role, and their totals."""
    talent, company = compilation.plan.talent, compilation.plan.company
    room = compilation.scope("talent", "talent", talent)
    _salary_index(room, talent)
    totals = _Totals()
    for scope, role in compilation.scopes("talent.roles", "talent", talent.roles):
        place = place_of(role, company.country, company.region)
        _role(scope, role, Contributions(room, *place), totals)
    used = [write_allowances(Contributions(room, *place), owed) for place, owed in totals.statutory.items()]
    _write_totals(room, totals, [line for line in used if line])


def _salary_index(room: Scope, talent: Talent) -> None:
    raise_line = room.optional("yearly_raise", 0.0)
    if talent.raise_month is None:
        room.formula("salary_index", f"(1 + {raise_line}) ** floor((t - 1) / 12)", "1")
        return
    compilation, so_far, raises = room.compilation, 0, []
    for number in range(1, compilation.months + 1):
        month = month_after(compilation.plan.company.start, number)
        so_far += number > 1 and int(month[5:]) == talent.raise_month
        raises.append(so_far)
    count = room.schedule("raises", raises, "raise_month", "talent.raises")
    room.formula("salary_index", f"(1 + {raise_line}) ** {count}", "1")


def _role(scope: Scope, role: Role, rules: Contributions, totals: _Totals) -> None:
    people = write_people(scope, role)
    totals.add("headcount", people.heads)
    totals.add("productive", scope.line("productive") if role.ramp_months else people.heads)
    if role.channel is not None and role.search_start is None:
        lead_months(scope, role)
    account, yearly = PAYROLL_ACCOUNT[role.function], write_salary(scope, role)
    pay = scope.amount("pay", f"{people.heads} * {yearly} / 12", account, "cash")
    bonus = write_bonus(scope, role, pay) if role.bonus is not None else None
    owed, statutory = write_contributions(scope, role, rules, people.heads, pay)
    if statutory is not None:
        totals.statutory.setdefault((rules.country, rules.region), []).append(statutory)
    benefits = None
    if role.benefits is not None:
        benefits = scope.amount(
            "benefits_cost", f"{people.heads} * {scope.input('benefits')}", account, "cash"
        )
    recruiting = write_recruiting(scope, role, people)
    for line in (pay, bonus, owed, benefits, recruiting):
        totals.add("cost", line)
    totals.add("social_security", owed)
    totals.add("recruiting", recruiting)
    if role.equity is not None:
        grants = write_grants(scope, role, role.equity, people)
        totals.add("stock_compensation", grants.expense)
        totals.add("granted_shares", grants.granted)
        totals.add("vested_shares", grants.vested)
    if role.research_share is not None:
        _research(scope, pay, bonus, owed, totals)


def _research(scope: Scope, pay: str, bonus: str | None, owed: str | None, totals: _Totals) -> None:
    """The part of the cost that qualifies as research: pay with bonus, and contributions on it."""
    share = scope.input("research_share")
    paid = f"({pay} + {bonus})" if bonus else pay
    totals.add("research_pay", scope.formula("research_pay", f"{paid} * {share}", scope.currency))
    if owed is not None:
        totals.add(
            "research_contributions",
            scope.formula(
                "research_contributions", f"{owed} * {share}", scope.currency, "talent.research_contributions"
            ),
        )


def _write_totals(room: Scope, totals: _Totals, allowances: list[str]) -> None:
    """The totals of all roles. What payroll tax credits are set against is without what allowances took."""
    found, money = totals.lines, room.currency
    minus = "".join(f" - {line}" for line in allowances)
    room.total("headcount", found.get("headcount", []), "people", "headcount_total")
    room.total("productive_headcount", found.get("productive", []), "people", "talent.productive_total")
    room.total("research_pay", found.get("research_pay", []), money, "research_pay_total")
    contributions = found.get("research_contributions", [])
    room.total("research_contributions", contributions, money, "talent.research_contributions_total")
    owed = " + ".join(found.get("social_security", [])) or "0"
    room.formula("social_security", owed + minus, money)
    cost = " + ".join(found.get("cost", [])) or "0"
    room.formula("cost", cost + minus, money, "talent.cost_total")
    for total, unit in (
        ("recruiting", money), ("stock_compensation", money), ("granted_shares", "share"),
        ("vested_shares", "share"),
    ):  # fmt: skip
        if total in found:
            room.total(total, found[total], unit, f"talent.{total}_total")
