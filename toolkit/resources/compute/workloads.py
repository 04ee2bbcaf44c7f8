"""What a plan computes: workloads, each with what it needs and on what it runs."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, Field, ValidationInfo, field_validator

from toolkit.lines.spelling import nearest
from toolkit.reference import ApiPrice, Offer, Reference
from toolkit.resources.compute.offer_key import ApiKey, OfferKey
from toolkit.resources.record import EventMonth, Id, Item, Span
from toolkit.resources.surroundings import ProductId, complaint, surroundings
from toolkit.resources.values import Count, Hours, PositiveShare, Share, Speed, Tokens, Value
from toolkit.shapes.catalogue import SHAPES
from toolkit.shapes.models import MODELS, NamedModel

Dtype = Literal["fp32", "tf32", "bf16", "fp16", "fp8"]
Positive = Annotated[int, Field(ge=1)]


def _model(name: str) -> str:
    if name not in MODELS:
        raise complaint("plan.unknown_model", model=name, nearest=nearest(name, MODELS))
    return name


def _decoder(name: str) -> str:
    if _model(name) not in SHAPES:
        raise complaint("compute.not_a_decoder", model=name, unit=MODELS[name].unit)
    return name


AnyModel = Annotated[str, AfterValidator(_model)]
DecoderModel = Annotated[str, AfterValidator(_decoder)]


class Workload(Item, Span):
    """What all workloads of our own have: a model, the arithmetic, the step, and where it runs: on the
    `capacity` that the plan holds, on a rented `offer`, or on the first as far as it goes and the second
    beyond."""

    on_processors: ClassVar[bool] = False

    kind: str
    model: AnyModel
    dtype: Dtype
    batch: Positive
    capacity: Id | None = None
    offer: OfferKey | None = Field(None, validate_default=True)

    @property
    def named(self) -> NamedModel:
        return MODELS[self.model]

    def price(self, reference: Reference) -> Offer | None:
        """What an hour costs beyond the capacity that is held; None where nothing is rented."""
        return None if self.offer is None else self.offer.find(reference)

    @field_validator("offer")
    @classmethod
    def _right_device(cls, key: OfferKey | None, info: ValidationInfo) -> OfferKey | None:
        if key is None:
            if "capacity" in info.data and info.data["capacity"] is None:
                raise complaint("compute.nowhere_to_run")
        elif key.find(surroundings(info).reference).is_cpu != cls.on_processors:
            raise complaint("plan.offer_device", kind=info.data["kind"])
        return key


def _length(length: int | None, info: ValidationInfo) -> int | None:
    """The length of a sample, which some families have and others have not."""
    model = info.data.get("model")
    if model is not None and MODELS[model].has_length == (length is None):
        raise complaint("compute.length_needed" if length is None else "compute.no_length", model=model)
    if model is not None and length is not None and length > MODELS[model].longest:
        raise complaint("compute.too_long", model=model, length=length, longest=MODELS[model].longest)
    return length


class Training(Workload):
    """A training run every `every_months` from `start` to `end`: `tokens_per_run` (of a model that does not
    count in tokens `work_per_run`: images, seconds of audio, samples) for the run that is kept, times
    `experiments` for the search around it. `sequence` is the length of a sample. `goodput` is the share of
    the rented time that trains. On spot machines an interruption loses `lost_per_interruption`, so often a
    month as the provider says, or as `interruptions_per_month` says."""

    kind: Literal["training"]
    start: EventMonth
    sequence: Positive | None = Field(None, validate_default=True)
    tokens_per_run: Tokens | None = Field(None, validate_default=True)
    work_per_run: Count | None = Field(None, validate_default=True)
    experiments: Count
    goodput: PositiveShare
    every_months: Positive = 3
    interruptions_per_month: Count | None = None
    lost_per_interruption: Hours | None = None

    _length = field_validator("sequence")(_length)

    @field_validator("tokens_per_run", "work_per_run")
    @classmethod
    def _in_its_unit(cls, work: Value | None, info: ValidationInfo) -> Value | None:
        model = info.data.get("model")
        if model is None:
            return work
        unit = MODELS[model].unit
        if (work is not None) != ((info.field_name == "tokens_per_run") == (unit == "token")):
            right = "tokens_per_run" if unit == "token" else "work_per_run"
            raise complaint("compute.work_unit", model=model, unit=unit, field=right)
        return work

    @field_validator("lost_per_interruption")
    @classmethod
    def _on_spot_machines(cls, lost: Value | None, info: ValidationInfo) -> Value | None:
        offer: OfferKey | None = info.data.get("offer")
        if lost is None or offer is None:
            return lost
        if offer.price_type != "spot":
            raise complaint("compute.not_spot", price_type=offer.price_type)
        known = offer.find(surroundings(info).reference).monthly_interruption is not None
        if not known and info.data.get("interruptions_per_month") is None:
            raise complaint("compute.interruptions_unknown")
        return lost


def _of_the_product(work: Value | None, info: ValidationInfo, unit: str) -> Value | None:
    """What a customer asks for; absent, the usage of the product says it."""
    product = info.data.get("product")
    if work is None and product is not None and surroundings(info).usage.get(product) != unit:
        raise complaint("market.demand_needed", product=product, field=info.field_name, unit=unit)
    return work


class Requests(Item, Span):
    """What customers of `product` ask of a language model: each sends `requests_per_customer` a month (by
    default what the usage of the product says), of `prompt_tokens` in and `output_tokens` out."""

    product: ProductId
    requests_per_customer: Count | None = Field(None, validate_default=True)
    prompt_tokens: Tokens
    output_tokens: Tokens

    @field_validator("requests_per_customer")
    @classmethod
    def _known_demand(cls, requests: Value | None, info: ValidationInfo) -> Value | None:
        return _of_the_product(requests, info, "request")


class Instances(Workload):
    """A service on instances that are up all month: `utilisation` is the share of an instance's capacity that
    the load can use; at least `minimum_instances` always run."""

    utilisation: PositiveShare
    minimum_instances: Count


class Service(Instances, Requests):
    """A language model of our own behind an interface: it reads prompts and writes answers."""

    kind: Literal["service"]
    model: DecoderModel


class Inference(Instances):
    """Another model of our own behind an interface: each customer of `product` sends `work_per_customer`
    units a month (images, seconds of audio, samples; of an encoder tokens) by default as the usage of the
    product says. `sequence` is the length of a sample."""

    kind: Literal["inference"]
    product: ProductId
    sequence: Positive | None = Field(None, validate_default=True)
    work_per_customer: Count | None = Field(None, validate_default=True)

    _length = field_validator("sequence")(_length)

    @field_validator("work_per_customer")
    @classmethod
    def _known_demand(cls, work: Value | None, info: ValidationInfo) -> Value | None:
        model = info.data.get("model")
        return work if model is None else _of_the_product(work, info, MODELS[model].unit)


class Batch(Workload):
    """Documents read in batches on processors: `tokens_per_customer` a month (by default what the usage of
    the product says). `relative_speed` is a rented virtual processor compared with a thread of the machine
    that was measured."""

    on_processors: ClassVar[bool] = True

    kind: Literal["batch"]
    model: DecoderModel
    product: ProductId
    sequence: Positive
    tokens_per_customer: Tokens | None = Field(None, validate_default=True)
    relative_speed: Speed
    goodput: PositiveShare

    @field_validator("tokens_per_customer")
    @classmethod
    def _known_demand(cls, tokens: Value | None, info: ValidationInfo) -> Value | None:
        return _of_the_product(tokens, info, "token")


class HostedService(Requests):
    """Requests that somebody else's model answers, at the list price of its API. `cached_share` of the prompt
    is read from the provider's cache."""

    kind: Literal["api"]
    api: ApiKey
    cached_share: Share | None = None

    def price(self, reference: Reference) -> ApiPrice:
        """What a token costs."""
        return self.api.find(reference)

    @field_validator("cached_share")
    @classmethod
    def _has_a_cached_price(cls, share: Value | None, info: ValidationInfo) -> Value | None:
        api: ApiKey | None = info.data.get("api")
        if share is None or api is None:
            return share
        if api.find(surroundings(info).reference).usd_per_1m_cached_input is None:
            raise complaint("compute.no_cached_price", provider=api.provider, model=api.model)
        return share


class Cluster(Item, Span):
    """Machines that researchers hold: `instances` of an offer for the share `hours_share` of every month
    (absent: all of it)."""

    kind: Literal["cluster"]
    offer: OfferKey
    instances: Count
    hours_share: PositiveShare | None = None

    def price(self, reference: Reference) -> Offer:
        """What an hour costs."""
        return self.offer.find(reference)


AnyWorkload = Training | Service | Inference | Batch | HostedService | Cluster
