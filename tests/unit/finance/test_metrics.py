"""Metrics by hand, and at the thresholds where floats would fall on the wrong side."""

from __future__ import annotations

from fractions import Fraction

import pytest

from toolkit.errors import InputError
from toolkit.resources.finance import metrics


@pytest.mark.parametrize(
    ("multiple", "word"),
    [
        *(("-1", "amazing"), ("0.999", "amazing"), ("1", "great"), ("1.499", "great"), ("1.5", "good")),
        *(("2", "suspect"), ("2.999", "suspect"), ("3", "bad"), ("30", "bad")),
    ],
)
def test_rating_ends_below_its_limit(multiple: str, word: str) -> None:
    assert metrics.burn_multiple_rating(Fraction(multiple)) == word


def test_exact_at_the_thresholds() -> None:
    """0.6 - 0.2 and 0.33 / 0.22 are just below their thresholds in floats."""
    assert metrics.rule_of_40_score(0.6, -0.2) == metrics.RULE_OF_40
    assert metrics.burn_multiple(0.33, 0.22) == Fraction(3, 2)


def test_lifetime_value_by_hand() -> None:
    """100 a month at 80 % margin and 2 % churn: 80 x 50 months = 4,000; a cost of 1,000 comes back in 12.5
    months."""
    value = metrics.ltv(100, 0.8, 0.02)
    assert value == 4000
    assert metrics.ltv_to_cac(value, 1000) == 4
    assert metrics.cac_payback_months(1000, 100, 0.8) == Fraction(25, 2)


@pytest.mark.parametrize(
    ("call", "field"),
    [
        (lambda: metrics.burn_multiple(100, 0), "net_new_arr"),
        (lambda: metrics.burn_multiple(100, -5), "net_new_arr"),
        (lambda: metrics.ltv(100, 0.8, 0), "monthly_churn_rate"),
        (lambda: metrics.ltv_to_cac(Fraction(1), 0), "cac"),
        (lambda: metrics.cac_payback_months(100, 0, 0.8), "gross_margin"),
    ],
)
def test_what_is_not_defined_is_a_sentence(call: object, field: str) -> None:
    with pytest.raises(InputError) as error:
        call()  # type: ignore[operator]
    assert error.value.problems[0].field == field
