"""What a plan says about compute: workloads, and what each rents."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import AfterValidator, Field, ValidationInfo, field_validator, model_validator
from pydantic_core import PydanticCustomError

from toolkit.errors import InputError
from toolkit.lines.spelling import nearest
from toolkit.reference import Offer, Reference
from toolkit.reference.offers import PriceType
from toolkit.resources.record import KIND, EventMonth, Item, Record, Sourced, Span
from toolkit.resources.surroundings import ProductId, Provider, Surroundings, complaint, surroundings
from toolkit.resources.values import Change, Count, PaymentMonths, PositiveShare, Speed, Tokens, Value
from toolkit.shapes.catalogue import SHAPES

Dtype = Literal["fp32", "tf32", "bf16", "fp16", "fp8"]
Positive = Annotated[int, Field(ge=1)]


def _shape(model: str) -> str:
    if model not in SHAPES:
        raise complaint("plan.unknown_model", model=model, nearest=nearest(model, SHAPES))
    return model


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
            raise _as_complaint(error) from None
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
            raise _as_complaint(error) from None
        if not around.converts(offer.currency):
            raise complaint("money.no_exchange_rate", currency=offer.currency, plan=around.currency)
        if not offer.is_cpu and offer.gpu_id is None:
            raise complaint("plan.offer_without_gpu", gpu=offer.gpu_name)
        return self


def _price(offer: Offer, around: Surroundings) -> tuple[bool, float]:
    """By price; an offer in the plan's own currency comes first."""
    return offer.currency != around.currency, offer.price_per_device_hour


def _as_complaint(error: InputError) -> PydanticCustomError:
    problem = error.problems[0]
    return complaint(problem.id, **problem.values)


class Workload(Item, Span):
    """What all workloads have: a model (a named shape), the arithmetic, the step, and the offer that it
    rents."""

    on_processors: ClassVar[bool] = False

    kind: str
    model: Annotated[str, AfterValidator(_shape)]
    dtype: Dtype
    batch: Positive
    offer: OfferKey

    @field_validator("offer")
    @classmethod
    def _right_device(cls, key: OfferKey, info: ValidationInfo) -> OfferKey:
        if key.find(surroundings(info).reference).is_cpu != cls.on_processors:
            raise complaint("plan.offer_device", kind=info.data["kind"])
        return key


class Training(Workload):
    """A training run every `every_months` from `start` to `end`: `tokens_per_run` for the run that is
    kept, times `experiments` for the search around it. `goodput` is the share of the rented time that
    trains."""

    kind: Literal["training"]
    start: EventMonth
    sequence: Positive
    tokens_per_run: Tokens
    experiments: Count
    goodput: PositiveShare
    every_months: Positive = 3


def _of_the_product(work: Value | None, info: ValidationInfo, unit: str) -> Value | None:
    """What a customer asks for; absent, the usage of the product says it."""
    product = info.data.get("product")
    if work is None and product is not None and surroundings(info).usage.get(product) != unit:
        raise complaint("market.demand_needed", product=product, field=info.field_name, unit=unit)
    return work


class Service(Workload):
    """An inference service: each customer of `product` sends `requests_per_customer` a month (by default
    what the usage of the product says), of `prompt_tokens` in and `output_tokens` out. `utilisation` is the
    share of an instance's capacity that the load can use; at least `minimum_instances` always run."""

    kind: Literal["service"]
    product: ProductId
    requests_per_customer: Count | None = Field(None, validate_default=True)
    prompt_tokens: Tokens
    output_tokens: Tokens
    utilisation: PositiveShare
    minimum_instances: Count

    @field_validator("requests_per_customer")
    @classmethod
    def _known_demand(cls, requests: Value | None, info: ValidationInfo) -> Value | None:
        return _of_the_product(requests, info, "request")


class Batch(Workload):
    """Documents read in batches on processors: `tokens_per_customer` a month (by default what the usage of
    the product says). `relative_speed` is a rented virtual processor compared with a thread of the machine
    that was measured."""

    on_processors: ClassVar[bool] = True

    kind: Literal["batch"]
    product: ProductId
    sequence: Positive
    tokens_per_customer: Tokens | None = Field(None, validate_default=True)
    relative_speed: Speed
    goodput: PositiveShare

    @field_validator("tokens_per_customer")
    @classmethod
    def _known_demand(cls, tokens: Value | None, info: ValidationInfo) -> Value | None:
        return _of_the_product(tokens, info, "token")


class Compute(Sourced):
    """`price_change` is the yearly change of list prices; invoices are paid `payment_months` later."""

    price_change: Change | None = None
    payment_months: PaymentMonths = 1
    workloads: list[Annotated[Training | Service | Batch, KIND]] = Field(default_factory=list)

    @field_validator("workloads")
    @classmethod
    def _one_invoice(
        cls, workloads: list[Training | Service | Batch], info: ValidationInfo
    ) -> list[Training | Service | Batch]:
        billed: dict[str, set[str]] = {}
        for one in workloads:
            currency = one.offer.find(surroundings(info).reference).currency
            billed.setdefault(one.offer.provider, set()).add(currency)
        for provider, currencies in billed.items():
            if len(currencies) > 1:
                values = {"provider": provider, "currencies": ", ".join(sorted(currencies))}
                raise complaint("money.provider_currencies", **values)
        return workloads
