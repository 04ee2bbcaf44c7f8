"""A plan full of mistakes: one list of all of them, each with its place, in both languages."""

from __future__ import annotations

import re

import pytest

from tests.unit.resources.plans import example_text, plan_data, read
from toolkit.errors import InputError, Problem
from toolkit.reference import load_reference
from toolkit.resources.compile import read_plan

# What stands in the example plan, the mistake in its place, the problem and its field.
MISTAKES = [
    ("  cash_floor: 150k", "  cash_flor: 150k", "plan.unknown_key", "company.cash_flor"),
    ("  fiscal_year_start: 1", "  fiscal_year_start: Jan", "plan.whole_number", "company.fiscal_year_start"),
    ("    cash: 180k", "    csh: 180k", "plan.unknown_key", "opening.balances.csh"),
    ("      month: 2028-03", "      month: 2026-03", "plan.before_start", "funding.instruments[1].month"),
    (
        "      closes: chance(0.8)",
        "      closes: 0.5 to 0.8",
        "plan.not_chance",
        "funding.instruments[1].closes",
    ),
    ("      salary: 96k", "      salary: -96k", "lines.quantity_small", "talent.roles[0].salary"),
    (
        "      benefits: 700",
        "      benefits: 700 GB/month",
        "lines.unit_mismatch",
        "talent.roles[0].benefits",
    ),
    (
        "salary: {value: 155k to 200k, source: survey_2025}",
        "salary: {value: 155k to 200k, source: survey_2052}",
        "plan.unknown_source",
        "talent.roles[1].salary.source",
    ),
    ("      function: support", "      function: suport", "plan.choice", "talent.roles[3].function"),
    (
        "      start: 2028-08",
        "      start: 2028-08\n      end: 2028-01",
        "plan.end_before_start",
        "talent.roles[4].end",
    ),
    ("    - id: sales", "    - id: seed_engineers", "plan.duplicate_id", "talent.roles[5].id"),
    ("      dtype: bf16", "      dtype: bf61", "plan.choice", "compute.workloads[0].dtype"),
    ("      sequence: 1024", "      sequence: 0", "plan.too_small", "compute.workloads[0].sequence"),
    (
        "instance_type: p4d.24xlarge",
        "instance_type: p4d.25xlarge",
        "reference.unknown_offer",
        "compute.workloads[0].offer",
    ),
    ("      model: gpt2\n", "      model: gpt3\n", "plan.unknown_model", "compute.workloads[2].model"),
    ("instance_type: g6.xlarge", "gpu: h900", "reference.unknown_gpu", "compute.workloads[1].offer"),
    (
        "instance_type: c7i.4xlarge",
        "instance_type: g6.xlarge",
        "plan.offer_device",
        "compute.workloads[2].offer",
    ),
    (
        "programme: us_qsb_payroll",
        "programme: us_qsb_payrol",
        "policy.unknown_programme",
        "policy.programmes[0].programme",
    ),
    (
        "      monthly_churn: 1.5 % to 3.5 %",
        "      monthly_churn: 3.5 % to 1.5 %",
        "lines.quantity_order",
        "market.products[0].monthly_churn",
    ),
    (
        "      acquisition_cost: 700 to 1,500",
        "      acquisition_cost: 0 to 1,500",
        "lines.quantity_positive",
        "market.products[0].acquisition_cost",
    ),
    ("kind: compute_credits", "kind: compute_credit", "plan.choice", "partnerships.partners[0].kind"),
    (
        "provider: aws\n      discount",
        "provider: awz\n      discount",
        "plan.unknown_provider",
        "partnerships.partners[1].provider",
    ),
    ("      once: 18k", "      once: 18k\n      monthly: 3", "plan.cost_amount", "operations.costs[3].once"),
    ("      once: 25k to 45k", "      once:", "plan.cost_amount", "operations.costs[5].once"),
    (
        "  rate: {value: 21 %, source: irc_11}",
        "  rates: {value: 21 %, source: irc_11}",
        "plan.unknown_key",
        "tax.rates",
    ),
    (
        "      talent.roles.software_engineer.start: 2027-12",
        "      talent.roles.software_enginer.start: 2027-12",
        "plan.unknown_path",
        "scenarios[0].changes.talent.roles.software_enginer.start",
    ),
    (
        "      market.products.pro.marketing: 9k",
        "      market.products.pro.marketing: -9k",
        "lines.quantity_small",
        "market.products[0].marketing",
    ),
]
# What follows from a mistake above and is said as well.
CONSEQUENCES = {
    ("tax.rate_or_law", "tax.rate"),
    ("plan.unknown_path", "scenarios[1].changes.talent.roles.sales.start"),
}


