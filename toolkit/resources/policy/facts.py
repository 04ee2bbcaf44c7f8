"""The facts of a claim: what a programme may ask about a company and its year.

A fact is given by a case, by a plan's claim, or follows from the lines of a plan. In a formula it is called
`fact.<name>`; a choice is called `fact.<name>.<word>` (1 where that word was chosen, else 0); yes is 1, no is
0. A day or a year also selects the values of dated parameters.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from toolkit.errors import Problem
from toolkit.lines.spelling import nearest

Kind = Literal["money", "number", "people", "year", "yes_no", "day", "choice"]


@dataclass(frozen=True, slots=True)
class Fact:
    """What a fact is. `may_be_negative`: a result, which can be a loss. `words`: those of a choice."""

    kind: Kind
    may_be_negative: bool = False
    words: tuple[str, ...] = ()


_MONEY = (
    "qualified_rd_expenditure_current", "qualified_rd_expenditure_prior_1",
    "qualified_rd_expenditure_prior_2", "qualified_rd_expenditure_prior_3", "rd_staff_cost",
    "rd_contract_cost", "rd_depreciation", "rd_credit_base", "rd_expense_classes_1_to_5",
    "rd_expense_other_class", "intangible_asset_cost", "total_relevant_expenditure", "total_expenditure",
    "trading_loss_before_rd_relief", "tax_payable_before_credit", "paye_nic_liability",
    "gross_receipts_current", "average_gross_receipts_prior_4_years", "research_credit_available",
    "quarter_employer_social_security_tax", "quarter_employer_medicare_tax", "aggregated_turnover",
    "gross_pay_monthly", "taxable_capital_prior_year", "sales_revenue_latest_year",
    "sales_revenue_last_3_years", "rd_expenditure_last_3_years", "software_sales", "output_vat", "input_vat",
    "wage_tax_due", "relief_used_this_year", "compute_cost_domestic_provider",
    "compute_cost_foreign_provider",
    "compute_contract_domestic_technology", "compute_contract_other_technology", "compute_contract_training",
)  # fmt: skip
_NUMBERS = (
    "own_work_hours", "amortisation_years", "corporate_tax_rate", "fixed_base_percentage_uncapped",
    "provincial_credit_rate", "payroll_elections_used", "rd_share_of_charges", "high_tech_revenue_share",
    "rd_staff_share",
)  # fmt: skip
_YES_NO = ("met_intensity_prior_period", "is_loss_making", "is_sme", "is_startup", "is_starter")

FACTS: Mapping[str, Fact] = {
    **dict.fromkeys(_MONEY, Fact("money")),
    **dict.fromkeys(("taxable_income", "profit_before_rd_credit"), Fact("money", may_be_negative=True)),
    **dict.fromkeys(_NUMBERS, Fact("number")),
    **dict.fromkeys(_YES_NO, Fact("yes_no")),
    **dict.fromkeys(("tax_year", "first_gross_receipts_year", "founding_year"), Fact("year")),
    **dict.fromkeys(("expense_date", "project_start_date"), Fact("day")),
    "headcount": Fact("people"),
    "overhead_method": Fact("choice", words=("proxy", "actual")),
}
_DAY = re.compile(r"\d{4}-\d{2}(-\d{2})?")


def names_of(fact: str) -> tuple[str, ...]:
    """How formulas call a fact; a day is not called at all, it selects parameters."""
    match FACTS[fact]:
        case Fact(kind="choice", words=words):
            return tuple(f"fact.{fact}.{word}" for word in words)
        case Fact(kind="day"):
            return ()
    return (f"fact.{fact}",)


def numbers_of(fact: str, value: Any) -> dict[str, float]:
    """What formulas see of the value of a fact that was found without fault."""
    kind = FACTS[fact].kind
    if kind == "choice":
        return {name: float(name.endswith(f".{value}")) for name in names_of(fact)}
    return {} if kind == "day" else {f"fact.{fact}": float(value)}


def day_of(fact: str, value: Any) -> str:
    """The ISO day by which a year (its last day), a month (its first) or a day selects parameters."""
    if FACTS[fact].kind == "year":
        return f"{int(value):04d}-12-31"
    text = str(value)
    return f"{text}-01" if len(text) == 7 else text


def fact_problems(facts: Mapping[str, Any]) -> Iterator[Problem]:
    """What is wrong with given facts; fields are their names. A null counts as not given."""
    for name, value in facts.items():
        if name not in FACTS:
            values = {"name": name, "nearest": nearest(name, FACTS)}
            yield Problem("policy.unknown_fact", name, values=values)
        elif value is not None and (fault := _fault(FACTS[name], value)):
            allowed = ", ".join(FACTS[name].words)
            text = str(value).lower() if isinstance(value, bool) else str(value)
            yield Problem(f"policy.{fault}", name, values={"text": text, "allowed": allowed})


def _fault(fact: Fact, value: Any) -> str | None:
    """The name of the problem of a value, or None."""
    match fact.kind:
        case "yes_no":
            return None if isinstance(value, bool) else "not_yes_or_no"
        case "choice":
            return None if value in fact.words else "not_a_choice"
        case "day":
            return None if _is_day(value) else "not_a_day"
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return "not_a_number"
    if value < 0 and not fact.may_be_negative:
        return "negative_fact"
    whole = fact.kind in ("year", "people")
    in_range = fact.kind != "year" or 1900 <= value <= 2200
    return "not_whole" if whole and (value != int(value) or not in_range) else None


def _is_day(value: Any) -> bool:
    if isinstance(value, date):
        return True
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        return False
    try:
        date.fromisoformat(f"{value}-01" if len(value) == 7 else value)
    except ValueError:
        return False
    return True
