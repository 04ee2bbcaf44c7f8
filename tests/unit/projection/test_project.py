"""A run: what it keeps, what decides its id, and what does not matter."""

from __future__ import annotations

import dataclasses
import json
import time
from typing import Any

import numpy as np
import pytest

from tests.unit.resources.plans import compiled, example_text, model, plan_data
from toolkit.projection.draws import Sampler, extend_registry
from toolkit.projection.project import HEADLINES, Basis, model_of, project
from toolkit.projection.run import Run
from toolkit.reference import load_reference
from toolkit.resources.compile import read_plan

SMALL = Sampler(replicates=4, per_replicate=128)


def run(text: Any, scenario: str = "base", sampler: Sampler = SMALL) -> Run:
    compilation = compiled(text, scenario, spread=1.3)
    found = model_of(compilation)
    registry = extend_registry({}, found.dimensions)
    return project(
        compilation, found, Basis("tiny", "rev-1", scenario, "hash", ("m-b", "m-a"), sampler, registry)
    )


def test_the_same_basis_gives_the_same_run() -> None:
    first, second = run(example_text()), run(example_text())
    assert first == second
    other = run(example_text(), sampler=dataclasses.replace(SMALL, seed=2))
    assert other.id != first.id
    assert other.base == first.base
    assert other.fans["account.cash"] != first.fans["account.cash"]


def test_another_seed_changes_what_sampling_error_allows() -> None:
    sampler = Sampler(per_replicate=512)
    one, two = (
        run(example_text(), sampler=sampler),
        run(example_text(), sampler=dataclasses.replace(sampler, seed=9)),
    )
    for month, figure in one.metrics.survive.items():
        other = two.metrics.survive[month]
        assert abs(figure.value - other.value) <= 2 * (figure.error + other.error) + 0.002
    for mine, theirs in ((one, two), (two, one)):
        fan, other_fan = mine.fans["account.cash"], theirs.fans["account.cash"]
        gaps = np.abs(np.subtract(fan.values, other_fan.values))
        allowed = 3 * np.add(fan.errors, other_fan.errors) + 1
        assert np.mean(gaps <= allowed) > 0.97


@pytest.mark.parametrize("field", ["plan", "revision", "scenario", "data_hash"])
def test_the_id_is_the_hash_of_all_that_decides(field: str) -> None:
    basis = Basis("p", "r", "s", "d", ("m",), SMALL, {"a": 0})
    changed = dataclasses.replace(basis, **{field: "other"})
    assert changed.run_id() != basis.run_id()
    assert dataclasses.replace(basis, registry={"a": 1}).run_id() != basis.run_id()
    assert dataclasses.replace(basis, measurements=("n",)).run_id() != basis.run_id()
    two = dataclasses.replace(basis, measurements=("n", "m"))
    assert dataclasses.replace(basis, measurements=("m", "n")).run_id() == two.run_id()


def test_what_a_run_keeps() -> None:
    found = run(example_text())
    assert set(found.fans) == set(HEADLINES)
    assert (len(found.months), found.months[0], found.months[-1]) == (36, "2027-01", "2029-12")
    assert all(len(path) == 37 for path in found.base.values())
    assert len(found.paths) == 200
    assert all(len(path) == 36 for path in found.paths)
    workloads = read_plan(example_text(), load_reference())[0].compute.workloads
    assert [use.workload for use in found.compute] == [one.id for one in workloads]
    by_rung = found.compute_cost_by_rung
    assert sum(by_rung.values()) == pytest.approx(sum(found.base["compute.cost"]))
    assert by_rung["measured"] + by_rung["listed"] == sum(by_rung.values())  # list prices have no rate
    cash = found.fans["account.cash"]
    assert all(np.all(np.diff(column) >= 0) for column in np.transpose(cash.values))


def test_a_plan_without_uncertainty_is_one_path() -> None:
    costs = [{"id": "rent", "category": "general", "monthly": 100}]
    balances = {"cash": 350, "common_stock": 350}
    opening = {"balances": balances}
    found = run(plan_data(company={"months": 6}, operations={"costs": costs}, opening=opening))
    assert found.metrics.runway_months["p5"].value == found.metrics.runway_months["p95"].value == 3
    assert found.metrics.survive[6].value == 0
    assert found.metrics.ruin_by_month == (0, 0, 0, 1, 0, 0)
    assert found.fans["account.cash"].errors == ((0.0,) * 6,) * 5
    assert found.metrics.monthly_burn.value == pytest.approx(100)


def test_few_draws_are_all_kept() -> None:
    found = run(example_text(), sampler=Sampler(replicates=2, per_replicate=16))
    assert len(found.paths) == 32


def test_the_order_of_keys_and_entries_changes_no_number() -> None:
    data = plan_data(
        market={"products": [
            {"id": "app", "price": "5 to 9", "organic_customers": 10, "monthly_churn": 0.1},
        ]},
        talent={"roles": [
            {"id": "b", "function": "sales", "count": 1, "salary": "50k to 60k", "start": "2027-02"},
            {"id": "a", "function": "research", "count": 2, "salary": "70k to 90k"},
        ]},
        operations={"costs": [{"id": "rent", "category": "general", "monthly_per_head": "100 to 200"}]},
    )  # fmt: skip
    turned = json.loads(json.dumps(data, sort_keys=True))
    turned["talent"]["roles"].reverse()
    first, second = run(data), run(turned)
    assert {name: pytest.approx(path) for name, path in first.base.items()} == second.base
    registry = extend_registry({}, model(data).dimensions)
    compilation = compiled(turned)
    found = model_of(compilation)
    again = project(
        compilation, found, Basis("tiny", "rev-1", "base", "hash", ("m-b", "m-a"), SMALL, registry)
    )
    same = run(data)
    np.testing.assert_allclose(again.fans["account.cash"].values, same.fans["account.cash"].values, rtol=1e-9)


def test_a_whole_plan_takes_less_than_a_second() -> None:
    """All lines of the example, 16,384 draws, 36 months, percentiles: processor time, the best of three."""
    compilation = compiled(example_text(), spread=1.3)
    found = model_of(compilation)
    sampler = Sampler()
    basis = Basis("tiny", "r", "base", "h", (), sampler, extend_registry({}, found.dimensions))
    seconds = []
    for _ in range(3):
        begun = time.process_time()
        assert project(compilation, found, basis).draws == 16_384
        seconds.append(time.process_time() - begun)
    assert min(seconds) < 1
