"""The programmes against the rules of the case format, written a second time in plain Python.

The rules stand in the table "Programmes: parameters and outputs" of the case format: each function below
follows its row, and knows nothing of the programme files.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from toolkit.app.calculators.policy import policy_benefit
from toolkit.resources.policy.programme import programme_files

Facts = dict[str, Any]
Rule = Callable[[Facts], dict[str, Any]]
money = st.integers(0, 60_000_000)
rate = st.integers(0, 40).map(lambda percent: percent / 100)


def us_sec41_regular(f: Facts) -> dict[str, Any]:
    applied = min(f["fixed_base_percentage_uncapped"], 0.16)
    computed, least = applied * f["average_gross_receipts_prior_4_years"], 0.5 * f[QRE]
    excess = max(f[QRE] - max(computed, least), 0)
    return {
        "fixed_base_percentage_applied": applied, "computed_base_amount": computed,
        "minimum_base_amount": least, "excess_over_base": excess, "credit_gross": 0.2 * excess,
    }  # fmt: skip


def us_sec41_asc(f: Facts) -> dict[str, Any]:
    prior = [f[f"qualified_rd_expenditure_prior_{year}"] for year in (1, 2, 3)]
    average = sum(prior) / 3
    credit = 0.06 * f[QRE] if 0 in prior else 0.14 * max(f[QRE] - average / 2, 0)
    return {"average_prior_expenditure": average, "computed_base_amount": average / 2, "credit_gross": credit}


def us_qsb_payroll(f: Facts) -> dict[str, Any]:
    first_allowed = f["tax_year"] - 4
    eligible = f["gross_receipts_current"] < 5e6 and f["first_gross_receipts_year"] >= first_allowed
    elected = min(f["research_credit_available"], 500_000) if eligible else 0
    security = min(elected, 250_000, f["quarter_employer_social_security_tax"])
    medicare = min(max(elected - 250_000, 0), f["quarter_employer_medicare_tax"])
    used = security + medicare
    return {
        "eligible": eligible, "elected_amount": elected, "quarter_use": used, "carryforward": elected - used,
    }  # fmt: skip


def uk_merged(f: Facts) -> dict[str, Any]:
    credit = 0.2 * f[QRE]
    if f["is_loss_making"]:
        notional, cap = 0.19 * credit, 20_000 + 3 * f["paye_nic_liability"]
        cash = min(credit - notional, cap)
        return {"credit_gross": credit, "notional_tax": notional, "payable_cap": cap, "cash_payable": cash}
    tax = f["corporate_tax_rate"]
    before = (f["profit_before_rd_credit"] + credit) * tax
    return {
        "credit_gross": credit, "tax_without_credit": f["profit_before_rd_credit"] * tax,
        "tax_before_credit_offset": before, "net_benefit": credit * (1 - tax),
    }  # fmt: skip


def uk_eris(f: Facts) -> dict[str, Any]:
    eligible = f[QRE] >= 0.3 * f["total_relevant_expenditure"] or f["met_intensity_prior_period"]
    unrelieved = f["trading_loss_before_rd_relief"] + 0.86 * f[QRE]
    surrenderable = min(1.86 * f[QRE], unrelieved)
    credit = 0.145 * surrenderable if eligible else 0
    cap = 20_000 + 3 * f["paye_nic_liability"]
    return {
        "eligible": eligible, "unrelieved_loss": unrelieved, "surrenderable_loss": surrenderable,
        "credit_gross": credit, "payable_cap": cap, "cash_payable": min(credit, cap),
    }  # fmt: skip


def cn_rd_super(f: Facts) -> dict[str, Any]:
    limit = f["rd_expense_classes_1_to_5"] / 9
    allowed = min(f["rd_expense_other_class"], limit)
    base = f["rd_expense_classes_1_to_5"] + allowed
    return {
        "other_expense_limit": limit, "other_expense_allowed": allowed, "deduction_base": base,
        "extra_deduction": base, "tax_saved": base * f["corporate_tax_rate"],
        "annual_deduction": 2 * f["intangible_asset_cost"] / f["amortisation_years"],
    }  # fmt: skip


def cn_hnte(f: Facts) -> dict[str, Any]:
    latest = f["sales_revenue_latest_year"]
    required = 0.05 if latest <= 50e6 else 0.04 if latest <= 200e6 else 0.03
    ratio = f["rd_expenditure_last_3_years"] / f["sales_revenue_last_3_years"]
    return {"rd_ratio": ratio, "rd_ratio_required": required, "rd_ratio_passes": ratio >= required}


def cn_vat_sw(f: Facts) -> dict[str, Any]:
    payable, kept = max(f["output_vat"] - f["input_vat"], 0), 0.03 * f["software_sales"]
    return {"vat_payable": payable, "vat_retained": kept, "cash_refund": max(payable - kept, 0)}


def ca_sred(f: Facts) -> dict[str, Any]:
    qualified = 1.55 * f["rd_staff_cost"]
    provincial = f["provincial_credit_rate"] * qualified
    base = qualified - provincial
    limit = 6e6 * min(max((75e6 - f["taxable_capital_prior_year"]) / 60e6, 0), 1)
    return {
        "qualified_expenditure": qualified, "provincial_credit": provincial, "credit_base": base,
        "expenditure_limit": limit, "credit_refundable": 0.35 * min(base, limit),
        "credit_nonrefundable": 0.15 * max(base - limit, 0),
    }  # fmt: skip


def ca_ai_compute(f: Facts) -> dict[str, Any]:
    return {
        "grant_amount": 2 / 3 * f["compute_cost_domestic_provider"] + 0.5 * f["compute_cost_foreign_provider"]
    }


def cn_hz_compute(f: Facts) -> dict[str, Any]:
    domestic, other = f["compute_contract_domestic_technology"], f["compute_contract_other_technology"]
    uncapped = 0.3 * domestic + 0.2 * other
    return {"grant_uncapped": uncapped, "grant_amount": min(uncapped, 8e6)}


def cn_sz_train(f: Facts) -> dict[str, Any]:
    uncapped = (0.6 if f["is_startup"] else 0.5) * f["compute_contract_training"]
    return {"grant_uncapped": uncapped, "grant_amount": min(uncapped, 10e6)}


def fr_cir(f: Facts) -> dict[str, Any]:
    staff = 0.43 if f["expense_date"] < "2025-02-15" else 0.4
    overhead = staff * f["rd_staff_cost"] + 0.75 * f["rd_depreciation"]
    base = f["rd_staff_cost"] + f["rd_depreciation"] + overhead
    credit = 0.3 * min(base, 100e6) + 0.05 * max(base - 100e6, 0)
    return {"overhead_amount": overhead, "credit_base": base, "credit_gross": credit}


def fr_jei(f: Facts) -> dict[str, Any]:
    pay, smic = f["gross_pay_monthly"], 1457.52
    covered = min(pay, 4.5 * smic)
    parts = {
        "family": (0.0345 if pay <= 1.6 * smic else 0.0525) * covered, "health": 0.128 * covered,
        "old_age_uncapped": 0.018 * covered, "old_age_capped": 0.085 * min(covered, 3170),
    }  # fmt: skip
    return {"components": parts, "payroll_relief": sum(parts.values())}


def de_fzulg(f: Facts) -> dict[str, Any]:
    new = f["tax_year"] >= 2026
    cost = f["rd_staff_cost"] + f["own_work_hours"] * (100 if new else 70) + 0.7 * f["rd_contract_cost"]
    cost *= 1.2 if f["project_start_date"] > "2025-12-31" else 1
    base = min(cost, 12e6 if new else 10e6)
    return {"credit_base": base, "credit_gross": (0.35 if f["is_sme"] else 0.25) * base}


def au_rdti_small(f: Facts) -> dict[str, Any]:
    credit = (f["corporate_tax_rate"] + 0.185) * f[QRE]
    return {"credit_gross": credit, "cash_payable": max(credit - f["tax_payable_before_credit"], 0)}


def au_rdti_large(f: Facts) -> dict[str, Any]:
    threshold, tax = 0.02 * f["total_expenditure"], f["corporate_tax_rate"]
    low = (tax + 0.085) * min(f[QRE], threshold)
    high = (tax + 0.165) * max(f[QRE] - threshold, 0)
    before = f["taxable_income"] * tax
    return {
        "intensity_threshold_amount": threshold, "credit_low_tier": low, "credit_high_tier": high,
        "credit_gross": low + high, "tax_without_credit": before,
        "tax_after_credit": max(before - low - high, 0),
    }  # fmt: skip


def nl_wbso(f: Facts) -> dict[str, Any]:
    first = (0.5 if f["is_starter"] else 0.36) * min(f["rd_staff_cost"], 391_020)
    return {"payroll_relief": first + 0.16 * max(f["rd_staff_cost"] - 391_020, 0)}


QRE = "qualified_rd_expenditure_current"
day = st.dates(date(2021, 1, 1), date(2027, 12, 31)).map(str)
FACTS: dict[str, st.SearchStrategy[Any]] = {
    "fixed_base_percentage_uncapped": rate, "corporate_tax_rate": rate, "provincial_credit_rate": rate,
    "tax_year": st.integers(2025, 2027), "first_gross_receipts_year": st.integers(2016, 2027),
    "expense_date": day, "project_start_date": day, "overhead_method": st.just("proxy"),
    "gross_pay_monthly": st.integers(1, 12_000), "own_work_hours": st.integers(0, 2000),
    "amortisation_years": st.integers(1, 20), "gross_receipts_current": st.integers(4_000_000, 6_000_000),
    "sales_revenue_last_3_years": st.integers(1, 900_000_000),
    "sales_revenue_latest_year": st.integers(0, 300_000_000),
    "taxable_capital_prior_year": st.integers(0, 90_000_000),
    "quarter_employer_social_security_tax": st.integers(0, 400_000),
    "quarter_employer_medicare_tax": st.integers(0, 400_000),
    "total_relevant_expenditure": st.integers(1, 200_000_000),
    "aggregated_turnover": st.integers(20_000_000, 90_000_000),
    "qualified_rd_expenditure_prior_1": st.sampled_from((0, 1)) | money,
    **dict.fromkeys(
        ("is_loss_making", "is_sme", "is_startup", "is_starter", "met_intensity_prior_period"), st.booleans()
    ),
}  # fmt: skip
NEEDS: dict[Rule, tuple[str, ...]] = {
    us_sec41_regular: (QRE, "fixed_base_percentage_uncapped", "average_gross_receipts_prior_4_years"),
    us_sec41_asc: (QRE, *(f"qualified_rd_expenditure_prior_{year}" for year in (1, 2, 3))),
    us_qsb_payroll: (
        "tax_year", "gross_receipts_current", "first_gross_receipts_year", "research_credit_available",
        "quarter_employer_social_security_tax", "quarter_employer_medicare_tax",
    ),
    uk_merged: (QRE, "is_loss_making", "paye_nic_liability", "corporate_tax_rate", "profit_before_rd_credit"),
    uk_eris: (
        QRE, "total_relevant_expenditure", "met_intensity_prior_period", "trading_loss_before_rd_relief",
        "paye_nic_liability",
    ),
    cn_rd_super: (
        "rd_expense_classes_1_to_5", "rd_expense_other_class", "corporate_tax_rate", "intangible_asset_cost",
        "amortisation_years",
    ),
    cn_hnte: ("sales_revenue_latest_year", "sales_revenue_last_3_years", "rd_expenditure_last_3_years"),
    cn_vat_sw: ("output_vat", "input_vat", "software_sales"),
    ca_sred: ("rd_staff_cost", "overhead_method", "provincial_credit_rate", "taxable_capital_prior_year"),
    ca_ai_compute: ("compute_cost_domestic_provider", "compute_cost_foreign_provider"),
    cn_hz_compute: ("compute_contract_domestic_technology", "compute_contract_other_technology"),
    cn_sz_train: ("is_startup", "compute_contract_training"),
    fr_cir: ("expense_date", "rd_staff_cost", "rd_depreciation"),
    fr_jei: ("gross_pay_monthly",),
    de_fzulg: (
        "tax_year", "project_start_date", "is_sme", "rd_staff_cost", "own_work_hours", "rd_contract_cost",
    ),
    au_rdti_small: (QRE, "corporate_tax_rate", "tax_payable_before_credit"),
    au_rdti_large: (QRE, "corporate_tax_rate", "total_expenditure", "taxable_income", "aggregated_turnover"),
    nl_wbso: ("rd_staff_cost", "is_starter"),
}  # fmt: skip


def test_every_programme_has_a_second_writing() -> None:
    assert {rule.__name__ for rule in NEEDS} == set(programme_files())


@pytest.mark.parametrize("rule", NEEDS, ids=lambda rule: rule.__name__)
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_programmes_compute_the_rules_to_the_cent(rule: Rule, data: st.DataObject) -> None:
    facts = {name: data.draw(FACTS.get(name, money), label=name) for name in NEEDS[rule]}
    found = policy_benefit({"programme": rule.__name__, "facts": facts})
    for name, value in rule(facts).items():
        assert found[name] == pytest.approx(value, rel=1e-9, abs=0.004), name
