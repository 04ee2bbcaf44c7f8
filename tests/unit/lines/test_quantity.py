"""Quantities against scipy's distributions."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from toolkit.lines.quantity import Quantity

U = np.array([1e-9, 0.001, 0.05, 0.31, 0.5, 0.71, 0.95, 0.999, 1 - 1e-9])
MANY = np.linspace(0.0005, 0.9995, 1000)
Z = stats.norm.ppf(0.95)

CASES = {
    "constant": (Quantity.constant(7), lambda u: np.full_like(u, 7.0)),
    "normal": (Quantity("normal", (10, 2)), stats.norm(10, 2).ppf),
    "lognormal": (Quantity("lognormal", (1.5, 0.4)), stats.lognorm(0.4, scale=math.exp(1.5)).ppf),
    "uniform": (Quantity("uniform", (2, 5)), stats.uniform(2, 3).ppf),
    "triangular": (Quantity("triangular", (1, 2, 4)), stats.triang(1 / 3, 1, 3).ppf),
    "triangular, mode at an end": (Quantity("triangular", (0, 0, 7)), stats.triang(0, 0, 7).ppf),
    "pert": (Quantity("pert", (1, 2, 4)), stats.beta(1 + 4 / 3, 1 + 8 / 3, 1, 3).ppf),
    "beta": (Quantity("beta", (2, 5, 10, 20)), stats.beta(2, 5, 10, 10).ppf),
    "discrete": (
        Quantity("discrete", (3, 0.2, 5, 0.55, 9, 0.25)),
        stats.rv_discrete(values=((3, 5, 9), (0.2, 0.55, 0.25))).ppf,
    ),
    "chance": (Quantity.chance(0.3), stats.bernoulli(0.3).ppf),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_quantile_function(name: str) -> None:
    quantity, expected = CASES[name]
    np.testing.assert_allclose(quantity.ppf(U), expected(U), rtol=1e-9)
    np.testing.assert_allclose(
        quantity.ppf(MANY.reshape(10, 100)), expected(MANY).reshape(10, 100), rtol=1e-9
    )


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("factor", [1, 12, 0.01])
def test_another_unit_multiplies_every_value(name: str, factor: float) -> None:
    quantity, _ = CASES[name]
    np.testing.assert_allclose(quantity.scaled(factor).ppf(MANY), factor * quantity.ppf(MANY), rtol=1e-12)


def test_a_range_is_the_central_90_percent() -> None:
    for low, high in ((2, 4), (90_000, 110_000), (-3, 5), (0, 7)):
        quantity = Quantity.between(low, high)
        np.testing.assert_allclose(quantity.interval_90, (low, high), rtol=1e-12, atol=1e-12)
        assert quantity.distribution == ("lognormal" if low > 0 else "normal")
    assert Quantity.between(2, 8).median == pytest.approx(4)  # geometric middle
    assert Quantity.between(-2, 8).median == pytest.approx(3)


def test_quantiles_meet_their_points_and_are_lognormal_between() -> None:
    normal = stats.lognorm(0.5, scale=100)
    points = [0.025, 0.1, 0.5, 0.9, 0.975]
    pairs = tuple(x for p in points for x in (p, float(normal.ppf(p))))
    quantity = Quantity("quantiles", pairs)
    inside = np.linspace(0.025, 0.975, 200)
    np.testing.assert_allclose(quantity.ppf(inside), normal.ppf(inside), rtol=1e-12)
    assert quantity.ppf(np.array([0.001]))[0] == pytest.approx(pairs[1])  # constant beyond the ends
    assert quantity.ppf(np.array([0.999]))[0] == pytest.approx(pairs[-1])


def test_quantiles_with_a_value_not_above_0_are_normal_between() -> None:
    quantity = Quantity("quantiles", (0.1, -2.0, 0.9, 2.0))
    assert quantity.median == pytest.approx(0)
    scale = 2 / stats.norm.ppf(0.9)
    assert quantity.ppf(np.array([0.7]))[0] == pytest.approx(stats.norm(0, scale).ppf(0.7))


def test_tails_count_as_the_bound() -> None:
    share = Quantity.between(0.9, 0.99).within(0, 1)
    free = Quantity.between(0.9, 0.99)
    values = share.ppf(MANY)
    assert values.max() == 1.0 < free.ppf(MANY).max()
    inside = free.ppf(MANY) <= 1
    np.testing.assert_array_equal(values[inside], free.ppf(MANY)[inside])
    assert share.scaled(100).ppf(MANY).max() == 100
    assert Quantity.constant(3).within(0, 1).median == 3  # a certain number is what was written


def test_a_chance_at_its_median() -> None:
    assert [Quantity.chance(p).median for p in (0, 0.3, 0.5, 0.8, 1)] == [0, 0, 1, 1, 1]
    assert Quantity.chance(0.3).is_chance
    assert not Quantity("discrete", (0, 0.3, 2, 0.7)).is_chance
    assert Quantity.chance(0.3).ppf(MANY).mean() == pytest.approx(0.3)


def test_few_values_equal_many() -> None:
    """A few normal scores come from the standard library, many from scipy."""
    for quantity, _ in CASES.values():
        few = np.concatenate([quantity.ppf(MANY[place : place + 4]) for place in range(0, 40, 4)])
        np.testing.assert_allclose(few, quantity.ppf(MANY)[:40], rtol=1e-13)
