"""`data/offers.csv` and `data/cpu_offers.csv`: what an instance costs to rent, one row a price.

    price_per_hour = price_per_device_hour × devices     (both in `currency`, for the whole instance)

A price quoted by the month is divided by 730 hours (8,760 / 12) and keeps the quote; it is owed whether the
machine runs or not. Prices of one instance at several dates are several rows: the newest holds.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal, get_args

from toolkit.reference.cells import Amount, Count, Currency, Date, Share, Slug, Word, YesNo, one_of
from toolkit.reference.table import Fact, Fault

HOURS_PER_MONTH = 730
ROUNDING = 0.002  # sources round each of the two prices on its own
PriceType = Literal["on_demand", "spot", "monthly", "reserved_1y", "reserved_3y"]
PRICE_TYPES: tuple[PriceType, ...] = get_args(PriceType)


@dataclass(frozen=True, slots=True)
class Offer(Fact):
    """One price of one instance.

    `devices` counts GPUs (chips of a TPU), or virtual processors of a CPU offer. `gpu_id` is None for a CPU
    offer and for an accelerator that `data/gpus.csv` does not hold; `gpu_name` then says what is offered.
    `host_included` is False where processors and memory are billed on top, None where the source does not
    say. `derived` marks a price that was computed and not quoted, `undated` a copy without a day. The
    interruption shares are the provider's band for spot machines lost within a month.
    """

    FILE: ClassVar[str] = "offers.csv"
    provider: Slug
    instance_type: Word
    region: Word | None
    device: Annotated[Literal["gpu", "cpu"], one_of("gpu", "cpu")]
    gpu_id: Slug | None
    gpu_name: Word | None
    devices: Count
    vcpus: Count | None
    host_memory_gib: Amount | None
    host_included: YesNo | None
    price_type: Annotated[PriceType, one_of(*PRICE_TYPES)]
    term_months: Count | None
    currency: Currency
    price_per_hour: Amount
    price_per_device_hour: Amount
    quoted_price: Amount
    quoted_per: Annotated[Literal["hour", "month"], one_of("hour", "month")]
    monthly_interruption_low: Share | None
    monthly_interruption_high: Share | None
    as_of: Date | None
    undated: YesNo
    derived: YesNo

    @property
    def key(self) -> tuple[str, ...]:
        return (self.provider, self.instance_type, self.region or "", self.price_type, self.as_of or "")

    @property
    def place(self) -> str:
        key = "/".join(part for part in self.key[:4] if part)
        return f"data/{self.FILE} {key}" + (f" {self.as_of}" if self.as_of else "")

    @property
    def date(self) -> str | None:
        return self.as_of

    @property
    def is_cpu(self) -> bool:
        return self.device == "cpu"

    @property
    def monthly_interruption(self) -> float | None:
        """The middle of the provider's band for machines lost within a month; None where it says none."""
        if self.monthly_interruption_low is None or self.monthly_interruption_high is None:
            return None
        return (self.monthly_interruption_low + self.monthly_interruption_high) / 2

    def faults(self) -> Iterator[Fault]:
        # Not super(): dataclass(slots=True) makes a new class, which zero-argument super() does not know.
        yield from Fact.faults(self)
        total = self.price_per_device_hour * self.devices
        if abs(self.price_per_hour - total) > ROUNDING * total:
            yield "price_per_hour", "price_mismatch", {"price": self.price_per_hour, "total": f"{total:.5g}"}
        quoted = self.quoted_price / (HOURS_PER_MONTH if self.quoted_per == "month" else 1)
        if abs(self.price_per_hour - quoted) > ROUNDING * quoted:
            yield "price_per_hour", "quote_mismatch", {"price": self.price_per_hour, "quote": f"{quoted:.5g}"}
        if self.device == "gpu" and (self.gpu_id is None) == (self.gpu_name is None):
            yield "gpu_id", "gpu_id_or_name", {}
        if self.device == "cpu" and (self.gpu_id or self.gpu_name):
            yield "gpu_id", "cpu_with_gpu", {}
        if self.as_of is None and not self.undated:
            yield "as_of", "date_unmarked", {}


@dataclass(frozen=True, slots=True)
class CpuOffer(Offer):
    """An offer without an accelerator: `devices` counts virtual processors."""

    FILE: ClassVar[str] = "cpu_offers.csv"


def newest(offers: Iterable[Offer]) -> Offer | None:
    """The offer with the latest date; the first of several. A whole date is later than its year alone, and
    any date is later than none."""
    return max(offers, key=lambda offer: offer.as_of or "", default=None)


def select(
    offers: Iterable[Offer], provider: str, instance_type: str, region: str | None, price_type: str
) -> tuple[Offer, ...]:
    """Every row of that exact key, at all its dates; `region=None` takes any region."""
    return tuple(
        offer
        for offer in offers
        if offer.provider == provider
        and offer.instance_type == instance_type
        and offer.price_type == price_type
        and (region is None or offer.region == region)
    )
