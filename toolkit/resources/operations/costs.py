"""Costs as lines.

by the month  (amount + amount per head × headcount + units × unit price) × (1 + yearly change) ^ full
              years of the plan, from start to end
by the year   paid ahead every twelve months; an expense of a twelfth in each of them
once          in the `start` month only (the first month of the plan by default)
deposit       paid in the first month, an asset until it comes back in the month after the end
"""

from __future__ import annotations

from toolkit.resources.compilation import Compilation, Scope
from toolkit.resources.operations.records import AMOUNTS, Cost, currencies

_FIELD = {"once": "once", "monthly": "monthly", "monthly_per_head": "monthly_per_head",
          "yearly": "paid_yearly", "per_unit": "unit_price"}  # fmt: skip


def compile_operations(compilation: Compilation) -> None:
    """Lines and postings of every cost."""
    costs = compilation.plan.operations.costs
    for scope, cost in compilation.scopes("operations.costs", "operations", costs, "operations"):
        writer = _CostWriter(scope, cost)
        writer.write()
        if cost.deposit is not None:
            _deposit(scope, cost)


class _CostWriter:
    """One cost while its lines are written: where the plan gives no amount, the usual one stands in."""

    def __init__(self, scope: Scope, cost: Cost) -> None:
        self.scope, self.cost = scope, cost
        assumption = scope.compilation.reference.assumptions.get(cost.usual or "")
        self.usual = None if assumption is None else _FIELD[assumption.form]
        self.usual_currency = None if assumption is None else assumption.currency

    def gives(self, field: str) -> bool:
        """Whether there is an amount of this form."""
        return getattr(self.cost, field) is not None or self.usual == field

    def amount(self, field: str) -> str:
        """The line of an amount: the plan's own, or the usual one."""
        if getattr(self.cost, field) is not None or self.cost.usual is None:
            return self.scope.input(field)
        return self.scope.usual(field, self.cost.usual)

    @property
    def currency(self) -> str | None:
        """The currency of the invoice."""
        found = currencies(getattr(self.cost, name) for name in AMOUNTS[:-1])
        return found[0] if found else self.usual_currency

    def write(self) -> None:
        """The expense and its payment."""
        scope, cost = self.scope, self.cost
        if self.gives("paid_yearly"):
            self._yearly()
            return
        formula = self._once() if self.gives("once") else self._monthly()
        scope.invoice("cost", formula, cost.account, cost.payment_months, currency=self.currency)

    def _index(self) -> str:
        return f"(1 + {self.scope.optional('yearly_change', 0.0)}) ** floor((t - 1) / 12)"

    def _once(self) -> str:
        first = self.cost.start or self.scope.compilation.plan.company.start
        return f"where(t == {self.scope.month('start', first, 'first_month')}, {self.amount('once')}, 0)"

    def _monthly(self) -> str:
        parts = []
        if self.gives("monthly"):
            parts.append(self.amount("monthly"))
        if self.gives("monthly_per_head"):
            parts.append(f"{self.amount('monthly_per_head')} * talent.headcount")
        if self.gives("unit_price"):
            parts.append(f"{self.scope.input('units')} * {self.amount('unit_price')}")
        index = self._index()
        return f"{self.scope.active(self.cost)} * ({' + '.join(parts)}) * {index}"

    def _yearly(self) -> None:
        scope, cost = self.scope, self.cost
        first = scope.compilation.number_of(cost.start) if cost.start else 1
        active = scope.compilation.active(cost)
        due = [on and (month - first) % 12 == 0 for month, on in enumerate(active, 1)]
        schedule = scope.schedule("due", due)
        index = self._index()
        formula = f"{schedule} * {self.amount('paid_yearly')} * {index}"
        ahead = scope.invoice("paid_ahead", formula, "prepaid", cost.payment_months, currency=self.currency)
        scope.amount("cost", f"sum({ahead}, 12) / 12", cost.account, "prepaid")


def _deposit(scope: Scope, cost: Cost) -> None:
    first = scope.compilation.number_of(cost.start) if cost.start else 1
    paid = scope.amount(
        "deposit_paid", f"where(t == {first}, {scope.input('deposit')}, 0)", "deposits", "cash"
    )
    if cost.end is not None and scope.compilation.number_of(cost.end) < scope.compilation.months:
        after = scope.compilation.number_of(cost.end) + 1
        back = f"where(t == {after}, {paid}[-{after - first}], 0)"
        scope.amount("deposit_back", back, "cash", "deposits")
