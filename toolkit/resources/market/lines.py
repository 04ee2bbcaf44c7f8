"""Market: its segments, its products, the customers who come and go, and what they pay."""

from __future__ import annotations

from collections.abc import Sequence

from toolkit.resources.compilation import Compilation, Scope
from toolkit.resources.market.adoption import write_channels, write_organic
from toolkit.resources.market.billing import RECURRING, write_billing
from toolkit.resources.market.customers import write_customers
from toolkit.resources.market.records import Product
from toolkit.resources.market.sales_tax import write_rates
from toolkit.resources.market.segments import bounded, groups, write_segments, write_shares
from toolkit.resources.partnerships.records import Referral

# Contracts that began evenly over the year before: with k months left of each, k = 11 … 1, their deferred
# revenue falls by (12 − t) / (11 + 10 + … + 1) in month t.
_LEFT = sum(range(1, 12))


def compile_market(compilation: Compilation) -> None:
    """Lines and postings of every segment and product, and their totals."""
    market = compilation.plan.market
    write_segments(compilation)
    write_rates(compilation)
    _competitors(compilation)
    together = {product.id: group for group in groups(market.products) for product in group}
    spent, revenue = [], []
    for scope, product in compilation.scopes("market.products", "market", market.products, "market"):
        spent += _new_customers(scope, product, together.get(product.id, ()))
        revenue.append(write_billing(scope, product, write_customers(scope, product)))
    write_shares(compilation)
    _totals(compilation, spent, revenue)


def _new_customers(scope: Scope, product: Product, group: Sequence[Product]) -> list[str]:
    """The line of new customers; returns the lines of what is spent to win them."""
    active = scope.active(product)
    organic = write_organic(scope, product)
    spent, won = write_channels(scope, product)
    referred = f"partnerships.referred.{product.id}"
    sources = [*([organic] if organic else []), *won]
    sources += [referred] if referred in scope.book.lines else []
    wanted = f"{active} * ({' + '.join(sources) or '0'})"
    found = bounded(scope, product, group, wanted) if group else wanted
    scope.formula("new_customers", found, "customers")
    scope.total("winning_cost", [*spent, *_referral_fees(scope, product)], scope.currency)
    return spent


def _referral_fees(scope: Scope, product: Product) -> list[str]:
    """The lines of what is paid for customers whom partners send."""
    partners = scope.compilation.plan.partnerships.partners
    return [
        f"partnerships.{one.id}.fee_cost"
        for one in partners
        if isinstance(one, Referral) and one.product == product.id and (one.fee or one.fee_share)
    ]


def _competitors(compilation: Compilation) -> None:
    competitors = compilation.plan.market.competitors
    for scope, one in compilation.scopes("market.competitors", "market.competitor", competitors, "market"):
        if one.price is not None:
            scope.input("price")


def _totals(compilation: Compilation, spent: Sequence[str], revenue: Sequence[str]) -> None:
    """The totals of all products, and the deferred revenue of before the plan."""
    room = compilation.scope("market", "market", compilation.plan.market, area="market")
    products = [f"market.{product.id}" for product in compilation.plan.market.products]
    for part in ("customers", "new_customers", "kept"):
        _sum(room, part, products, "customers")
    if opening := compilation.opening.get("deferred_revenue"):
        earned = f"{opening} * max(12 - t, 0) / {_LEFT}"
        revenue = [*revenue, room.amount("opening_earned", earned, "deferred_revenue", "sales")]
    room.total("revenue", revenue, room.currency, "revenue_total")
    room.total("marketing_cost", spent, room.currency, "marketing_cost_total")
    for part in RECURRING:
        _sum(room, part, products, room.currency)
    room.formula("arr", "12 * market.mrr", f"{room.currency}/year", "arr_total", opening="12 * market.mrr")


def _sum(room: Scope, part: str, products: Sequence[str], unit: str) -> None:
    """A total that also has a value before the first month."""
    formula = " + ".join(f"{product}.{part}" for product in products) or "0"
    room.formula(part, formula, unit, f"{part}_total", opening=formula)
