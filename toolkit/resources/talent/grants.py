"""Grants of shares to people who join: vesting, and their cost without cash.

A grant of n shares vests evenly over V months, nothing before the cliff C, then C/V at once. Its fair value
at the grant is an expense over the months of service, against equity, never a payment (ASC 718-10-35,
IFRS 2.10 to 2.15, 企业会计准则第11号). Who leaves gives back what has not vested; what was expensed for it
before the cliff is reversed when they leave (forfeitures as they occur, ASC 718-10-35-3).

    survivors    = share of a month's joiners who are still there: (1 − leave rate)^age
    in vesting   = Σ over ages 0 … V − 1 of granted[-age] × survivors, as a recursion
    expense      = in vesting × share value / V − reversed
    reversed     = Σ over ages 1 … C − 1 of granted[-age] × survivors[age − 1] × leave rate × age / V
    vested       = granted[-(C − 1)] × survivors × C / V + (in vesting of age C and above) / V

A month of service counts when it ends: who joins in January with a cliff of three months has a quarter of a
year vested at the end of March.
"""

from __future__ import annotations

from dataclasses import dataclass

from toolkit.lines.quantity import Quantity
from toolkit.provenance import Source
from toolkit.resources.compilation import Scope
from toolkit.resources.talent.people import People
from toolkit.resources.talent.records import Role, ShareGrant
from toolkit.text import bilingual


@dataclass(frozen=True, slots=True)
class GrantLines:
    """What a role's grants make each month: shares granted, shares vested, expense."""

    granted: str
    vested: str
    expense: str


def write_grants(scope: Scope, role: Role, grant: ShareGrant, people: People) -> GrantLines:
    """Lines and the posting of a role's grants."""
    inner = scope.compilation.scope(
        f"{scope.path}.equity", f"{scope.prefix}.equity", grant, scope.name
    )  # fmt: skip
    if grant.shares is not None:
        each = inner.input("shares", "talent.shares_each")
    else:
        share = inner.input("share_of_company", "talent.share_of_company")
        each = inner.formula("shares", f"{share} * {_all_shares(scope)}", "share", "talent.shares_each")
    granted = inner.formula("granted", f"{people.joined} * {each}", "share", "talent.granted")
    leave = scope.line("leave_rate") if role.attrition is not None else "0"
    window = _Window(inner, granted, leave, people.active)
    months, cliff = grant.vesting_months, grant.cliff_months
    serving = window.over("in_vesting", 0, months, "talent.in_vesting")
    lost = window.lost_before(cliff, months)
    value = inner.input("share_value", "talent.share_value")
    cost = f"{value} * ({serving} / {months}{f' - ({lost})' if lost else ''})"
    accounts = ("stock_compensation", "stock_options")
    expense = inner.amount("expense", cost, *accounts, "talent.stock_compensation")
    monthly = window.over("past_cliff", cliff, months, "talent.past_cliff")
    at_cliff = f" + {window.survivors(cliff - 1)} * {cliff} / {months}" if cliff else ""
    vested = inner.formula("vested", f"{monthly} / {months}{at_cliff}", "share", "talent.vested")
    return GrantLines(granted, vested, expense)


def _all_shares(scope: Scope) -> str:
    """The line of all shares and the pool before the plan."""
    name, compilation = "talent.company_shares", scope.compilation
    if name not in scope.book.lines:
        funding = compilation.plan.funding
        values = [holder.shares for holder in funding.holders] + ([funding.pool] if funding.pool else [])
        total = sum(value.quantity.median for value in values)
        place = compilation.positions.place("funding.holders")
        source = Source("rule", "holders and pool of the plan, before its first month", place)
        label = bilingual("talent.company_shares")
        scope.book.input(name, Quantity.constant(total), "share", label, source)
    return name


@dataclass(frozen=True, slots=True)
class _Window:
    """Cohorts of one role: what was granted, by age, as far as people are still there."""

    scope: Scope
    granted: str
    leave: str
    active: str

    def survivors(self, age: int, stayed: int | None = None) -> str:
        """What was granted `age` months ago to those who stayed for that long (or for `stayed` months)."""
        then = f"{self.granted}[-{age}]" if age else self.granted
        months = age if stayed is None else stayed
        kept = f" * (1 - {self.leave}) ** {months}" if months and self.leave != "0" else ""
        return f"{self.active} * {then}{kept}"

    def over(self, part: str, first: int, end: int, label: str) -> str:
        """The line Σ over ages first … end − 1 of `survivors`: x[-1] × (1 − leave) + those who come into the
        window − those who go out of it."""
        stay = f"{self.scope.line(part)}[-1]" + (f" * (1 - {self.leave})" if self.leave != "0" else "")
        formula = f"{self.active} * ({stay} + {self.survivors(first)} - {self.survivors(end)})"
        return self.scope.formula(part, formula, "share", label)

    def lost_before(self, cliff: int, months: int) -> str:
        """What was expensed for those who leave this month before the cliff, in shares."""
        if self.leave == "0":
            return ""
        return " + ".join(
            f"{self.survivors(age, age - 1)} * {self.leave} * {age} / {months}" for age in range(1, cliff)
        )
