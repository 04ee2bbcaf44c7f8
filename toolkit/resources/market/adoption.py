"""Who would come: by themselves along a curve, and through paid channels.

    growing    organic × (1 + growth) ^ months since the start
    Bass       customers × (F(n) − F(n − 1)),  F(n) = (1 − e^(−(p+q)n/12)) / (1 + q/p · e^(−(p+q)n/12))
    logistic   customers × (L(n) − L(n − 1)),  L(n) = 1 / (1 + e^(−growth (n − midpoint) / 12))
    channel    min(spend of `lead_months` ago / cost of a customer then, most)

n counts the months since the start of the product, 1 in its first. F is the closed form of Bass, "A new
product growth for model consumer durables", Management Science 15(5), 1969; p and q are a year's.
"""

from __future__ import annotations

from collections.abc import Iterable

from toolkit.resources.compilation import Scope
from toolkit.resources.market.adoption_records import Bass, Given, Logistic
from toolkit.resources.market.records import Channel, Product
from toolkit.resources.record import Span

LARGEST_EXPONENT = 700  # e to it is still a number in a workbook


def first_month(scope: Scope, span: Span) -> int:
    """The number of the first month of a span; 1 for one without a start."""
    return scope.compilation.number_of(span.start) if span.start else 1


def write_organic(scope: Scope, product: Product) -> str | None:
    """Formula text of the customers who come by themselves; None where nobody does."""
    first = first_month(scope, product)
    if product.adoption is not None:
        return _adopted(scope.within("adoption"), product, first)
    if product.organic_customers is None:
        return None
    growth = scope.optional("organic_growth", 0.0)
    return f"{scope.input('organic_customers')} * (1 + {growth}) ** max(t - {first}, 0)"


def _adopted(scope: Scope, product: Product, first: int) -> str:
    age, before = f"max(t - {first} + 1, 0)", f"max(t - {first}, 0)"
    curve = scope.record
    if isinstance(curve, Given):
        planned = scope.schedule("planned", _planned(scope, curve, first), "new_customers")
        return planned if curve.factor is None else f"{planned} * {scope.input('factor')}"
    if isinstance(curve, Bass):
        rates = scope.input("innovation"), scope.input("imitation")
        reached = scope.formula("reached", _bass(*rates, age), "1")
        earlier = scope.formula("reached_before", _bass(*rates, before), "1")
    elif isinstance(curve, Logistic):
        terms = scope.input("growth", "growth_a_year"), scope.input("midpoint")
        reached = scope.formula("reached", _logistic(*terms, age), "1")
        earlier = scope.formula("reached_before", _logistic(*terms, before), "1")
    else:
        raise TypeError(curve)
    return f"{_everybody(scope, curve, product)} * ({reached} - {earlier})"


def _planned(scope: Scope, given: Given, first: int) -> Iterable[float]:
    """New customers as listed, by month of the plan."""
    listed = [value.quantity.median for value in given.new_customers]
    after = listed[-1] if given.then == "last" else 0.0
    for month in range(1, scope.compilation.months + 1):
        place = month - first
        yield 0.0 if place < 0 else listed[place] if place < len(listed) else after


def _everybody(scope: Scope, curve: Bass | Logistic, product: Product) -> str:
    if curve.customers is not None:
        return scope.input("customers")
    return f"({obtainable([product])})"


def obtainable(products: Iterable[Product]) -> str:
    """Formula text of the accounts that can be obtained in the segments of these products."""
    segments = sorted({segment for product in products for segment in product.segments})
    return " + ".join(f"market.segment.{segment}.obtainable_accounts" for segment in segments)


def _bass(p: str, q: str, age: str) -> str:
    decay = f"exp(-({p} + {q}) * {age} / 12)"
    return f"(1 - {decay}) / (1 + {q} / {p} * {decay})"


def _logistic(growth: str, midpoint: str, age: str) -> str:
    return f"1 / (1 + exp(min(-{growth} * ({age} - {midpoint}) / 12, {LARGEST_EXPONENT})))"


def write_channels(scope: Scope, product: Product) -> tuple[list[str], list[str]]:
    """Lines of what is spent, and formula texts of whom it wins."""
    spent, won = [], []
    active = scope.line("active")
    if product.marketing is not None:
        age = f"max(t - {first_month(scope, product)}, 0)"
        growth = scope.optional("marketing_growth", 0.0)
        budget = f"{active} * {scope.input('marketing')} * (1 + {growth}) ** {age}"
        spent.append(scope.invoice("marketing_cost", budget, "sales_marketing", 0))
        won.append(f"{spent[0]} / {scope.input('acquisition_cost')}")
    for part, channel in scope.entries("channels", "channel", product.channels):
        cost, found = _channel(part, channel, active)
        spent.append(cost)
        won.append(found)
    return spent, won


def _channel(scope: Scope, channel: Channel, active: str) -> tuple[str, str]:
    first = first_month(scope, channel)
    growth = scope.optional("growth", 0.0)
    running = f"{active} * {scope.active(channel)}"
    budget = f"{running} * {scope.input('spend')} * (1 + {growth}) ** max(t - {first}, 0)"
    spent = scope.invoice("cost", budget, "sales_marketing", 0, "channel_cost")
    dearer = f" * (1 + {scope.input('cost_growth')}) ** ((t - 1) / 12)" if channel.cost_growth else ""
    price = scope.formula("cost_now", f"{scope.input('acquisition_cost')}{dearer}", scope.currency)
    lag = f"[-{channel.lead_months}]" if channel.lead_months else ""
    found = f"{spent}{lag} / max({price}{lag}, 1e-9)"  # before the first month both are 0
    if channel.most is not None:
        found = f"min({found}, {scope.input('most')})"
    return spent, scope.formula("won", found, "customers")
