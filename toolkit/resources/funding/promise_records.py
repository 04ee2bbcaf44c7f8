"""对赌 and 回购: promises to the investors of a round, which cost nothing until they bite."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from toolkit.resources.funding.instrument import CertainShare, Term
from toolkit.resources.record import EventMonth, Id, Item
from toolkit.resources.values import Chance, OwnPositiveMoney, PaymentMonths

MEASURES = {"revenue": "total.revenue", "net_income": "total.net_income"}


class Promise(Item):
    """`round` names the priced round; `obligor` who owes: only a promise of the company touches its cash."""

    round: Id
    obligor: Literal["company", "founders"] = "company"
    payment_months: PaymentMonths = 0


class ValuationAdjustment(Promise):
    """对赌: `measure` over the `period_months` up to `test_month` must be `promised`, less what `tolerance`
    forgives (0.9: a shortfall of a tenth); else investors get money or founders' shares a month later."""

    kind: Literal["valuation_adjustment"]
    measure: Literal["revenue", "net_income"]
    promised: OwnPositiveMoney
    test_month: EventMonth
    period_months: Annotated[int, Field(ge=1, le=36)] = 12
    tolerance: CertainShare | None = None
    compensation: Literal["cash", "shares"] = "cash"


class BuyBack(Promise):
    """回购: `deadline_months` after closing investors may ask for their money with `annual_return`, unless
    what was promised (a listing) has happened: `released` is the chance that it has."""

    kind: Literal["buy_back"]
    annual_return: CertainShare
    interest: Literal["simple", "compound"] = "compound"
    deadline_months: Term
    released: Chance | None = None
