"""Metrics by hand: runway, survival, errors, percentiles."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from toolkit.projection.metrics import fan, figure, half_width, measure, runway
from toolkit.projection.run import LEVELS

# Closing cash by month (rows) of six draws (columns).
CASH = np.array([
    [5.0, 5.0, 5.0, -1.0, 0.0, 5.0],
    [4.0, 4.0, -2.0, 3.0, 0.0, 4.0],
    [3.0, -1.0, 3.0, 3.0, 0.0, 3.0],
    [2.0, 6.0, 3.0, 3.0, 0.0, -0.01],
])  # fmt: skip
BASE = {
    "account.cash": (6.0, 5.0, 4.0, 3.0, 2.0),
    "total.cash_operating": (0.0, -3.0, -1.0, -2.0, -2.0),
    "total.cash_investing": (0.0, -1.0, 0.0, 0.0, 0.0),
}


def test_runway_counts_whole_months_before_cash_is_first_negative() -> None:
    assert runway(CASH).tolist() == [4, 2, 1, 0, 4, 3]


def test_measure_by_hand() -> None:
    found = measure(CASH, BASE, replicates=1)
    assert found.cash == 6.0
    assert found.monthly_burn.value == pytest.approx((4 + 1 + 2 + 2) / 4)
    assert {name: figure.value for name, figure in found.runway_months.items()} == {
        "p5": 0,
        "p50": 2,
        "p95": 4,
    }
    assert [found.runway_months[name].at_least for name in ("p5", "p50", "p95")] == [False, False, True]
    assert found.survive[4].value == pytest.approx(2 / 6)
    assert found.ruin_by_month == pytest.approx((1 / 6, 1 / 6, 1 / 6, 1 / 6))
    assert found.tightest_month == 2  # the linear P5 of -2, 0, 3, 4, 4, 4 is the lowest


def test_after_closed_months_cash_and_burn_are_those_that_follow() -> None:
    found = measure(CASH, BASE, replicates=1, closed=2)
    assert found.cash == 4.0
    assert found.monthly_burn.value == pytest.approx((2 + 2) / 2)


def test_milestones_are_those_within_the_plan() -> None:
    cash = np.ones((30, 8))
    base = dict.fromkeys(BASE, (0.0,) * 31)
    found = measure(cash, base, replicates=2)
    assert list(found.survive) == [6, 12, 18, 24, 30]
    assert all(figure.value == 1 for figure in found.survive.values())
    assert found.runway_months["p5"].at_least
    assert sum(found.ruin_by_month) == 0


def test_half_width_by_hand() -> None:
    """Means 1, 2, 3, 4 of four replicates: SD 1.29099, t(0.975; 3) = 3.18245, so 3.18245 × 1.29099 / 2."""
    values = np.repeat([1.0, 2.0, 3.0, 4.0], 5)
    found = figure(values, 4, lambda part: float(part.mean()))
    assert found.value == 2.5
    assert found.error == pytest.approx(3.182446305 * 1.290994449 / 2)
    assert half_width(np.array([[1.0, 5.0], [1.0, 7.0]])).tolist() == pytest.approx(
        [0.0, 12.7062047 * 2**0.5 / 2**0.5]
    )
    assert half_width(np.ones((1, 3))).tolist() == [0, 0, 0]


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 3), st.sampled_from((1, 2, 8)), st.integers(1, 40), st.integers(0, 2**32 - 1))
def test_fans_are_numpy_quantiles(months: int, replicates: int, each: int, seed: int) -> None:
    values = np.random.default_rng(seed).normal(size=(months, replicates * each)).round(2)
    found = fan("x", "USD", values, replicates)
    np.testing.assert_allclose(found.values, np.quantile(values, LEVELS, axis=1), atol=1e-12)
    parts = values.reshape(months, replicates, each)
    errors = half_width(np.moveaxis(np.quantile(parts, LEVELS, axis=2), 2, 0))
    np.testing.assert_allclose(found.errors, errors, atol=1e-12)
