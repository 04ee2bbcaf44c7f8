"""Prices beside instances: model APIs, storage and egress, power and racks, whole servers, currencies."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Annotated, ClassVar

from toolkit.reference.cells import (
    Amount,
    AmountOrZero,
    Count,
    Currency,
    Date,
    Day,
    Place,
    Share,
    Slug,
    Word,
    YesNo,
    one_of,
)
from toolkit.reference.table import Fact, Fault


@dataclass(frozen=True, slots=True)
class ApiPrice(Fact):
    """List price of a model behind an API, in USD per million tokens (reasoning tokens count as output).

    From `long_context_from_tokens` of input on, the `long` prices hold. `off_peak_factor` multiplies all
    prices outside the provider's peak hours. `cross_check` says whether a second source agrees.
    """

    FILE: ClassVar[str] = "api_prices.csv"
    provider: Slug
    model: Word
    usd_per_1m_input: Amount
    usd_per_1m_cached_input: Amount | None
    usd_per_1m_cache_write: Amount | None
    usd_per_1m_output: Amount
    usd_per_1m_batch_input: Amount | None
    usd_per_1m_batch_output: Amount | None
    long_context_from_tokens: Count | None
    usd_per_1m_long_input: Amount | None
    usd_per_1m_long_output: Amount | None
    off_peak_factor: Share | None
    max_input_tokens: Count | None
    max_output_tokens: Count | None
    withdrawn_on: Day | None
    as_of: Day
    cross_check: Annotated[str, one_of("agrees", "differs", "single_source")]

    @property
    def key(self) -> tuple[str, ...]:
        return (self.provider, self.model, self.as_of)

    @property
    def date(self) -> str | None:
        return self.as_of

    def faults(self) -> Iterator[Fault]:
        # Not super(): dataclass(slots=True) makes a new class, which zero-argument super() does not know.
        yield from Fact.faults(self)
        cached = self.usd_per_1m_cached_input
        if cached is not None and cached > self.usd_per_1m_input:
            yield (
                "usd_per_1m_cached_input",
                "above_full_price",
                {"price": cached, "full": self.usd_per_1m_input},
            )
        long = (self.long_context_from_tokens, self.usd_per_1m_long_input, self.usd_per_1m_long_output)
        if len({value is None for value in long}) > 1:
            yield "long_context_from_tokens", "needs_both", {"other": "usd_per_1m_long_input"}


@dataclass(frozen=True, slots=True)
class StoragePrice(Fact):
    """Price of storage (per GB or GiB and month) or of egress (per GB or GiB); 0 means free of charge."""

    FILE: ClassVar[str] = "storage_egress.csv"
    provider: Slug
    kind: Annotated[str, one_of("object", "block", "file", "egress")]
    item: Word
    region: Word
    price: AmountOrZero
    currency: Currency
    unit: Annotated[str, one_of("gb", "gib", "gb_month", "gib_month")]
    as_of: Date
    undated: YesNo
    derived: YesNo

    @property
    def key(self) -> tuple[str, ...]:
        return (self.provider, self.kind, self.item, self.region, self.as_of)

    @property
    def date(self) -> str | None:
        return self.as_of

    def faults(self) -> Iterator[Fault]:
        yield from Fact.faults(self)
        if self.unit.endswith("_month") != (self.kind != "egress"):
            yield "unit", "unit_of_kind", {"unit": self.unit, "kind": self.kind}


@dataclass(frozen=True, slots=True)
class PowerPrice(Fact):
    """Price of electricity or of a rack, or the ratio of all power to that of the machines (PUE)."""

    FILE: ClassVar[str] = "electricity.csv"
    country: Place
    region: Word | None
    metric: Annotated[
        str,
        one_of(
            "industrial_power",
            "pue",
            "pue_hyperscale",
            "pue_colocation_air",
            "pue_liquid",
            "colocation_wholesale",
            "colocation_retail",
        ),
    ]
    scope: Word | None
    value: Amount
    low: Amount | None
    high: Amount | None
    unit: Annotated[str, one_of("per_kwh", "per_kw_month", "ratio")]
    currency: Currency | None
    as_of: Date

    @property
    def key(self) -> tuple[str, ...]:
        return (self.country, self.region or "", self.metric, self.scope or "", self.as_of)

    @property
    def date(self) -> str | None:
        return self.as_of

    def faults(self) -> Iterator[Fault]:
        yield from Fact.faults(self)
        if not (self.low or self.value) <= self.value <= (self.high or self.value):
            yield "value", "outside_band", {"value": self.value, "low": self.low, "high": self.high}
        if (self.unit == "ratio") != (self.currency is None):
            yield "currency", "needs_both", {"other": "unit"}
        if self.metric.startswith("pue") and self.value < 1:
            yield "value", "out_of_range", {"value": self.value, "low": "1", "high": "3"}


@dataclass(frozen=True, slots=True)
class ServerPrice(Fact):
    """What a whole server with `devices` GPUs costs to buy, in `currency`: low, usual, high."""

    FILE: ClassVar[str] = "server_prices.csv"
    gpu_id: Slug
    devices: Count
    country: Place
    currency: Currency
    price_low: Amount
    price: Amount
    price_high: Amount
    as_of: Date | None
    undated: YesNo
    derived: YesNo

    @property
    def key(self) -> tuple[str, ...]:
        return (self.gpu_id, str(self.devices), self.country, self.as_of or "")

    @property
    def date(self) -> str | None:
        return self.as_of

    def faults(self) -> Iterator[Fault]:
        yield from Fact.faults(self)
        if not self.price_low <= self.price <= self.price_high:
            values = {"value": self.price, "low": self.price_low, "high": self.price_high}
            yield "price", "outside_band", values


@dataclass(frozen=True, slots=True)
class ExchangeRate(Fact):
    """One unit of `base` is `rate` units of `quote`."""

    FILE: ClassVar[str] = "exchange_rates.csv"
    base: Currency
    quote: Currency
    rate: Amount
    as_of: Date

    @property
    def key(self) -> tuple[str, ...]:
        return (self.base, self.quote, self.as_of)

    @property
    def date(self) -> str | None:
        return self.as_of


@dataclass(frozen=True, slots=True)
class Conversion:
    """`amount in base × factor = amount in quote`, and the rows it stands on."""

    factor: float
    rows: tuple[ExchangeRate, ...]


EVERYWHERE = ("WORLD", "GLOBAL")


def choose_power(rows: Iterable[PowerPrice], metrics: Iterable[str], country: str) -> PowerPrice | None:
    """The newest figure of a whole country, else of the world; metrics in order of preference."""
    whole = [row for row in rows if row.region is None and row.scope is None]
    for place in ((country,), EVERYWHERE):
        for metric in metrics:
            found = [row for row in whole if row.metric == metric and row.country in place]
            if found:
                return max(found, key=lambda row: row.as_of)
    return None


def choose_server(rows: Iterable[ServerPrice], gpu_id: str, country: str) -> ServerPrice | None:
    """The newest price of a server with such GPUs: in that country if known, else anywhere."""
    found = [row for row in rows if row.gpu_id == gpu_id]
    near = [row for row in found if row.country == country] or found
    return max(near, key=lambda row: row.as_of or "", default=None)


def choose_rate(rates: Iterable[ExchangeRate], base: str, quote: str) -> Conversion | None:
    """The newest rate of a pair, either way round or through USD; None when there is none."""
    known = tuple(rates)
    if base == quote:
        return Conversion(1.0, ())
    direct = _newest_pair(known, base, quote)
    if direct or "USD" in (base, quote):
        return direct
    first, second = _newest_pair(known, base, "USD"), _newest_pair(known, "USD", quote)
    return Conversion(first.factor * second.factor, first.rows + second.rows) if first and second else None


def _newest_pair(rates: Iterable[ExchangeRate], base: str, quote: str) -> Conversion | None:
    pairs = [row for row in rates if {row.base, row.quote} == {base, quote}]
    if not pairs:
        return None
    row = max(pairs, key=lambda pair: pair.as_of)
    return Conversion(row.rate if row.base == base else 1 / row.rate, (row,))
