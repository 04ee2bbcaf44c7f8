"""Numbers of a plan: units, bounds, chances, sources; and the JSON Schema for editors."""

from __future__ import annotations

import numpy as np
import pytest

from tests.unit.resources.plans import compiled, plan_data, read
from toolkit.errors import InputError
from toolkit.resources.plan import Plan

SOURCES = {"survey": {"title": "A survey", "url": "https://example.org", "date": 2025, "confidence": "high"}}


def role(**fields: object) -> dict[str, object]:
    return {"id": "a", "function": "sales", "count": 1, "salary": 60_000, "assumption": "for tests", **fields}


def round_(**fields: object) -> dict[str, object]:
    return {
        "id": "seed", "kind": "priced_round", "month": "2027-03", "new_money": "1M",
        "pre_money_valuation": "4M", "assumption": "for tests", **fields,
    }  # fmt: skip


@pytest.mark.parametrize(("text", "yearly"), [(60_000, 60_000), ("5k USD/month", 60_000), ("60k USD", None)])
def test_units_become_the_unit_of_the_field(text: object, yearly: float | None) -> None:
    data = plan_data(talent={"roles": [role(salary=text)]})
    if yearly is None:
        with pytest.raises(InputError, match="does not fit"):
            read(data)
    else:
        value = read(data).talent.roles[0].salary
        assert (value.quantity.median, value.unit) == (yearly, "USD/year")


def test_the_unit_is_in_the_currency_of_the_plan() -> None:
    data = plan_data(
        company={"country": "DE", "currency": "EUR"},
        talent={"roles": [role(salary="5k EUR/month", employer_rate=0)]},
    )
    assert read(data).talent.roles[0].salary.unit == "EUR/year"


@pytest.mark.parametrize("text", [0.8, "80 %", "chance(0.8)"])
def test_a_chance_is_an_event(text: object) -> None:
    closes = read(plan_data(funding={"instruments": [round_(closes=text)]})).funding.instruments[0].closes
    assert closes is not None
    values = closes.quantity.ppf(np.linspace(0.0005, 0.9995, 1000))
    assert set(values) == {0.0, 1.0}
    assert values.mean() == pytest.approx(0.8)


@pytest.mark.parametrize(
    ("text", "problem"), [(1.2, "quantity_large"), (-0.1, "quantity_small"), ("uniform(0, 1)", "not_chance")]
)
def test_what_is_not_a_chance(text: object, problem: str) -> None:
    with pytest.raises(InputError) as refused:
        read(plan_data(funding={"instruments": [round_(closes=text)]}))
    assert refused.value.problems[0].id.endswith(problem)


@pytest.mark.parametrize("text", [0, 1, "100 %"])
def test_what_is_sure_is_not_uncertain(text: object) -> None:
    closes = read(plan_data(funding={"instruments": [round_(closes=text)]})).funding.instruments[0].closes
    assert closes is not None
    assert not closes.quantity.is_uncertain


def test_no_draw_leaves_the_bounds_of_the_field() -> None:
    product = {
        "id": "p", "price": 10, "organic_customers": "0 to 4", "monthly_churn": "90 % to 99 %",
        "assumption": "a",
    }  # fmt: skip
    found = read(plan_data(market={"products": [product]})).market.products[0]
    u = np.linspace(1e-6, 1 - 1e-6, 10_001)
    assert found.organic_customers.quantity.ppf(u).min() == 0
    assert found.monthly_churn.quantity.ppf(u).max() == 1
    assert found.organic_customers.quantity.interval_90 == pytest.approx((0, 4), abs=1e-9)


@pytest.mark.parametrize("text", ["0", "0 to 3", "normal(10, 4)", "discrete(0, 0.01, 5, 0.99)"])
def test_a_divisor_is_above_0_in_every_draw(text: str) -> None:
    product = {
        "id": "p", "price": 10, "organic_customers": 1, "monthly_churn": 0, "marketing": 5,
        "acquisition_cost": text,
    }  # fmt: skip
    with pytest.raises(InputError) as refused:
        read(plan_data(market={"products": [product]}))
    assert refused.value.problems[0].id == "lines.quantity_positive"


def test_the_nearest_basis_is_the_source() -> None:
    roles = [
        role(id="own", salary={"value": 1, "source": "survey"}),
        role(id="own_words", salary={"value": 1, "assumption": "my words"}, source="survey"),
        role(id="of_record", source="survey"),
        role(id="words"),
        {**role(id="none"), "assumption": None},
    ]
    lines = compiled(plan_data(sources=SOURCES, talent={"roles": roles})).book.lines
    found = {str(one["id"]): lines[f"talent.{one['id']}.salary"].source for one in roles}
    assert {name: (source.kind, source.title) for name, source in found.items()} == {
        "own": ("plan", "A survey"), "own_words": ("assumption", "my words"),
        "of_record": ("plan", "A survey"), "words": ("assumption", "for tests"), "none": ("plan", ""),
    }  # fmt: skip
    assert (found["own"].url, found["own"].date, found["own"].confidence) == (
        "https://example.org",
        "2025",
        "high",
    )
    assert all(source.place == "plan.yaml:1" for source in found.values())


def test_ids_may_be_called_like_totals() -> None:
    """Line names keep record and part apart, so no id is taken."""
    roles = [
        role(id=name)
        for name in ("headcount", "research_pay", "social_security", "salary_index", "yearly_raise")
    ]
    product = {"organic_customers": 1, "monthly_churn": 0, "price": 1}
    products = [{"id": name, **product} for name in ("customers", "revenue", "segment")]
    costs = [{"id": "cost", "category": "general", "monthly": 1}]
    segment = {"id": "price", "accounts": 1, "yearly_value": 1, "reachable": 1, "obtainable": 1}
    market = {"products": products, "segments": [segment]}
    data = plan_data(talent={"roles": roles}, market=market, operations={"costs": costs})
    assert "talent.headcount.headcount" in compiled(data).book.lines


def test_editors_get_a_schema() -> None:
    schema = Plan.model_json_schema()
    salary = schema["$defs"]["Role"]["properties"]["salary"]["anyOf"][0]  # or null
    assert salary["description"] == "{currency}/year"
    assert {"type": "number"} in salary["anyOf"]
    assert set(schema["$defs"]["Training"]["required"]) > {"id", "start", "experiments"}
