"""What can be had: every offer of the market as an option, in one currency, with the age of its price.

An option is an instance type at a price, never a GPU at a price: `price_per_hour` is for the whole instance
with all its `devices`, and whoever wants a figure a GPU divides. Of several prices of one instance the newest
is taken. What keeps an option from being compared is its `problem`; what a reader must know its `warnings`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from toolkit.errors import InputError, Problem
from toolkit.estimate.cost.interruptions import monthly_band
from toolkit.estimate.cost.workload import HOURS_A_MONTH, CostWorkload, Offered
from toolkit.provenance import Source
from toolkit.reference import Offer, Reference

OptionKind = Literal["on_demand", "spot", "monthly", "reserved_1y", "reserved_3y", "owned"]
TERM_MONTHS = {"monthly": 1, "reserved_1y": 12, "reserved_3y": 36}


@dataclass(frozen=True, slots=True)
class Option:
    """One way to have an instance. Prices are in the workload's currency; `listed_price` and
    `listed_currency` are what the seller says, `conversion` how one became the other.

    `committed_hours` is the least that is paid for (0: none); `monthly_loss` the low, middle and high share
    of machines lost in a month (spot only); `host_included` False: processors come on top of the price.
    """

    kind: OptionKind
    provider: str
    instance_type: str
    region: str | None
    gpu_id: str | None
    gpu_name: str
    devices: int
    price_per_hour: float | None
    listed_price: float | None
    listed_currency: str
    conversion: str | None
    committed_hours: float
    upfront: float
    monthly_loss: tuple[float, float, float] | None
    host_included: bool | None
    as_of: str | None
    age_days: int | None
    source: Source
    problem: Problem | None = None
    warnings: tuple[Problem, ...] = ()


def options(
    offers: Iterable[Offer], workload: CostWorkload, reference: Reference, today: date
) -> list[Option]:
    """Every offer that the workload asks for, its newest price. Raises InputError for filters that name a GPU
    which the catalogue does not know (with the nearest names), or match no offer at all."""
    _check_gpus(workload.offers.gpus, reference)
    chosen = [offer for offer in newest_prices(offers) if _wanted(offer, workload.offers)]
    if not chosen:
        raise InputError([Problem("gpu.no_offers", "offers")])
    converter = Converter(workload.currency, reference)
    return [_option(offer, workload, reference, converter, today) for offer in chosen]


def newest_prices(offers: Iterable[Offer]) -> list[Offer]:
    """One row an instance, region and kind of price: the one with the latest date, the first of several."""
    newest: dict[tuple[object, ...], Offer] = {}
    for offer in offers:
        if offer.is_cpu:
            continue
        key = (offer.provider, offer.instance_type, offer.region, offer.price_type, offer.term_months)
        known = newest.get(key)
        if known is None or (offer.as_of or "") > (known.as_of or ""):
            newest[key] = offer
    return list(newest.values())


class Converter:
    """Turns prices into one currency by the dated rates of the reference."""

    def __init__(self, currency: str, reference: Reference) -> None:
        self.currency = currency
        self.reference = reference
        self._known: dict[str, tuple[float, str | None] | Problem] = {}

    def factor(self, currency: str) -> tuple[float, str | None] | Problem:
        """Factor from `currency`, and the rates used in words (`1 USD = 6.75 CNY (2026)`); or the problem."""
        if currency not in self._known:
            self._known[currency] = self._find(currency)
        return self._known[currency]

    def _find(self, currency: str) -> tuple[float, str | None] | Problem:
        try:
            found = self.reference.exchange_rate(currency, self.currency)
        except InputError as error:
            return error.problems[0]
        words = "; ".join(f"1 {row.base} = {row.rate:g} {row.quote} ({row.as_of})" for row in found.rows)
        return found.factor, words or None


def age_in_days(as_of: str | None, today: date) -> int | None:
    """Days since a price held. A month or a year alone counts from its first day; None without a date."""
    if not as_of:
        return None
    year, month, day = (int(part) for part in [*as_of.split("-"), "1", "1"][:3])
    return (today - date(year, month, day)).days


def _check_gpus(names: Sequence[str], reference: Reference) -> None:
    problems = []
    for index, name in enumerate(names):
        try:
            reference.gpu(name)
        except InputError as error:
            problems += [
                Problem(one.id, f"offers.gpus[{index}]", values=one.values) for one in error.problems
            ]
    if problems:
        raise InputError(problems)


def _wanted(offer: Offer, wanted: Offered) -> bool:
    checks = (
        (wanted.providers, offer.provider),
        (wanted.regions, offer.region),
        (wanted.gpus, offer.gpu_id),
        (wanted.price_types, offer.price_type),
    )
    return all(not allowed or value in allowed for allowed, value in checks)


def _option(
    offer: Offer, workload: CostWorkload, reference: Reference, converter: Converter, today: date
) -> Option:
    price, conversion, problem = _price(offer, converter)
    if problem is None:
        problem = _unknown_gpu(offer, reference)
    age = age_in_days(offer.as_of, today)
    spot = offer.price_type == "spot"
    band = (offer.monthly_interruption_low, offer.monthly_interruption_high)
    known = reference.gpus.get(offer.gpu_id or "")
    hours = (offer.term_months or TERM_MONTHS.get(offer.price_type, 0)) * HOURS_A_MONTH
    reserved = offer.price_type in TERM_MONTHS
    return Option(
        kind=offer.price_type,
        provider=offer.provider,
        instance_type=offer.instance_type,
        region=offer.region,
        gpu_id=offer.gpu_id,
        gpu_name=known.name if known else offer.gpu_name or "—",
        devices=offer.devices,
        price_per_hour=price,
        listed_price=offer.price_per_hour,
        listed_currency=offer.currency,
        conversion=conversion,
        committed_hours=hours if reserved else 0.0,
        upfront=workload.reserved_upfront * hours * price if reserved and price else 0.0,
        monthly_loss=monthly_band(*band, workload.spot.monthly_share) if spot else None,
        host_included=offer.host_included,
        as_of=offer.as_of,
        age_days=age,
        source=offer.source,
        problem=problem,
        warnings=tuple(_warnings(offer, age, workload)),
    )


def _price(offer: Offer, converter: Converter) -> tuple[float | None, str | None, Problem | None]:
    if not offer.price_per_hour > 0:
        return None, None, Problem("gpu.no_price", values={"offer": offer.instance_type})
    found = converter.factor(offer.currency)
    if isinstance(found, Problem):
        return None, None, found
    return offer.price_per_hour * found[0], found[1], None


def _unknown_gpu(offer: Offer, reference: Reference) -> Problem | None:
    if offer.gpu_id in reference.gpus:
        return None
    return Problem("gpu.not_catalogued", values={"name": offer.gpu_name or offer.gpu_id or "—"})


def _warnings(offer: Offer, age: int | None, workload: CostWorkload) -> Iterable[Problem]:
    if age is None:
        yield Problem("gpu.undated_price")
    elif age > workload.max_price_age_days:
        yield Problem("gpu.old_price", values={"days": age, "as_of": offer.as_of})
    if offer.host_included is False:
        yield Problem("gpu.without_host")
    band = (offer.monthly_interruption_low, offer.monthly_interruption_high)
    if offer.price_type == "spot" and band == (None, None):
        yield Problem("gpu.loss_assumed", values={"share": f"{workload.spot.monthly_share:.0%}"})
