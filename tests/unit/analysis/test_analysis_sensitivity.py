"""Sobol indices and tornados of models whose answers are known."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest

from tests.unit.analysis.models import CASH, experiment, linear, model_of, normal, uniform
from toolkit.errors import InputError
from toolkit.lines.correlation import Pair
from toolkit.lines.quantity import Quantity
from toolkit.projection.analysis.sensitivity import (
    Sensitivity,
    dependent_groups,
    grouped,
    sensitivity,
)
from toolkit.projection.analysis.tornado import ends, tornado
from toolkit.projection.draws import Sampler, extend_registry
from toolkit.projection.model import Model
from toolkit.projection.run import Figure

Z90 = 1.2815515655446004  # normal quantile of 0.9


def indices(model: Model, text: str, sampler: Sampler | None = None) -> Sensitivity:
    asked, metric = experiment(model, text, sampler)
    return sensitivity(asked, metric, extend_registry({}, model.dimensions))


def holds(found: Figure, truth: float, floor: float = 1e-3) -> bool:
    """Within twice the printed error: 95 % intervals, several of them, of one seed."""
    return abs(found.value - truth) <= 2 * found.error + floor


def test_a_linear_model_shares_its_variance_by_squares() -> None:
    result = indices(linear(), "account.cash[12]")
    found = {index.inputs: index for index in result.indices}
    for name, share in ((("y",), 4 / 5), (("x",), 1 / 5)):
        assert holds(found[name].first, share)
        assert holds(found[name].total, share)
    assert holds(result.interaction, 0)
    assert holds(result.variance, 5 * 12**2, 1)
    assert result.unrelated == ("z",)
    assert [index.inputs for index in result.indices] == [("y",), ("x",)]
    assert result.runs == 4 * 4096


def test_a_product_has_an_interaction() -> None:
    # V = μ₁²σ₂² + μ₂²σ₁² + σ₁²σ₂² for independent factors.
    model = model_of({"a": normal(2, 1), "b": normal(1, 3)}, {CASH: "a * b"})
    variance = 4 * 9 + 1 * 1 + 9
    result = indices(model, "account.cash[1]")
    found = {index.inputs: index for index in result.indices}
    assert holds(found["a",].first, 1 / variance)
    assert holds(found["b",].first, 36 / variance)
    assert holds(found["a",].total, 10 / variance)
    assert holds(found["b",].total, 45 / variance)
    assert holds(result.interaction, 9 / variance)


def test_sobol_g_function() -> None:
    # I. M. Sobol' 1993: product of (|4x − 2| + a) / (1 + a), V_i = 1 / 3(1 + a)².
    a = (0.0, 1.0, 4.5, 9.0)
    factors = [f"(abs(4 * x{i} - 2) + {value}) / (1 + {value})" for i, value in enumerate(a)]
    model = model_of({f"x{i}": uniform(0, 1) for i in range(4)}, {CASH: " * ".join(factors)}, months=3)
    single = [1 / (3 * (1 + value) ** 2) for value in a]
    variance = math.prod(1 + v for v in single) - 1
    result = indices(model, "account.cash[1]", Sampler(3, 8, 1024))
    found = {index.inputs[0]: index for index in result.indices}
    for i, v in enumerate(single):
        assert holds(found[f"x{i}"].first, v / variance)
        assert holds(found[f"x{i}"].total, v * (variance + 1) / (1 + v) / variance)


def sine(x: str) -> str:
    """sin x as a polynomial, to 1e-9 on (−π, π)."""
    text = "1"
    for high in range(27, 2, -2):
        text = f"(1 - {x} * {x} / {high * (high - 1)} * {text})"
    return f"{x} * {text}"


def test_ishigami() -> None:
    # T. Ishigami, T. Homma 1990: sin x₁ + 7 sin² x₂ + 0.1 x₃⁴ sin x₁ on (−π, π)³.
    model = model_of(
        {f"x{i}": uniform(-math.pi, math.pi) for i in (1, 2, 3)},
        {"s1": sine("x1"), "s2": sine("x2"), CASH: "s1 + 7 * s2 ** 2 + 0.1 * x3 ** 4 * s1"},
        months=3,
    )
    result = indices(model, "account.cash[1]", Sampler(1, 8, 2048))
    first = {"x1": 0.3138, "x2": 0.4424, "x3": 0.0}
    total = {"x1": 0.5576, "x2": 0.4424, "x3": 0.2437}
    for index in result.indices:
        assert holds(index.first, first[index.inputs[0]])
        assert holds(index.total, total[index.inputs[0]])


def test_errors_of_indices_are_honest() -> None:
    held = 0
    for seed in range(40):
        result = indices(linear(), "account.cash[1]", Sampler(seed, 8, 64))
        index = next(index for index in result.indices if index.inputs == ("x",))
        held += abs(index.total.value - 0.2) <= index.total.error
    assert held >= 33  # 95 % of 40 is 38; fewer than 33 would be a chance of 1 in 1,000


def test_inputs_that_hang_together_are_one_group() -> None:
    names = ("a", "b", "c", "d", "e")
    pairs = [Pair("a", "c", 0.02), Pair("d", "e", -0.5), Pair("c", "d", 0.3)]
    model = model_of({name: normal(0, 1) for name in names}, {CASH: "a"}, pairs=pairs)
    assert dependent_groups(model, names) == (("a", "c", "d", "e"), ("b",))
    assert dependent_groups(model, ("b", "c")) == (("b",), ("c",))


def test_a_group_takes_the_variance_of_its_inputs() -> None:
    """x + 2 y with correlation ρ has variance 1 + 4 + 4 ρ, all of it the pair's; z has none."""
    inputs = {"x": normal(0, 1), "y": normal(0, 1), "w": normal(0, 1)}
    model = model_of(inputs, {CASH: "x + 2 * y + w"}, months=1, pairs=[Pair("x", "y", 0.5)])
    result = indices(model, "account.cash[1]")
    assert grouped(result) == (("x", "y"),)
    assert holds(result.variance, 8, 0.1)
    assert holds(result.indices[0].first, 7 / 8)
    assert holds(result.indices[1].total, 1 / 8)


