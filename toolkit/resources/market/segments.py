"""How large the market is, from the bottom up, and how much of it is taken.

    accounts in a month  = accounts × (1 + growth) ^ (months / 12)
    TAM = accounts × yearly value,  SAM = TAM × reachable,  SOM = SAM × obtainable
    taken = customers of the products that are sold there / accounts that can be obtained

Products that share segments share what is left there in proportion to who would come; none has more customers
than its own segments can give.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from toolkit.resources.compilation import Compilation, Scope
from toolkit.resources.market.adoption import obtainable
from toolkit.resources.market.records import Product, Segment


def write_segments(compilation: Compilation) -> None:
    """The size of every segment."""
    segments = compilation.plan.market.segments
    for scope, segment in compilation.scopes("market.segments", "market.segment", segments, "market"):
        _size(scope, segment)


def _size(scope: Scope, segment: Segment) -> None:
    unit = f"{scope.currency}/year"
    accounts = scope.input("accounts")
    if segment.growth is not None:
        growing = f"{accounts} * (1 + {scope.input('growth', 'accounts_growth')}) ** ((t - 1) / 12)"
        accounts = scope.formula("accounts_now", growing, "customers")
    total = scope.formula("tam", f"{accounts} * {scope.input('yearly_value')}", unit)
    served = scope.formula("sam", f"{total} * {scope.input('reachable')}", unit)
    scope.formula("som", f"{served} * {scope.input('obtainable')}", unit)
    won = f"{accounts} * {scope.line('reachable')} * {scope.line('obtainable')}"
    scope.formula("obtainable_accounts", won, "customers")


def groups(products: Sequence[Product]) -> Iterator[list[Product]]:
    """Products that are bounded together: each shares a segment with another of its group."""
    left = [product for product in products if product.segments]
    while left:
        group, reached = [], set(left[0].segments)
        while found := [product for product in left if reached & set(product.segments)]:
            group += found
            left = [product for product in left if product not in found]
            reached |= {segment for product in found for segment in product.segments}
        yield group


def write_shares(compilation: Compilation) -> None:
    """What each group of products can still win, and how much of each segment is taken."""
    market = compilation.plan.market
    room = compilation.scope("market", "market", market, area="market")
    for group in groups(market.products):
        if len(group) > 1:
            _share(room, group)
    for scope, segment in compilation.scopes("market.segments", "market.segment", market.segments, "market"):
        buyers = [product for product in market.products if segment.id in product.segments]
        if buyers:
            customers = " + ".join(sorted(f"market.{product.id}.customers" for product in buyers))
            scope.formula("taken", f"({customers}) / max({obtainable(buyers)}, 1e-9)", "1")


def fill_line(group: Sequence[Product]) -> str:
    """The name of the line that says which share of a group's newcomers finds room."""
    return f"market.segment.{min(segment for product in group for segment in product.segments)}.fill"


def _share(room: Scope, group: Sequence[Product]) -> None:
    names = sorted(f"market.{product.id}" for product in group)
    kept = "".join(f" - {name}.kept" for name in names)
    wanted = " + ".join(f"{name}.wanted_customers" for name in names)
    part = fill_line(group).removeprefix("market.")
    left = f"max({obtainable(group)}{kept}, 0)"
    room.formula(part, f"min({left} / max({wanted}, 1e-9), 1)", "1", "fill")


def bounded(scope: Scope, product: Product, group: Sequence[Product], wanted: str) -> str:
    """Formula text of the newcomers who find room."""
    line = scope.formula("wanted_customers", wanted, "customers")
    left = f"max({obtainable([product])} - {scope.line('kept')}, 0)"
    if len(group) > 1:
        line += f" * {fill_line(group)}"
    return f"min({line}, {left})"
