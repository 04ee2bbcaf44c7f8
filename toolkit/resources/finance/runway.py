"""How long cash lasts when burn grows by a constant rate and money arrives now and then.

    burn of month m    = initial (1 + growth)^(m - 1)
    closing cash of m  = opening + inflows up to m - initial ((1 + growth)^m - 1) / growth

Between two inflows closing cash moves one way only, so the first month below zero is found by bisection on
the closed form, exactly: a month that closes at 0 is not negative.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from toolkit.errors import InputError, Problem
from toolkit.resources.finance.exact import Number, exact


@dataclass(frozen=True, slots=True)
class Runway:
    """`first_negative_month_end` counts from 1 and is None when cash never falls below 0;
    `naive_runway_months` is None when nothing is burned in the first month."""

    first_negative_month_end: int | None
    cash_at_first_negative: Fraction | None
    naive_runway_months: Fraction | None


def runway(
    opening_cash: Number,
    monthly_burn_initial: Number,
    monthly_burn_growth: Number,
    one_off_inflows: Mapping[int, Number],
) -> Runway:
    """The first month whose closing cash is below 0; `one_off_inflows` by month, received before its end.

    InputError where an inflow has a month below 1.
    """
    opening, initial, growth = exact(opening_cash), exact(monthly_burn_initial), exact(monthly_burn_growth)
    inflows = {month: exact(amount) for month, amount in one_off_inflows.items()}
    if any(month < 1 for month in inflows):
        raise InputError([Problem("finance.inflow_before_start", field="one_off_inflows")])

    def closing(month: int) -> Fraction:
        received = sum((amount for m, amount in inflows.items() if m <= month), Fraction(0))
        if growth == 0:
            return opening + received - initial * month
        return opening + received - initial * ((1 + growth) ** month - 1) / growth

    # Burn that shrinks adds up to a finite sum, which cash may outlast; any other burn empties the account.
    in_the_end = opening + sum(inflows.values(), Fraction(0)) + initial / growth if growth < 0 else None
    ends = initial > 0 and (in_the_end is None or in_the_end < 0)
    month = _first_negative(closing, sorted({1, *inflows}), falling=initial > 0, ends=ends)
    return Runway(
        first_negative_month_end=month,
        cash_at_first_negative=None if month is None else closing(month),
        naive_runway_months=opening / initial if initial > 0 else None,
    )


def _first_negative(
    closing: Callable[[int], Fraction], starts: list[int], *, falling: bool, ends: bool
) -> int | None:
    """The first month with negative closing cash. Within a stretch that begins at one of `starts`, closing
    cash only falls (`falling`) or never does; `ends` says that the last stretch goes below 0."""
    for start, following in zip(starts, [*starts[1:], None], strict=True):
        if closing(start) < 0:
            return start
        if following is not None:
            last = following - 1
        elif ends:
            last = _some_negative_month(closing, start)
        else:
            return None
        if falling and closing(last) < 0:
            return _bisect(closing, start, last)
    return None


def _some_negative_month(closing: Callable[[int], Fraction], start: int) -> int:
    step = 1
    while closing(start + step) >= 0:
        step *= 2
    return start + step


def _bisect(closing: Callable[[int], Fraction], low: int, high: int) -> int:
    """`closing(low)` is not negative, `closing(high)` is, and closing only falls in between."""
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if closing(middle) < 0 else (middle, high)
    return high
