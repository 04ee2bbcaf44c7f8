"""A loan over a lending platform (peer to peer): the platform keeps a fee, the borrower pays as on any loan.

received          principal × (1 - origination fee)
payment           that of the loan, plus a service fee as a fraction of each payment
effective rate    the annual rate at which received and payments are worth the same: (1 + irr)^per year - 1
"""

from __future__ import annotations

from dataclasses import dataclass

from toolkit.resources.finance.returns import irr
from toolkit.resources.funding.loan import Loan, LoanSchedule, loan_schedule


@dataclass(frozen=True, slots=True)
class PlatformLoan:
    """`origination_fee_fraction` is kept back from the principal, `service_fee_fraction` added to each
    payment."""

    loan: Loan
    origination_fee_fraction: float
    service_fee_fraction: float = 0.0


@dataclass(frozen=True, slots=True)
class PlatformLoanService:
    """Money: what arrives, every payment with its fee, and the effective annual rate of it all."""

    schedule: LoanSchedule
    received: float
    origination_fee: float
    paid: tuple[float, ...]
    effective_annual_rate: float


def platform_loan_service(terms: PlatformLoan) -> PlatformLoanService:
    """What the borrower gets and pays; errors as in `loan_schedule`."""
    schedule = loan_schedule(terms.loan)
    fee = terms.loan.principal * terms.origination_fee_fraction
    received = terms.loan.principal - fee
    paid = tuple(each.payment * (1 + terms.service_fee_fraction) for each in schedule.payments)
    flows = [each.drawn for each in schedule.payments] + [0.0]
    flows = [drawn - before for drawn, before in zip(flows, (fee, *paid), strict=True)]
    effective = (1 + irr(flows)) ** terms.loan.payments_per_year - 1
    return PlatformLoanService(schedule, received, fee, paid, effective)
