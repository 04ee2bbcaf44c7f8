"""The rounding of a closing: rules that the printed examples do not reach, by hand."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from toolkit.errors import InputError
from toolkit.resources.funding.convertible import Convertible, Instrument
from toolkit.resources.funding.priced_round import RoundTerms, price_round
from toolkit.resources.funding.round_rounding import round_yc_4dp

F = Fraction


def test_a_discount_is_taken_from_the_rounded_price() -> None:
    """700,000 / 333,333 = 2.10000210… → 2.1000; less 15 % = 1.785 exactly; 1,000 / 1.785 = 560.2… → 560
    shares. New money 10,000 / 2.1 = 4,761.9… → 4,762, to the nearest."""
    terms = RoundTerms(F(700_000), F(10_000), "pre_money", F(0))
    note = [Convertible("n", "convertible_note", F(1000), None, F(15, 100))]
    result = round_yc_4dp(price_round(terms, {"f": F(333_333)}, F(0), note), terms, note)
    assert result.round_price == F("2.1")
    assert result.conversion_price["n"] == F("1.785")
    assert (result.shares["n"], result.new_money_shares) == (560, 4762)
    assert result.total_post_shares == 333_333 + 560 + 4762


@given(
    amounts=st.lists(st.integers(50_000, 900_000), min_size=1, max_size=4),
    caps=st.lists(st.integers(5_000_000, 9_000_000), min_size=4, max_size=4),
    kind=st.sampled_from(("safe_post_money", "safe_pre_money")),
)
@settings(max_examples=60, deadline=None)
def test_stays_near_the_exact_closing(amounts: list[int], caps: list[int], kind: Instrument) -> None:
    terms = RoundTerms(F(20_000_000), F(5_000_000), "percent_ownership", F(1_000_000))
    safes = [
        Convertible(f"s{i}", kind, F(amount), F(cap))
        for i, (amount, cap) in enumerate(zip(amounts, caps, strict=False))
    ]
    exact = price_round(terms, {"f": F(10_000_000)}, F(0), safes)
    rounded = round_yc_4dp(exact, terms, safes)
    assert sum(rounded.shares.values()) == rounded.total_post_shares
    assert all(rounded.shares[safe.name].denominator == 1 for safe in safes)
    assert abs(rounded.round_price - exact.round_price) <= F(1, 20_000)
    assert float(rounded.total_post_shares) == pytest.approx(float(exact.total_post_shares), rel=3e-4)


def test_a_price_that_rounds_to_zero_is_a_sentence() -> None:
    terms = RoundTerms(F(10), F(1), "pre_money", F(0))
    with pytest.raises(InputError) as error:
        round_yc_4dp(price_round(terms, {"f": F(10**6)}, F(0), []), terms, [])
    assert error.value.problems[0].field == "rounding"
