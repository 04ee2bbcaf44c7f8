"""Path quantities against closed forms and month-by-month loops."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from toolkit.errors import InputError
from toolkit.lines.quantity import Quantity
from toolkit.lines.quantity_text import parse_quantity

MONTHS = 24
TEXTS = (
    "walk(100, 5, 1)",
    "geometric_walk(240, 3 %, 1 %)",
    "ar1(10, 0.8, 1, 4)",
    "monthly_chance(30 %, 1, 5)",
    "switch(20 %, 40 %, 1, 0.7)",
)


@pytest.fixture(scope="module")
def u() -> np.ndarray:
    return np.random.default_rng(7).random((MONTHS, 40_000))


def by_hand(text: str, u: np.ndarray) -> list[float]:
    """One draw, month by month, from the definition."""
    z = stats.norm.ppf(u)
    found = {"walk": 100.0, "geometric_walk": 240.0, "ar1": 4.0, "monthly_chance": 1.0, "switch": 1.0}
    kind = text.partition("(")[0]
    x, on, values = found[kind], False, [found[kind]]
    for month in range(MONTHS):
        match kind:
            case "walk":
                x = x + 1 + 5 * z[month]
            case "geometric_walk":
                x = x * 1.01 * math.exp(0.03 * z[month])
            case "ar1":
                x = 10 + 0.8 * (x - 10) + z[month]
            case "monthly_chance":
                x = 5.0 if u[month] >= 0.7 else 1.0
            case "switch":
                on = u[month] >= 0.4 if on else u[month] >= 0.8
                x = 0.7 if on else 1.0
        values.append(x)
    return values


@pytest.mark.parametrize("text", TEXTS)
def test_a_path_is_its_definition_month_by_month(text: str, u: np.ndarray) -> None:
    path = parse_quantity(text).path(u[:, :5])
    assert path.shape == (MONTHS + 1, 5)
    for draw in range(5):
        np.testing.assert_allclose(path[:, draw], by_hand(text, u[:, draw]), rtol=1e-12)


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("month", [1, 6, 24])
def test_the_marginal_of_a_month_is_what_draws_say(text: str, month: int, u: np.ndarray) -> None:
    quantity = parse_quantity(text)
    values, marginal = quantity.path(u)[month], quantity.in_month(month)
    if marginal.distribution == "discrete":
        low, _, high, chance = marginal.parameters
        assert set(np.unique(values)) == {low, high}
        assert np.mean(values == high) == pytest.approx(chance, abs=0.01)
        return
    cdf = {"normal": stats.norm, "lognormal": stats.norm}[marginal.distribution](*marginal.parameters).cdf
    scores = np.log(values) if marginal.distribution == "lognormal" else values
    assert stats.kstest(scores, cdf).pvalue > 1e-3


def test_a_two_state_event_settles_at_its_stationary_share() -> None:
    """on / (on + off) of the time, with a memory of 1 − on − off a month."""
    quantity = parse_quantity("switch(2 %, 10 %)")
    for month in (1, 5, 12, 60):
        exact = 0.02 / 0.12 * (1 - 0.88**month)
        assert quantity.in_month(month).parameters[3] == pytest.approx(exact)


@pytest.mark.parametrize("text", TEXTS)
def test_another_unit_multiplies_every_value(text: str, u: np.ndarray) -> None:
    quantity = parse_quantity(text)
    np.testing.assert_allclose(quantity.scaled(12).path(u[:, :50]), 12 * quantity.path(u[:, :50]), rtol=1e-12)


def test_a_longer_horizon_leaves_earlier_months() -> None:
    u = np.random.default_rng(1).random((36, 10))
    for text in TEXTS:
        quantity = parse_quantity(text)
        np.testing.assert_array_equal(quantity.path(u)[:13], quantity.path(u[:12]))


def test_bounds_hold_in_every_month(u: np.ndarray) -> None:
    path = parse_quantity("walk(0.5, 0.2)").within(0, 1).path(u[:, :1000])
    assert path.min() == 0
    assert path.max() == 1


def test_the_median_path() -> None:
    assert parse_quantity("walk(100, 5, 2)").by_month(3).tolist() == [100, 102, 104, 106]
    assert parse_quantity("geometric_walk(100, 5 %, 10 %)").by_month(2) == pytest.approx([100, 110, 121])
    assert parse_quantity("monthly_chance(10 %)").by_month(2).tolist() == [0, 0, 0]
    assert Quantity.constant(3).by_month(2).tolist() == [3, 3, 3]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("walk(100)", "walk"), ("walk(100, 0)", "walk"), ("walk(1, 2, 3, 4)", "walk"),
        ("geometric_walk(0, 3 %)", "geometric_walk"), ("geometric_walk(1, 3 %, -100 %)", "geometric_walk"),
        ("ar1(10, 1, 1)", "ar1"), ("ar1(10, 0.5)", "ar1"), ("monthly_chance(1.2)", "monthly_chance"),
        ("switch(0.1)", "switch"), ("switch(0.1, 2)", "switch"), ("percentiles(5 %, 2)", "percentiles"),
        ("percentiles(50 %, 2, 5 %, 3)", "percentiles"), ("percentiles(5 %, 4, 50 %, 3)", "percentiles"),
        ("percentiles(0, 1, 50 %, 3)", "percentiles"), ("beta(1, 2, 3)", "beta"),
        ("beta(1, 2, 3, 2)", "beta"),
        ("wolk(1, 2)", "form"),
    ],
)  # fmt: skip
def test_a_path_that_is_none(text: str, problem: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_quantity(text)
    assert caught.value.problems[0].id == f"lines.quantity_{problem}"
    assert caught.value.problems[0].mend("zh")


def test_percentiles_are_met() -> None:
    quantity = parse_quantity("percentiles(5 %, 2k, 50 %, 3k, 95 %, 6k) USD", "USD")
    np.testing.assert_allclose(quantity.ppf(np.array([0.05, 0.5, 0.95])), [2000, 3000, 6000])