def spoiled() -> str:
    text = example_text()
    for old, new, _, _ in MISTAKES:
        assert old in text, old
        text = text.replace(old, new, 1)
    return text


@pytest.fixture(scope="module")
def found() -> list[Problem]:
    with pytest.raises(InputError) as refused:
        read_plan(spoiled(), load_reference(), "plan.yaml")
    return list(refused.value.problems)


def test_all_mistakes_are_found_at_once_and_nothing_else(found: list[Problem]) -> None:
    expected = {(name, field) for _, _, name, field in MISTAKES}
    assert {(problem.id, problem.field) for problem in found} - CONSEQUENCES == expected
    assert len(found) == len(MISTAKES) + len(CONSEQUENCES)


def test_each_names_its_file_and_line(found: list[Problem]) -> None:
    lines = spoiled().splitlines()
    places = {(problem.id, problem.field): problem for problem in found}
    for _, new, name, field in MISTAKES:
        problem = places[name, field]
        assert problem.file == "plan.yaml"
        assert problem.line is not None
        wrong = [row for row in new.splitlines() if row.strip()]
        assert any(row.strip() in lines[problem.line - 1] for row in wrong), (field, problem.line)
    assert [problem.line for problem in found] == sorted(problem.line or 0 for problem in found)


def test_each_says_what_is_wrong_and_how_to_mend_it_in_both_languages(found: list[Problem]) -> None:
    for problem in found:
        for words in (problem.problem("en"), problem.mend("en")):
            assert words[0].isupper() or not words[0].isalpha()
            assert not re.search(r"[\u4e00-\u9fff]", words)
        chinese = problem.problem("zh") + problem.mend("zh")
        assert re.search(r"[\u4e00-\u9fff]", chinese)
        # No sentence of a library slips through: English words are names, values or keys of the plan.
        assert not re.search(r"\b(should|input|valid|must|greater|less|than|expected)\b", chinese)


def test_near_names_are_offered(found: list[Problem]) -> None:
    mends = {problem.field: problem.mend() for problem in found}
    assert "cash_floor" in mends["company.cash_flor"]
    assert "p4d.24xlarge" in mends["compute.workloads[0].offer"]
    assert "h100" in mends["compute.workloads[1].offer"]
    assert "software_engineer" in mends["scenarios[0].changes.talent.roles.software_enginer.start"]
    assert "gpt3-6.7b" in mends["compute.workloads[2].model"]
    assert "aws" in mends["partnerships.partners[1].provider"]
    assert mends["partnerships.partners[0].kind"].endswith(
        "compute_credits, discount, cost_share, revenue_share, referral, data_licence."
    )


def one(data: dict[str, object]) -> tuple[str, str]:
    with pytest.raises(InputError) as refused:
        read(data)
    (problem,) = refused.value.problems
    return problem.id, problem.field


def test_a_programme_of_another_country() -> None:
    claim = {"programme": "us_qsb_payroll", "granted": 0.9}
    data = plan_data(company={"country": "GB", "currency": "GBP"}, policy={"programmes": [claim]})
    assert one(data) == ("plan.programme_country", "policy.programmes[0].programme")


def test_a_programme_is_claimed_once() -> None:
    claim = {"programme": "us_qsb_payroll"}
    assert one(plan_data(policy={"programmes": [claim, claim]})) == (
        "plan.duplicate_id", "policy.programmes[1].programme",
    )  # fmt: skip


def test_an_opening_that_does_not_balance_says_by_how_much() -> None:
    data = plan_data(opening={"balances": {"cash": "100k", "payables": "5k", "common_stock": "90k"}})
    with pytest.raises(InputError) as refused:
        read(data)
    (problem,) = refused.value.problems
    assert (problem.id, problem.field) == ("plan.opening_unbalanced", "opening.balances")
    assert problem.values["difference"] == "5,000.00"


def test_an_opening_is_certain() -> None:
    data = plan_data(opening={"balances": {"cash": "90k to 110k", "common_stock": "100k"}})
    assert one(data) == ("plan.not_certain", "opening.balances.cash")


