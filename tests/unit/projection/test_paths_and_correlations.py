"""Path quantities and correlations in the engine, in plans, in the workbook and in analyses."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from scipy import stats

from tests.unit.analysis.models import CASH, experiment, model_of, normal, uniform
from tests.unit.projection.interpreter import Lines
from tests.unit.resources.plans import example_text, plan_data
from tests.unit.resources.plans import model as plan_model
from toolkit.app.building import warnings_of
from toolkit.errors import InputError
from toolkit.lines.correlation import Pair
from toolkit.lines.quantity import Quantity
from toolkit.lines.quantity_text import parse_quantity
from toolkit.projection.analysis.sensitivity import sensitivity
from toolkit.projection.analysis.tornado import tornado
from toolkit.projection.draws import Sampler, draw, extend_registry
from toolkit.projection.engine import Engine, base_case
from toolkit.projection.metrics import fan, figure
from toolkit.projection.model import Model
from toolkit.projection.run import LEVELS
from toolkit.projection.workbook import workbook
from toolkit.text import Text

SAMPLER = Sampler(2, 8, 256)
GEOMETRIC = parse_quantity("geometric_walk(100, 4 %, 1 %)")


def draws_of(model: Model, sampler: Sampler = SAMPLER) -> dict[str, np.ndarray]:
    return draw(model, extend_registry({}, model.dimensions), sampler)


def test_formulas_read_this_months_and_last_months_value() -> None:
    model = Lines(
        inputs={"p": GEOMETRIC, "q": 2.0},
        formulas={"y": "q * p + p[-1]", "z": "z[-1] + p", "w": "sum(p, 3)"},
        openings={"z": "p"}, months=5,
    ).model()  # fmt: skip
    inputs = draws_of(model)
    paths = Engine(model, model.uncertain, ("y", "z", "w", "p")).run(inputs, SAMPLER.draws)
    p = inputs["p"]
    np.testing.assert_array_equal(paths["p"], p)
    np.testing.assert_allclose(paths["y"][1:], 2 * p[1:] + p[:-1])
    np.testing.assert_allclose(paths["z"], np.cumsum(p, axis=0))
    np.testing.assert_allclose(paths["w"][3:], p[1:-2] + p[2:-1] + p[3:])


@pytest.mark.parametrize("block", [1, 7, 4096])
def test_blocks_change_nothing(block: int) -> None:
    model = Lines(
        inputs={"p": GEOMETRIC, "s": parse_quantity("switch(10 %, 30 %)")}, formulas={"y": "p * s"}
    ).model()
    engine, inputs = Engine(model, model.uncertain, ("y",)), draws_of(model)
    whole = engine.run(inputs, SAMPLER.draws)["y"]
    np.testing.assert_array_equal(engine.run(inputs, SAMPLER.draws, block)["y"], whole)


@pytest.mark.parametrize(
    ("text", "month", "level"),
    [("geometric_walk(100, 4 %, 1 %)", 12, 0.05), ("geometric_walk(100, 4 %, 1 %)", 36, 0.5),
     ("ar1(10, 0.8, 1)", 24, 0.95), ("walk(0, 1)", 36, 0.25)],
)  # fmt: skip
def test_percentiles_lie_inside_their_printed_error_in_nine_of_ten_seeds(
    text: str, month: int, level: float
) -> None:
    quantity = parse_quantity(text)
    model = Lines(inputs={"p": quantity}, formulas={"y": "p"}, months=month).model()
    exact = float(quantity.in_month(month).ppf(np.array([level]))[0])
    engine, held = Engine(model, model.uncertain, ("y",)), 0
    for seed in range(60):
        sampler = Sampler(seed, 8, 128)
        found = fan("y", "1", engine.run(draws_of(model, sampler), sampler.draws)["y"][1:], 8)
        place = LEVELS.index(level)
        held += abs(found.values[place][-1] - exact) <= found.errors[place][-1]
    assert held / 60 >= 0.9


def test_a_two_state_event_lies_inside_its_printed_error_in_nine_of_ten_seeds() -> None:
    model = Lines(inputs={"s": parse_quantity("switch(5 %, 20 %)")}, formulas={"y": "s"}, months=12).model()
    exact, held = 0.05 / 0.25 * (1 - 0.75**12), 0
    engine = Engine(model, model.uncertain, ("y",))
    for seed in range(60):
        sampler = Sampler(seed, 8, 128)
        values = engine.run(draws_of(model, sampler), sampler.draws)["y"][-1]
        found = figure(values, 8, lambda part: float(part.mean()))
        held += abs(found.value - exact) <= found.error
    assert held / 60 >= 0.9


def test_a_path_without_spread_is_the_deterministic_run() -> None:
    almost = Quantity("geometric_walk", (100.0, 1e-300, 0.01))
    model = Lines(inputs={"p": almost}, formulas={"y": "p * 2"}).model()
    paths = Engine(model, model.uncertain, ("y",)).run(draws_of(model), SAMPLER.draws)["y"]
    np.testing.assert_allclose(paths, np.array(base_case(model)["y"])[:, None].repeat(SAMPLER.draws, axis=1))


def test_a_longer_plan_and_another_quantity_move_no_path() -> None:
    short = Lines(inputs={"p": GEOMETRIC}, formulas={"y": "p"}, months=6).model()
    registry = extend_registry({}, short.dimensions)
    long = Lines(
        inputs={"q": GEOMETRIC, "p": GEOMETRIC, "n": normal(0, 1)}, formulas={"y": "p"}, months=24
    ).model()
    extended = extend_registry(registry, long.dimensions)
    before, after = draw(short, registry, SAMPLER)["p"], draw(long, extended, SAMPLER)["p"]
    np.testing.assert_array_equal(after[:7], before)


def test_some_draws_are_those_of_the_whole() -> None:
    inputs: dict[str, Any] = {"p": GEOMETRIC, "a": normal(0, 1), "b": uniform(0, 1)}
    model = model_of(inputs, {CASH: "a"}, pairs=[Pair("a", "b", 0.5)])
    registry = extend_registry({}, model.dimensions)
    whole = draw(model, registry, SAMPLER)
    for part in (slice(0, 10), slice(700, 701), slice(200, 600), slice(None, None, 3)):
        some = draw(model, registry, SAMPLER, part)
        for name in model.uncertain:
            np.testing.assert_array_equal(some[name], whole[name][..., part])


def test_correlated_inputs_keep_their_distributions() -> None:
    inputs = {
        "a": normal(5, 2),
        "b": Quantity("lognormal", (0.0, 0.5)),
        "c": uniform(0, 1),
        "d": normal(0, 1),
    }
    pairs = [Pair("a", "b", 0.7), Pair("b", "c", -0.4)]
    model = model_of(inputs, {CASH: "a"}, pairs=pairs)
    alone = draws_of(model_of(inputs, {CASH: "a"}), Sampler(1, 8, 2048))
    found = draws_of(model, Sampler(1, 8, 2048))
    np.testing.assert_array_equal(found["d"], alone["d"])  # not correlated: untouched
    np.testing.assert_array_equal(found["a"], alone["a"])  # the first of its copula keeps its own points
    for name, quantity in inputs.items():
        assert stats.kstest(found[name], lambda x, q=quantity: _cdf(q, x)).statistic < 0.01
    scores = [found["a"], np.log(found["b"]), stats.norm.ppf(found["c"])]
    measured = np.corrcoef(scores)
    assert measured[0, 1] == pytest.approx(0.7, abs=0.01)
    assert measured[1, 2] == pytest.approx(-0.4, abs=0.01)
    assert measured[0, 2] == pytest.approx(0, abs=0.01)


def _cdf(quantity: Quantity, x: np.ndarray) -> np.ndarray:
    grid = np.linspace(1e-6, 1 - 1e-6, 20_001)
    return np.interp(x, quantity.ppf(grid), grid)


def test_paths_correlate_in_every_month() -> None:
    model = model_of({"p": GEOMETRIC, "q": GEOMETRIC}, {CASH: "p"}, pairs=[Pair("p", "q", 0.8)])
    found = draws_of(model, Sampler(1, 8, 2048))
    steps = {name: np.diff(np.log(found[name]), axis=0) for name in ("p", "q")}
    for month in range(12):
        assert np.corrcoef(steps["p"][month], steps["q"][month])[0, 1] == pytest.approx(0.8, abs=0.02)


def test_the_variance_of_a_sum_follows_the_correlation() -> None:
    """Var(a + b) = 1 + 1 + 2ρ."""
    for rho in (-0.9, 0.0, 0.6):
        pairs = [Pair("a", "b", rho)] if rho else []
        found = draws_of(
            model_of({"a": normal(0, 1), "b": normal(0, 1)}, {CASH: "a"}, pairs=pairs), Sampler(1, 8, 2048)
        )
        assert np.var(found["a"] + found["b"]) == pytest.approx(2 + 2 * rho, abs=0.02)


def test_a_path_in_the_tornado_and_in_the_indices() -> None:
    """Cash is the path of month 12: its bar goes from P10 to P90 of that month; its index is all."""
    walk = parse_quantity("walk(100, 5)")
    model = model_of({"p": walk, "x": normal(0, 1)}, {CASH: "p + 0 * x"})
    asked, metric = experiment(model, "account.cash[12]")
    bar = next(bar for bar in tornado(asked, metric).bars if bar.input == "p")
    z = float(stats.norm.ppf(0.9))
    assert bar.at_high.value == pytest.approx(100 + 5 * z * np.sqrt(12))
    assert (bar.low, bar.high) == pytest.approx((100 - 5 * z * np.sqrt(12), 100 + 5 * z * np.sqrt(12)))
    result = sensitivity(asked, metric, extend_registry({}, model.dimensions))
    assert result.indices[0].inputs == ("p",)
    assert result.indices[0].total.value == pytest.approx(1, abs=0.05)


# In a plan ------------------------------------------------------------------------------------------------

OPERATIONS = {
    "costs": [
        {"id": "power", "category": "general", "monthly": "geometric_walk(1k, 5 %)"},
        {"id": "fine", "category": "general", "monthly": "monthly_chance(10 %, 0, 5k)"},
        {"id": "rent", "category": "general", "monthly": "800 to 1,200"},
        {"id": "data", "category": "research", "monthly": "2k to 4k"},
        {"id": "legal", "category": "general", "monthly": "100 to 400"},
    ]
}
OPENING = {"balances": {"cash": 100_000, "common_stock": 100_000}}


def correlated(*entries: dict[str, Any]) -> dict[str, Any]:
    return plan_data(operations=OPERATIONS, opening=OPENING, correlations=list(entries))


def test_a_plan_takes_paths_wherever_it_takes_numbers() -> None:
    model = plan_model(correlated())
    paths = Engine(model, model.uncertain, ("operations.power.cost", "operations.fine.cost")).run(
        draws_of(model), SAMPLER.draws
    )
    assert np.median(paths["operations.power.cost"][12]) == pytest.approx(1000, rel=0.02)
    assert np.std(np.log(paths["operations.power.cost"][12])) == pytest.approx(0.05 * np.sqrt(12), rel=0.05)
    assert set(np.unique(paths["operations.fine.cost"][3])) == {0, 5000}
    assert base_case(model)["operations.fine.cost"][1:] == (0,) * 24


def test_a_workbook_shows_a_path_by_month() -> None:
    model = plan_model(correlated())
    book = workbook(model, base_case(model), Text("Tiny", "小"), "2027-01-01")
    sheet = next(sheet for sheet in book.sheets if sheet.name == "Schedules")
    row = next(row for row in sheet.rows if any(cell.value == "operations.power.monthly" for cell in row))
    assert [cell.value for cell in row[-24:]] == pytest.approx([1000] * 24)
    assert any("geometric_walk" in str(cell.value) for cell in row)


def test_correlations_of_a_plan_reach_the_draws_and_a_repair_is_reported() -> None:
    names = [f"operations.{name}.monthly" for name in ("rent", "data", "legal")]
    good = plan_model(correlated({"between": names, "value": 0.6, "assumption": "one landlord"}))
    found = draws_of(good, Sampler(1, 8, 2048))
    measured = np.corrcoef([np.log(found[name]) for name in names])
    assert measured[np.triu_indices(3, 1)] == pytest.approx([0.6] * 3, abs=0.01)
    assert warnings_of(good, {}) == warnings_of(plan_model(correlated()), {})
    bad = plan_model(
        correlated({"between": names, "matrix": [[1, 0.9, -0.9], [0.9, 1, 0.9], [-0.9, 0.9, 1]]})
    )
    said = [one.en for one in warnings_of(bad, {})]
    assert any("cannot hold together" in one and "0.9" in one for one in said)
    draws_of(bad)


RENT, DATA, POWER = (f"operations.{name}.monthly" for name in ("rent", "data", "power"))
BAD = [
    ({"between": [RENT, DATA], "value": 1.2}, "correlations.range"),
    ({"between": [RENT, DATA], "value": "high"}, "correlations.range"),
    ({"between": [RENT, DATA]}, "correlations.one_of"),
    ({"between": [RENT, DATA], "value": 0.1, "matrix": [[1, 0.1], [0.1, 1]]}, "correlations.one_of"),
    ({"between": [RENT, RENT], "value": 0.1}, "correlations.twice"),
    ({"between": [RENT, DATA], "matrix": [[1, 0.1]]}, "correlations.size"),
    ({"between": [RENT, DATA], "matrix": [[1, 0.1], [0.2, 1]]}, "correlations.symmetric"),
    ({"between": [RENT, DATA], "matrix": [[0.9, 0.1], [0.1, 1]]}, "correlations.diagonal"),
    ({"between": [RENT, "operations.rant.monthly"], "value": 0.1}, "correlations.unknown"),
    ({"between": [RENT, POWER], "value": 0.1}, "correlations.path"),
]


@pytest.mark.parametrize(("entry", "problem"), BAD, ids=[problem for _, problem in BAD])
def test_a_correlation_that_is_none(entry: dict[str, Any], problem: str) -> None:
    with pytest.raises(InputError) as caught:
        plan_model(correlated(entry))
    found = [one for one in caught.value.problems if one.id == problem]
    assert found
    assert found[0].field.startswith("correlations[0]")
    assert found[0].line
    assert found[0].problem("zh")
    assert found[0].mend("en")


def test_a_pair_that_stands_twice() -> None:
    with pytest.raises(InputError, match="twice"):
        plan_model(
            correlated({"between": [RENT, DATA], "value": 0.1}, {"between": [DATA, RENT], "value": 0.2})
        )


def test_a_scenario_that_fixes_an_input_has_no_use_for_its_correlation() -> None:
    data = correlated({"between": [RENT, DATA], "value": 0.5})
    data["scenarios"] = [{"id": "fixed", "label": "Fixed", "changes": {"operations.costs.rent.monthly": 900}}]
    assert plan_model(data).copulas
    assert plan_model(data, "fixed").copulas == ()


def test_a_plan_without_spread_is_its_base_case() -> None:
    """Every uncertain number a hair wide: all draws are the deterministic run."""
    found = plan_model(example_text())
    lines = {
        name: replace(line, quantity=Quantity("normal", (line.quantity.median, 1e-300)))
        if line.quantity is not None and line.quantity.is_uncertain
        else line
        for name, line in found.lines.items()
    }
    still = replace(found, lines=lines)
    assert still.uncertain == found.uncertain
    base = base_case(found)
    paths = Engine(still, still.uncertain, tuple(still.lines)).run(draws_of(still, Sampler(1, 2, 16)), 32)
    for name, path in paths.items():
        expected = np.array(base[name])[:, None].repeat(32, axis=1)
        np.testing.assert_allclose(path, expected, rtol=1e-12, atol=1e-9, err_msg=name)
