"""Debt as lines: loans by their schedule, revenue-based finance by its rule.

    closed amount  = amount × (1 if it closes);   every line of a loan = closed amount × schedule of one unit
    drawn          debit cash, credit loans
    interest       debit interest expense, credit cash (paid by the month) or accrued interest (by the period)
    principal      debit loans, credit cash
    fees           an expense when they are kept back or paid; a final payment accrues over the term
    covenant       broken in a month that ends with less cash than agreed, from the first payment to the last
                   but one: then what is owed, final payment included, may be called

A payment of revenue-based finance is split in the proportion of the whole: 1 / multiple repays the advance,
the rest is its cost.
"""

from __future__ import annotations

from toolkit.resources.compilation import Scope
from toolkit.resources.funding import revenue_based
from toolkit.resources.funding.closing import Closing, at_closing, by_age, closed_amount, write_closing
from toolkit.resources.funding.debt_records import Loan, P2pLoan, RevenueBased, VentureDebt
from toolkit.resources.funding.debt_schedule import UnitSchedule, unit_schedule
from toolkit.resources.funding.rule_text import written

REVENUE = "total.revenue"


def write_loan(scope: Scope, loan: Loan) -> str:
    """Lines and postings of a loan of any kind; returns the line of what is drawn."""
    closing = write_closing(scope, loan)
    amount, unit = closed_amount(scope, closing), unit_schedule(loan)
    schedule = _Schedule(scope, closing, amount)
    proceeds = schedule.post("proceeds", unit.drawn, "cash", "loans")
    by_period = loan.months_a_payment > 1
    schedule.post("interest", unit.interest, "interest_expense", "accrued_interest" if by_period else "cash")
    if by_period:
        schedule.post("interest_paid", unit.interest_paid, "accrued_interest", "cash")
    schedule.post("principal", unit.repaid, "loans", "cash")
    before = unit.owed_at(closing.age_before)[0]
    opening = f"{scope.line('amount')} * {before!r}" if before else None
    balance = schedule.line("balance", unit.balance, opening)
    if isinstance(loan, P2pLoan):
        schedule.post("platform_fee", (unit.upfront_fee,), "financing_fees", "cash")
        if loan.service_fee is not None:
            schedule.post("service_fee", unit.service_fee, "financing_fees", "cash")
    if isinstance(loan, VentureDebt):
        _venture(schedule, loan, unit, balance)
    return proceeds


class _Schedule:
    """Writes lines that are a closed amount times a schedule."""

    def __init__(self, scope: Scope, closing: Closing, amount: str) -> None:
        self.scope, self.closing, self.amount = scope, closing, amount

    def formula(self, part: str, values: tuple[float, ...]) -> str:
        return f"{self.amount} * {by_age(self.scope, part, values, self.closing)}"

    def post(self, part: str, values: tuple[float, ...], debit: str, credit: str) -> str:
        return self.scope.amount(part, self.formula(part, values), debit, credit, f"loan_{part}")

    def line(self, part: str, values: tuple[float, ...], opening: str | None = None) -> str:
        words = f"loan_{part}"
        return self.scope.formula(part, self.formula(part, values), self.scope.currency, words, opening)


def _venture(schedule: _Schedule, loan: VentureDebt, unit: UnitSchedule, balance: str) -> None:
    scope = schedule.scope
    if loan.facility_fee is not None:
        schedule.post("facility_fee", (unit.upfront_fee,), "financing_fees", "cash")
    if loan.final_payment is not None:
        schedule.post("final_accrued", unit.final_accrued, "interest_expense", "accrued_interest")
        schedule.post("final_paid", unit.final_paid, "accrued_interest", "cash")
    if loan.minimum_cash is None:
        return
    age, last = schedule.closing.age, len(unit.balance)
    out = f"{age} >= 2 and {age} < {last} and {schedule.amount} > 0"
    floor = scope.input("minimum_cash")
    breach = scope.formula("breach", f"where({out} and account.cash < {floor}, 1, 0)", "1")
    scope.formula("breach_month", first_month(scope.line("breach_month"), breach), "month")
    final = sum(unit.final_paid)
    scope.formula("callable", f"{breach} * ({balance} + {schedule.amount} * {final!r})", scope.currency)


def first_month(own: str, happens: str) -> str:
    """The formula of the first month in which a line is above 0; 0 before it."""
    return f"where({own}[-1] > 0, {own}[-1], where({happens} > 0, t, 0))"


def write_revenue_based(scope: Scope, advance: RevenueBased) -> str:
    """Lines and postings of an advance; returns the line of its proceeds."""
    closing = write_closing(scope, advance)
    proceeds = at_closing(scope, closing, "amount", "loans")
    multiple, share, owed = scope.input("multiple"), scope.input("revenue_share"), scope.line("owed")
    rule = written(revenue_based.PAYMENT, share=share, revenue=REVENUE, owed=f"{owed}[-1]")
    payment = scope.formula("payment", f"where({closing.age} > 1, {rule}, 0)", scope.currency)
    scope.formula("owed", f"{owed}[-1] + {proceeds} * {multiple} - {payment}", scope.currency)
    principal = scope.amount("principal", f"{payment} / {multiple}", "loans", "cash", "loan_principal")
    scope.amount("interest", f"{payment} - {principal}", "interest_expense", "cash", "advance_cost")
    return proceeds
