"""Crowdfunding: what is left of the pledges when the platform is through, and what is owed for them.

    success           all-or-nothing: pledges below the goal bring nothing;  keep-it-all: whatever was pledged
    collected         pledges × (1 - part of the cards that fail)
    fees              platform fee × collected + processing fee × collected + fixed fee × payments
    received          collected - fees, after the payout delay
    rewards           backers × cost of a reward; what was collected is owed until delivery (IFRS 15)

Equity crowdfunding has the same fees; there the money is capital and no reward is owed. The four
rules below are the one definition: a plan projects them, `close_campaign` evaluates them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from toolkit.resources.funding.rule_text import evaluate

COLLECTED = "where(keeps_all or pledged >= goal, pledged * (1 - failed), 0)"
PAYMENTS = "where(keeps_all or pledged >= goal, backers * (1 - failed), 0)"
PLATFORM_FEE = "collected * platform_share"
PROCESSING_FEE = "collected * processing_share + payments * fixed_fee"

Model = Literal["all_or_nothing", "keep_it_all"]
Kind = Literal["reward", "equity"]


@dataclass(frozen=True, slots=True)
class Campaign:
    """A campaign that closes in `month`. Fractions are of what is collected, `fixed_fee` is money a payment,
    `reward_cost` money a backer; `delivery_months` after the payout the rewards are delivered."""

    kind: Kind
    model: Model
    goal: float
    month: int
    platform_fee_fraction: float
    processing_fee_fraction: float = 0.0
    fixed_fee: float = 0.0
    failed_fraction: float = 0.0
    payout_delay_months: int = 0
    reward_cost: float = 0.0
    delivery_months: int = 0


@dataclass(frozen=True, slots=True)
class CampaignResult:
    """Money: `received` in `payout_month` = `collected` - `fees`; `reward_costs` and the revenue of a reward
    campaign in `delivery_month`."""

    succeeded: bool
    collected: float
    platform_fee: float
    processing_fee: float
    received: float
    reward_costs: float
    payout_month: int
    delivery_month: int

    @property
    def fees(self) -> float:
        return self.platform_fee + self.processing_fee


def close_campaign(campaign: Campaign, pledged: float, backers: float) -> CampaignResult:
    """The outcome of a campaign with so much pledged by so many backers."""
    succeeded = campaign.model == "keep_it_all" or pledged >= campaign.goal
    pledges = {"pledged": pledged, "goal": campaign.goal, "failed": campaign.failed_fraction}
    keeps_all = int(campaign.model == "keep_it_all")
    collected = evaluate(COLLECTED, keeps_all=keeps_all, **pledges)
    payments = evaluate(PAYMENTS, keeps_all=keeps_all, backers=backers, **pledges)
    platform = evaluate(PLATFORM_FEE, collected=collected, platform_share=campaign.platform_fee_fraction)
    processing = evaluate(
        PROCESSING_FEE,
        collected=collected,
        payments=payments,
        processing_share=campaign.processing_fee_fraction,
        fixed_fee=campaign.fixed_fee,
    )
    payout_month = campaign.month + campaign.payout_delay_months
    return CampaignResult(
        succeeded=succeeded,
        collected=float(collected),
        platform_fee=float(platform),
        processing_fee=float(processing),
        received=float(collected - platform - processing),
        reward_costs=float(payments) * campaign.reward_cost if campaign.kind == "reward" else 0.0,
        payout_month=payout_month,
        delivery_month=payout_month + campaign.delivery_months,
    )
