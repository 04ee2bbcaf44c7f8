"""Runway against a loop over the months."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from toolkit.errors import InputError
from toolkit.resources.finance.runway import runway


def by_loop(cash: int, burn: int, growth: Fraction, inflows: dict[int, int], months: int) -> int | None:
    balance, month_burn = Fraction(cash), Fraction(burn)
    for month in range(1, months + 1):
        balance += inflows.get(month, 0) - month_burn
        month_burn *= 1 + growth
        if balance < 0:
            return month
    return None


@given(
    cash=st.integers(-50, 2000),
    burn=st.integers(-20, 100),
    growth=st.integers(-10, 10),
    inflows=st.dictionaries(st.integers(1, 40), st.integers(-200, 500), max_size=4),
)
@settings(max_examples=60, deadline=None)
def test_agrees_with_a_loop(cash: int, burn: int, growth: int, inflows: dict[int, int]) -> None:
    rate = Fraction(growth, 100)
    found = runway(cash, burn, rate, inflows).first_negative_month_end
    horizon = 300
    expected = by_loop(cash, burn, rate, inflows, horizon)
    assert found == expected if expected is not None else found is None or found > horizon


def test_a_month_that_closes_at_zero_is_not_negative() -> None:
    result = runway(0.3, 0.1, 0, {})
    assert (result.first_negative_month_end, result.naive_runway_months) == (4, 3)
    assert result.cash_at_first_negative == Fraction(-1, 10)


def test_very_long_and_endless() -> None:
    assert runway(1_000_000, 1, 0, {}).first_negative_month_end == 1_000_001
    # Burn of 100 that shrinks by a tenth adds up to 1,000: cash of 1,000 never falls below 0, of 999 it does.
    assert runway(1000, 100, -0.1, {}).first_negative_month_end is None
    assert runway(999, 100, -0.1, {}).first_negative_month_end is not None
    assert runway(100, 50, -1, {}).first_negative_month_end is None
    assert runway(100, -5, 0, {}).naive_runway_months is None


def test_an_inflow_before_the_start_is_a_sentence() -> None:
    with pytest.raises(InputError):
        runway(1, 1, 0, {0: 5})
