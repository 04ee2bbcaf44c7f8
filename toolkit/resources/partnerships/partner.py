"""What all partnerships have in common: whether they hold in a month.

holds = in its span × arrives × (1 before the month of a milestone, from then on whether it is met)
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeVar

from toolkit.resources.compilation import Compilation, Scope
from toolkit.resources.partnerships.records import Partner

_Partner = TypeVar("_Partner", bound=Partner)


def partners_of(compilation: Compilation, kind: type[_Partner]) -> Iterator[tuple[Scope, _Partner]]:
    """The partners of one kind, each with its scope."""
    partners = compilation.plan.partnerships.partners
    scopes = compilation.scopes("partnerships.partners", "partnerships", partners, "partnerships")
    yield from ((scope, partner) for scope, partner in scopes if isinstance(partner, kind))


def room_of(compilation: Compilation) -> Scope:
    """The scope of the totals."""
    plan = compilation.plan
    return compilation.scope("partnerships", "partnerships", plan.partnerships, area="partnerships")


def write_holds(scope: Scope, partner: Partner, unless_given: float = 1.0) -> str:
    """The line that is 1 in every month in which a partnership holds, else 0; `unless_given` is the chance of
    one that names none."""
    factors = [scope.active(partner)]
    if partner.arrives is not None or unless_given != 1:
        factors.append(scope.optional("arrives", unless_given))
    for part, milestone in scope.entries("milestones", "milestone", partner.milestones):
        if milestone.met is not None:
            month = part.month("month", milestone.month, "milestone_month")
            factors.append(f"where(t >= {month}, {part.input('met')}, 1)")
    return factors[0] if len(factors) == 1 else scope.formula("holds", " * ".join(factors), "1")
