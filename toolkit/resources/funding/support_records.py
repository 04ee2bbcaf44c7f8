"""Grants: money that is matched to cost and earned by milestones."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, field_validator

from toolkit.resources.funding.instrument import CertainShare, Instrument
from toolkit.resources.record import Item
from toolkit.resources.surroundings import complaint
from toolkit.resources.values import Chance, OwnMoney, PaymentMonths, PositiveShare

# What a grant may pay for: the word in the plan → the line of its cost.
ELIGIBLE = {
    "research_pay": "talent.research_pay",
    "research_compute": "compute.research_cost",
    "compute": "compute.cost",
}


class Milestone(Item):
    """`part` of the award is earned at the end of month `after_months` of the grant, if it is `met`; one that
    is not met ends the grant."""

    after_months: Annotated[int, Field(ge=1, le=120)]
    part: CertainShare
    met: Chance | None = None


class Grant(Instrument):
    """`award` money at most, at most `matching_rate` of the `eligible` cost since `month`; `closes` is the
    chance of the award. It is paid `payment_months` after a milestone."""

    kind: Literal["grant"]
    award: OwnMoney
    matching_rate: PositiveShare
    eligible: Annotated[list[Literal["research_pay", "research_compute", "compute"]], Field(min_length=1)]
    milestones: Annotated[list[Milestone], Field(min_length=1)]
    payment_months: PaymentMonths = 0

    @field_validator("milestones")
    @classmethod
    def _in_order_and_whole(cls, milestones: list[Milestone]) -> list[Milestone]:
        total = sum(milestone.part.quantity.median for milestone in milestones)
        if abs(total - 1) > 1e-9:
            raise complaint("funding.milestones_do_not_add_up", total=total)
        months = [milestone.after_months for milestone in milestones]
        if months != sorted(set(months)):
            raise complaint("funding_plan.milestone_months")
        return milestones
