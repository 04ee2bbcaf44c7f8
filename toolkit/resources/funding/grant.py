"""A grant: matching, milestones, probability and delay.

    earned by milestone k    award × sum of the parts up to k,  at most  matching rate × eligible cost so far
    paid for milestone k     what is earned by k less what was paid before, `delay` months after its month
    probability of k         chance of the award × chance of every milestone up to k
    own contribution         eligible cost - what the grant pays

A milestone that fails ends the grant; what was paid before stays. Costs count from the first month of the
grant. `EARNED` is the one definition of what is earned so far: a plan projects it, `grant_instalments`
evaluates it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate

from toolkit.errors import Problem, refuse
from toolkit.resources.funding.rule_text import evaluate

EARNED = "max(min(award * part, matching * spent), before)"


@dataclass(frozen=True, slots=True)
class Milestone:
    """`part` of the award (all parts add up to 1) that is earned in `month` (from 1) with `probability`."""

    month: int
    part: float
    probability: float = 1.0


@dataclass(frozen=True, slots=True)
class GrantTerms:
    """`matching_rate` 0.5: the grant pays half of the eligible cost; 1: all of it."""

    award: float
    matching_rate: float
    milestones: tuple[Milestone, ...]
    payment_delay_months: int = 0
    probability: float = 1.0


@dataclass(frozen=True, slots=True)
class Instalment:
    """Money that arrives in `month` with `probability`; `lost_to_matching` is what the award would have
    paid had the company spent more."""

    month: int
    amount: float
    probability: float
    lost_to_matching: float

    @property
    def expected(self) -> float:
        return self.amount * self.probability


def grant_instalments(terms: GrantTerms, eligible_cost: Sequence[float]) -> list[Instalment]:
    """Every payment of a grant, in order; `eligible_cost` by month from 1, the last month's sum stands
    afterwards.

    InputError where the parts do not add up to 1 or milestones are out of order.
    """
    refuse(_problems(terms))
    spent = list(accumulate(eligible_cost, initial=0.0))
    instalments: list[Instalment] = []
    part, probability, paid = 0.0, terms.probability, 0.0
    for milestone in terms.milestones:
        part += milestone.part
        probability *= milestone.probability
        promised = terms.award * part
        cost = spent[min(milestone.month, len(spent) - 1)]
        matching = {"matching": terms.matching_rate, "spent": cost}
        earned = float(evaluate(EARNED, award=terms.award, part=part, before=paid, **matching))
        instalments.append(
            Instalment(
                month=milestone.month + terms.payment_delay_months,
                amount=earned - paid,
                probability=probability,
                lost_to_matching=promised - earned,
            )
        )
        paid = earned
    return instalments


def own_contribution(terms: GrantTerms, eligible_cost: Sequence[float]) -> float:
    """What the company pays of the eligible cost if every milestone is met, in money."""
    return sum(eligible_cost) - sum(each.amount for each in grant_instalments(terms, eligible_cost))


def _problems(terms: GrantTerms) -> Iterable[Problem]:
    total = sum(milestone.part for milestone in terms.milestones)
    if abs(total - 1) > 1e-9:
        yield Problem("funding.milestones_do_not_add_up", "milestones", values={"total": total})
    months = [milestone.month for milestone in terms.milestones]
    if months != sorted(months):
        yield Problem("funding.milestones_out_of_order", "milestones")
