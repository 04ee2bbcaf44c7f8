"""What a plan says about funding: who holds shares, which instruments bring money in, what was promised."""

from __future__ import annotations

from typing import Annotated, TypeAlias

from pydantic import Field

from toolkit.resources.funding.debt_records import Loan, P2pLoan, RevenueBased, VentureDebt
from toolkit.resources.funding.equity_records import Crowdfunding, Note, PricedRound, Safe
from toolkit.resources.funding.instrument import Holder, Instrument, Invested, Running, Trigger
from toolkit.resources.funding.promise_records import BuyBack, Promise, ValuationAdjustment
from toolkit.resources.funding.support_records import Grant, Milestone
from toolkit.resources.record import KIND, Sourced
from toolkit.resources.values import Count

__all__ = [
    "BuyBack", "Crowdfunding", "Funding", "Grant", "Holder", "Instrument", "Invested", "Loan", "Milestone",
    "Note", "P2pLoan", "PricedRound", "Promise", "RevenueBased", "Running", "Safe", "Trigger",
    "ValuationAdjustment", "VentureDebt",
]  # fmt: skip

AnyInstrument: TypeAlias = (
    Safe | PricedRound | Note | Loan | P2pLoan | VentureDebt | RevenueBased | Crowdfunding | Grant
)
AnyPromise: TypeAlias = ValuationAdjustment | BuyBack


class Funding(Sourced):
    """`pool` are shares reserved for employees and not yet granted; `contingent` what is owed to investors
    only if something happens."""

    holders: list[Holder] = Field(default_factory=list)
    pool: Count | None = None
    instruments: list[Annotated[AnyInstrument, KIND]] = Field(default_factory=list)
    contingent: list[Annotated[AnyPromise, KIND]] = Field(default_factory=list)
