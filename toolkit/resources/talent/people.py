"""People of a role: who is there, who joins, who leaves and is replaced, and how much of them can work.

    there        = count in the months of the role − vacancies
    leave        = there[-1] × (1 − (1 − attrition)^(1/12))
    vacancies    = vacancies[-1] + who left − who left `replacement_months` ago
    joined       = who came new this month, replacements included
    able to work = there − Σ over the months of ramp: joined[-j] × (1 − (j + 1) / (ramp + 1))

People are counted in expectation: 0.3 of a vacancy is a vacancy in three cases of ten.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from toolkit.lines.quantity import Quantity
from toolkit.resources.compilation import Scope
from toolkit.resources.talent.records import Role


@dataclass(frozen=True, slots=True)
class People:
    """Lines of a role: who is there, and who joins in a month."""

    heads: str
    joined: str
    active: str


def write_people(scope: Scope, role: Role) -> People:
    """The lines of who is there in each month."""
    active = _active(scope, role)
    count = scope.input("count")
    there_before = role.start is None and role.search_start is None
    opening = count if there_before else None
    planned = f"{count} * {active}"
    heads = scope.line("headcount")
    comes = f"max({planned} - {heads}[-1], 0)"
    if role.attrition is not None:
        planned = scope.formula("planned", planned, "people", "talent.planned", opening=opening)
        comes = f"max({planned} - {planned}[-1], 0)"
        vacancies, back = _vacancies(scope, role, active)
        planned, comes = f"{planned} - {vacancies}", f"{comes} + {back}" if back else comes
    scope.formula("headcount", planned, "people", opening=opening)
    joined = scope.formula("joined", comes, "people")
    if role.ramp_months:
        _ramp(scope, role.ramp_months, heads, joined)
    return People(heads, joined, active)


def _active(scope: Scope, role: Role) -> str:
    """1 in the months in which the role is filled; with a search it begins when the search is over."""
    if role.search_start is None:
        return scope.active(role)
    first = scope.month("search_start", role.search_start, "talent.search_start")
    lead = lead_months(scope, role)
    inside = scope.active(role)
    return scope.formula("filled", f"{inside} * (t >= {first} + round({lead}))", "1", "talent.filled")


def lead_months(scope: Scope, role: Role) -> str:
    """The input line of the months that a search takes: given, or what is usual for the channel."""
    if role.lead_months is not None:
        return scope.input("lead_months", "talent.lead_months")
    return scope.usual("lead_months", f"{role.channel or 'own'}_lead", "talent.lead_months")


def _vacancies(scope: Scope, role: Role, active: str) -> tuple[str, str | None]:
    """The line of open posts, and of those who come in place of others (None: nobody is replaced)."""
    leave = scope.formula(
        "leave_rate", f"1 - (1 - {scope.input('attrition', 'talent.attrition')}) ** (1 / 12)", "1",
        "talent.leave_rate",
    )  # fmt: skip
    left = scope.formula(
        "left", f"{active} * {scope.line('headcount')}[-1] * {leave}", "people", "talent.left"
    )
    back = None
    if role.replace:
        wait = role.replacement_months or _usual_wait(scope, role)
        back = scope.formula("replaced", f"{active} * {left}[-{wait}]", "people", "talent.replaced")
    change = f" - {back}" if back else ""
    open_posts = f"{active} * ({scope.line('vacancies')}[-1] + {left}{change})"
    return scope.formula("vacancies", open_posts, "people", "talent.vacancies"), back


def _usual_wait(scope: Scope, role: Role) -> int:
    """Months until a replacement comes: a search of median length."""
    usual = scope.compilation.reference.assumptions[f"{role.channel or 'own'}_lead"]
    given = role.lead_months.quantity if role.lead_months is not None else None
    length = given or Quantity.between(usual.low, usual.high)
    return max(1, math.ceil(length.median - 1e-9))


def _ramp(scope: Scope, months: int, heads: str, joined: str) -> None:
    learning = " + ".join(
        (f"{joined}[-{age}]" if age else joined) + f" * {months - age} / {months + 1}"
        for age in range(months)
    )
    scope.formula("productive", f"max({heads} - ({learning}), 0)", "people", "talent.productive")
