"""Venture debt: a loan with fees, warrants, and a covenant on cash.

    facility fee      fraction of the principal, at the start
    final payment     fraction of the principal, with the last payment
    warrants          coverage × principal / strike price shares; worth max(0, p - strike) each at a price p
    cash covenant     month-end cash must not be below a floor; a breach makes what is still owed callable

The loan itself is that of `toolkit.resources.funding.loan`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from toolkit.resources.funding.loan import Loan, LoanSchedule, loan_schedule


@dataclass(frozen=True, slots=True)
class VentureDebt:
    """Terms beyond the loan; fractions are of the principal, `minimum_cash` is money at the end of a
    month."""

    loan: Loan
    facility_fee_fraction: float = 0.0
    final_payment_fraction: float = 0.0
    warrant_coverage_fraction: Fraction = Fraction(0)
    warrant_strike_price: Fraction | None = None
    minimum_cash: float = 0.0


@dataclass(frozen=True, slots=True)
class DebtService:
    """Money by payment: `paid` is all that leaves the company, fees included; the facility fee comes off
    the first drawdown."""

    schedule: LoanSchedule
    facility_fee: float
    final_payment: float

    @property
    def paid(self) -> tuple[float, ...]:
        amounts = [each.payment for each in self.schedule.payments]
        amounts[-1] += self.final_payment
        return tuple(amounts)


@dataclass(frozen=True, slots=True)
class Breach:
    """A month (from 1) whose closing cash is below the covenant, and what may be called then."""

    month: int
    cash: float
    shortfall: float
    callable_balance: float


def debt_service(debt: VentureDebt) -> DebtService:
    """Every payment and fee; errors as in `loan_schedule`."""
    principal = debt.loan.principal
    return DebtService(
        loan_schedule(debt.loan),
        principal * debt.facility_fee_fraction,
        principal * debt.final_payment_fraction,
    )


def warrant_shares(debt: VentureDebt, default_strike: Fraction) -> Fraction:
    """Shares that the warrants buy; `default_strike` is the price of the last round, used where none is
    agreed."""
    strike = debt.warrant_strike_price or default_strike
    return Fraction(str(debt.loan.principal)) * debt.warrant_coverage_fraction / strike


def net_exercise_shares(shares: Fraction, strike: Fraction, price: Fraction) -> Fraction:
    """Shares that a cashless exercise leaves: shares × (price - strike) / price, 0 out of the money."""
    return shares * max(price - strike, Fraction(0)) / price


def covenant_breaches(
    debt: VentureDebt, closing_cash: Sequence[float], months_a_payment: int = 1
) -> list[Breach]:
    """Months in which the covenant is broken while the loan is out; `closing_cash` from the month of the
    first payment period on. What may be called is the balance at that month's end plus the final
    payment."""
    service = debt_service(debt)
    breaches = []
    for month, cash in enumerate(closing_cash, start=1):
        paid = month // months_a_payment
        if paid >= len(service.schedule.payments):
            break
        if cash < debt.minimum_cash:
            balance = service.schedule.payments[paid - 1].closing_balance if paid else debt.loan.principal
            breaches.append(Breach(month, cash, debt.minimum_cash - cash, balance + service.final_payment))
    return breaches
