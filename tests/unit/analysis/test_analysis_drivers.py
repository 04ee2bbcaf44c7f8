"""Survival, drivers of the worst draws, and the value of information, against closed forms."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tests.unit.analysis.models import CASH, experiment, linear, model_of, normal
from toolkit.lines.quantity import Quantity
from toolkit.projection.analysis.drivers import drivers, worst_draws
from toolkit.projection.analysis.information import cells, value_of_information
from toolkit.projection.analysis.outcome import Outcome
from toolkit.projection.analysis.survival import survival
from toolkit.projection.draws import Sampler, draw, extend_registry
from toolkit.projection.program import Array

# Mean of a standard normal below its 5 % quantile: −φ(1.645) / 0.05.
TAIL = -math.exp(-(1.6448536269514722**2) / 2) / math.sqrt(2 * math.pi) / 0.05


def columns(**quantities: Quantity) -> dict[str, Array]:
    """Independent draws by name, 8 replicates of 2,048."""
    model = model_of(quantities, {CASH: " + ".join(quantities)}, months=1)
    return draw(model, extend_registry({}, model.dimensions), Sampler(1, 8, 2048))


def test_survival_by_hand() -> None:
    # Four draws, three months: lost in month 2, never, in month 1 (and back), in month 3.
    cash = np.array([[1.0, 1, -1, 2], [-1, 1, 5, 2], [-2, 0, 5, -1]])
    found = survival(cash, ("2027-01", "2027-02", "2027-03"), 1)
    assert [one.value for one in found.probabilities] == [0.75, 0.5, 0.25]
    assert found.lost == (0.25, 0.25, 0.25)
    assert found.median == 2
    above = survival(cash, ("2027-01", "2027-02", "2027-03"), 1, floor=1.5)
    assert [one.value for one in above.probabilities] == [0.25, 0.25, 0.0]
    assert above.median == 0


def test_survival_of_an_event() -> None:
    model = model_of(
        {"event": Quantity("discrete", (0.0, 0.3, 1.0, 0.7)), "x": normal(0, 1)},
        {CASH: "where(t >= 6 and event == 0, -1, 1) + 0 * x"},
    )
    held = 0
    for seed in range(20):
        asked, _ = experiment(model, "runway", Sampler(seed, 8, 64))
        found = survival(asked.path(), model.months, 8)
        assert [one.value for one in found.probabilities[:5]] == [1.0] * 5
        assert all(one.error == 0.5 / 64 for one in found.probabilities[:5])
        held += abs(found.probabilities[5].value - 0.7) <= found.probabilities[5].error
    assert held >= 18
    assert found.median is None


def test_nothing_uncertain_is_certain() -> None:
    found = survival(np.ones((3, 8)), ("2027-01", "2027-02", "2027-03"), 4, certain=True)
    assert {one.error for one in found.probabilities} == {0.0}


def test_drivers_of_a_sum() -> None:
    # Of Y = x + 2 y + 0 z the worst 5 % lie at TAIL standard deviations; x is worth 1 / √5 of them.
    inputs = columns(x=normal(10, 3), y=normal(-1, 0.5), z=normal(0, 1))
    outcome = (inputs["x"] - 10) / 3 + 2 * (inputs["y"] + 1) / 0.5
    cash = np.where(outcome < np.quantile(outcome, 0.04), -1.0, 1.0) * np.array([[-1.0, 1, 1]]).T
    found = drivers(inputs, outcome, np.abs(cash) * np.vstack([np.ones_like(outcome), cash[1:]]), 8)
    shifts = {one.input: one for one in found.drivers}
    assert [one.input for one in found.drivers] == ["y", "x", "z"]
    for name, truth in (("x", TAIL / math.sqrt(5)), ("y", 2 * TAIL / math.sqrt(5)), ("z", 0.0)):
        assert abs(shifts[name].shift.value - truth) <= 2 * shifts[name].shift.error + 5e-3
    assert shifts["x"].usual == pytest.approx(10, abs=1e-2)
    assert shifts["x"].worst == pytest.approx(10 + 3 * TAIL / math.sqrt(5), abs=0.1)
    assert abs(found.threshold.value - math.sqrt(5) * -1.6448536) <= 2 * found.threshold.error + 1e-2
    # Four fifths of the worst draws fall below zero in month 2, one fifth never does.
    assert found.first_trouble[0] == 0
    assert found.first_trouble[1] == pytest.approx(0.8, abs=0.01)
    assert found.spared == pytest.approx(0.2, abs=0.01)
    assert found.median_month == 2


def test_more_can_be_worse() -> None:
    inputs = columns(x=normal(0, 1), y=normal(0, 1))
    cash = np.ones((2, 8 * 2048))
    low = drivers(inputs, inputs["x"], cash, 8).drivers[0].shift.value
    high = drivers(inputs, inputs["x"], cash, 8, worst_is_high=True)
    assert low == pytest.approx(TAIL, abs=0.01)
    assert high.drivers[0].shift.value == pytest.approx(-TAIL, abs=0.01)
    assert high.threshold.value == pytest.approx(1.645, abs=0.01)
    assert high.spared == 1
    assert high.median_month is None


def test_an_input_that_does_not_vary_does_not_shift() -> None:
    found = drivers({"x": np.ones(64)}, np.arange(64.0), np.ones((1, 64)), 4)
    assert found.drivers[0].shift.value == 0


def test_the_worst_draws_are_at_least_one() -> None:
    assert worst_draws(np.array([3.0, 1.0, 2.0]), 0.01).tolist() == [1]
    assert worst_draws(np.array([3.0, 1.0, 2.0, 0.0]), 0.5).tolist() == [3, 1]


def test_the_worth_of_knowing_a_normal() -> None:
    # Take X, or 0: knowing X is worth E max(X, 0) = 1 / √(2π), another input nothing.
    inputs = columns(x=normal(0, 1), y=normal(0, 1))
    outcomes = {"stay": np.zeros_like(inputs["x"]), "go": inputs["x"] + 0.1 * inputs["y"]}
    found = value_of_information(inputs, outcomes, 8)
    worth = {one.input: one for one in found.inputs}
    truth = 1 / math.sqrt(2 * math.pi)
    assert found.inputs[0].input == "x"
    assert abs(worth["x"].worth.value - truth) <= worth["x"].worth.error + 5e-3
    assert worth["x"].choices == pytest.approx({"stay": 0.5, "go": 0.5}, abs=0.01)
    assert abs(worth["y"].worth.value) <= 0.05  # it tells 0.1 of a standard deviation
    perfect = truth * math.sqrt(1.01)
    assert abs(found.perfect.value - perfect) <= found.perfect.error + 1e-3
    assert found.perfect.value >= worth["x"].worth.value


def test_a_choice_that_never_changes_is_worth_nothing_to_inform() -> None:
    inputs = columns(x=normal(0, 1))
    found = value_of_information(inputs, {"bad": inputs["x"] - 10, "good": inputs["x"]}, 8)
    assert found.best == "good"
    assert found.perfect.value == 0
    assert found.inputs[0].worth.value == 0
    # and yet X is the whole variance (16 cells of a normal leave 1.5 % within)
    assert found.inputs[0].variance_share.value == pytest.approx(0.985, abs=0.01)


def test_noise_is_worth_nothing_and_explains_nothing() -> None:
    rng = np.random.default_rng(1)
    worths, shares = [], []
    for _ in range(20):
        x, noise = rng.standard_normal((2, 4096))
        found = value_of_information({"x": x}, {"a": noise, "b": -noise}, 8)
        worths.append(found.inputs[0].worth.value)
        shares.append(found.inputs[0].variance_share.value)
    assert np.mean(worths) <= 0.01  # not found where there is none
    assert abs(np.mean(shares)) <= 2e-3


def test_an_event_has_one_cell_a_value() -> None:
    assert cells(np.array([0.0, 1.0, 1.0, 0.0])).tolist() == [0, 1, 1, 0]
    assert np.bincount(cells(np.arange(1600.0)[::-1])).tolist() == [100] * 16


def test_two_options_of_one_event() -> None:
    # A pays 10 when it happens (half the time) and 0 otherwise; B pays 4: know first, and take 10 or 4.
    event = np.tile([0.0, 1.0], 64)
    found = value_of_information({"event": event}, {"a": 10 * event, "b": np.full(128, 4.0)}, 4)
    assert found.best == "a"
    assert found.inputs[0].worth.value == pytest.approx(2)
    assert found.inputs[0].choices == {"a": 0.5, "b": 0.5}
    assert (found.inputs[0].low, found.inputs[0].high) == (0, 10)
    assert found.perfect.value == pytest.approx(2)


def test_the_survival_curve_is_that_of_the_runway() -> None:
    asked, metric = experiment(linear(), "survive(7)")
    whole, _ = experiment(linear(), "runway")
    curve = survival(whole.path(), linear().months, 8)
    found = asked.figure(metric, asked.parts(metric, asked.values()))
    assert curve.probabilities[6] == found
    assert Outcome("survive", CASH, 7).horizon(12) == 7
    assert sum(curve.lost) + curve.probabilities[-1].value == pytest.approx(1)
