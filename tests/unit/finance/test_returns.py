"""Rates of return against pyxirr, against the roots of the polynomial, and at the edges."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest
import pyxirr
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from toolkit.errors import InputError
from toolkit.resources.finance import returns
from toolkit.resources.finance.discount_roots import discount_roots

AMOUNTS = st.lists(st.integers(-1000, 1000), min_size=2, max_size=9)
DAY = date(2024, 1, 1)


@given(flows=st.lists(st.integers(1, 1000), min_size=1, max_size=40), paid=st.integers(1, 5000))
@settings(max_examples=60, deadline=None)
def test_one_change_of_sign_agrees_with_pyxirr(flows: list[int], paid: int) -> None:
    assert returns.irr([-paid, *flows]) == pytest.approx(pyxirr.irr([-paid, *flows]), rel=1e-7, abs=1e-9)


@given(AMOUNTS)
@settings(max_examples=100, deadline=None)
def test_all_rates_are_the_real_roots_of_the_polynomial(flows: list[int]) -> None:
    """Oracle: numpy's companion-matrix roots in 1 + r; near-double roots are left to the test below."""
    assume(flows[0] != 0 and flows[-1] != 0)
    roots = np.roots(flows)
    real = sorted(root.real - 1 for root in roots if abs(root.imag) < 1e-9 and root.real > 1e-6)
    assume(
        not any(1e-9 < abs(root.imag) < 1e-3 for root in roots) and np.diff([-1, *real]).min(initial=1) > 1e-3
    )
    assert returns.all_rates(flows) == pytest.approx(real, rel=1e-6, abs=1e-8)


@given(
    # Ten points apart: floats cannot hold the polynomial of rates that are much nearer to each other.
    tens=st.lists(st.integers(-6, 15), min_size=1, max_size=5, unique=True),
    shift=st.integers(0, 9),
    scale=st.integers(1, 10**6),
)
@settings(max_examples=100, deadline=None)
def test_flows_built_from_rates_give_them_back(tens: list[int], shift: int, scale: int) -> None:
    """Hand-made: the polynomial with the roots 1 + r, times a scale; the nearest to 0 is the answer."""
    rates = [10 * ten + shift for ten in tens]
    flows = np.poly([1 + rate / 100 for rate in rates]) * scale
    assert returns.all_rates(flows.tolist()) == pytest.approx(sorted(rate / 100 for rate in rates), abs=1e-5)
    nearest = min((abs(rate), -rate) for rate in rates)
    assert returns.irr(flows.tolist()) == pytest.approx(-nearest[1] / 100, abs=1e-5)


def test_a_rate_that_cannot_be_told_from_minus_one_is_none() -> None:
    """The last two flows lie a day apart: f also crosses 0 at 1 + r of about 1e-265. By hand, near the other
    root: 647 = 2000 / 2.5146 - 374 / 2.5146^1.0027."""
    flows = [(date(2025, 1, 31), -647), (date(2026, 1, 31), 2000), (date(2026, 2, 1), -374)]
    assert returns.xirr(flows) == pytest.approx(1.51459606908, abs=1e-9)


def test_a_double_root_is_found() -> None:
    assert returns.all_rates([100, -220, 121]) == pytest.approx([0.1], abs=1e-6)


def test_near_rates_are_told_apart() -> None:
    """Five rates one point apart: between them the value is 1e-14 of its parts, which is more than
    rounding."""
    exact = [112, 113, 114, 115, 116]
    flows = np.poly([1 + rate / 100 for rate in exact]).tolist()
    assert returns.all_rates(flows) == pytest.approx([rate / 100 for rate in exact], abs=1e-4)


def test_a_rate_of_zero() -> None:
    assert returns.irr([-100, 50, 50]) == pytest.approx(0, abs=1e-12)


def test_of_two_rates_equally_far_the_positive_one() -> None:
    assert returns.irr(np.poly([1.1, 0.9]).tolist()) == pytest.approx(0.1, abs=1e-9)


