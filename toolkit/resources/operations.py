"""Operations: everything else that is paid for: data, software, premises, insurance, legal, security,
compliance.

    cost a month = (amount + amount per head × headcount) × (1 + yearly change) ^ full years of the plan,
                   from start to end
A one-off cost falls in its `start` month only (the first month of the plan by default).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Literal

from pydantic import Field, ValidationInfo, field_validator

from toolkit.resources.compilation import Compilation, Scope
from toolkit.resources.record import Item, Sourced, Span
from toolkit.resources.surroundings import complaint, surroundings
from toolkit.resources.values import Change, Money, MoneyPerMonth, PaymentMonths, Value

Category = Literal["research", "general", "sales", "cost_of_revenue"]
ACCOUNT: dict[Category, str] = {
    "research": "research_other",
    "general": "general_other",
    "sales": "sales_marketing",
    "cost_of_revenue": "cost_other",
}


class Cost(Item, Span):
    """One cost: `monthly`, `monthly_per_head` or both; or `once`, in its `start` month."""

    category: Category
    monthly: MoneyPerMonth | None = None
    monthly_per_head: MoneyPerMonth | None = None
    once: Money | None = Field(None, validate_default=True)
    yearly_change: Change | None = None
    payment_months: Annotated[PaymentMonths, Field(validate_default=True)] = 0

    @field_validator("payment_months")
    @classmethod
    def _one_currency(cls, months: int, info: ValidationInfo) -> int:
        """One invoice is in one currency; what is paid at once may be in several."""
        used = _currencies(info.data.get(name) for name in _AMOUNTS)
        if months and len(used) > 1:
            raise complaint("money.mixed_currencies", first=used[0], second=used[1])
        return months

    @field_validator("once")
    @classmethod
    def _monthly_or_once(cls, once: Value | None, info: ValidationInfo) -> Value | None:
        if "monthly" in info.data and "monthly_per_head" in info.data:  # both were read without a problem
            monthly = info.data["monthly"] is not None or info.data["monthly_per_head"] is not None
            if monthly == (once is not None):
                raise complaint("plan.cost_amount")
        month, start = info.data.get("start"), surroundings(info).start
        if once is not None and month and month < start:
            raise complaint("plan.before_start", month=month, start=start)
        return once


_AMOUNTS = ("monthly", "monthly_per_head", "once")


def _currencies(values: Iterable[Value | None]) -> list[str]:
    """The currencies of some amounts, each once."""
    return list(dict.fromkeys(value.currency for value in values if value is not None and value.currency))


class Operations(Sourced):
    costs: list[Cost] = Field(default_factory=list)


def compile_operations(compilation: Compilation) -> None:
    """Lines and postings of every cost."""
    for scope, cost in compilation.scopes(
        "operations.costs", "operations", compilation.plan.operations.costs
    ):
        formula = _once(scope, cost) if cost.once is not None else _monthly(scope, cost)
        currency = next(iter(_currencies(getattr(cost, name) for name in _AMOUNTS)), None)
        scope.invoice("cost", formula, ACCOUNT[cost.category], cost.payment_months, currency=currency)


def _once(scope: Scope, cost: Cost) -> str:
    month = scope.month("start", cost.start or scope.compilation.plan.company.start, "first_month")
    return f"where(t == {month}, {scope.input('once')}, 0)"


def _monthly(scope: Scope, cost: Cost) -> str:
    parts = []
    if cost.monthly is not None:
        parts.append(scope.input("monthly"))
    if cost.monthly_per_head is not None:
        parts.append(f"{scope.input('monthly_per_head')} * talent.headcount")
    change = scope.optional("yearly_change", 0.0)
    return f"{scope.active(cost)} * ({' + '.join(parts)}) * (1 + {change}) ** floor((t - 1) / 12)"
