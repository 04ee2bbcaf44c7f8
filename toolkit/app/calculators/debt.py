"""Calculators of debt: loan schedule, revenue-based finance."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from annotated_types import MinLen

from toolkit.app.calculators.fields import (
    Inputs,
    NonNegative,
    PaymentCount,
    Positive,
    PositiveCount,
    Rate,
    outputs_of,
)
from toolkit.resources.funding import loan, revenue_based


class LoanScheduleInputs(Inputs):
    principal: Positive
    annual_rate: Rate
    payments_per_year: PositiveCount
    term_payments: PositiveCount
    interest_only_payments: PaymentCount
    repayment: loan.Repayment
    payment_timing: Literal["end"]
    balloon_amount: NonNegative


class RevenueBasedFinanceInputs(Inputs):
    advance: Positive
    repayment_multiple: Positive
    revenue_share_fraction: NonNegative
    monthly_revenue: Annotated[list[NonNegative], MinLen(1)]


def loan_schedule(inputs: LoanScheduleInputs) -> dict[str, Any]:
    """Every payment of a loan that is drawn in full at time 0."""
    schedule = loan.loan_schedule(
        loan.Loan(
            principal=float(inputs.principal),
            annual_rate=float(inputs.annual_rate),
            payments_per_year=inputs.payments_per_year,
            term_payments=inputs.term_payments,
            interest_only_payments=inputs.interest_only_payments,
            repayment=inputs.repayment,
            balloon_amount=float(inputs.balloon_amount),
        )
    )
    return {
        "level_payment": schedule.level_payment,
        "interest_only_payment": schedule.interest_only_payment,
        "first_payment": schedule.payments[0].payment,
        "last_payment": schedule.payments[-1].payment,
        "total_interest": schedule.total_interest,
        "schedule": {
            str(each.number): {
                "payment": each.payment,
                "interest": each.interest,
                "principal_repaid": each.principal_repaid,
                "closing_balance": each.closing_balance,
            }
            for each in schedule.payments
        },
    }


def revenue_based_finance(inputs: RevenueBasedFinanceInputs) -> dict[str, Any]:
    """An advance repaid from revenue."""
    result = revenue_based.repay_from_revenue(
        inputs.advance, inputs.repayment_multiple, inputs.revenue_share_fraction, inputs.monthly_revenue
    )
    return outputs_of(result)
