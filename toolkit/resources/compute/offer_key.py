"""What a plan rents: the key of a row of the offers, or of an API's price list."""

from __future__ import annotations

from typing import Any, Self

from pydantic import ValidationInfo, model_validator
from pydantic_core import PydanticCustomError

from toolkit.errors import InputError
from toolkit.reference import ApiPrice, Offer, Reference
from toolkit.reference.offers import PriceType
from toolkit.resources.record import Record
from toolkit.resources.surroundings import Provider, Surroundings, complaint, surroundings


class OfferKey(Record):
    """A row of `data/offers.csv` or `data/cpu_offers.csv`: the newest price of exactly this key holds.

    A `gpu` (an id of `data/gpus.csv`) in place of `instance_type` takes the instance in which the provider
    rents it out most cheaply by the hour."""

    provider: Provider
    gpu: str | None = None
    instance_type: str
    region: str | None = None
    price_type: PriceType = "on_demand"

    def find(self, reference: Reference) -> Offer:
        """The newest price. Raises InputError with the nearest keys when there is none."""
        return reference.offer(
            provider=self.provider,
            instance_type=self.instance_type,
            region=self.region,
            price_type=self.price_type,
        )

    @model_validator(mode="before")
    @classmethod
    def _cheapest(cls, raw: Any, info: ValidationInfo) -> Any:
        if not isinstance(raw, dict) or raw.get("gpu") is None or "instance_type" in raw:
            return raw
        around, gpu = surroundings(info), str(raw["gpu"])
        try:
            around.reference.gpu(gpu)
        except InputError as error:
            raise as_complaint(error) from None
        fitting = [
            offer for offer in around.reference.offers_for(gpu, raw.get("price_type", "on_demand"))
            if around.converts(offer.currency) and raw.get("region") in (None, offer.region)
        ]  # fmt: skip
        own = [offer for offer in fitting if offer.provider == raw.get("provider")]
        if not own:
            known = ", ".join(sorted({offer.provider for offer in fitting})) or "—"
            raise complaint("plan.gpu_not_offered", gpu=gpu, provider=raw.get("provider"), known=known)
        keys = [raw | {"instance_type": offer.instance_type, "region": offer.region} for offer in own]
        return min(keys, key=lambda key: _price(cls.model_construct(**key).find(around.reference), around))

    @model_validator(mode="after")
    def _exists(self, info: ValidationInfo) -> Self:
        around = surroundings(info)
        try:
            offer = self.find(around.reference)
        except InputError as error:
            raise as_complaint(error) from None
        if not around.converts(offer.currency):
            raise complaint("money.no_exchange_rate", currency=offer.currency, plan=around.currency)
        if not offer.is_cpu and offer.gpu_id is None:
            raise complaint("plan.offer_without_gpu", gpu=offer.gpu_name)
        return self


def _price(offer: Offer, around: Surroundings) -> tuple[bool, float]:
    """By price; an offer in the plan's own currency comes first."""
    return offer.currency != around.currency, offer.price_per_device_hour


def as_complaint(error: InputError) -> PydanticCustomError:
    problem = error.problems[0]
    return complaint(problem.id, **problem.values)


class ApiKey(Record):
    """A row of `data/api_prices.csv`: the newest price of a model at a provider holds."""

    provider: Provider
    model: str

    def find(self, reference: Reference) -> ApiPrice:
        """The newest price. Raises InputError with the nearest keys when there is none."""
        return reference.api_price(self.provider, self.model)

    @model_validator(mode="after")
    def _exists(self, info: ValidationInfo) -> Self:
        around = surroundings(info)
        try:
            self.find(around.reference)
        except InputError as error:
            raise as_complaint(error) from None
        if not around.converts("USD"):
            raise complaint("money.no_exchange_rate", currency="USD", plan=around.currency)
        return self
