"""Calculators of value and return: time value, NPV, IRR, MIRR, and their dated forms."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from annotated_types import MinLen

from toolkit.app.calculators.fields import AnyNumber, Day, Inputs, NonNegative, Rate, ZeroOrOne
from toolkit.errors import Problem, refuse
from toolkit.resources.finance import returns, time_value

Unknown = Literal["future_value", "present_value", "payment", "periods"]


class TimeValueInputs(Inputs):
    solve_for: Unknown
    rate_per_period: Rate
    payment_timing: time_value.PaymentTiming
    periods: NonNegative | None = None
    payment: AnyNumber | None = None
    present_value: AnyNumber | None = None
    future_value: AnyNumber | None = None


class NpvInputs(Inputs):
    rate: Rate
    cashflows: Annotated[list[AnyNumber], MinLen(1)]
    first_flow_period: ZeroOrOne


class IrrInputs(Inputs):
    cashflows: Annotated[list[AnyNumber], MinLen(1)]


class MirrInputs(Inputs):
    cashflows: Annotated[list[AnyNumber], MinLen(1)]
    finance_rate: Rate
    reinvest_rate: Rate


class DatedFlow(Inputs):
    date: Day
    amount: AnyNumber


class XirrInputs(Inputs):
    dated_cashflows: Annotated[list[DatedFlow], MinLen(1)]
    day_count: Literal["act_365f"]

    def flows(self) -> list[tuple[date, float]]:
        return [(flow.date, float(flow.amount)) for flow in self.dated_cashflows]


class XnpvInputs(XirrInputs):
    rate: Rate


def solve_time_value(inputs: TimeValueInputs) -> dict[str, Any]:
    """The one of four quantities that the other three leave open."""
    problems = []
    for name in ("future_value", "present_value", "payment", "periods"):
        given = getattr(inputs, name) is not None
        if name == inputs.solve_for and given:
            problems.append(Problem("calc.solved_field_given", name, values={"name": name}))
        if name != inputs.solve_for and not given:
            problems.append(Problem("calc.missing_field", name, values={"name": name}))
    refuse(problems)
    known = {
        name: float(value)
        for name in ("periods", "payment", "present_value", "future_value")
        if (value := getattr(inputs, name)) is not None
    }
    solve = getattr(time_value, inputs.solve_for)
    return {inputs.solve_for: solve(float(inputs.rate_per_period), **known, timing=inputs.payment_timing)}


def npv(inputs: NpvInputs) -> dict[str, Any]:
    """Net present value."""
    return {"npv": returns.npv(float(inputs.rate), _floats(inputs.cashflows), inputs.first_flow_period)}


def irr(inputs: IrrInputs) -> dict[str, Any]:
    """Internal rate of return."""
    return {"irr": returns.irr(_floats(inputs.cashflows))}


def mirr(inputs: MirrInputs) -> dict[str, Any]:
    """Modified internal rate of return."""
    flows = _floats(inputs.cashflows)
    return {"mirr": returns.mirr(flows, float(inputs.finance_rate), float(inputs.reinvest_rate))}


def xirr(inputs: XirrInputs) -> dict[str, Any]:
    """Internal rate of return of dated flows."""
    return {"xirr": returns.xirr(inputs.flows())}


def xnpv(inputs: XnpvInputs) -> dict[str, Any]:
    """Net present value of dated flows."""
    return {"xnpv": returns.xnpv(float(inputs.rate), inputs.flows())}


def _floats(numbers: list[AnyNumber]) -> list[float]:
    return [float(number) for number in numbers]
