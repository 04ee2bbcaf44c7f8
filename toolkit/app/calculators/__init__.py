"""Calculators: the exact functions of the resources behind the case format, one an entry of `CALCULATORS`.

A calculator reads its inputs as a model and hands them to the function that the projection uses as well; it
holds no rule of its own. To add one: a model and a function in the file of its kind, a row here, cases in
`tests/cases/`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from toolkit.app.calculators import business, debt, employer, equity, policy, returns, statements
from toolkit.app.calculators.fields import read_inputs

Outputs = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Calculator:
    """A name of the case format: how its inputs are read, and what computes its outputs.

    `run` takes the inputs as they stand in the file and raises InputError with fields inside the inputs.
    Outputs are numbers (fractions allowed), words, true or false, None where a figure does not exist, and
    mappings of these.
    """

    name: str
    run: Callable[[Mapping[str, Any]], Outputs]


def _calculator(name: str, model: type[BaseModel], compute: Callable[[Any], Outputs]) -> Calculator:
    return Calculator(name, lambda inputs: compute(read_inputs(model, inputs)))


def _depreciation(inputs: Mapping[str, Any]) -> Outputs:
    if read_inputs(business.DepreciationMethod, inputs).method == "straight_line":
        return business.straight_line(read_inputs(business.StraightLineInputs, inputs))
    return business.macrs(read_inputs(business.MacrsInputs, inputs))


CALCULATORS: dict[str, Calculator] = {
    calculator.name: calculator
    for calculator in (
        _calculator("equity_round", equity.EquityRoundInputs, equity.equity_round),
        _calculator("safe_ownership", equity.SafeOwnershipInputs, equity.safe_ownership),
        _calculator("note_conversion", equity.NoteConversionInputs, equity.note_conversion),
        _calculator("liquidation_waterfall", equity.WaterfallInputs, equity.liquidation_waterfall),
        _calculator("loan_schedule", debt.LoanScheduleInputs, debt.loan_schedule),
        _calculator("revenue_based_finance", debt.RevenueBasedFinanceInputs, debt.revenue_based_finance),
        _calculator("time_value", returns.TimeValueInputs, returns.solve_time_value),
        _calculator("npv", returns.NpvInputs, returns.npv),
        _calculator("irr", returns.IrrInputs, returns.irr),
        _calculator("mirr", returns.MirrInputs, returns.mirr),
        _calculator("xirr", returns.XirrInputs, returns.xirr),
        _calculator("xnpv", returns.XnpvInputs, returns.xnpv),
        Calculator("depreciation", _depreciation),
        _calculator("saas_metrics", business.SaasMetricsInputs, business.saas_metrics),
        _calculator("runway", business.RunwayInputs, business.runway_months),
        _calculator(
            "three_statement_micro", statements.ThreeStatementInputs, statements.three_statement_micro
        ),
        _calculator("employer_cost", employer.EmployerCostInputs, employer.employer_cost),
        Calculator("policy_benefit", policy.policy_benefit),
    )
}