@pytest.mark.parametrize("flows", [[100, 200], [-1, -2], [0, 0, 0], [5], [0, 3], [1, -1, 1]])
def test_no_rate_is_a_sentence(flows: list[float]) -> None:
    with pytest.raises(InputError) as error:
        returns.irr(flows)
    [problem] = error.value.problems
    assert problem.field == "cashflows"
    assert "does not exist" in problem.problem("en")
    assert "不存在" in problem.problem("zh")


def test_leading_zeros_do_not_change_the_rate() -> None:
    assert returns.irr([0, 0, -100, 110]) == pytest.approx(0.1, abs=1e-12)


def test_extreme_rates() -> None:
    assert returns.irr([-1, 1e6]) == pytest.approx(1e6 - 1, rel=1e-9)
    assert returns.irr([-1e6, 1]) == pytest.approx(-0.999999, rel=1e-9)


@given(
    days=st.lists(st.integers(1, 4000), min_size=1, max_size=30, unique=True),
    amounts=st.data(),
    paid=st.integers(100, 10_000),
)
@settings(max_examples=60, deadline=None)
def test_xirr_agrees_with_pyxirr_in_any_order(days: list[int], amounts: st.DataObject, paid: int) -> None:
    received = amounts.draw(st.lists(st.integers(50, 3000), min_size=len(days), max_size=len(days)))
    flows = [(DAY + timedelta(days=day), float(amount)) for day, amount in zip(days, received, strict=True)]
    flows.append((DAY, -float(paid)))
    expected = pyxirr.xirr(flows)
    assume(expected is not None and -0.99 < expected < 1e3)
    assert returns.xirr(flows) == pytest.approx(expected, rel=1e-6, abs=1e-8)
    assert returns.xirr(sorted(flows, reverse=True)) == pytest.approx(returns.xirr(flows), rel=1e-12)


def test_xirr_adds_up_flows_of_one_day() -> None:
    year = DAY + timedelta(days=365)
    assert returns.xirr([(year, 60), (DAY, -100), (year, 50)]) == pytest.approx(0.1, abs=1e-12)


def test_xnpv_runs_from_the_earliest_date() -> None:
    flows = [(DAY + timedelta(days=365), 110.0), (DAY, -100.0)]
    assert returns.xnpv(0.1, flows) == pytest.approx(0, abs=1e-9)
    assert returns.xnpv(0.1, flows) == pytest.approx(pyxirr.xnpv(0.1, flows), abs=1e-9)


@pytest.mark.parametrize(("first", "expected"), [(0, 3065.22266817), (1, 2838.16913720)])
def test_npv_by_first_period(first: int, expected: float) -> None:
    """Both figures are printed: numpy-financial (first flow undiscounted), pyxirr and spreadsheets
    (discounted)."""
    assert returns.npv(0.08, [-40_000, 5_000, 8_000, 12_000, 30_000], first) == pytest.approx(
        expected, abs=1e-7
    )


@given(
    flows=AMOUNTS,
    finance=st.floats(-0.2, 0.5, allow_nan=False),
    reinvest=st.floats(-0.2, 0.5, allow_nan=False),
)
@settings(max_examples=100, deadline=None)
def test_mirr_agrees_with_pyxirr(flows: list[int], finance: float, reinvest: float) -> None:
    assume(min(flows) < 0 < max(flows))
    expected = pyxirr.mirr(flows, finance, reinvest)
    assert returns.mirr(flows, finance, reinvest) == pytest.approx(expected, rel=1e-9, abs=1e-9)


def test_mirr_without_outflow_is_a_sentence_and_without_inflow_a_total_loss() -> None:
    with pytest.raises(InputError):
        returns.mirr([100, 50], 0.1, 0.1)
    with pytest.raises(InputError):
        returns.mirr([-100], 0.1, 0.1)
    assert returns.mirr([-100, -50], 0.1, 0.1) == -1


def test_a_long_alternating_series_takes_no_time() -> None:
    flows = [(-1) ** k * (1 + k % 7) for k in range(121)]
    for rate in discount_roots([float(k) for k in range(121)], flows):
        assert returns.npv(rate, flows, 0) == pytest.approx(0, abs=1e-6 * max(1, (1 + rate) ** -120))
