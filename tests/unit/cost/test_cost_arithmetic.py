"""The arithmetic of costs against figures worked by hand, and what must hold for all of them."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit.estimate.cost.breakeven import api_break_even, utilisation_to_commit
from toolkit.estimate.cost.grid import Losses, pareto_front, run_cost, service_cost
from toolkit.estimate.cost.interruptions import best_interval, hourly_interruptions, monthly_band, slowdown
from toolkit.estimate.cost.ownership import annuity

SPEED = np.array([[2000.0], [1000.0], [500.0]])


def one(value: float) -> np.ndarray:
    return np.array([value])


def test_a_run_by_hand() -> None:
    # 36 M tokens at 1,000 a second are 10 hours; with a goodput of 0.8 they are 12.5, at 8 an hour 100.
    found = run_cost(36e6, SPEED, one(8.0), goodput=0.8)
    assert found.hours[:, 0] == pytest.approx([6.25, 12.5, 25.0])
    assert found.cost[:, 0] == pytest.approx([50.0, 100.0, 200.0])


def test_a_commitment_is_owed_in_whole_terms() -> None:
    found = run_cost(36e6, SPEED, one(2.0), committed=one(730.0))
    assert found.cost[:, 0] == pytest.approx([1460.0] * 3)  # 10 hours, one month
    long = run_cost(36e8, SPEED, one(2.0), committed=one(730.0))
    assert long.hours[1, 0] == pytest.approx(1000.0)
    assert long.cost[1, 0] == pytest.approx(2 * 730 * 2.0)


def test_a_service_by_hand() -> None:
    # 730 h · 3600 s · 100 tokens/s on average; a peak of 3 needs 300 of 200 tokens/s: 2 machines.
    tokens = 730 * 3600 * 100
    machines, cost = service_cost(tokens, np.array([[400.0], [200.0], [100.0]]), one(1.5), peak_to_mean=3.0)
    assert machines[:, 0].tolist() == [1.0, 2.0, 3.0]
    assert cost[:, 0] == pytest.approx([1095.0, 2190.0, 3285.0])
    least, _ = service_cost(tokens, np.array([[400.0], [200.0], [100.0]]), one(1.5), least=5)
    assert least[:, 0].tolist() == [5.0, 5.0, 5.0]


@given(st.floats(1e3, 1e15), st.floats(1.0, 50.0), st.floats(0.01, 500.0))
def test_cost_is_linear_in_hours(work: float, factor: float, price: float) -> None:
    once, more = run_cost(work, SPEED, one(price)), run_cost(work * factor, SPEED, one(price))
    assert more.hours == pytest.approx(factor * once.hours)
    assert more.cost == pytest.approx(factor * once.cost)


@given(st.floats(1.0, 3.0), st.floats(0.2, 1.0), st.just(0.0) | st.floats(1.0, 800.0), st.floats(1e6, 1e13))
def test_a_faster_and_cheaper_option_never_costs_more(
    faster: float, cheaper: float, term: float, work: float
) -> None:
    speed = np.concatenate([SPEED, SPEED * faster], axis=1)
    found = run_cost(work, speed, np.array([10.0, 10.0 * cheaper]), committed=np.array([term, term]))
    assert (found.hours[:, 1] <= found.hours[:, 0] * (1 + 1e-12)).all()
    assert (found.cost[:, 1] <= found.cost[:, 0] * (1 + 1e-12)).all()
    _, cost = service_cost(work, speed, np.array([10.0, 10.0 * cheaper]), peak_to_mean=2.0)
    assert (cost[:, 1] <= cost[:, 0] * (1 + 1e-12)).all()


def test_many_workloads_are_as_many_single_ones() -> None:
    speed = np.array([[2000.0, 300.0], [1000.0, 200.0], [500.0, 100.0]])
    price, works = np.array([8.0, 1.0]), np.array([36e6, 72e6, 1e9])
    losses = Losses(np.full((3, 2), 0.01), np.array([1.0, 2.0]), np.array([0.1, 0.1]), 0.25)
    many = run_cost(works, speed, price, goodput=np.array([1.0, 0.5, 0.9]), losses=losses)
    assert many.cost.shape == (3, 3, 2)
    for place, (work, goodput) in enumerate(zip(works, (1.0, 0.5, 0.9), strict=True)):
        single = run_cost(work, speed, price, goodput=goodput, losses=losses)
        assert many.cost[:, place] == pytest.approx(single.cost)


def test_what_does_not_fit_is_not_a_number_and_never_on_the_front() -> None:
    found = run_cost(1e6, np.array([[np.nan, 10.0]] * 3), np.array([1.0, 1.0]))
    assert found.fits.tolist() == [False, True]
    assert pareto_front(found.cost[1], found.hours[1]).tolist() == [False, True]


@given(st.lists(st.tuples(st.integers(1, 9), st.integers(1, 9)), min_size=1, max_size=12))
def test_the_front_is_what_nothing_beats(points: list[tuple[int, int]]) -> None:
    cost, time = (np.array(values, float) for values in zip(*points, strict=True))
    front = pareto_front(cost, time)
    for place, (c, h) in enumerate(points):
        beaten = any((c2 <= c and h2 <= h) and (c2 < c or h2 < h) for c2, h2 in points)
        if front[place]:
            assert not beaten
        elif not beaten:
            assert (c, h) in [points[other] for other in np.flatnonzero(front)]


def test_losses_by_hand() -> None:
    # Nothing lost: a checkpoint of 6 minutes after each hour costs a tenth. Nothing written: no time is lost.
    assert slowdown(one(0.0), one(1.0), one(0.1), 0.5)[0] == pytest.approx(1.1)
    assert slowdown(one(0.0), one(1.0), one(0.0), 0.5)[0] == pytest.approx(1.0)
    # Daly: one loss in 10 hours, τ = 1, δ = 0.1, R = 0.5.
    expected = math.exp(0.05) * (math.exp(0.11) - 1) / 0.1
    assert slowdown(one(0.1), one(1.0), one(0.1), 0.5)[0] == pytest.approx(expected)


def test_losses_agree_with_a_simulation() -> None:
    rate, interval, write, restart = 0.2, 1.5, 0.1, 0.25
    random = np.random.default_rng(7)
    total, segments = 0.0, 20_000
    for _ in range(segments):
        while True:
            lost = random.exponential(1 / rate)
            if lost >= interval + write:
                total += interval + write
                break
            total += lost
            while (again := random.exponential(1 / rate)) < restart:
                total += again
            total += restart
    expected = slowdown(one(rate), one(interval), one(write), restart)[0]
    assert total / (segments * interval) == pytest.approx(expected, rel=0.02)


def test_interruptions_from_monthly_shares() -> None:
    assert hourly_interruptions(1 - math.exp(-1)) == pytest.approx(1 / 730)
    assert monthly_band(0.05, 0.10, 0.2) == pytest.approx((0.05, 0.075, 0.10))
    assert monthly_band(0.2, None, 0.1) == pytest.approx((0.2, 0.35, 0.5))
    assert monthly_band(None, None, 0.3) == pytest.approx((0.1, 0.3, 0.9))
    assert best_interval(0.02, 0.01) == pytest.approx(1.0)  # √(2 · 0.01 / 0.02)


def test_an_annuity_by_hand() -> None:
    assert annuity(1000.0, 200.0, 4.0, 0.0) == pytest.approx(200.0)
    # 1,000 at 10 % in two years without resale: 1000 · 0.1 / (1 - 1.21⁻¹) = 576.19.
    assert annuity(1000.0, 0.0, 2.0, 0.1) == pytest.approx(576.190476)


def test_the_commitment_of_the_p5() -> None:
    assert utilisation_to_commit(23.78, 55.04) == pytest.approx(0.432, abs=5e-4)
    with pytest.raises(ValueError, match="above 0"):
        utilisation_to_commit(0.0, 1.0)


def test_volumes_against_an_api_by_hand() -> None:
    # A machine of 300 a month serves 1,000 requests; the API takes 0.5: 600 requests pay for one machine. The
    # second machine begins at 1,000 (600 against 500), the third at 2,000 (900 against 1,000): from there on.
    assert api_break_even(300.0, 1000.0, 0.5) == (600.0, 2000.0)
    assert api_break_even(300.0, 1000.0, 0.2) == (None, None)  # 1,500 would have to fit on one machine
    assert api_break_even(300.0, 1000.0, 0.3) == (1000.0, None)
    first, always = api_break_even(300.0, 1000.0, 0.5, least=2)
    assert (first, always) == (1200.0, 2000.0)


@given(st.floats(10, 1e4), st.floats(10, 1e5), st.floats(1e-3, 10), st.integers(1, 4))
def test_break_even_volumes_separate_the_two(month: float, capacity: float, price: float, least: int) -> None:
    first, always = api_break_even(month, capacity, price, least)

    def machines(volume: float) -> float:
        return max(least, math.ceil(volume / capacity)) * month

    if first is not None:
        assert machines(first) <= price * first * (1 + 1e-9) or first > least * capacity * (1 - 1e-9)
        assert machines(first * 0.99) > price * first * 0.99 * (1 - 1e-9)
    if always is not None and always < 1e7 * capacity:
        for step in (1.0000001, 1.3, 2.7, 10.0):
            assert machines(always * step) <= price * always * step * (1 + 1e-6)
