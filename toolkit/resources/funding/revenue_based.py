"""Revenue-based finance: an advance, repaid as a share of revenue until a multiple of it is reached.

    due = advance × multiple;   payment of a month = min(share × revenue, what is still due)

`PAYMENT` is the one definition of a payment: a plan projects it, a calculator evaluates it. Everything is
exact: whether the last payment is a whole one hangs on a comparison.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from toolkit.errors import InputError, Problem
from toolkit.resources.funding.rule_text import evaluate

PAYMENT = "min(share * max(revenue, 0), owed)"


@dataclass(frozen=True, slots=True)
class RevenueBasedRepayment:
    """`months_to_repay` counts the part month, `full_payment_months` those that paid the whole share."""

    total_repaid: Fraction
    months_to_repay: int
    full_payment_months: int
    last_payment: Fraction
    financing_cost: Fraction


def month_payment(revenue_share_fraction: Fraction, revenue: Fraction, still_due: Fraction) -> Fraction:
    """What a month pays: the share of its revenue, at most what is still due."""
    return evaluate(PAYMENT, share=revenue_share_fraction, revenue=revenue, owed=still_due)


def repay_from_revenue(
    advance: Fraction,
    repayment_multiple: Fraction,
    revenue_share_fraction: Fraction,
    monthly_revenue: Sequence[Fraction],
) -> RevenueBasedRepayment:
    """How an advance is repaid; the last revenue repeats. InputError where it never is."""
    due = advance * repayment_multiple
    still_due, month, full, last = due, 0, 0, Fraction(0)
    for revenue in monthly_revenue:
        if not still_due:
            break
        last = month_payment(revenue_share_fraction, revenue, still_due)
        still_due, month = still_due - last, month + 1
        full += last == revenue_share_fraction * max(revenue, Fraction(0))
    if still_due:
        share = month_payment(revenue_share_fraction, monthly_revenue[-1], due)
        if not share:
            values = {"left": float(still_due)}
            raise InputError([Problem("funding.never_repaid", "monthly_revenue", values=values)])
        # From here on every month is like the last one: whole payments, then what is left.
        whole, left = divmod(still_due, share)
        month, full, last = month + int(whole) + bool(left), full + int(whole), left or share
    return RevenueBasedRepayment(due, month, full, last, due - advance)