def test_an_offer_in_a_currency_without_a_rate() -> None:
    offer = {"provider": "aws", "instance_type": "g6.xlarge", "region": "us-east-1"}
    work = {
        "id": "train", "kind": "training", "model": "gpt2", "dtype": "bf16", "batch": 8, "offer": offer,
        "sequence": 1024, "tokens_per_run": "1B", "experiments": 1, "goodput": 0.9, "start": "2027-01",
    }  # fmt: skip
    data = plan_data(company={"country": "SE", "currency": "SEK"}, compute={"workloads": [work]})
    assert one(data) == ("money.no_exchange_rate", "compute.workloads[0].offer")


def test_a_gpu_takes_the_cheapest_instance_of_the_provider() -> None:
    work = {
        "id": "train", "kind": "training", "model": "gpt2", "dtype": "bf16", "batch": 8,
        "offer": {"provider": "runpod", "gpu": "h100-sxm"}, "sequence": 1024, "tokens_per_run": "1B",
        "experiments": 1, "goodput": 0.9, "start": "2027-01",
    }  # fmt: skip
    reference = load_reference()
    offer = read(plan_data(compute={"workloads": [work]})).compute.workloads[0].offer.find(reference)
    prices = [
        one.price_per_device_hour
        for one in reference.offers_for("h100-sxm", "on_demand")
        if one.provider == "runpod"
    ]
    assert offer.gpu_id == "h100-sxm"
    assert offer.price_per_device_hour == min(prices)
    work["offer"] = {"provider": "hetzner", "gpu": "h100-sxm"}
    assert one(plan_data(compute={"workloads": [work]})) == (
        "plan.gpu_not_offered",
        "compute.workloads[0].offer",
    )


@pytest.mark.parametrize(
    ("company", "problem", "field"),
    [
        ({"country": "USA"}, "plan.country", "company.country"),
        ({"currency": "usd"}, "plan.currency", "company.currency"),
        ({"start": "January"}, "plan.month", "company.start"),
        ({"start": "2027-13"}, "plan.month", "company.start"),
        ({"months": 2}, "plan.too_small", "company.months"),
        ({"months": 240}, "plan.too_large", "company.months"),
        ({"months": 12.5}, "plan.whole_number", "company.months"),
        ({"id": "Tiny Inc"}, "plan.id", "company.id"),
        ({"id": "lambda"}, "plan.id", "company.id"),
        ({"name": ["a"]}, "plan.text", "company.name"),
        ({"name": {"de": "Winzig"}}, "plan.text", "company.name"),
        ({"cash_floor": {"value": 3, "why": "so"}}, "plan.value_key", "company.cash_floor.why"),
        ({"cash_floor": {"source": "nowhere"}}, None, None),
        ({"interest_on_cash": True}, "lines.quantity_form", "company.interest_on_cash"),
    ],
)
def test_fields_of_the_company(company: dict[str, object], problem: str | None, field: str | None) -> None:
    if problem is None:
        with pytest.raises(InputError) as refused:
            read(plan_data(company=company))
        found = {(one.id, one.field) for one in refused.value.problems}
        assert found == {
            ("plan.empty", "company.cash_floor.value"),
            ("plan.unknown_source", "company.cash_floor.source"),
        }
    else:
        assert one(plan_data(company=company)) == (problem, field)


@pytest.mark.parametrize(
    ("sections", "problem", "field"),
    [
        ({"market": []}, "plan.mapping", "market"),
        ({"talent": {"roles": {"id": "a"}}}, "plan.list", "talent.roles"),
        ({"talent": {"roles": ["a"]}}, "plan.mapping", "talent.roles[0]"),
        ({"partnerships": {"partners": [{"id": "a"}]}}, "plan.choice", "partnerships.partners[0].kind"),
        ({"scenarios": [{"id": "base", "label": "x"}]}, "plan.reserved_id", "scenarios[0].id"),
        ({"budget": 3}, "plan.unknown_key", "budget"),
        ({"format": 2}, "plan.too_large", "format"),
    ],
)
def test_shapes(sections: dict[str, object], problem: str, field: str) -> None:
    assert one(plan_data(**sections)) == (problem, field)


def test_an_unknown_scenario_names_the_known_ones() -> None:
    with pytest.raises(InputError) as refused:
        read_plan(example_text(), load_reference(), "plan.yaml", "leen")
    (problem,) = refused.value.problems
    assert problem.id == "plan.unknown_scenario"
    assert problem.mend() == "Known: base, lean, push, downside."


def test_a_missing_company_is_one_problem() -> None:
    with pytest.raises(InputError) as refused:
        read({"talent": {"roles": []}})
    assert [(one.id, one.field) for one in refused.value.problems] == [("plan.missing", "company")]
