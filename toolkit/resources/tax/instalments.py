"""Instalments of income tax: paid in the year, set off at its end.

prior_year     tax of the year before / number of instalments
year_to_date   tax on the result of the year up to the month before, less what was paid ahead in the year
set off        min(due, paid ahead), at the end of the year
back           what was paid too much, with the balance
"""

from __future__ import annotations

from toolkit.resources.compilation import Scope
from toolkit.resources.tax.law import Law
from toolkit.resources.tax.losses import LossRules
from toolkit.resources.tax.records import Tax


def write_instalments(
    scope: Scope, tax: Tax, rules: LossRules, monthly: str, law: Law | None, due: str
) -> str:
    """Lines and postings of instalments; returns the line of what is left to pay for a fiscal year."""
    months, currency = tax.instalments or [], scope.currency
    now = " or ".join(f"fiscal_month == {month}" for month in months)
    ahead = f"where(fiscal_month == 1, 0, {scope.line('ahead')}[-1])"  # in this fiscal year
    if tax.instalment_basis == "prior_year":
        last = scope.line("last_year")
        scope.formula("last_year", f"where(fiscal_month == 12, {due}, {last}[-1])", currency)
        amount = f"{last}[-1] / {len(months)}"
    else:
        estimate = _estimate(scope, rules, monthly, law)
        amount = f"max({estimate} - {ahead}, 0)"
    paid = scope.amount("instalment", f"where({now}, {amount}, 0)", "tax_prepaid", "cash")
    ahead_now = scope.formula("ahead", f"{ahead} + {paid}", currency)
    set_off = f"where(fiscal_month == 12, min({due}, {ahead_now}), 0)"
    taken = scope.amount("set_off", set_off, "tax_payable", "tax_prepaid")
    excess = scope.formula("excess", f"where(fiscal_month == 12, {ahead_now} - {taken}, 0)", currency)
    later = f"[-{tax.payment_months}]" if tax.payment_months else ""
    scope.amount("refund", f"{excess}{later}", "cash", "tax_prepaid")
    return scope.formula("balance", f"{due} - {taken}", currency)


def _estimate(scope: Scope, rules: LossRules, monthly: str, law: Law | None) -> str:
    """The line of the tax on the result of the fiscal year up to the month before."""
    so_far = scope.line("year_to_date")
    formula = f"where(fiscal_month == 1, {monthly}, {so_far}[-1] + {monthly})"
    scope.formula("year_to_date", formula, scope.currency)
    income = f"where(fiscal_month == 1, 0, max({so_far}[-1], 0))"
    covered = rules.cover(f"{scope.line('losses')}[-1]", income)
    base = scope.formula("estimated_base", f"{income} - {covered}", scope.currency)
    tax = law.formula(base) if law is not None else f"{scope.line('rate')} * {base}"
    return scope.formula("estimate", tax, scope.currency)
