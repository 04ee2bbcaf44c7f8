"""The ground of every analysis: shortened models, sampling errors that hold, and rare events."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tests.unit.analysis.models import CASH, experiment, linear, model_of, normal
from toolkit.lines.quantity import Quantity
from toolkit.projection.analysis.experiment import counted, shortened
from toolkit.projection.draws import Sampler
from toolkit.projection.engine import Engine
from toolkit.projection.model import Model
from toolkit.projection.run import Figure

Z = {0.05: -1.6448536269514722, 0.5: 0.0, 0.95: 1.6448536269514722}


def random_walk() -> Model:
    """A geometric random walk of four steps: cash is 100 · exp(0.1 · (z1 + … + zt))."""
    steps = " + ".join(f"where(t >= {number}, z{number}, 0)" for number in range(1, 5))
    inputs = {f"z{number}": normal(0, 1) for number in range(1, 5)}
    return model_of(inputs, {"log": f"0.1 * ({steps})", CASH: "100 * exp(log)"}, months=4)


def test_a_shortened_model_has_the_same_first_months() -> None:
    schedule = {"plan": tuple(float(month) for month in range(12))}
    model = model_of({"x": normal(0, 1)}, {CASH: f"{CASH}[-1] + plan * x"}, opening="7", series=schedule)
    column = {"x": np.linspace(-1, 1, 5)}
    whole = Engine(model, ("x",), (CASH,)).run(column, 5)[CASH]
    part = Engine(shortened(model, 4), ("x",), (CASH,)).run(column, 5)[CASH]
    assert np.array_equal(part, whole[:5])


def test_only_what_the_outcome_rests_on_is_relevant() -> None:
    assert experiment(linear(), "account.cash")[0].relevant == ("x", "y")


@pytest.mark.parametrize("level", [0.05, 0.5, 0.95])
def test_percentiles_of_a_random_walk_lie_within_their_error(level: float) -> None:
    # 95 % intervals of 100 seeds: fewer than 88 that hold would be a chance of 1 in 500.
    truth = 100 * math.exp(0.1 * math.sqrt(4) * Z[level])
    held = 0
    for seed in range(100):
        asked, metric = experiment(random_walk(), f"p{level * 100:g}(account.cash[4])", Sampler(seed, 8, 64))
        found = asked.figure(metric, asked.parts(metric, asked.values()))
        held += abs(found.value - truth) <= found.error
    assert held >= 88


def test_the_probability_of_an_event_lies_within_its_error() -> None:
    model = model_of(
        {"event": Quantity("discrete", (0.0, 0.3, 1.0, 0.7)), "x": normal(0, 1)}, {CASH: "event - 2 + x"}
    )
    truth = 0.3 * 0.022750131948179195 + 0.7 * 0.15865525393145707  # x > 2 without, x > 1 with the event
    held = 0
    for seed in range(100):
        asked, metric = experiment(model, "survive(3)", Sampler(seed, 8, 64))
        found = asked.figure(metric, asked.parts(metric, asked.values()))
        held += abs(found.value - truth) <= found.error
    assert held >= 88


def test_a_share_is_counted_in_whole_draws() -> None:
    assert counted(Figure(0.0), 64, 1) == Figure(0.0, 3 / 64)  # what never happened is not impossible
    assert counted(Figure(1.0), 4096, 8) == Figure(1.0, 0.5 / 512)
    assert counted(Figure(0.3), 4096, 8) == Figure(0.3, 0.5 / 512)
    assert counted(Figure(0.3, 0.01), 4096, 8) == Figure(0.3, 0.01)


def test_a_certain_plan_has_no_error() -> None:
    model = model_of({"burn": Quantity.constant(-1.0)}, {CASH: f"{CASH}[-1] + burn"}, opening="5")
    asked, metric = experiment(model, "survive(5)")
    assert asked.figure(metric, asked.parts(metric, asked.values())) == Figure(1.0, 0.0)


def test_a_runway_up_to_the_horizon_is_a_lower_bound() -> None:
    model = model_of({"x": normal(0, 1)}, {CASH: "100 + x"})
    asked, metric = experiment(model, "p5(runway)")
    assert asked.figure(metric, asked.parts(metric, asked.values())) == Figure(12.0, 0.0, at_least=True)
