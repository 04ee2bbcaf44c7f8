"""Levers and goals on lines whose answers are known."""

from __future__ import annotations

import numpy as np
import pytest

from tests.unit.analysis.models import CASH, linear, model_of, normal
from toolkit.errors import InputError
from toolkit.lines.quantity import Quantity
from toolkit.projection.analysis.goal_seek import Sought, furthest, seek
from toolkit.projection.analysis.lever import Lever, LeverExperiment, Mode, lever_of
from toolkit.projection.analysis.outcome import parse_goal
from toolkit.projection.draws import Sampler, extend_registry
from toolkit.projection.model import Model

Z95 = 1.6448536269514722


def sought(model: Model, text: str, lever: Lever, sampler: Sampler | None = None) -> Sought:
    goal = parse_goal(text, model)
    registry = extend_registry({}, model.dimensions)
    return seek(
        LeverExperiment(model, registry, sampler or Sampler(1, 8, 512), goal.metric.outcome, lever), goal
    )


def one_input(months: int = 4) -> Model:
    """Cash is `level + x` in every month, x standard normal, level 1."""
    inputs = {"level": Quantity.constant(1.0), "x": normal(0, 1), "idle": normal(0, 1)}
    return model_of(inputs, {CASH: "level + x"}, months=months)


def test_a_mean_on_a_linear_line() -> None:
    # 100 + 12 · burn = 64 where burn is −3.
    model = linear()
    found = sought(model, "account.cash[12] >= 64", lever_of(model, "burn", "set", -10, 0))
    assert found.answer is not None
    assert not found.met
    assert abs(found.answer.value + 3) <= found.answer.error + 1e-3
    assert found.at_answer is not None
    assert found.at_answer.value >= 64
    assert not found.is_bounded


def test_the_error_of_an_answer_is_honest() -> None:
    # P(level + x + y >= 0) with x + y standard normal is 95 % at a level of 1.645.
    model = model_of(
        {"level": Quantity.constant(1.0), "x": normal(0, 0.6), "y": normal(0, 0.8)},
        {CASH: "level + x + y"},
        months=2,
    )
    held = 0
    for seed in range(40):
        found = sought(
            model, "P(account.cash[1] >= 0) >= 95%", lever_of(model, "level"), Sampler(seed, 8, 128)
        )
        assert found.answer is not None
        held += abs(found.answer.value - Z95) <= found.answer.error + 4e-4
    assert held >= 36


def test_at_most_is_a_goal_too() -> None:
    model = one_input()
    found = sought(model, "P(account.cash[1] < 0) <= 5%", lever_of(model, "level"))
    assert found.answer is not None
    assert found.answer.value == pytest.approx(Z95, abs=0.02)
    assert found.at_answer is not None
    assert found.at_answer.value <= 0.05 + 1e-12


def test_an_uncertain_lever_stays_uncertain_when_it_is_scaled() -> None:
    # P(1 + k x >= 0) is Φ(1 / k): 0.8413 at k = 1, 0.95 at k = 1 / 1.645.
    model = one_input()
    found = sought(model, "P(account.cash[1] >= 0) >= 95%", lever_of(model, "x"))
    assert found.answer is not None
    assert found.answer.value == pytest.approx(1 / Z95, rel=0.02)
    certain = sought(model, "P(account.cash[1] >= 0) >= 95%", lever_of(model, "x", "set", -3, 3))
    assert certain.answer is not None
    assert certain.met  # set to its median of 0, nothing is left to chance
    assert certain.answer.value == pytest.approx(-1, abs=1e-3)  # and stays so down to −1


def test_a_goal_that_is_met_says_how_far_it_stays_so() -> None:
    model = one_input()
    found = sought(model, "account.cash[1] >= 0.5", lever_of(model, "level"))
    assert found.met
    assert found.answer is not None
    assert abs(found.answer.value - 0.5) <= found.answer.error + 4e-4


