"""What a product costs its customer: a price a month, a price list, and use beyond what is included."""

from __future__ import annotations

from collections.abc import Iterator

from toolkit.app.building import Built
from toolkit.report.context import PriceRow
from toolkit.report.subject import NO_WORDS
from toolkit.resources.market.records import Product, Usage
from toolkit.text import Text, bilingual
from toolkit.text.formats import compact_number, percent


def price_rows(built: Built, product: Product) -> tuple[PriceRow, ...]:
    """Every price of a product at list, in the first month: of the subscription, then of use."""
    return tuple(_prices(built, product))


def _prices(built: Built, product: Product) -> Iterator[PriceRow]:
    prefix = f"market.{product.id}"
    if product.price is not None:
        yield _row(built, product.words, f"{prefix}.price", _per(product.seats is not None))
    for tier in product.tiers:
        line = f"{prefix}.tier.{tier.id}"
        label = bilingual("app.price.tier", product=product.words, tier=tier.words)
        share = _median(built, f"{line}.share")
        taken = bilingual("app.price.taken", share=Text(percent(share, "en"), percent(share, "zh")))
        yield _row(built, label, f"{line}.price", _per(tier.seats is not None), taken)
    if product.usage is not None and product.usage.unit_price is not None:
        yield from _use(built, product, product.usage, f"{prefix}.usage")


def _use(built: Built, product: Product, usage: Usage, prefix: str) -> Iterator[PriceRow]:
    """The price of use, and of each slice above the first, for as many units as cost a sum that reads."""
    free = f"{prefix}.included"
    edges = [free if free in built.model.lines else "", *(f"{prefix}.step_{n}.above" for n in _steps(usage))]
    prices = [f"{prefix}.unit_price", *(f"{prefix}.step_{n}.unit_price" for n in _steps(usage))]
    many = bilingual(f"app.price.many_{usage.unit}")
    times = _units_priced(min(_median(built, price) for price in prices))
    one = bilingual(f"app.price.one_{usage.unit}")
    unit = one if times == 1 else bilingual("app.price.so_many", count=f"{times:,}", units=many)
    for edge, price in zip(edges, prices, strict=True):
        label = bilingual("app.price.use", product=product.words)
        if edge:
            above = _count(_median(built, edge))
            label = bilingual("app.price.use_beyond", product=product.words, count=above, units=many)
        yield _row(built, label, price, unit, times=times)


def _units_priced(price: float) -> int:
    """One unit, or the thousand or million, … that cost at least a hundredth of the currency."""
    times = 1
    while 0 < price * times < 0.01:
        times *= 1000
    return times


def _count(value: float) -> Text:
    return Text(compact_number(value, "en"), compact_number(value, "zh"))


def _steps(usage: Usage) -> range:
    return range(1, len(usage.steps) + 1)


def _per(is_for_seats: bool) -> Text:
    return bilingual("app.price.seat_month" if is_for_seats else "app.price.customer_month")


def _row(
    built: Built, label: Text, line: str, unit: Text, note: Text = NO_WORDS, *, times: int = 1
) -> PriceRow:
    return PriceRow(label, times * _median(built, line), unit, built.model.lines[line].source, note)


def _median(built: Built, line: str) -> float:
    """The base case in the first month."""
    return float(built.run.base[line][1])
