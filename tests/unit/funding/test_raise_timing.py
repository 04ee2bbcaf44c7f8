"""When to start raising: against a count over the draws."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from toolkit.resources.funding.raise_timing import latest_start


@given(seed=st.integers(0, 10**6), probability=st.sampled_from((0.5, 0.8, 0.9, 0.95, 1.0)))
@settings(max_examples=40, deadline=None)
def test_is_the_last_month_that_is_in_time_often_enough(seed: int, probability: float) -> None:
    rng = np.random.default_rng(seed)
    cash = 100 - np.cumsum(rng.uniform(0, 12, size=(200, 24)), axis=1)
    duration = rng.integers(1, 9, size=200).astype(float)

    def in_time(start: int) -> float:
        """Counted month by month: no month before the money arrives closes below the floor."""
        months = np.arange(1, 25)
        waiting = months[None, :] < (start + duration)[:, None]
        return float(np.mean(~((cash < 10) & waiting).any(axis=1)))

    result = latest_start(cash, 10, duration, probability)
    assert result.in_time_now == pytest.approx(in_time(1))
    if result.latest_month is None:
        assert in_time(24 + 9) >= probability
    elif result.latest_month >= 1:
        assert in_time(result.latest_month) >= probability - 1e-12
        assert in_time(result.latest_month + 1) < probability


def test_by_hand() -> None:
    """Cash falls below 0 in month 7 for certain and a raise takes 4 months: it must open in month 3."""
    cash = np.array([[60.0, 50, 40, 30, 20, 10, -1, -2]])
    result = latest_start(cash, 0, np.array([4.0]), 0.9)
    assert (result.latest_month, result.in_time_now) == (3, 1.0)
    assert latest_start(cash, 0, np.array([9.0]), 0.9).latest_month == -2
    assert latest_start(cash[:, :6], 0, np.array([4.0]), 0.9).latest_month is None
