"""Instruments that become shares: SAFE, convertible note, priced round, crowdfunding."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from toolkit.resources.funding.instrument import CertainShare, Instrument, Invested, Term
from toolkit.resources.record import Id
from toolkit.resources.values import Count, OwnMoney, OwnPositiveMoney, PositiveShare, Share

Multiple = Annotated[float, Field(gt=0, le=10)]


class Safe(Invested):
    """A simple agreement for future equity; it converts at the next priced round. `ownership` is a fixed
    share of the company (post-money only); `mfn` names the instrument whose terms it takes."""

    kind: Literal["safe"]
    amount: OwnMoney
    form: Literal["post_money", "pre_money"] = "post_money"
    valuation_cap: OwnPositiveMoney | None = None
    discount: Share | None = None
    ownership: PositiveShare | None = None
    mfn: Id | None = None


class Note(Invested):
    """A convertible note: simple interest adds to what converts at the next priced round; without one it is
    paid back with its interest at maturity. `cap_counts` says which shares a cap counts."""

    kind: Literal["convertible_note"]
    amount: OwnMoney
    annual_rate: CertainShare
    maturity_months: Term
    valuation_cap: OwnPositiveMoney | None = None
    cap_counts: Literal["post_money", "pre_money"] | None = None
    discount: Share | None = None


class PricedRound(Instrument):
    """A round at a price: `new_money` at `pre_money_valuation`. `pool_target` is the unallocated pool as a
    share of all shares after the round, `pool_increase` a number of new shares for it; `costs` are legal
    fees as a share of the new money. `pro_rata` says how much of its right each holder uses."""

    kind: Literal["priced_round"]
    new_money: OwnMoney
    pre_money_valuation: OwnPositiveMoney
    pricing: Literal["pre_money", "percent_ownership", "dollars_invested"] = "percent_ownership"
    pool_target: Share | None = None
    pool_increase: Count | None = None
    costs: Share | None = None
    investor: Id | None = None
    pro_rata: dict[str, CertainShare] = Field(default_factory=dict)
    rounding: Literal["none", "yc_4dp"] = "none"
    preference_multiple: Multiple = 1.0
    participation: Literal["non_participating", "participating"] = "non_participating"
    seniority: Annotated[int, Field(ge=0, le=99)] = 0

    @property
    def holder(self) -> str:
        return self.investor or self.id


class Crowdfunding(Instrument):
    """A campaign that ends in `month`: `pledged` by `backers`. `equity` sells common shares at
    `pre_money_valuation`; `reward` owes a delivery that costs `reward_cost` a backer."""

    kind: Literal["crowdfunding"]
    campaign: Literal["reward", "equity"]
    model: Literal["all_or_nothing", "keep_it_all"] = "all_or_nothing"
    goal: OwnMoney
    pledged: OwnMoney
    backers: Count
    platform_fee: Share
    processing_fee: Share | None = None
    fixed_fee: OwnMoney | None = None
    failed: Share | None = None
    payout_months: Annotated[int, Field(ge=0, le=12)] = 1
    reward_cost: OwnMoney | None = None
    delivery_months: Annotated[int, Field(ge=0, le=60)] = 0
    pre_money_valuation: OwnPositiveMoney | None = None
    investor: Id | None = None

    @property
    def holder(self) -> str:
        return self.investor or self.id
