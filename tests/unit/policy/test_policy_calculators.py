"""The calculators `policy_benefit` and `employer_cost`: what they refuse, and what absent facts mean."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from toolkit.app.calculators import CALCULATORS, employer
from toolkit.errors import InputError
from toolkit.reference import load_reference


def run(calculator: str, **inputs: Any) -> dict[str, Any]:
    return CALCULATORS[calculator].run(inputs)


def benefit(programme: str, **facts: Any) -> dict[str, Any]:
    return run("policy_benefit", programme=programme, facts=facts)


def refused(calculator: str, **inputs: Any) -> list[tuple[str, str]]:
    with pytest.raises(InputError) as caught:
        run(calculator, **inputs)
    assert all(problem.problem("zh") and problem.mend("zh") for problem in caught.value.problems)
    return sorted((problem.id, problem.field) for problem in caught.value.problems)


def test_outputs_follow_from_the_facts_that_are_there() -> None:
    assert benefit("uk_eris", qualified_rd_expenditure_current=300000, total_relevant_expenditure=1e6) == {
        "rd_intensity": 0.3, "eligible": True, "surrenderable_loss": 558000.0,
        "credit_gross": pytest.approx(80910.0), "cash_payable": pytest.approx(80910.0),
    }  # fmt: skip
    assert benefit("ca_sred", taxable_capital_prior_year=30e6) == {"expenditure_limit": 4.5e6}
    assert set(benefit("cn_hnte", sales_revenue_latest_year=1e6)) == {"rd_ratio_required"}


def test_null_is_not_given() -> None:
    assert "payable_cap" not in benefit(
        "uk_merged", qualified_rd_expenditure_current=1000, is_loss_making=True, paye_nic_liability=None
    )


def test_a_case_for_other_programmes_facts_is_ignored() -> None:
    assert benefit("cn_sz_train", compute_contract_training=100, tax_year=2026)["grant_amount"] == 50


def test_every_wrong_fact_is_named() -> None:
    facts = {
        "rd_staff_cost": "100", "rd_depreciation": -1, "is_sme": 1, "overhead_method": "both",
        "expense_date": "2025-02-30", "tax_year": 20.5, "rd_cost": 1,
    }  # fmt: skip
    assert refused("policy_benefit", programme="fr_cir", facts=facts) == [
        ("policy.negative_fact", "facts.rd_depreciation"),
        ("policy.not_a_choice", "facts.overhead_method"),
        ("policy.not_a_day", "facts.expense_date"),
        ("policy.not_a_number", "facts.rd_staff_cost"),
        ("policy.not_whole", "facts.tax_year"),
        ("policy.not_yes_or_no", "facts.is_sme"),
        ("policy.unknown_fact", "facts.rd_cost"),
    ]


def test_programmes_without_rules_say_so() -> None:
    assert refused("policy_benefit", programme="fr_cii", facts={}) == [
        ("policy.only_in_catalogue", "programme")
    ]
    assert refused("policy_benefit", programme="fr_circ", facts={}) == [
        ("policy.unknown_programme", "programme")
    ]
    assert refused("policy_benefit", programme="fr_cir", facts={"tax_year": 2026}) == [
        ("policy.no_figure", "facts")
    ]


US = {"country": "US", "year": 2026, "gross_annual": 100000, "employees": 1}
BEIJING = {"country": "CN", "year": 2024, "region": "Beijing", "gross_monthly": 9000, "employees": 1}


@pytest.mark.parametrize(
    ("inputs", "problems"),
    [
        (US | {"country": "XX"}, [("policy.unknown_country", "country")]),
        (US | {"year": 2019}, [("policy.unknown_year", "year")]),
        (US | {"region": "Texas"}, [("policy.unknown_region", "region")]),
        (US | {"gross_monthly": 1}, [("policy.one_pay", "gross_annual")]),
        (US | {"housing_fund_rate": 0.1}, [("policy.option_elsewhere", "housing_fund_rate")]),
        (US | {"employees": 0.5, "pay": 1}, [("calc.not_whole", "employees"), ("calc.unknown_field", "pay")]),
        (BEIJING | {"region": None}, [("policy.region_needed", "region")]),
        (BEIJING | {"region": "Paris"}, [("policy.unknown_region", "region")]),
        (
            BEIJING,
            [("policy.option_needed", "housing_fund_rate"), ("policy.option_needed", "work_injury_rate")],
        ),
    ],
)
def test_what_employer_cost_refuses(inputs: dict[str, Any], problems: list[tuple[str, str]]) -> None:
    assert refused("employer_cost", **inputs) == problems


@pytest.mark.parametrize(
    ("country", "year", "component", "figure", "factor"),
    [
        ("US", 2026, "social_security", "rate", 1.1),
        ("US", 2026, "social_security", "to_amount", 0.5),
        ("GB", 2025, "employer_nic_before_allowance", "from_amount", 2.0),
        ("FR", 2019, "agirc_arrco_retirement", "rate", 2.0),
    ],
)
def test_a_changed_rule_changes_the_cost(
    country: str, year: int, component: str, figure: str, factor: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    inputs = {"country": country, "year": year, "gross_annual": 150000, "employees": 1}
    before = run("employer_cost", **inputs)["components"][component]
    reference = load_reference()
    rates = tuple(
        replace(rule, **{figure: getattr(rule, figure) * factor})
        if (rule.country, rule.component) == (country, component) and getattr(rule, figure)
        else rule
        for rule in reference.employer_rates
    )
    monkeypatch.setattr(employer, "load_reference", lambda: replace(reference, employer_rates=rates))
    assert run("employer_cost", **inputs)["components"][component] != pytest.approx(before)


def test_unknown_years_name_the_known_ones() -> None:
    with pytest.raises(InputError, match="Years that are known there: 2019, 2026"):
        run("employer_cost", **US | {"country": "FR", "year": 2020})


def test_pay_of_more_people_is_proportional_and_periods_agree() -> None:
    one = run("employer_cost", **US)
    ten = run("employer_cost", **US | {"employees": 10})
    month = run("employer_cost", country="US", year=2026, gross_monthly=100000 / 12, employees=12)
    assert ten["total"] == pytest.approx(10 * one["total"])
    assert month["total"] == pytest.approx(one["total"])
