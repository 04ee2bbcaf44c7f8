"""对赌 and 回购: valuation adjustment and buy-back, as liabilities that show when they bite.

A valuation adjustment compares what was promised (profit, revenue, users) with what came:

    achieved      a = actual / promised, at most 1; nothing is owed from a tolerance on
    cash          investment × (1 - a)
    shares        the founders give shares until the investor holds what the money would have bought at the
                  valuation × a:  fraction = investment / (post-money × a), at most the founders' shares

A buy-back gives the investor the money back with a return when a deadline (usually a listing) passes:

    price         investment × (1 + r)^years, or investment × (1 + r years), less what was already received

Who owes it matters: a promise of the company itself can only be kept within the rules on capital reduction
and distributable profit (Supreme People's Court, 法〔2019〕254号, section 5), one of the founders does not
touch the company's cash.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from toolkit.resources.funding.rule_text import evaluate

# The one definition of what was achieved and what is owed in money: a plan projects them, too.
STILL_OWED = "max(value - received, 0)"
ACHIEVED = "min(max(actual, 0) / promised, 1)"
CASH_OWED = "where(achieved >= tolerance, 0, investment * (1 - achieved))"

Obligor = Literal["company", "founders"]
Interest = Literal["simple", "compound"]
Compensation = Literal["cash", "shares"]
ZERO, ONE = Fraction(0), Fraction(1)


@dataclass(frozen=True, slots=True)
class ValuationAdjustment:
    """`promised` and the actual figure share one unit; nothing is owed from `tolerance` × promised on (0.9: a
    shortfall of 10 % is forgiven)."""

    investment: Fraction
    post_money_valuation: Fraction
    promised: Fraction
    test_month: int
    compensation: Compensation
    obligor: Obligor
    tolerance: Fraction = ONE


@dataclass(frozen=True, slots=True)
class AdjustmentResult:
    """What is owed: money, or shares as a fraction of the company that moves to the investor."""

    bites: bool
    achieved_fraction: Fraction
    cash_owed: Fraction
    fraction_owed: Fraction


@dataclass(frozen=True, slots=True)
class BuyBack:
    """Money back with a return if nothing has happened by the deadline (months from the investment)."""

    investment: Fraction
    annual_return: Fraction
    interest: Interest
    investment_month: int
    deadline_month: int
    obligor: Obligor


@dataclass(frozen=True, slots=True)
class Contingency:
    """A month of a contingent liability: what would be owed then, and whether it has fallen due."""

    month: int
    exposure: Fraction
    due: bool


def adjust_valuation(
    terms: ValuationAdjustment, actual: Fraction, founders_fraction: Fraction
) -> AdjustmentResult:
    """What is owed once `actual` is known; shares are capped at what the founders hold (fractions of the
    company)."""
    achieved = evaluate(ACHIEVED, actual=actual, promised=terms.promised)
    if achieved >= terms.tolerance:
        return AdjustmentResult(False, achieved, ZERO, ZERO)
    if terms.compensation == "cash":
        limits = {"achieved": achieved, "tolerance": terms.tolerance}
        owed = evaluate(CASH_OWED, investment=terms.investment, **limits)
        return AdjustmentResult(True, achieved, owed, ZERO)
    held = terms.investment / terms.post_money_valuation
    # At a valuation of 0 no number of shares makes it good: all of the founders' shares are owed.
    deserved = held / achieved if achieved else ONE
    return AdjustmentResult(True, achieved, ZERO, min(deserved - held, founders_fraction))


def buy_back_price(terms: BuyBack, month: int, already_received: Fraction = ZERO) -> Fraction:
    """What the investor may ask for in a month, never negative. Compound interest counts whole months as
    twelfths of a year; it is a float power, all else is exact."""
    years = Fraction(max(month - terms.investment_month, 0), 12)
    if terms.interest == "simple":
        value = terms.investment * (1 + terms.annual_return * years)
    elif years.denominator == 1:
        value = terms.investment * (1 + terms.annual_return) ** int(years)
    else:
        value = terms.investment * Fraction(float(1 + terms.annual_return) ** float(years))
    return evaluate(STILL_OWED, value=value, received=already_received)


def buy_back_exposure(
    terms: BuyBack, months: Sequence[int], released_month: int | None = None
) -> list[Contingency]:
    """The liability month by month: it grows with its return, falls due at the deadline, and ends in the
    month in which the condition is met (`released_month`, such as a listing; None: never)."""
    rows = []
    for month in months:
        over = released_month is not None and released_month <= min(month, terms.deadline_month)
        open_yet = month >= terms.investment_month and not over
        exposure = buy_back_price(terms, month) if open_yet else ZERO
        rows.append(Contingency(month, exposure, open_yet and month >= terms.deadline_month))
    return rows
