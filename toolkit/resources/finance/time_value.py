"""Time value of money: one equation, any of four unknowns.

    0 = pv (1 + r)^n + pmt w ((1 + r)^n - 1) / r + fv   w = 1 at the end, 1 + r at the beginning
    0 = pv + pmt n + fv                                 at r = 0, the limit of the above

Cash in is positive, cash out negative. The annuity factor goes through `expm1` and `log1p`, so that a rate of
1e-9 a period keeps its digits. Equation: any text on annuities, e.g. Brealey, Myers and Allen, chapter 2.
"""

from __future__ import annotations

import math
from typing import Literal

from toolkit.errors import InputError, Problem

PaymentTiming = Literal["end", "begin"]


def growth(rate_per_period: float, periods: float) -> float:
    """(1 + r)^n, for r above -1."""
    return math.exp(periods * math.log1p(rate_per_period))


def annuity_factor(rate_per_period: float, periods: float, timing: PaymentTiming = "end") -> float:
    """The value at the end of `periods` payments of 1: w ((1 + r)^n - 1) / r, and n at r = 0."""
    if rate_per_period == 0:
        return float(periods)
    weight = 1 + rate_per_period if timing == "begin" else 1.0
    return weight * math.expm1(periods * math.log1p(rate_per_period)) / rate_per_period


def future_value(
    rate_per_period: float,
    periods: float,
    payment: float,
    present_value: float,
    timing: PaymentTiming = "end",
) -> float:
    """The closing amount, in money."""
    return -present_value * growth(rate_per_period, periods) - payment * annuity_factor(
        rate_per_period, periods, timing
    )


def present_value(
    rate_per_period: float, periods: float, payment: float, future_value: float, timing: PaymentTiming = "end"
) -> float:
    """The opening amount, in money."""
    closing = future_value + payment * annuity_factor(rate_per_period, periods, timing)
    return -closing / growth(rate_per_period, periods)


def payment(
    rate_per_period: float,
    periods: float,
    present_value: float,
    future_value: float = 0.0,
    timing: PaymentTiming = "end",
) -> float:
    """The level payment a period, in money. InputError where there is no period to pay in."""
    factor = annuity_factor(rate_per_period, periods, timing)
    if factor == 0:
        raise InputError([Problem("finance.no_payment_periods", field="periods")])
    return -(present_value * growth(rate_per_period, periods) + future_value) / factor


def periods(
    rate_per_period: float,
    payment: float,
    present_value: float,
    future_value: float = 0.0,
    timing: PaymentTiming = "end",
) -> float:
    """The number of periods, whole or not. InputError where none from 0 on solves the equation."""
    if rate_per_period == 0:
        count = -(present_value + future_value) / payment if payment else math.nan
    else:
        # In terms of the perpetuity a = pmt w / r the equation is (1 + r)^n = (a - fv) / (a + pv).
        weight = 1 + rate_per_period if timing == "begin" else 1.0
        perpetuity = payment * weight / rate_per_period
        top, bottom = perpetuity - future_value, perpetuity + present_value
        solvable = bottom != 0 and top / bottom > 0
        count = math.log(top / bottom) / math.log1p(rate_per_period) if solvable else math.nan
    if not count >= 0:
        raise InputError([Problem("finance.no_number_of_periods", field="payment")])
    return count
