"""Capacity that a plan holds whether it is used or not: reserved instances and servers of its own."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, ValidationInfo, field_validator

from toolkit.errors import InputError
from toolkit.reference import Offer, Reference
from toolkit.resources.compute.offer_key import OfferKey, as_complaint
from toolkit.resources.record import EventMonth, Item, Month
from toolkit.resources.surroundings import complaint, surroundings
from toolkit.resources.values import (
    Count,
    Counted,
    MoneyPerMonth,
    PaymentMonths,
    PositiveMoney,
    PositiveShare,
    Share,
    Value,
)

Positive = Annotated[int, Field(ge=1)]
Use = Literal["service", "research"]  # whose cost it is: cost of revenue, or research
RESERVED = ("reserved_1y", "reserved_3y", "monthly")


def _gpu(id: str, info: ValidationInfo) -> str:
    try:
        surroundings(info).reference.gpu(id)
    except InputError as error:
        raise as_complaint(error) from None
    return id


class Reservation(Item):
    """`instances` of an offer, paid for through its whole term whether they are used or not. `months` is the
    term where the offer names none; `upfront` the share of it that is paid at the start."""

    kind: Literal["reserved"]
    offer: OfferKey
    instances: Count
    start: EventMonth
    months: Positive | None = Field(None, validate_default=True)
    upfront: Share | None = None
    use: Use = "service"

    @field_validator("offer")
    @classmethod
    def _is_reserved(cls, key: OfferKey) -> OfferKey:
        if key.price_type not in RESERVED:
            raise complaint("compute.not_reserved", price_type=key.price_type, known=", ".join(RESERVED))
        return key

    @field_validator("months")
    @classmethod
    def _known_term(cls, months: int | None, info: ValidationInfo) -> int | None:
        offer: OfferKey | None = info.data.get("offer")
        if offer is None or months is not None:
            return months
        term = offer.find(surroundings(info).reference).term_months
        if term is None:
            raise complaint("compute.term_unknown")
        return term

    def gpu_id(self, reference: Reference) -> str | None:
        return self.offer.find(reference).gpu_id

    def devices_of(self, reference: Reference) -> int:
        """Devices of an instance."""
        return self.rented(reference).devices

    def rented(self, reference: Reference) -> Offer:
        return self.offer.find(reference)


class OwnedServers(Item):
    """`servers` of our own with `devices` GPUs each, from `start` to `end` in operation. `price` is that of a
    server (absent: the table of server prices), written off in equal parts over `life_months`, after which
    the `residual` share of it is what they are sold for.

    `power_kw` is what a server draws at work, paid at `power_price` times the `pue` of the building (absent:
    the tables for the country); `colocation` is the rent of its place; `upkeep` a yearly share of the price
    for repairs; `availability` the share of the hours in which it works.
    """

    kind: Literal["owned"]
    gpu: Annotated[str, AfterValidator(_gpu)]
    devices: Positive = 8
    servers: Count
    start: EventMonth
    end: Month | None = None
    price: PositiveMoney | None = Field(None, validate_default=True)
    payment_months: PaymentMonths = 0
    life_months: Positive
    residual: Share | None = None
    power_kw: Annotated[Value, Counted("kW", 0, positive=True)]
    pue: Annotated[Value, Counted("1", 1)] | None = None
    power_price: Annotated[Value, Counted("{currency}/kWh", 0)] | None = Field(None, validate_default=True)
    colocation: MoneyPerMonth | None = None
    upkeep: Share | None = None
    availability: PositiveShare
    use: Use = "service"

    @field_validator("end")
    @classmethod
    def _not_before_start(cls, end: str | None, info: ValidationInfo) -> str | None:
        start = info.data.get("start")
        if start and end and end < start:
            raise complaint("plan.end_before_start", start=start, end=end)
        return end

    @field_validator("price")
    @classmethod
    def _known_price(cls, price: Value | None, info: ValidationInfo) -> Value | None:
        gpu, around = info.data.get("gpu"), surroundings(info)
        if price is None and gpu is not None:
            row = around.reference.server_price(gpu, around.country)
            if row is None or not around.converts(row.currency):
                raise complaint("compute.server_price_unknown", gpu=gpu)
        return price

    @field_validator("power_price")
    @classmethod
    def _known_power_price(cls, price: Value | None, info: ValidationInfo) -> Value | None:
        around = surroundings(info)
        if price is None:
            row = around.reference.power_price(POWER, around.country)
            if row is None or row.currency is None or not around.converts(row.currency):
                raise complaint("compute.power_price_unknown", country=around.country)
        return price

    def gpu_id(self, _reference: Reference) -> str | None:
        return self.gpu

    def devices_of(self, _reference: Reference) -> int:
        """Devices of a server."""
        return self.devices


POWER, PUE = ("industrial_power",), ("pue_colocation_air", "pue")
AnyCapacity = Reservation | OwnedServers
