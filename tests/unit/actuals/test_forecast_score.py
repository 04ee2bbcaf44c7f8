"""Scores against closed forms and other libraries."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import binomtest, norm

from toolkit.projection.forecast_score import coverage, crps, score, score_figure
from toolkit.projection.run import LEVELS

GRID = norm.ppf((np.arange(20_000) + 0.5) / 20_000)


@pytest.mark.parametrize("z", [-2.0, -0.3, 0.0, 1.5])
def test_crps_of_a_normal(z: float) -> None:
    """T. Gneiting et al., Mon. Weather Rev. 133 (2005) 1098, equation 5."""
    exact = 3 * (z * (2 * norm.cdf(z) - 1) + 2 * norm.pdf(z) - 1 / math.sqrt(math.pi))
    assert crps(10 + 3 * z, 10 + 3 * GRID) == pytest.approx(exact, abs=1e-3)


def test_crps_by_hand_and_without_spread() -> None:
    # Draws 1 and 3, figure 2: E|x − y| = 1, E|x − x′| = (0 + 2 + 2 + 0) / 4 = 1.
    assert crps(2.0, np.array([1.0, 3.0])) == pytest.approx(1 - 0.5)
    assert crps(7.0, np.full(8, 5.0)) == pytest.approx(2.0)


def test_one_figure_by_hand() -> None:
    found = score_figure("x", "2027-01", 1, 12.0, 10.0, np.linspace(0, 20, 10_001))
    assert found.quantiles == pytest.approx((1, 5, 10, 15, 19))
    assert found.rank == pytest.approx(0.6, abs=1e-3)
    assert (found.inside_50, found.inside_90) == (True, True)
    by_hand = [0.05 * 11, 0.25 * 7, 0.5 * 2, 0.25 * 3, 0.05 * 7]
    assert found.pinball == pytest.approx(sum(by_hand) / len(LEVELS))


def test_a_certain_figure_is_inside_to_the_last_bit() -> None:
    found = score_figure("x", "2027-01", 1, 0.3, 0.3, np.full(100, 0.1 + 0.2))
    assert found.inside_50
    assert found.rank == pytest.approx(0.5)


@pytest.mark.parametrize(("hits", "count"), [(0, 5), (9, 10), (5, 5), (40, 90)])
def test_the_interval_of_a_share_is_wilsons(hits: int, count: int) -> None:
    found = coverage([True] * hits + [False] * (count - hits), 0.9)
    other = binomtest(hits, count).proportion_ci(0.95, method="wilson")
    assert (found.low, found.high) == pytest.approx((other.low, other.high), abs=1e-9)


def test_an_honest_forecast_is_covered_and_a_narrow_one_is_not() -> None:
    random = np.random.default_rng(5)
    figures = {}
    for name, width in (("honest", 1.0), ("narrow", 0.3)):
        found = []
        for month in range(400):
            middle = random.normal(100, 20)
            found.append(
                score_figure(
                    "x", f"{month}", 1, middle + random.normal(0, 5), middle, middle + 5 * width * GRID[::40]
                )
            )
        figures[name] = score(found)
    honest, narrow = figures["honest"], figures["narrow"]
    assert honest.coverage_90.fits
    assert honest.coverage_50.fits
    assert not narrow.coverage_90.fits
    assert narrow.crps > honest.crps
    assert abs(honest.bias) < 1
    # The CRPS of a normal against itself is σ / √π, its mean absolute error σ √(2/π): skill 1 − 1/√2.
    assert honest.skill == pytest.approx(1 - 1 / math.sqrt(2), abs=0.05)


def test_lines_of_different_units_share_no_amount() -> None:
    draws = np.linspace(0, 1, 11)
    both = score([score_figure("x", "1", 1, 0.5, 0.4, draws), score_figure("y", "1", 1, 0.2, 0.4, draws)])
    assert both.crps is None
    assert both.bias is None
    assert both.figures == 2
