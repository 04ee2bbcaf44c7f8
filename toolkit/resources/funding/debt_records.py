"""Instruments that are paid back: term loan, platform loan, venture debt, revenue-based finance."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from toolkit.resources.funding.instrument import CertainShare, Instrument, Running, Term
from toolkit.resources.record import Record
from toolkit.resources.values import Counted, OwnMoney, OwnPositiveMoney, PositiveShare, Value

RepaymentMultiple = Annotated[Value, Counted("1", 1, 10)]


class Drawdown(Record):
    """A tranche: `share` of the amount, paid out `after_months` (0: at closing)."""

    after_months: Annotated[int, Field(ge=0, le=480)]
    share: CertainShare


class Loan(Running):
    """A bank loan. `annual_rate` is nominal, paid in equal periods; the first `interest_only_months` bear
    interest only; `balloon` is the share of the amount that is left for the last payment."""

    kind: Literal["loan"]
    amount: OwnMoney
    annual_rate: CertainShare
    term_months: Term
    payments_per_year: Literal[1, 2, 4, 12] = 12
    interest_only_months: Annotated[int, Field(ge=0, le=480)] = 0
    repayment: Literal["annuity", "equal_principal"] = "annuity"
    balloon: CertainShare | None = None
    drawdowns: list[Drawdown] = Field(default_factory=list)

    @property
    def months_a_payment(self) -> int:
        return 12 // self.payments_per_year


class P2pLoan(Loan):
    """A loan over a platform, which keeps `origination_fee` of the amount back and adds `service_fee` to
    each payment (a share of it)."""

    kind: Literal["p2p_loan"]  # type: ignore[assignment]
    origination_fee: CertainShare
    service_fee: CertainShare | None = None


class VentureDebt(Loan):
    """A loan with fees (shares of the amount), warrants, and a covenant: month-end cash not below
    `minimum_cash`. Warrants buy `warrant_coverage` of the amount in shares at `warrant_strike`, by default
    the price of the last round."""

    kind: Literal["venture_debt"]  # type: ignore[assignment]
    facility_fee: CertainShare | None = None
    final_payment: CertainShare | None = None
    warrant_coverage: CertainShare | None = None
    warrant_strike: OwnPositiveMoney | None = None
    minimum_cash: OwnMoney | None = None


class RevenueBased(Instrument):
    """An advance that is paid back as `revenue_share` of each month's revenue, from the month after closing,
    until `multiple` of it is paid."""

    kind: Literal["revenue_based"]
    amount: OwnMoney
    multiple: RepaymentMultiple
    revenue_share: PositiveShare