def test_no_variance_is_a_sentence() -> None:
    model = model_of({"x": normal(0, 1)}, {CASH: "100 + x"})
    with pytest.raises(InputError) as refused:
        indices(model, "survive(12)")
    assert refused.value.problems[0].id == "analysis.no_variance"


def test_a_tornado_of_a_linear_model() -> None:
    asked, metric = experiment(linear(), "account.cash[12]")
    result = tornado(asked, metric)
    assert [bar.input for bar in result.bars] == ["y", "x"]
    assert result.unrelated == ("z",)
    assert holds(result.present, 100 - 5 * 12)
    for bar, factor in zip(result.bars, (2, 1), strict=True):
        assert bar.low == pytest.approx(-Z90)
        assert bar.high == pytest.approx(Z90)
        assert holds(bar.change_high, 12 * factor * Z90)
        assert holds(bar.change_low, -12 * factor * Z90)
        assert bar.swing.value == pytest.approx(24 * factor * Z90)  # others cancel draw by draw
        assert bar.swing.error < 1e-9


def test_a_tornado_of_a_probability() -> None:
    # Cash after a month is 95 + x + 2 y; it is negative never; above 95 half the time.
    asked, metric = experiment(linear(), "P(account.cash[1] >= 95)")
    bar = next(bar for bar in tornado(asked, metric).bars if bar.input == "x")
    assert holds(bar.at_high, 0.7391, 2e-3)  # Φ(1.28155 / 2)
    assert holds(bar.at_low, 0.2609, 2e-3)


def test_a_tornado_of_chosen_inputs() -> None:
    asked, metric = experiment(linear(), "account.cash[12]")
    assert [bar.input for bar in tornado(asked, metric, ["x"]).bars] == ["x"]
    with pytest.raises(ValueError, match="burn"):
        tornado(asked, metric, ["burn"])


def test_an_event_is_set_to_what_can_happen() -> None:
    assert ends(Quantity("discrete", (0.0, 0.1, 1.0, 0.9))) == (0.0, 1.0)
    assert ends(Quantity("discrete", (0.0, 0.0, 2.0, 0.5, 3.0, 0.5))) == (2.0, 3.0)
    assert ends(uniform(0, 10)) == pytest.approx((1, 9))


def test_bars_stand_in_the_order_of_their_swing() -> None:
    model = model_of(
        {f"x{i}": normal(0, 1) for i in range(5)},
        {CASH: "x0 - 3 * x1 + 2 * x2 - x3 * x3 + 0.5 * x4"},
        months=3,
    )
    asked, metric = experiment(model, "p5(account.cash)")
    swings = [abs(bar.swing.value) for bar in tornado(asked, metric).bars]
    assert all(before >= after for before, after in pairwise(swings))
