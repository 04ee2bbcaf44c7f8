"""What a customer pays: a price a month, seats, a price list, and use.

price in force   = price × seats × (1 + yearly change) ^ full years of the plan
of a price list  = Σ share × price × seats / Σ share
use              = customers × units a customer × (1 + growth) ^ months since the start
paid for use     = customers × Σ over slices of (units in the slice, beyond those included) × unit price
"""

from __future__ import annotations

from dataclasses import dataclass

from toolkit.resources.compilation import Scope
from toolkit.resources.market.adoption import first_month
from toolkit.resources.market.records import Product, Usage

UNITS = {"request": "request", "token": "token", "unit": "1"}


def write_price(scope: Scope, product: Product) -> str:
    """The line of what a customer pays a month at list."""
    change = scope.optional("price_change", 0.0)
    if product.tiers:
        shares, parts = [], []
        for tier_scope, tier in scope.entries("tiers", "tier", product.tiers):
            shares.append(tier_scope.input("share", "tier_share"))
            seats = f" * {tier_scope.input('seats')}" if tier.seats is not None else ""
            parts.append(f"{shares[-1]} * {tier_scope.input('price')}{seats}")
        price = f"({' + '.join(parts)}) / ({' + '.join(shares)})"
    else:
        price = scope.input("price")
        if product.seats is not None:
            price += f" * {scope.input('seats')}"
            scope.formula("seats_in_use", f"{scope.line('customers')} * {scope.line('seats')}", "1")
    indexed = f"{price} * (1 + {change}) ** floor((t - 1) / 12)"
    return scope.formula("price_now", indexed, scope.currency, opening=price)


@dataclass(frozen=True, slots=True)
class Use:
    """`used` is the line of all units used in a month; `paid`, formula text of what they bring, None where
    use is part of the subscription."""

    used: str
    paid: str | None


def write_usage(scope: Scope, product: Product) -> Use:
    """The lines of what a product's customers use."""
    usage = product.usage
    if usage is None:
        raise TypeError(product.id)
    part = scope.within("usage")
    since = max(first_month(scope, product), 1)
    growth = part.optional("growth", 0.0)
    each = f"{part.input('per_customer', 'units_per_customer')} * (1 + {growth}) ** max(t - {since}, 0)"
    unit = UNITS[usage.unit]
    units = part.formula("units_now", each, unit)
    customers = scope.line("customers")
    used = part.formula("used", f"{customers} * {units}", unit, "units_used")
    if usage.unit_price is None:
        return Use(used, None)
    paid = part.formula("price_now", _graduated(part, usage, units), scope.currency, "use_price")
    return Use(used, f"{customers} * {paid}")


def _graduated(scope: Scope, usage: Usage, units: str) -> str:
    """What a customer pays for so many units."""
    free = scope.optional("included", 0.0, UNITS[usage.unit])
    prices, edges = [scope.input("unit_price")], []
    for index, step in enumerate(usage.steps, 1):
        inside = scope.compilation.scope(
            f"{scope.path}.steps[{index - 1}]", scope.line(f"step_{index}"), step, scope.name, scope.area
        )
        edges.append(inside.input("above", "step_above"))
        prices.append(inside.input("unit_price"))
    slices = []
    for price, start, end in zip(prices, ["", *edges], [*edges, ""], strict=True):
        low = f"max({start}, {free})" if start else free
        high = f"min({units}, {end})" if end else units
        slices.append(f"max({high} - {low}, 0) * {price}")
    return " + ".join(slices)
