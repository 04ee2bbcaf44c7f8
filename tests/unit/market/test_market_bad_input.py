"""Every field of the market, partnerships and policy: what is wrong with it, where, and how to mend it."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest

from tests.unit.resources.plans import plan_data
from toolkit.errors import InputError
from toolkit.reference import load_reference
from toolkit.resources.compile import read_plan

PRODUCT: dict[str, Any] = {"id": "app", "price": 10, "organic_customers": 1, "monthly_churn": 0}
TIER = {"id": "s", "share": 1, "price": 10}
BASS = {"kind": "bass", "innovation": 0.03, "imitation": 0.4}
USAGE = {"unit": "request", "per_customer": 10}
COMPETITOR = {"id": "c", "offer": "o", "difference": "d"}
CREDITS = {
    "id": "x", "kind": "compute_credits", "provider": "aws", "amount": 100, "start": "2027-02",
    "end": "2027-06",
}  # fmt: skip
LICENCE = {"id": "x", "kind": "data_licence", "direction": "in"}
SERVICE = {
    "id": "serve", "kind": "service", "model": "gpt2", "dtype": "bf16", "batch": 8, "product": "app",
    "prompt_tokens": 100, "output_tokens": 50, "utilisation": 0.5, "minimum_instances": 0,
    "offer": {"provider": "aws", "instance_type": "g6.xlarge", "region": "us-east-1"},
}  # fmt: skip


def problems(data: dict[str, Any]) -> list[tuple[str, str]]:
    with pytest.raises(InputError) as caught:
        read_plan(json.dumps(data, indent=1), load_reference(), "plan.yaml")
    for problem in caught.value.problems:
        assert problem.file == "plan.yaml"
        assert problem.line
        assert "{" not in problem.problem("en") + problem.mend("en")
        assert problem.problem("zh") != problem.problem("en")
    return sorted((problem.id, problem.field) for problem in caught.value.problems)


def product(**fields: Any) -> dict[str, Any]:
    return plan_data(market={"products": [{**PRODUCT, **fields}]})


def partner(fields: dict[str, Any], **more: Any) -> dict[str, Any]:
    return plan_data(partnerships={"partners": [{**fields, **more}]}, market={"products": [PRODUCT]})


def claim(**fields: Any) -> dict[str, Any]:
    return plan_data(policy={"programmes": [fields]})


@pytest.mark.parametrize(
    ("fields", "id", "field"),
    [
        ({"segments": ["law"]}, "market.unknown_segment", "segments[0]"),
        ({"tiers": [TIER]}, "market.price_or_tiers", "tiers"),
        ({"price": None}, "market.price_or_tiers", "tiers"),
        ({"price": None, "seats": 2, "tiers": [TIER]}, "market.seats_of_tiers", "tiers"),
        ({"price": None, "tiers": [{**TIER, "share": 0.7}]}, "market.tier_shares", "tiers"),
        ({"price": None, "tiers": [TIER, TIER]}, "plan.duplicate_id", "tiers[1].id"),
        ({"price": None, "tiers": [{**TIER, "share": 0}]}, "lines.quantity_positive", "tiers[0].share"),
        ({"adoption": {**BASS, "customers": 5}}, "market.organic_or_adoption", "organic_customers"),
        ({"organic_customers": None, "adoption": BASS}, "market.adoption_market", "adoption"),
        ({"organic_customers": None, "adoption": {"kind": "s"}}, "plan.choice", "adoption.kind"),
        (
            {"organic_customers": None, "adoption": {**BASS, "customers": 5, "innovation": 0}},
            "lines.quantity_positive",
            "adoption.innovation",
        ),
        (
            {"organic_customers": None, "adoption": {"kind": "given", "new_customers": []}},
            "plan.form",
            "adoption.new_customers",
        ),
        (
            {"organic_customers": None, "adoption": {"kind": "given", "new_customers": ["1 to 3"]}},
            "plan.not_certain",
            "adoption.new_customers[0]",
        ),
        ({"organic_customers": None, "organic_growth": 0.1}, "market.growth_of_nothing", "organic_growth"),
        ({"early_churn": 0.1}, "market.early_pair", "early_months"),
        ({"early_months": 3}, "market.early_pair", "early_months"),
        ({"early_churn": 0.1, "early_months": 40}, "plan.too_large", "early_months"),
        ({"opening_customers": 5, "start": "2027-05"}, "market.opening_before_start", "opening_customers"),
        ({"expansion": 2}, "lines.quantity_large", "expansion"),
        ({"bad_debt": "a lot"}, "lines.quantity_form", "bad_debt"),
        ({"annual": {"share": 0.4, "discount": -1}}, "lines.quantity_small", "annual.discount"),
        ({"annual": {"discount": 0.1}}, "plan.missing", "annual.share"),
        ({"usage": {**USAGE, "unit": "call"}}, "plan.choice", "usage.unit"),
        (
            {"usage": {**USAGE, "steps": [{"above": 5, "unit_price": 1}]}},
            "market.steps_need_price",
            "usage.steps",
        ),
        (
            {"usage": {**USAGE, "unit_price": 1, "steps": [{"above": 5, "unit_price": 1}] * 2}},
            "market.steps_rise",
            "usage.steps",
        ),
        ({"channels": [{"id": "ads", "spend": 5}]}, "plan.missing", "channels[0].acquisition_cost"),
        (
            {"channels": [{"id": "ads", "spend": 5, "acquisition_cost": 5, "lead_months": 40}]},
            "plan.too_large",
            "channels[0].lead_months",
        ),
        (
            {"channels": [{"id": "ads", "spend": "5 EUR/year/day", "acquisition_cost": 5}]},
            "lines.unit_unknown",
            "channels[0].spend",
        ),
    ],
)
def test_products(fields: dict[str, Any], id: str, field: str) -> None:
    assert (id, f"market.products[0].{field}") in problems(product(**fields))


@pytest.mark.parametrize(
    ("market", "id", "field"),
    [
        ({"sales_tax": {"rate": 1.2}}, "lines.quantity_large", "sales_tax.rate"),
        ({"sales_tax": {"rate": 0.2, "period": "week"}}, "plan.choice", "sales_tax.period"),
        ({"sales_tax": {"rate": 0.2, "due_months": 13}}, "plan.too_large", "sales_tax.due_months"),
        ({"sales_tax": {}}, "plan.missing", "sales_tax.rate"),
        (
            {"competitors": [{**COMPETITOR, "position": {"price": 3}}]},
            "market.unknown_axis",
            "competitors[0].position",
        ),
        (
            {"positioning": {"axes": [{"id": "price", "label": "Price"}], "own": {"price": 11}}},
            "plan.too_large",
            "positioning.own.price",
        ),
        ({"positioning": {"own": {"price": 1}}}, "market.unknown_axis", "positioning.own"),
        ({"competitors": [{**COMPETITOR, "price": -1}]}, "lines.quantity_small", "competitors[0].price"),
    ],
)
def test_the_rest_of_the_market(market: dict[str, Any], id: str, field: str) -> None:
    assert problems(plan_data(market=market)) == [(id, f"market.{field}")]


@pytest.mark.parametrize(
    ("fields", "id", "field"),
    [
        ({**CREDITS, "programme": "azure_free"}, "partnerships.unknown_credits", "programme"),
        ({**CREDITS, "programme": "uk_merged"}, "partnerships.unknown_credits", "programme"),
        ({**CREDITS, "programme": "aws_portfolio", "amount": "200k"}, "partnerships.above_cap", "amount"),
        (
            {**CREDITS, "releases": [{"id": "r", "month": "2027-09", "amount": 5}]},
            "partnerships.release_outside",
            "releases",
        ),
        ({**CREDITS, "covers": 2}, "lines.quantity_large", "covers"),
        ({**CREDITS, "status": "certain"}, "plan.choice", "status"),
        (
            {**CREDITS, "milestones": [{"id": "m", "month": "2026-01", "met": 0.5}]},
            "plan.before_start",
            "milestones[0].month",
        ),
        (
            {**CREDITS, "milestones": [{"id": "m", "month": "2027-03", "met": "0.1 to 0.5"}]},
            "plan.not_chance",
            "milestones[0].met",
        ),
        (
            {"id": "x", "kind": "cost_share", "of": ["rent"], "share": 0.5},
            "partnerships.unknown_cost",
            "of[0]",
        ),
        ({"id": "x", "kind": "cost_share", "of": [], "share": 0.5}, "plan.form", "of"),
        (
            {"id": "x", "kind": "revenue_share", "products": ["pro"], "share": 0.5},
            "plan.unknown_product",
            "products[0]",
        ),
        (
            {"id": "x", "kind": "referral", "product": "app", "customers": 1, "fee": 5, "fee_share": 0.1},
            "partnerships.one_fee",
            "fee_share",
        ),
        ({**LICENCE, "id": "referred"}, "policy.reserved_id", "id"),
        (LICENCE, "partnerships.licence_amount", "royalty"),
        ({**LICENCE, "upfront": 5}, "partnerships.licence_end", "upfront"),
        ({**LICENCE, "upfront": 5, "start": "2026-01", "end": "2028-01"}, "plan.before_start", "upfront"),
        ({**LICENCE, "direction": "out", "royalty": 0.1}, "partnerships.royalty_out", "royalty"),
    ],
)
def test_partners(fields: dict[str, Any], id: str, field: str) -> None:
    assert (id, f"partnerships.partners[0].{field}") in problems(partner(fields))


@pytest.mark.parametrize(
    ("fields", "id", "field"),
    [
        ({"programme": "us_qsb_payroll", "amount": 5}, "policy.amount_computed", "amount"),
        ({"programme": "us_sbir1"}, "policy.amount_needed", "amount"),
        ({"programme": "us_sbir1", "amount": 5}, "policy.start_needed", "start"),
        ({"programme": "us_sbir1", "amount": "400k", "start": "2027-03"}, "partnerships.above_cap", "amount"),
        ({"programme": "us_sbir1", "amount": 5, "start": "2027-03", "every": "week"}, "plan.choice", "every"),
        (
            {"programme": "us_sbir1", "amount": 5, "start": "2027-03", "end": "2027-02"},
            "plan.end_before_start",
            "end",
        ),
        ({"programme": "us_sbir1", "amount": 5, "start": "2026-03"}, "plan.before_start", "start"),
        (
            {"programme": "aws_portfolio", "amount": 5, "start": "2027-03"},
            "policy.belongs_elsewhere",
            "programme",
        ),
        (
            {"programme": "uk_innovate", "amount": 5, "start": "2027-03"},
            "plan.programme_country",
            "programme",
        ),
        (
            {"programme": "eu_genai4eu", "amount": 5, "start": "2027-03"},
            "plan.programme_country",
            "programme",
        ),
        (
            {"programme": "us_qsb_payroll", "costs": {"research_pay": 2}},
            "lines.quantity_large",
            "costs.research_pay",
        ),
        ({"programme": "us_qsb_payroll", "costs": {"rent": 1}}, "plan.unknown_key", "costs.rent"),
        (
            {"programme": "us_sbir1", "amount": 5, "start": "2027-03", "relieves": "rent"},
            "plan.choice",
            "relieves",
        ),
    ],
)
def test_claims(fields: dict[str, Any], id: str, field: str) -> None:
    assert (id, f"policy.programmes[0].{field}") in problems(claim(**fields))


def test_a_programme_that_has_ended_is_not_expected_again() -> None:
    data = claim(programme="cn_bj_compute", amount=5, start="2027-03")
    data["company"] |= {"country": "CN", "currency": "CNY"}
    assert problems(data) == [("policy.already_ended", "policy.programmes[0].start")]


@pytest.mark.parametrize(
    ("order", "id", "field"),
    [
        ("first", "policy.order_form", "policy.order"),
        ([3], "policy.order_form", "policy.order"),
        (["us_sec41_asc"], "policy.order_unknown", "policy.programmes"),
    ],
)
def test_orders(order: Any, id: str, field: str) -> None:
    data = claim(programme="us_qsb_payroll")
    data["policy"]["order"] = order
    assert problems(data) == [(id, field)]


def test_work_of_unknown_amount() -> None:
    data = plan_data(market={"products": [PRODUCT]}, compute={"workloads": [SERVICE]})
    field = "compute.workloads[0].requests_per_customer"
    assert problems(data) == [("market.demand_needed", field)]
    wrong_unit = copy.deepcopy(data)
    wrong_unit["market"]["products"][0]["usage"] = {"unit": "token", "per_customer": 5}
    assert problems(wrong_unit) == [("market.demand_needed", field)]


def test_all_problems_come_at_once() -> None:
    data = product(
        early_churn=0.1, segments=["law"], annual={"share": 2}, usage={"unit": "x", "per_customer": 1}
    )
    data["partnerships"] = {"partners": [{**LICENCE, "upfront": 5}]}
    assert len(problems(data)) == 5