def test_a_goal_out_of_reach_says_how_far_it_gets() -> None:
    model = one_input()
    found = sought(model, "account.cash[1] >= 10", lever_of(model, "level"))
    assert found.answer is None
    assert not found.met
    assert found.best.place == 4
    assert found.best.metric.value == pytest.approx(4, abs=1e-2)
    wider = sought(model, "account.cash[1] >= 10", lever_of(model, "level", high=8))
    assert furthest([found, wider]) is wider


def test_a_lever_that_nothing_rests_on_is_tried_once() -> None:
    model = one_input()
    found = sought(model, "account.cash[1] >= 10", lever_of(model, "idle"))
    assert found.answer is None
    assert len(found.trials) == 1


def test_the_nearest_of_several_answers() -> None:
    # cash = 4 − (k − 2)²: at least 3 between 1 and 3; the plan stands at 0.5.
    model = model_of({"k": Quantity.constant(0.5), "x": normal(0, 1)}, {CASH: "4 - (k - 2) ** 2 + 0 * x"})
    found = sought(model, "account.cash[1] >= 3", lever_of(model, "k", "set", 0, 5))
    assert found.answer is not None
    assert found.answer.value == pytest.approx(1, abs=1e-3)
    model = model_of({"k": Quantity.constant(4.5), "x": normal(0, 1)}, {CASH: "4 - (k - 2) ** 2 + 0 * x"})
    found = sought(model, "account.cash[1] >= 3", lever_of(model, "k", "set", 0, 5))
    assert found.answer is not None
    assert found.answer.value == pytest.approx(3, abs=1e-3)


def test_a_schedule_is_scaled_as_a_whole() -> None:
    schedule = {"sales": (1.0, 2.0, 3.0, 4.0)}
    model = model_of({"x": normal(0, 1)}, {CASH: f"{CASH}[-1] + sales + 0 * x"}, months=4, series=schedule)
    found = sought(model, "account.cash[4] >= 15", lever_of(model, "sales"))
    assert found.answer is not None
    assert found.answer.value == pytest.approx(1.5, abs=1e-3)
    assert found.present.value == pytest.approx(10)


def test_a_quantity_stays_within_its_bounds() -> None:
    share = Quantity("normal", (0.5, 0.01), minimum=0.0, maximum=1.0)
    model = model_of({"share": share}, {CASH: "share"})
    found = sought(model, "account.cash[1] >= 1.5", lever_of(model, "share"))
    assert found.answer is None
    assert found.best.metric.value == 1


def test_trials_are_the_metric_as_it_is() -> None:
    model = one_input()
    found = sought(model, "account.cash[1] >= 2", lever_of(model, "level"))
    places = np.array([trial.place for trial in found.trials])
    assert np.allclose([trial.metric.value for trial in found.trials], places, atol=1e-2)
    assert np.all(np.diff(places) > 0)


@pytest.mark.parametrize(
    ("line", "mode", "low", "high", "id"),
    [
        ("nothing", "scale", None, None, "unknown_input"),
        (CASH, "scale", None, None, "unknown_input"),
        ("event", "scale", None, None, "lever_event"),
        ("sales", "set", None, None, "lever_schedule"),
        ("x", "scale", 2, 1, "lever_range"),
    ],
)
def test_what_is_no_lever_is_refused(
    line: str, mode: Mode, low: float | None, high: float | None, id: str
) -> None:
    model = model_of(
        {"x": normal(0, 1), "event": Quantity("discrete", (0.0, 0.5, 1.0, 0.5))},
        {CASH: "x + event + sales"},
        series={"sales": (1.0,) * 12},
    )
    with pytest.raises(InputError) as refused:
        lever_of(model, line, mode, low, high)
    assert refused.value.problems[0].id == f"analysis.{id}"
    assert refused.value.problems[0].mend("zh")


def test_an_event_can_be_set() -> None:
    model = model_of(
        {"event": Quantity("discrete", (0.0, 0.8, 1.0, 0.2)), "x": normal(0, 1)}, {CASH: "event"}
    )
    found = sought(model, "account.cash[1] >= 0.9", lever_of(model, "event", "set"))
    assert found.lever.high == 1
    assert found.answer is not None
    assert found.answer.value == pytest.approx(0.9, abs=1e-3)
