"""From what customers pay to revenue, receivables and cash.

    subscription       units × price                                             a receivable, sales
    contracts          units that begin × 12 × price × (1 − discount)            a receivable, deferred
    recognised         contracts of the last 12 months / 12                      deferred revenue, sales
    collected          invoices of `payment_months` ago × (1 − bad debt)         cash, a receivable
    bad debt           expected when invoiced, written off when due              allowance
    recurring revenue  of a month, and what moved it: new, expansion, contraction, churned

Revenue of contracts is earned over their months (IFRS 15, 35(a)); what is expected not to be paid is an
expense when it is invoiced (IFRS 9, 5.5.15).
"""

from __future__ import annotations

from dataclasses import dataclass

from toolkit.resources.compilation import Scope
from toolkit.resources.exchange import settle_abroad
from toolkit.resources.market.customers import Base, Contracts
from toolkit.resources.market.pricing import write_price, write_usage
from toolkit.resources.market.records import Product
from toolkit.resources.market.sales_tax import charge_tax

RECURRING = ("mrr", "new_mrr", "expansion_mrr", "contraction_mrr", "churned_mrr")


@dataclass(frozen=True, slots=True)
class Invoices:
    """`lines` are invoiced net of tax, to the account `debtor`."""

    lines: list[str]
    debtor: str


def write_billing(scope: Scope, product: Product, base: Base) -> str:
    """Lines of a product's revenue and of its cash; returns the line of the revenue."""
    price = write_price(scope, product)
    later = product.payment_months > 0 or product.bad_debt is not None
    invoices = Invoices([], "receivables" if later else "cash")
    formula = f"{base.units.all} * {price}"
    if product.usage is None and product.annual is None:
        revenue = scope.amount("revenue", formula, invoices.debtor, "sales")
        invoices.lines.append(revenue)
    else:
        revenue = _parts_of_revenue(scope, product, base, invoices, formula)
    _recurring(scope, product, base, price)
    _collect(scope, product, invoices)
    return revenue


def _parts_of_revenue(scope: Scope, product: Product, base: Base, invoices: Invoices, monthly: str) -> str:
    debtor = invoices.debtor
    earned = [scope.amount("subscriptions", monthly, debtor, "sales")]
    invoices.lines.append(earned[0])
    if product.usage is not None:
        use = write_usage(scope, product)
        if use.paid is not None:
            earned.append(scope.amount("usage_revenue", use.paid, debtor, "sales"))
            invoices.lines.append(earned[-1])
    if base.contracts is not None:
        ahead = f"12 * {_contract_mrr(scope, base.contracts)}"
        invoices.lines.append(scope.amount("contracts_invoiced", ahead, debtor, "deferred_revenue"))
        over = f"sum({invoices.lines[-1]}, 12) / 12"
        earned.append(scope.amount("contracts_earned", over, "deferred_revenue", "sales"))
    return scope.total("revenue", earned, scope.currency)


def _contract_mrr(scope: Scope, contracts: Contracts) -> str:
    """The line of what the contracts that begin in a month pay a month."""
    kept = f"(1 - {scope.within('annual').optional('discount', 0.0)})"
    price = f"{scope.line('price_now')} * {kept}"
    price = scope.formula("contract_price", price, scope.currency, opening=price)
    begun = f"{contracts.units} * {price}"
    return scope.formula("contract_mrr_begun", begun, scope.currency, opening=begun)


def _collect(scope: Scope, product: Product, invoices: Invoices) -> None:
    """Tax on the invoices, and when they are paid, or not."""
    invoiced = invoices.lines[0]
    if len(invoices.lines) > 1:
        invoiced = scope.total("invoiced", invoices.lines, scope.currency)
    tax = charge_tax(scope, "tax_charged", invoiced, invoices.debtor)
    if invoices.debtor == "receivables":
        _settle(scope, product, invoiced, tax)
    if product.payment_fee is not None:
        fee = f"{invoiced} * {scope.input('payment_fee')}"
        scope.amount("payment_cost", fee, "cost_other", "cash")


def _settle(scope: Scope, product: Product, invoiced: str, tax: str | None) -> None:
    lag = f"[-{product.payment_months}]" if product.payment_months else ""
    due = f"({invoiced}{lag} + {tax}{lag})" if tax else f"{invoiced}{lag}"
    abroad = _currency(scope, product)
    if product.bad_debt is None and abroad is not None and product.payment_months:
        owed = scope.total("due", [invoiced, *([tax] if tax else [])], scope.currency)
        settle_abroad(scope, "", owed, abroad, product.payment_months, "to collect")
        return
    if product.bad_debt is None:
        scope.amount("collected", due, "cash", "receivables")
        return
    lost = scope.input("bad_debt")
    scope.amount("bad_debt_cost", f"{invoiced} * {lost}", "bad_debt", "receivables_allowance")
    scope.amount("collected", f"{due} * (1 - {lost})", "cash", "receivables")
    scope.amount("written_off", f"{invoiced}{lag} * {lost}", "receivables_allowance", "receivables")
    if tax:  # what nobody paid is not owed to the state either
        relief = scope.amount("tax_relief", f"{tax}{lag} * {lost}", "sales_tax_payable", "receivables")
        scope.compilation.tax_relief.append(relief)


def _currency(scope: Scope, product: Product) -> str | None:
    """The currency of the invoices, where it is not the plan's: that of every price of the product."""
    prices = [product.price, *(tier.price for tier in product.tiers)]
    prices += [product.usage.unit_price] if product.usage is not None else []
    used = {price.currency for price in prices if price is not None}
    return used.pop() if len(used) == 1 and used != {scope.currency} else None


def _recurring(scope: Scope, product: Product, base: Base, price: str) -> None:
    """Recurring revenue of the month and what changed it: last month's + new + expansion − contraction
    − churned. A rise in price counts as expansion, a fall as contraction."""
    units, new = base.units, scope.line("new_customers")
    grows = scope.line("spending_growth")
    stayed = f"{units.kept} / max({grows}, 1e-9)" if grows in scope.book.lines else units.kept
    now, won, lost = (
        f"{units.all} * {price}",
        f"{new} * {price}",
        f"({units.all}[-1] - {stayed}) * {price}[-1]",
    )
    if base.contracts is not None:
        begun, share = scope.line("contract_mrr_begun"), scope.line("annual.share")
        now += f" + sum({begun}, 12)"
        won = f"{new} * ((1 - {share}) * {price} + {share} * {scope.line('contract_price')})"
        lost += f" + {begun}[-12] * (1 - {scope.line('active')} * {scope.line('annual.renewal')})"
    mrr = scope.formula("mrr", now, scope.currency, opening=now)
    new_mrr = scope.formula("new_mrr", won, scope.currency)
    churned = scope.formula("churned_mrr", lost, scope.currency)
    net = f"{mrr} - {mrr}[-1] - {new_mrr} + {churned}"
    if product.contraction is not None:
        less = f"{stayed} * {price} * {scope.line('contraction')}"
        rise = f"max({net} + {less}, 0)"
        fall = f"{less} + max(-({net} + {less}), 0)"
    else:
        rise, fall = f"max({net}, 0)", f"max(-({net}), 0)"
    scope.formula("expansion_mrr", rise, scope.currency)
    scope.formula("contraction_mrr", fall, scope.currency)
