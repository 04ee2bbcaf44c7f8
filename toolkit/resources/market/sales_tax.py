"""Sales tax and value-added tax: charged, deducted, and paid.

charged    invoices × rate × taxed share              owed to the state (written with the invoices)
deducted   what is bought by invoice × purchase rate  taken off what is owed; paid with the invoice
declared   charged − deducted of each period, in its last month
paid       what was declared `due_months` ago; an excess is refunded, or lowers later periods
"""

from __future__ import annotations

from toolkit.resources.compilation import Compilation, Scope
from toolkit.resources.market.sales_tax_records import SalesTax

MONTHS = {"month": 1, "quarter": 3, "year": 12}
OWED = "sales_tax_payable"


def write_rates(compilation: Compilation) -> None:
    """The lines that invoices read: the rate, and the share of invoices that bears the tax."""
    if compilation.plan.market.sales_tax is None:
        return
    scope = _scope(compilation, compilation.plan.market.sales_tax)
    scope.input("rate", "sales_tax_rate")
    scope.optional("taxed_share", 1.0)


def charge_tax(scope: Scope, part: str, invoiced: str, debtor: str) -> str | None:
    """The line of the tax on what a record invoices, owed by `debtor`; None where the plan charges none."""
    if "market.sales_tax.rate" not in scope.book.lines:
        return None
    owed = f"{invoiced} * market.sales_tax.rate * market.sales_tax.taxed_share"
    line = scope.amount(part, owed, debtor, OWED, "market.tax_charged")
    scope.compilation.tax_charged.append(line)
    return line


def compile_sales_tax(compilation: Compilation) -> None:
    """Tax on purchases, and what is paid to the state; when every room has written what it buys."""
    market = compilation.plan.market
    if market.sales_tax is None:
        return
    scope = _scope(compilation, market.sales_tax)
    deducted = [] if market.sales_tax.purchase_rate is None else _deducted(scope)
    owed = scope.total("charged", compilation.tax_charged, scope.currency)
    taken = scope.total("deducted", [*compilation.tax_relief, *deducted], scope.currency)
    _pay(scope, market.sales_tax, scope.formula("net", f"{owed} - {taken}", scope.currency, "sales_tax_net"))


def _scope(compilation: Compilation, tax: SalesTax) -> Scope:
    return compilation.scope("market.sales_tax", "market.sales_tax", tax, area="market")


def _deducted(scope: Scope) -> list[str]:
    """Tax on purchases, by the months until they are paid."""
    rate = f"{scope.input('purchase_rate')} * {scope.optional('purchase_share', 1.0)}"
    by_term: dict[int, list[str]] = {}
    for line, months in scope.compilation.purchases.items():
        by_term.setdefault(months, []).append(line)
    found = []
    for months, lines in sorted(by_term.items()):
        part, formula = f"on_purchases_{months}", f"({' + '.join(lines)}) * {rate}"
        account = "payables" if months else "cash"
        found.append(scope.amount(part, formula, OWED, account, "tax_on_purchases"))
        if months:
            paid = f"{found[-1]}[-{months}]"
            scope.amount(f"{part}_paid", paid, "payables", "cash", "tax_on_purchases_paid")
    return found


def _pay(scope: Scope, tax: SalesTax, net: str) -> None:
    company, months = scope.compilation.plan.company, MONTHS[tax.period]
    first = int(company.start[5:]) - company.fiscal_year_start
    ends = [(first + number) % months == months - 1 for number in range(company.months)]
    end = scope.schedule("period_ends", ends, "period")
    of_period = f"where({end}, sum({net}, {months}), 0)"
    if tax.excess == "refunded":
        declared = scope.formula("declared", of_period, scope.currency)
    else:
        left = scope.line("carried_forward")
        period = scope.formula("of_period", of_period, scope.currency, "sales_tax_of_period")
        declared = scope.formula("declared", f"max({period} - {left}[-1], 0)", scope.currency)
        scope.formula("carried_forward", f"max({left}[-1] - {period}, 0)", scope.currency)
    paid = f"{declared}[-{tax.due_months}]" if tax.due_months else declared
    scope.amount("paid", paid, OWED, "cash", "sales_tax_paid")
