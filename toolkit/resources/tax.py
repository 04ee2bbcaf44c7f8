"""Income tax: once a fiscal year, after losses are set off.

taxable  = result before tax of the fiscal year (its months of the plan), in its last month
losses used = min(losses carried forward, limit × taxable)
tax      = rate × (taxable − losses used), accrued in the last month, paid `payment_months` later
"""

from __future__ import annotations

from toolkit.resources.compilation import Compilation
from toolkit.resources.record import Sourced
from toolkit.resources.values import OwnMoney, PaymentMonths, Share


class Tax(Sourced):
    """`rate` is the income tax rate in all; `loss_limit` the share of a year's profit that losses may
    cover."""

    rate: Share
    loss_limit: Share | None = None
    opening_losses: OwnMoney | None = None
    payment_months: PaymentMonths = 4


def compile_tax(compilation: Compilation) -> None:
    """Accrual and payment of income tax; nothing when the plan names no rate."""
    tax = compilation.plan.tax
    if tax is None:
        return
    scope = compilation.scope("tax", "tax", tax)
    currency = scope.currency
    rate, limit = scope.input("rate", "tax_rate"), scope.optional("loss_limit", 1.0)
    opening = scope.optional("opening_losses", 0.0, currency)
    more = "operations.tax_depreciation"  # what the tax law writes off beyond the books
    deducted = f" - sum({more}, 12)" if more in scope.book.lines else ""
    result = f"where(fiscal_month == 12, sum(total.income_before_tax, 12){deducted}, 0)"
    taxable = scope.formula("taxable", result, currency)
    losses = scope.line("losses")
    used = scope.formula("losses_used", f"min({losses}[-1], {limit} * max({taxable}, 0))", currency)
    scope.formula("losses", f"{losses}[-1] + max(-{taxable}, 0) - {used}", currency, opening=opening)
    tax_of_year = f"{rate} * (max({taxable}, 0) - {used})"
    due = scope.amount("due", tax_of_year, "income_tax", "tax_payable", "tax_due")
    paid = f"{due}[-{tax.payment_months}]" if tax.payment_months else due
    scope.amount("paid", paid, "tax_payable", "cash", "tax_paid")
