"""Revenue-based finance against a loop over the months."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from toolkit.errors import InputError
from toolkit.resources.funding.revenue_based import repay_from_revenue

F = Fraction


@given(
    advance=st.integers(1, 500),
    multiple=st.integers(80, 200),
    share=st.integers(1, 30),
    revenue=st.lists(st.one_of(st.just(0), st.integers(200, 3000)), min_size=1, max_size=12),
)
@settings(max_examples=120, deadline=None)
def test_agrees_with_a_loop(advance: int, multiple: int, share: int, revenue: list[int]) -> None:
    due, month, full, last = F(advance * multiple, 100), 0, 0, F(0)
    while due > 0:
        whole = F(share, 100) * revenue[min(month, len(revenue) - 1)]
        last = min(whole, due)
        due, month, full = due - last, month + 1, full + (last == whole)
        if month >= len(revenue) and whole == 0:
            break
    arguments = (F(advance), F(multiple, 100), F(share, 100), [F(each) for each in revenue])
    if due > 0:
        with pytest.raises(InputError) as error:
            repay_from_revenue(*arguments)
        assert error.value.problems[0].field == "monthly_revenue"
        return
    result = repay_from_revenue(*arguments)
    assert (result.months_to_repay, result.full_payment_months, result.last_payment) == (month, full, last)
    assert result.total_repaid == F(advance * multiple, 100)
    assert result.financing_cost == result.total_repaid - advance


def test_a_last_payment_that_is_whole_counts_as_whole() -> None:
    result = repay_from_revenue(F(100), F(1), F(1, 10), [F(100)])
    assert (result.months_to_repay, result.full_payment_months, result.last_payment) == (10, 10, 10)


def test_many_years_cost_no_time() -> None:
    assert repay_from_revenue(F(10**9), F(1), F(1, 100), [F(1)]).months_to_repay == 10**11
