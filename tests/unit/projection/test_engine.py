"""The engine against the interpreter: the same numbers, whatever is wide, narrow, lagged or blocked."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.unit.projection.interpreter import UNCERTAIN, Lines, interpret, random_lines
from toolkit.lines.quantity import Quantity
from toolkit.projection.engine import Engine, base_case

DRAWS = 5


def columns(lines: Lines, draws: int = DRAWS) -> dict[str, np.ndarray]:
    """Values of the uncertain inputs, whole numbers among them, so that comparisons meet."""
    random = np.random.default_rng(7)
    uncertain = [name for name, value in lines.inputs.items() if isinstance(value, Quantity)]
    return {name: np.round(UNCERTAIN.ppf(random.random(draws)) * 2) / 2 for name in uncertain}


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(random_lines(), st.sampled_from((1, 2, 4096)))
def test_every_line_of_every_draw(lines: Lines, block: int) -> None:
    model, inputs = lines.model(), columns(lines)
    engine = Engine(model, tuple(inputs), tuple(model.lines))
    found = engine.run(inputs, DRAWS, block)
    for draw in range(DRAWS):
        expected = interpret(lines, {name: float(values[draw]) for name, values in inputs.items()})
        for name, path in expected.items():
            assert found[name][:, draw].tolist() == path, (name, lines.formulas.get(name))


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(random_lines())
def test_the_base_case_takes_every_quantity_at_its_median(lines: Lines) -> None:
    medians = {name: 1.0 for name, value in lines.inputs.items() if isinstance(value, Quantity)}
    found = base_case(lines.model())
    assert {name: list(path) for name, path in found.items()} == interpret(lines, medians)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(random_lines(), st.data())
def test_a_line_does_not_depend_on_what_else_is_asked_for(lines: Lines, data: st.DataObject) -> None:
    model, inputs = lines.model(), columns(lines)
    every = Engine(model, tuple(inputs), tuple(model.lines)).run(inputs, DRAWS)
    name = data.draw(st.sampled_from(sorted(model.lines)))
    alone = Engine(model, tuple(inputs), (name,)).run(inputs, DRAWS)
    assert np.array_equal(alone[name], every[name])


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(random_lines())
def test_one_draw_at_the_medians_is_the_base_case(lines: Lines) -> None:
    model = lines.model()
    medians = {name: np.array([model.lines[name].quantity.median]) for name in columns(lines)}  # type: ignore[union-attr]
    found = Engine(model, tuple(medians), tuple(model.lines)).run(medians, 1)
    assert {name: tuple(path[:, 0]) for name, path in found.items()} == base_case(model)


def test_powers_roots_and_logarithms_in_wide_and_narrow_lines() -> None:
    lines = Lines(
        inputs={"rate": Quantity.between(0.01, 0.2), "years": 3.0},
        formulas={
            "index": "(1 + rate) ** ((t - 1) / 12)",
            "log": "log(index) + exp(-rate)",
            "narrow": "2 ** years + exp(t / 10)",
        },
    )  # fmt: skip
    inputs = {"rate": np.array([0.02, 0.05, 0.1])}
    found = Engine(lines.model(), ("rate",), ("log", "index", "narrow")).run(inputs, 3)
    for draw, rate in enumerate(inputs["rate"]):
        expected = interpret(lines, {"rate": float(rate)})
        for name in ("log", "index", "narrow"):
            np.testing.assert_allclose(found[name][1:, draw], expected[name][1:], rtol=1e-14)


def test_a_branch_that_is_not_chosen_may_divide_by_zero() -> None:
    lines = Lines(
        inputs={"u": Quantity("uniform", (0, 1)), "zero": 0.0},
        formulas={"safe": "where(zero > 0, u / zero, 7)", "wide": "where(u > 0.5, 1 / (u > 0.5), 7)"},
    )
    found = Engine(lines.model(), ("u",), ("safe", "wide")).run({"u": np.array([0.25, 0.75])}, 2)
    assert found["safe"][1:].tolist() == [[7.0, 7.0]] * 6
    assert found["wide"][1:].tolist() == [[7.0, 1.0]] * 6


def test_windows_and_lags_before_the_first_month_hold_the_opening() -> None:
    """cash: 10 before, +1 a month. sum over 3 months: 10 + 10 + 11 in month 1."""
    lines = Lines(
        inputs={"start": Quantity("uniform", (9, 11))},
        formulas={"cash": "cash[-1] + 1", "sum": "sum(cash, 3)", "old": "cash[-4]"},
        openings={"cash": "start"},
        months=5,
    )
    found = Engine(lines.model(), ("start",), ("cash", "sum", "old")).run({"start": np.array([10.0, 0.0])}, 2)
    assert found["cash"][:, 0].tolist() == [10, 11, 12, 13, 14, 15]
    assert found["sum"][1:, 0].tolist() == [31, 33, 36, 39, 42]
    assert found["old"][1:, 0].tolist() == [10, 10, 10, 10, 11]
    assert found["cash"][:, 1].tolist() == [0, 1, 2, 3, 4, 5]


def test_what_is_the_same_in_every_month_has_no_value_before() -> None:
    """`fee` rests on inputs only, so it is computed once; its value before month 1 is still 0."""
    lines = Lines(
        inputs={"u": Quantity("uniform", (1, 3))},
        formulas={"fee": "u * 2", "paid": "fee[-1] + fee", "half": "fee / 2"},
    )
    found = Engine(lines.model(), ("u",), ("fee", "paid", "half")).run({"u": np.array([2.0])}, 1)
    assert found["fee"][:, 0].tolist() == [0, 4, 4, 4, 4, 4, 4]
    assert found["paid"][:, 0].tolist() == [0, 4, 8, 8, 8, 8, 8]
    assert found["half"][:, 0].tolist() == [0, 2, 2, 2, 2, 2, 2]


def test_openings_read_each_other_in_any_order() -> None:
    lines = Lines(
        inputs={"u": Quantity("uniform", (1, 3))},
        formulas={"a": "a[-1]", "b": "b[-1]", "c": "c[-1]"},
        openings={"a": "b + 1", "b": "c * 2", "c": "u"},
        months=1,
    )
    found = Engine(lines.model(), ("u",), ("a", "b", "c")).run({"u": np.array([3.0])}, 1)
    assert [found[name][0, 0] for name in "abc"] == [7, 6, 3]


@pytest.mark.parametrize("block", [2, 3, 1000, 4096])
def test_the_size_of_blocks_changes_nothing(block: int) -> None:
    """Powers and exponentials too, bit for bit: a block ends where it likes."""
    lines = Lines(
        inputs={"u": Quantity("uniform", (0.1, 3)), "v": Quantity("uniform", (0.1, 3))},
        formulas={"x": "exp(u) * v ** 1.7 + log(u + t)", "y": "y[-1] * (1 + v / 10) + round(x * 3)"},
        openings={"y": "u ** 2"},
    )
    random = np.random.default_rng(3)
    inputs = {name: random.random(1003) + 0.1 for name in "uv"}
    engine = Engine(lines.model(), ("u", "v"), ("x", "y"))
    whole, parts = engine.run(inputs, 1003, 1003), engine.run(inputs, 1003, block)
    assert all(np.array_equal(whole[name], parts[name]) for name in whole)
