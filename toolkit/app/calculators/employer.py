"""The calculator of statutory employer cost: the formulas of every payroll, for one group of employees."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

from pydantic import PlainValidator

from toolkit.app.calculators.fields import Inputs, Name, NonNegative, PositiveCount
from toolkit.app.calculators.lines import evaluate
from toolkit.errors import Problem, refuse
from toolkit.reference import EmployerRate, load_reference
from toolkit.resources.employer_cost import (
    PayPeriod,
    Payroll,
    allowances,
    component_formulas,
    contribution_base,
    rate_options,
    rules_of,
)
from toolkit.resources.surroundings import complaint


def _year(raw: Any) -> int:
    if isinstance(raw, bool) or not isinstance(raw, int) or not 1900 <= raw <= 2200:
        raise complaint("calc.not_whole", number=raw, minimum=1900, maximum=2200)
    return raw


def _yes_or_no(raw: Any) -> bool:
    if not isinstance(raw, bool):
        raise complaint("policy.not_yes_or_no", text=str(raw))
    return raw


Year = Annotated[int, PlainValidator(_year)]
YesOrNo = Annotated[bool, PlainValidator(_yes_or_no)]
_RATES = ("health_additional_rate", "work_injury_rate", "housing_fund_rate")
_ALLOWANCES = ("employment_allowance",)
_BASE = "contribution_base"


class EmployerCostInputs(Inputs):
    """Pay is of one employee; exactly one of the two is given."""

    country: Name
    year: Year
    region: Name | None = None
    employees: PositiveCount
    gross_annual: NonNegative | None = None
    gross_monthly: NonNegative | None = None
    employment_allowance: YesOrNo | None = None
    health_additional_rate: NonNegative | None = None
    work_injury_rate: NonNegative | None = None
    housing_fund_rate: NonNegative | None = None


def employer_cost(inputs: EmployerCostInputs) -> dict[str, Any]:
    """What the employer owes for all employees, by component, per period of the given pay."""
    rules = rules_of(load_reference(), inputs.country, inputs.year, inputs.region)
    refuse(_problems(inputs, rules))
    monthly = inputs.gross_annual is None
    period: PayPeriod = "month" if monthly else "year"
    gross = inputs.gross_monthly if monthly else inputs.gross_annual
    payroll = Payroll("pay", "heads", period)
    numbers = {"pay": float(gross or 0), "heads": float(inputs.employees)}
    numbers |= {name: float(getattr(inputs, name)) for name in rate_options(rules)}
    claimed = [name for name in allowances(rules) if getattr(inputs, name)]
    options = {name: name for name in rate_options(rules)} | dict.fromkeys(claimed, "1")
    formulas = component_formulas(rules, payroll, options, _component)
    base = contribution_base(rules, payroll)
    lines = {_component(name): formula for name, formula in formulas.items()}
    lines |= {"total": " + ".join(lines)} | ({} if base is None else {_BASE: base})
    values = evaluate(numbers, lines)
    outputs: dict[str, Any] = {
        "components": {name: values[_component(name)] for name in formulas},
        "total": values["total"],
    }
    return outputs | ({} if base is None else {_BASE: values[_BASE]})


def _component(name: str) -> str:
    return f"component.{name}"


def _problems(inputs: EmployerCostInputs, rules: tuple[EmployerRate, ...]) -> Iterator[Problem]:
    """Pay given twice or not at all, rates that are missing, options that the rules do not know."""
    if (inputs.gross_annual is None) == (inputs.gross_monthly is None):
        yield Problem("policy.one_pay", "gross_annual")
    known = (*rate_options(rules), *allowances(rules))
    for name in rate_options(rules):
        if getattr(inputs, name) is None:
            yield Problem("policy.option_needed", name, values={"name": name})
    for name in (*_RATES, *_ALLOWANCES):
        if getattr(inputs, name) is not None and name not in known:
            values = {"name": name, "country": inputs.country, "known": ", ".join(known) or "—"}
            yield Problem("policy.option_elsewhere", name, values=values)
