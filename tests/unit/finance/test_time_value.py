"""Time value against pyxirr's annuity functions, and at a rate of zero."""

from __future__ import annotations

import pytest
import pyxirr
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from toolkit.errors import InputError
from toolkit.resources.finance import time_value
from toolkit.resources.finance.time_value import PaymentTiming

RATES = st.one_of(st.just(0.0), st.floats(1e-6, 0.3), st.floats(-0.2, -1e-6))
TIMINGS: st.SearchStrategy[PaymentTiming] = st.sampled_from(("end", "begin"))
MONEY = st.floats(-1e6, 1e6)


@given(rate=RATES, periods=st.integers(1, 120), payment=MONEY, value=MONEY, timing=TIMINGS)
@settings(max_examples=80, deadline=None)
def test_agrees_with_pyxirr(
    rate: float, periods: int, payment: float, value: float, timing: PaymentTiming
) -> None:
    begin = timing == "begin"
    scale = (
        1e-9
        * (1 + abs(payment) * periods + abs(value))
        * max(1.0, (1 + rate) ** periods, (1 + rate) ** -periods)
    )
    future = time_value.future_value(rate, periods, payment, value, timing)
    assert future == pytest.approx(
        pyxirr.fv(rate, periods, payment, value, pmt_at_beginning=begin), rel=1e-9, abs=scale
    )
    present = time_value.present_value(rate, periods, payment, value, timing)
    assert present == pytest.approx(
        pyxirr.pv(rate, periods, payment, value, pmt_at_beginning=begin), rel=1e-9, abs=scale
    )
    level = time_value.payment(rate, periods, payment, value, timing)
    expected = pyxirr.pmt(rate, periods, payment, value, pmt_at_beginning=begin)
    assert level == pytest.approx(expected, rel=1e-8, abs=scale)


@given(
    rate=RATES,
    periods=st.floats(0.5, 100),
    timing=TIMINGS,
    payment=st.floats(1, 1000),
    value=st.floats(0, 1e5),
)
@settings(max_examples=80, deadline=None)
def test_periods_come_back(
    rate: float, periods: float, timing: PaymentTiming, payment: float, value: float
) -> None:
    """Round trip: the number of periods that leads to a future value solves for itself."""
    weight = 1 + rate if timing == "begin" else 1.0
    assume(abs(payment * weight + value * rate) > 1e-6)  # otherwise any number of periods leads there
    future = time_value.future_value(rate, periods, payment, value, timing)
    assert time_value.periods(rate, payment, value, future, timing) == pytest.approx(
        periods, rel=1e-6, abs=1e-6
    )


def test_number_of_periods_as_printed() -> None:
    """numpy-financial's docstring: 64.07334877066185 payments of 150 on 8,000 at 7 % / 12."""
    assert time_value.periods(0.07 / 12, -150, 8000) == pytest.approx(64.07334877066185, rel=1e-12)


@pytest.mark.parametrize(
    ("rate", "payment", "present", "future"),
    [
        (0.0, 0.0, 100.0, -100.0),
        (0.1, -5.0, 100.0, 0.0),
        (0.1, 100.0, 1000.0, 0.0),
        (0.1, -10.0, 100.0, 5.0),
        (0.0, 5.0, 100.0, 0.0),
    ],
)
def test_unreachable_amounts_are_a_sentence(
    rate: float, payment: float, present: float, future: float
) -> None:
    with pytest.raises(InputError) as error:
        time_value.periods(rate, payment, present, future)
    assert "number of periods" in str(error.value)


def test_no_period_to_pay_in() -> None:
    with pytest.raises(InputError):
        time_value.payment(0.05, 0, 100)


def test_a_tiny_rate_keeps_its_digits() -> None:
    """At 1e-12 a period the factor is n + r n (n - 1) / 2, to the last digit."""
    assert time_value.annuity_factor(1e-12, 1000) == pytest.approx(1000 + 1e-12 * 1000 * 999 / 2, rel=1e-15)
