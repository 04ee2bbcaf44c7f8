"""Loans: annuity, equal principal, interest-only start, balloon, drawdown.

With i the rate a period, n the payments after the interest-only part, B the balloon and L what is owed when
repayment starts:

    annuity           payment = (L - B / (1 + i)^n) i / (1 - (1 + i)^-n),   (L - B) / n at i = 0
    equal principal   principal part = (L - B) / n
    interest-only     payment = balance × i
    last payment      the regular one plus B; it takes the balance to 0 exactly

A loan that is drawn in tranches pays interest on what is drawn; all of it must be drawn before repayment
starts. Closed forms: any text on annuities; they are checked against numpy-financial's printed tables.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from toolkit.errors import Problem, refuse
from toolkit.resources.finance import time_value

Repayment = Literal["annuity", "equal_principal"]


@dataclass(frozen=True, slots=True)
class Loan:
    """A loan in money and periods. `annual_rate` is nominal: a period bears `annual_rate /
    payments_per_year`.

    `term_payments` counts all payments, `interest_only_payments` of them come first. `balloon_amount` is
    the principal left for the last payment on top of the regular one. `drawdowns` maps the number of
    payments made before a further tranche is paid out to its amount (0: at the start); without it,
    `principal` is drawn at 0.
    """

    principal: float
    annual_rate: float
    payments_per_year: int
    term_payments: int
    interest_only_payments: int = 0
    repayment: Repayment = "annuity"
    balloon_amount: float = 0.0
    drawdowns: Mapping[int, float] = field(default_factory=dict)

    @property
    def rate_per_period(self) -> float:
        return self.annual_rate / self.payments_per_year


@dataclass(frozen=True, slots=True)
class Payment:
    """One payment: number from 1, what was drawn since the last one, and its parts, all in money and
    positive."""

    number: int
    drawn: float
    interest: float
    principal_repaid: float
    closing_balance: float

    @property
    def payment(self) -> float:
        return self.interest + self.principal_repaid


@dataclass(frozen=True, slots=True)
class LoanSchedule:
    """All payments of a loan. `level_payment` is None unless the repayment is an annuity,
    `interest_only_payment` None without an interest-only part (with tranches: the last of that part)."""

    payments: tuple[Payment, ...]
    level_payment: float | None
    interest_only_payment: float | None

    @property
    def total_interest(self) -> float:
        return sum(payment.interest for payment in self.payments)


def loan_schedule(loan: Loan) -> LoanSchedule:
    """Every payment, unrounded.

    InputError where the balloon exceeds the principal, nothing is left to repay the rest with, or tranches
    do not add up or come too late.
    """
    refuse(_problems(loan))
    drawn = loan.drawdowns or {0: loan.principal}
    repaying = loan.term_payments - loan.interest_only_payments
    rate = loan.rate_per_period
    level = _level_payment(loan, repaying) if loan.repayment == "annuity" and repaying else None
    balance = 0.0
    payments = []
    for number in range(1, loan.term_payments + 1):
        tranche = drawn.get(number - 1, 0.0)
        balance += tranche
        interest = balance * rate
        principal_part = 0.0
        if number > loan.interest_only_payments:
            equal = (loan.principal - loan.balloon_amount) / repaying
            principal_part = equal if level is None else level - interest
        if number == loan.term_payments:
            principal_part = balance
        balance -= principal_part
        payments.append(Payment(number, tranche, interest, principal_part, balance))
    io = payments[loan.interest_only_payments - 1].interest if loan.interest_only_payments else None
    return LoanSchedule(tuple(payments), level, io)


def _level_payment(loan: Loan, payments: int) -> float:
    return -time_value.payment(loan.rate_per_period, payments, loan.principal, -loan.balloon_amount)


def _problems(loan: Loan) -> Iterable[Problem]:
    if loan.balloon_amount > loan.principal:
        values = {"balloon": loan.balloon_amount, "principal": loan.principal}
        yield Problem("funding.balloon_above_principal", "balloon_amount", values=values)
    elif loan.interest_only_payments > loan.term_payments or (
        loan.interest_only_payments == loan.term_payments and loan.balloon_amount < loan.principal
    ):
        values = {"interest_only": loan.interest_only_payments, "term": loan.term_payments}
        yield Problem("funding.no_payment_left", "interest_only_payments", values=values)
    if loan.drawdowns:
        total = sum(loan.drawdowns.values())
        if abs(total - loan.principal) > 1e-9 * loan.principal:
            values = {"total": total, "principal": loan.principal}
            yield Problem("funding.drawdowns_do_not_add_up", "drawdowns", values=values)
        latest = max(loan.interest_only_payments, 0)
        if not all(0 <= after <= latest for after in loan.drawdowns):
            yield Problem("funding.drawdown_too_late", "drawdowns", values={"latest": latest})
