"""Scenarios: an overlay equals the same change made in the file."""

from __future__ import annotations

import pytest

from tests.unit.resources.plans import base, compiled, example_text, plan_data, read
from toolkit.errors import InputError
from toolkit.reference import load_reference
from toolkit.resources.compile import read_plan

# The changes of the scenario `lean` of the example, made by hand: where, what stood there, what stands now.
EDITS = [
    ("    - id: software_engineer", "      start: 2027-06", "      start: 2027-12"),
    ("    - id: seed_engineers", "      count: 2", "      count: 1"),
    ("    - id: data", "      monthly: 4k to 8k", "      monthly: 2k to 4k"),
    ("    - id: finetune", "      every_months: 3", "      every_months: 6"),
]


def edited() -> str:
    text = example_text()
    for entry, old, new in EDITS:
        head, found, tail = text.partition(f"{entry}\n")
        assert found
        assert old in tail
        text = head + found + tail.replace(old, new, 1)
    return text


def test_an_overlay_equals_an_edited_copy() -> None:
    plan, _ = read_plan(example_text(), load_reference(), scenario="lean")
    copy, _ = read_plan(edited(), load_reference())
    assert plan == copy
    assert base(example_text(), "lean") == base(edited())
    assert base(example_text()) != base(edited())


def test_a_changed_number_stands_where_the_scenario_changes_it() -> None:
    text = example_text()
    line = 1 + next(n for n, row in enumerate(text.splitlines()) if "operations.costs.data.monthly" in row)
    book = compiled(text, "lean").book
    assert book.lines["operations.data.monthly"].source.place == f"llm-startup.yaml:{line}"
    other = compiled(text).book.lines["operations.data.monthly"].source.place
    assert other is not None
    assert other != f"llm-startup.yaml:{line}"


def scenario(**changes: object) -> dict[str, object]:
    costs = [{"id": "rent", "category": "general", "monthly": 100, "assumption": "a"}]
    changed = {"id": "other", "label": "Other", "changes": changes}
    return plan_data(operations={"costs": costs}, scenarios=[changed])


def test_a_change_may_be_a_whole_record_or_a_new_field() -> None:
    path = "operations.costs.rent"
    changes = {f"{path}.monthly": {"value": 300, "assumption": "b"}, f"{path}.payment_months": 2}
    changed = read(scenario(**changes), "other").operations.costs[0]
    assert (changed.monthly.quantity.median, changed.monthly.assumption) == (300, "b")  # type: ignore[union-attr]
    assert changed.payment_months == 2
    assert read(scenario(**changes)).operations.costs[0].payment_months == 0


def test_a_value_inside_a_record_may_change() -> None:
    costs = [{"id": "rent", "category": "general", "monthly": {"value": 100, "assumption": "a"}}]
    changes = {"operations.costs.rent.monthly.value": 200}
    data = plan_data(operations={"costs": costs}, scenarios=[{"id": "x", "label": "X", "changes": changes}])
    monthly = read(data, "x").operations.costs[0].monthly
    assert monthly is not None
    assert (monthly.quantity.median, monthly.assumption) == (200, "a")


@pytest.mark.parametrize(
    ("path", "part"),
    [
        ("operations.costs.rnet.monthly", "rnet"),
        ("operation.costs.rent.monthly", "operation"),
        ("operations.costs.rent.monthly.value.more", "value"),
        ("operations.costs.rent", None),
        ("tax.rate", "tax"),
        ("operations.costs", None),
    ],
)
def test_a_path_that_leads_nowhere(path: str, part: str | None) -> None:
    with pytest.raises(InputError) as refused:
        read(scenario(**{path: 3}))
    (problem,) = refused.value.problems
    if part is None:  # it leads somewhere, but a number is not what belongs there
        assert problem.id in ("plan.mapping", "plan.list", "plan.unknown_path")
    else:
        assert (problem.id, problem.field) == ("plan.unknown_path", f"scenarios[0].changes.{path}")
        assert problem.values["part"] == part


def test_scenarios_are_checked_although_the_base_is_asked_for() -> None:
    with pytest.raises(InputError) as refused:
        read(scenario(**{"operations.costs.rent.monthly": -5}))
    assert [problem.id for problem in refused.value.problems] == ["lines.quantity_small"]


def test_a_problem_of_base_and_scenario_is_said_once() -> None:
    data = scenario(**{"operations.costs.rent.payment_months": 1})
    data["operations"]["costs"][0]["monthly"] = -1  # type: ignore[index]
    with pytest.raises(InputError) as refused:
        read(data)
    assert len(refused.value.problems) == 1
