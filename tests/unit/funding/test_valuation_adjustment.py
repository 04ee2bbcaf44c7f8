"""对赌 and 回购 by hand."""

from __future__ import annotations

from fractions import Fraction

import pytest

from toolkit.resources.funding.valuation_adjustment import (
    BuyBack,
    ValuationAdjustment,
    adjust_valuation,
    buy_back_exposure,
    buy_back_price,
)

F = Fraction
CASH = ValuationAdjustment(F(30_000_000), F(150_000_000), F(10_000_000), 24, "cash", "founders", F(9, 10))
SHARES = ValuationAdjustment(F(30_000_000), F(150_000_000), F(10_000_000), 24, "shares", "founders")


def test_cash_for_the_shortfall() -> None:
    """7 of 10 million of profit: 30 % of the investment comes back; 9 million are within the tolerance."""
    result = adjust_valuation(CASH, F(7_000_000), F(1, 2))
    assert (result.bites, result.cash_owed) == (True, 9_000_000)
    assert not adjust_valuation(CASH, F(9_000_000), F(1, 2)).bites
    assert adjust_valuation(CASH, F(8_999_999), F(1, 2)).bites


def test_shares_at_the_adjusted_valuation() -> None:
    """At 80 % of the promise the money would have bought 30 / 120 = 25 % instead of 20 %: 5 % move."""
    assert adjust_valuation(SHARES, F(8_000_000), F(1, 2)).fraction_owed == F(1, 20)
    assert adjust_valuation(SHARES, F(12_000_000), F(1, 2)).fraction_owed == 0
    assert adjust_valuation(SHARES, F(0), F(1, 2)).fraction_owed == F(1, 2)
    assert adjust_valuation(SHARES, F(-5), F(1, 2)).fraction_owed == F(1, 2)


SIMPLE = BuyBack(F(10_000_000), F(8, 100), "simple", 0, 36, "company")
COMPOUND = BuyBack(F(10_000_000), F(8, 100), "compound", 0, 36, "company")


def test_the_price_of_a_buy_back() -> None:
    assert buy_back_price(SIMPLE, 36) == 12_400_000
    assert buy_back_price(COMPOUND, 36) == F("12597120")
    assert float(buy_back_price(COMPOUND, 18)) == pytest.approx(10_000_000 * 1.08**1.5)
    assert buy_back_price(SIMPLE, 36, F(13_000_000)) == 0


def test_the_liability_shows_when_it_bites() -> None:
    rows = buy_back_exposure(SIMPLE, [0, 35, 36, 48])
    assert [row.due for row in rows] == [False, False, True, True]
    assert [row.exposure for row in rows][::3] == [10_000_000, 13_200_000]
    listed = buy_back_exposure(SIMPLE, [29, 30, 36], released_month=30)
    assert [row.exposure > 0 for row in listed] == [True, False, False]
    too_late = buy_back_exposure(SIMPLE, [36, 40], released_month=38)
    assert [row.due for row in too_late] == [True, True]
