"""What an hour of a device or a million tokens cost, as lines; and the rates that stand behind the hours."""

from __future__ import annotations

from toolkit.lines.language import is_name
from toolkit.lines.quantity import Quantity
from toolkit.provenance import Kind, Source
from toolkit.reference import ApiPrice, Offer
from toolkit.resources.compilation import Scope
from toolkit.shapes.records import Rate, Rung

_KIND: dict[Rung, Kind] = {
    "measured": "measurement",
    "transferred": "measurement",
    "fitted": "fit",
    "assumed": "assumption",
}


def provider_slug(provider: str) -> str:
    """A provider as part of a line's name: `aliyun_pai`; a word of the language gets a tail: `lambda_`."""
    slug = "".join(letter if letter.isalnum() else "_" for letter in provider.lower())
    return slug if is_name(slug) else f"{slug}_"


def device_price(scope: Scope, offer: Offer, *, falling: bool = True) -> str:
    """The line with the price of a device-hour: list price, price index where it is `falling`, discount."""
    listed = listed_price(
        scope, "list_price", offer.price_per_device_hour, "device-hour", offer.currency, offer.source
    )
    return scope.formula(
        "price", _discounted(scope, listed, offer.provider, falling), f"{scope.currency}/device-hour"
    )


def token_prices(scope: Scope, price: ApiPrice) -> tuple[str, str, str | None]:
    """The lines with the prices of a million tokens read, written, and read from the cache."""
    amounts = {
        "input_price": price.usd_per_1m_input,
        "output_price": price.usd_per_1m_output,
        "cached_price": price.usd_per_1m_cached_input,
    }
    names = {
        part: scope.formula(
            part.removesuffix("_price") + "_net_price",
            _discounted(
                scope,
                listed_price(scope, part, amount, "Mtoken", "USD", price.source),
                price.provider,
                falling=True,
            ),
            f"{scope.currency}/Mtoken",
            "api_price",
        )
        for part, amount in amounts.items()
        if amount is not None
    }
    return names["input_price"], names["output_price"], names.get("cached_price")


def listed_price(scope: Scope, part: str, amount: float, per: str, currency: str, source: Source) -> str:
    """The input line of a price of `data/`, converted where it is in another currency."""
    if currency == scope.currency:
        return scope.fact(part, amount, f"{scope.currency}/{per}", source)
    quantity = Quantity.constant(amount)
    return scope.converted(part, quantity, f"{currency}/{per}", currency, scope.words(part), source)


def _discounted(scope: Scope, listed: str, provider: str, falling: bool) -> str:
    factors = [listed]
    if falling:
        factors.append("compute.price_index")
    discount = f"partnerships.discount.{provider_slug(provider)}"
    if discount in scope.book.lines:
        factors.append(f"(1 - {discount})")
    return " * ".join(factors)


def rate_line(scope: Scope, name: str, part: str) -> str:
    """The input line of a rate: its quantiles as a quantity, its grounding as the source."""
    rate = scope.compilation.rates[name]
    points = tuple(x for point in rate.quantiles for x in point)
    quantity = Quantity("quantiles", points, f"{rate.median:.4g} ({rate.rung})")
    unit = f"{rate.workload.unit}/second"
    source = _source_of(rate, scope.compilation.positions.place(scope.path))
    return scope.book.input(scope.line(part), quantity, unit, scope.words(part), source)


def _source_of(rate: Rate, place: str | None) -> Source:
    """A rate's grounding as a source; one without a basis points to `place`, the workload in the plan."""
    title = f"{rate.workload.name} on {rate.device.name}: {rate.method}"
    return Source(_KIND[rate.rung], title, ", ".join(rate.basis) or place, date=rate.measured_at)
