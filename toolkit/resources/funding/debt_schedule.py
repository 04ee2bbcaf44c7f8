"""The schedule of a loan for one unit of principal, by months since closing.

The contract fixes it, so it comes whole from the exact functions (`loan`, `p2p_loan`, `venture_debt`), and
the amount, which may be uncertain, multiplies it. Payments come at the end of each period; a period of
several months accrues its interest in equal parts, and so does a final payment over the whole term.
"""

from __future__ import annotations

from dataclasses import dataclass

from toolkit.resources.funding import loan as exact
from toolkit.resources.funding.debt_records import Loan, P2pLoan, VentureDebt
from toolkit.resources.funding.p2p_loan import PlatformLoan, platform_loan_service
from toolkit.resources.funding.venture_debt import VentureDebt as VentureDebtTerms
from toolkit.resources.funding.venture_debt import debt_service
from toolkit.resources.values import Value


@dataclass(frozen=True, slots=True)
class UnitSchedule:
    """Money for one unit of principal, by month of age (index 0: the month of closing). `balance` is what is
    owed at the month's end, `service_fee` what a platform adds to payments; `final_accrued` and `final_paid`
    are those of a final payment."""

    drawn: tuple[float, ...]
    interest: tuple[float, ...]
    interest_paid: tuple[float, ...]
    repaid: tuple[float, ...]
    balance: tuple[float, ...]
    service_fee: tuple[float, ...]
    final_accrued: tuple[float, ...]
    final_paid: tuple[float, ...]
    upfront_fee: float

    def owed_at(self, age: int) -> tuple[float, float]:
        """Principal and accrued interest that are owed at the end of a month of age; 0 before and after."""
        if not 1 <= age <= len(self.balance):
            return 0.0, 0.0
        accrued = sum(self.interest[:age]) + sum(self.final_accrued[:age])
        return self.balance[age - 1], accrued - sum(self.interest_paid[:age]) - sum(self.final_paid[:age])


def unit_loan(record: Loan) -> exact.Loan:
    """The loan of a plan for one unit of principal."""
    step = record.months_a_payment
    return exact.Loan(
        principal=1.0,
        annual_rate=record.annual_rate.quantity.median,
        payments_per_year=record.payments_per_year,
        term_payments=record.term_months // step,
        interest_only_payments=record.interest_only_months // step,
        repayment=record.repayment,
        balloon_amount=fraction(record.balloon),
        drawdowns={each.after_months // step: fraction(each.share) for each in record.drawdowns},
    )


def unit_schedule(record: Loan) -> UnitSchedule:
    """The schedule by months. InputError for terms that no schedule meets; fields are those of `Loan` in
    `toolkit.resources.funding.loan`."""
    loan = unit_loan(record)
    upfront, final = 0.0, 0.0
    match record:
        case P2pLoan():
            platform = PlatformLoan(loan, fraction(record.origination_fee), fraction(record.service_fee))
            service = platform_loan_service(platform)
            payments, upfront = service.schedule.payments, service.origination_fee
            extra = [paid - each.payment for paid, each in zip(service.paid, payments, strict=True)]
        case VentureDebt():
            fees = (fraction(record.facility_fee), fraction(record.final_payment))
            debt = debt_service(VentureDebtTerms(loan, *fees))
            payments, upfront, final = debt.schedule.payments, debt.facility_fee, debt.final_payment
            extra = [0.0] * len(payments)
        case _:
            payments = exact.loan_schedule(loan).payments
            extra = [0.0] * len(payments)
    return _by_month(payments, extra, upfront, final, record.months_a_payment)


def _by_month(
    payments: tuple[exact.Payment, ...], extra: list[float], upfront: float, final: float, step: int
) -> UnitSchedule:
    months = len(payments) * step
    drawn, interest, paid, repaid, balance, fee = ([0.0] * (months + 1) for _ in range(6))
    for each, added in zip(payments, extra, strict=True):
        start, end = (each.number - 1) * step, each.number * step
        drawn[start] = each.drawn
        for month in range(start, end):
            balance[month] = each.closing_balance + each.principal_repaid
            interest[month + 1] = each.interest / step
        paid[end], repaid[end], fee[end] = each.interest, each.principal_repaid, added
        balance[end] = each.closing_balance
    return UnitSchedule(
        drawn=tuple(drawn),
        interest=tuple(interest),
        interest_paid=tuple(paid),
        repaid=tuple(repaid),
        balance=tuple(balance),
        service_fee=tuple(fee),
        final_accrued=(0.0, *[final / months] * months),
        final_paid=(*[0.0] * months, final),
        upfront_fee=upfront,
    )


def fraction(value: Value | None) -> float:
    """A certain share of a plan; 0 where nothing is given."""
    return 0.0 if value is None else value.quantity.median
