"""Income tax: once a fiscal year, after losses are set off.

taxable       result before tax of the fiscal year (its months of the plan), in its last month, without
              share-based pay (unless it is deductible) and with depreciation as the tax law has it
losses used   min(losses carried forward, free amount + limit × what is above it)
base          max(taxable, 0) − losses used
due           tax on the base, accrued in the last month
instalments   paid in the year, set off against what is due; an excess comes back with the balance
balance       due − instalments, paid `payment_months` later
"""

from __future__ import annotations

from toolkit.resources.compilation import Compilation, Scope
from toolkit.resources.tax.instalments import write_instalments
from toolkit.resources.tax.law import Law
from toolkit.resources.tax.losses import LossRules, write_losses
from toolkit.resources.tax.records import Tax

TAX_DEPRECIATION = "operations.tax_depreciation"
STOCK = "talent.stock_compensation"


def compile_tax(compilation: Compilation) -> None:
    """Accrual and payment of income tax; nothing when the plan names none."""
    tax = compilation.plan.tax
    if tax is None:
        return
    scope = compilation.scope("tax", "tax", tax, area="tax")
    monthly = _result(scope, tax)
    taxable = scope.formula("taxable", f"where(fiscal_month == 12, sum({monthly}, 12), 0)", scope.currency)
    rules = LossRules.of(scope, tax)
    used = write_losses(scope, tax, rules, taxable)
    base = scope.formula("base", f"max({taxable}, 0) - {used}", scope.currency)
    law = Law(scope, tax) if tax.law is not None else None
    if law is None:
        rate = scope.input("rate", "tax_rate")
        due = scope.amount("due", f"{rate} * {base}", "income_tax", "tax_payable", "tax_due")
    else:
        due = scope.amount("due", law.formula(base), "income_tax", "tax_payable", "tax_due")
        _report(scope, law, base, due)
    balance = due
    if tax.instalments:
        balance = write_instalments(scope, tax, rules, monthly, law, due)
    paid = f"{balance}[-{tax.payment_months}]" if tax.payment_months else balance
    scope.amount("paid", paid, "tax_payable", "cash", "tax_paid")


def _result(scope: Scope, tax: Tax) -> str:
    """The line of a month's result as the tax law has it."""
    book, formula = scope.book, "total.income_before_tax"
    if STOCK in book.lines and not tax.stock_compensation_deductible:
        formula += f" + {STOCK}"
    if TAX_DEPRECIATION in book.lines:
        formula += f" - {TAX_DEPRECIATION}"
    return scope.formula("result", formula, scope.currency)


def _report(scope: Scope, law: Law, base: str, due: str) -> None:
    """The rate in force, what reduced regimes save, and how near their cliffs are."""
    first = f"{scope.prefix}.law.standard.rate_1"
    rate = f"where({base} > 0, {due} / max({base}, 0.01), {scope.line('rate')}[-1])"
    scope.formula("rate", rate, "1", "tax_rate", opening=first)
    saved = law.saved(base)
    if saved is not None:
        scope.formula("saved", saved, scope.currency)
    for regime, room in law.cliffs(base):
        formula = f"where(fiscal_month == 12, {room}, 0)"
        scope.formula(f"reduced.{regime}.until_cliff", formula, scope.currency, "until_cliff")
