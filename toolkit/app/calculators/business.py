"""Calculators of the business: depreciation, subscription metrics, runway."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Literal

from pydantic import ConfigDict

from toolkit.app.calculators.fields import (
    AnyNumber,
    Inputs,
    NonNegative,
    Positive,
    RateOrTotalLoss,
    outputs_of,
)
from toolkit.errors import InputError, Problem, refuse
from toolkit.resources.finance import depreciation, metrics, runway


class DepreciationMethod(Inputs):
    """The field that decides which others there are."""

    model_config = ConfigDict(extra="ignore")

    method: Literal["straight_line", "macrs"]


class StraightLineInputs(Inputs):
    method: Literal["straight_line"]
    cost: NonNegative
    salvage_value: NonNegative
    useful_life_months: Positive


class MacrsInputs(Inputs):
    method: Literal["macrs"]
    cost: NonNegative
    recovery_period_years: Literal[5, 7]
    macrs_convention: depreciation.MacrsConvention
    quarter_placed_in_service: Literal[1, 2, 3, 4] | None = None


class SaasMetricsInputs(Inputs):
    net_burn: AnyNumber | None = None
    net_new_arr: AnyNumber | None = None
    arpa_monthly: AnyNumber | None = None
    gross_margin: AnyNumber | None = None
    monthly_churn_rate: AnyNumber | None = None
    cac: AnyNumber | None = None
    revenue_growth_rate: AnyNumber | None = None
    fcf_margin: AnyNumber | None = None


class RunwayInputs(Inputs):
    opening_cash: AnyNumber
    monthly_burn_initial: AnyNumber
    monthly_burn_growth: RateOrTotalLoss
    one_off_inflows: dict[str, AnyNumber]


def straight_line(inputs: StraightLineInputs) -> dict[str, Any]:
    """The same charge every month."""
    if inputs.salvage_value > inputs.cost:
        raise InputError([Problem("calc.salvage_above_cost", "salvage_value")])
    charge = depreciation.straight_line(inputs.cost, inputs.salvage_value, inputs.useful_life_months)
    return {"monthly_charge": charge, "annual_charge": 12 * charge}


def macrs(inputs: MacrsInputs) -> dict[str, Any]:
    """The US tax deduction of each tax year."""
    quarter = inputs.quarter_placed_in_service
    if (inputs.macrs_convention == "mid_quarter") != (quarter is not None):
        raise InputError([Problem("calc.quarter_with_mid_quarter", "quarter_placed_in_service")])
    years = depreciation.macrs(inputs.cost, inputs.recovery_period_years, inputs.macrs_convention, quarter)
    return {"schedule": {str(year): amount for year, amount in enumerate(years, start=1)}}


def saas_metrics(inputs: SaasMetricsInputs) -> dict[str, Any]:
    """Every metric whose inputs are there."""
    given = {name: value for name, value in inputs if value is not None}

    def compute(function: Callable[..., Any], *names: str) -> Any:
        return function(*(given[name] for name in names)) if set(names) <= set(given) else None

    burn = compute(metrics.burn_multiple, "net_burn", "net_new_arr")
    ltv = compute(metrics.ltv, "arpa_monthly", "gross_margin", "monthly_churn_rate")
    cac = given.get("cac")
    score = compute(metrics.rule_of_40_score, "revenue_growth_rate", "fcf_margin")
    outputs = {
        "burn_multiple": burn,
        "burn_multiple_rating": None if burn is None else metrics.burn_multiple_rating(burn),
        "ltv": ltv,
        "ltv_to_cac": None if ltv is None or cac is None else metrics.ltv_to_cac(ltv, cac),
        "cac_payback_months": compute(metrics.cac_payback_months, "cac", "arpa_monthly", "gross_margin"),
        "rule_of_40_score": score,
        "rule_of_40_passes": None if score is None else score >= metrics.RULE_OF_40,
    }
    computed = {name: value for name, value in outputs.items() if value is not None}
    if not computed:
        raise InputError([Problem("calc.no_metric", "")])
    return computed


def runway_months(inputs: RunwayInputs) -> dict[str, Any]:
    """The first month that ends below 0."""
    refuse(
        Problem("calc.not_month", f"one_off_inflows.{month}", values={"text": month})
        for month in inputs.one_off_inflows
        if not re.fullmatch("[1-9][0-9]{0,5}", month)
    )
    inflows = {int(month): amount for month, amount in inputs.one_off_inflows.items()}
    result = runway.runway(
        inputs.opening_cash, inputs.monthly_burn_initial, inputs.monthly_burn_growth, inflows
    )
    return outputs_of(result)
