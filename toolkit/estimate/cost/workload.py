"""WORKLOAD.yaml: the work whose cost is asked for, and the terms under which offers are compared.

Three kinds of work: a `training` run over so many tokens, a `fine_tune` (full, or with low-rank adapters)
over examples and epochs, a `service` that answers requests every month. Numbers are written as in a plan
(`200B`, `1.5M`, `15 %`); they are certain, since the uncertainty here is that of the speed.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, ValidationInfo, field_validator, model_validator

from toolkit.errors import InputError, Problem
from toolkit.estimate.cost.layout import Layout
from toolkit.estimate.cost.learning import LearningCurve
from toolkit.estimate.cost.model_name import ModelName
from toolkit.estimate.cost.numbers import (
    Amount,
    AmountOrZero,
    Positive,
    PositiveShare,
    Ratio,
    Share,
    number,
)
from toolkit.reference.offers import PriceType
from toolkit.resources.reading import read_yaml
from toolkit.resources.record import KIND, Record, Words
from toolkit.resources.surroundings import complaint
from toolkit.resources.validation import validate
from toolkit.shapes.catalogue import shape
from toolkit.shapes.decoder import Decoder
from toolkit.units import CURRENCIES

Dtype = Literal["fp32", "tf32", "bf16", "fp16", "fp8"]
WeightFormat = Literal["fp32", "bf16", "fp16", "fp8", "int8", "fp4", "int4"]
HOURS_A_MONTH = 730.0


def _currency(code: str) -> str:
    if code not in CURRENCIES:
        raise complaint("plan.choice", text=code, expected=", ".join(sorted(CURRENCIES)))
    return code


Currency = Annotated[str, AfterValidator(_currency)]


class Work(Record):
    """What all work has: a model of the shape catalogue, or one that is spelled (`layers=24 hidden=2048 …`,
    see `shapes.spelled`), and the software stack where it is known."""

    kind: str
    model: ModelName
    stack: str = ""

    @property
    def decoder(self) -> Decoder:
        return shape(self.model)


class Optimised(Work):
    """Work that trains. `micro_batch` is sequences a GPU at a time (the largest that fits up to 8 when it is
    not given); `goodput` the share of the rented time that makes progress; `experiments` the runs in all as a
    multiple of the one that is kept. Whole machines of 8 GPUs and more are joined up to `max_gpus`, spread as
    `layout` says."""

    dtype: Dtype = "bf16"
    micro_batch: Positive | None = None
    checkpointing: Literal["auto", "none", "full"] = "auto"
    experiments: Ratio = 1.0
    goodput: PositiveShare = 0.9
    max_gpus: Positive = 64
    layout: Layout = Layout()

    @property
    def steps(self) -> tuple[float, int]:
        """All tokens to train on, and the length of a sequence."""
        raise NotImplementedError

    @property
    def adapters(self) -> bool:
        return False


class Training(Optimised):
    """A training run in sequences of `sequence` tokens. Its size is said in one of four ways: `tokens`; or
    `samples` of a sequence each, `epochs` times; or `tokens_per_parameter` (20 is compute-optimal, Hoffmann
    et al. 2022, arXiv:2203.15556); or the `loss` that it is to reach on a learning `curve`."""

    kind: Literal["training"]
    sequence: Positive
    tokens: Amount | None = None
    samples: Amount | None = None
    epochs: Amount = 1.0
    tokens_per_parameter: Amount | None = None
    loss: Amount | None = None
    curve: LearningCurve = LearningCurve()

    @model_validator(mode="after")
    def _one_size(self) -> Training:
        sizes = (self.tokens, self.samples, self.tokens_per_parameter, self.loss)
        if sum(size is not None for size in sizes) != 1:
            raise complaint("gpu.one_size")
        if self.loss is not None and self.curve.tokens(self.loss, self.decoder.parameters()) is None:
            least = self.curve.loss(self.decoder.parameters(), float("inf"))
            raise complaint("gpu.loss_out_of_reach", loss=self.loss, model=self.model, least=f"{least:.3g}")
        return self

    @property
    def steps(self) -> tuple[float, int]:
        parameters = self.decoder.parameters()
        if self.tokens is not None:
            tokens = self.tokens
        elif self.samples is not None:
            tokens = self.samples * self.sequence * self.epochs
        elif self.tokens_per_parameter is not None:
            tokens = self.tokens_per_parameter * parameters
        else:
            tokens = self.curve.tokens(self.loss or 0.0, parameters) or 0.0
        return tokens * self.experiments, self.sequence


class FineTune(Optimised):
    """A fine-tune over `examples` of `tokens_per_example` tokens, `epochs` times. With `method: lora` the
    weights are frozen and little adapters are trained: it takes less memory; its speed is taken as that of
    a full fine-tune, which it does not fall below, so its cost is an upper bound."""

    kind: Literal["fine_tune"]
    method: Literal["full", "lora"] = "full"
    examples: Amount
    tokens_per_example: Positive
    epochs: Amount = 3.0
    max_gpus: Positive = 8

    @property
    def steps(self) -> tuple[float, int]:
        return self.examples * self.tokens_per_example * self.epochs * self.experiments, (
            self.tokens_per_example
        )

    @property
    def adapters(self) -> bool:
        return self.method == "lora"


class Service(Work):
    """A service that answers `requests_per_month` (or as many as make `output_tokens_per_month`), each of
    `prompt_tokens` in and `output_tokens` out.

    `peak_to_mean` is the busiest hour over the mean. With `scaling: peak` the machines for that hour run all
    month; with `follow` machines follow the load, and each that is started is paid `cold_start_minutes`
    before it serves; at least `minimum_instances` always run. Demand grows by `growth_per_month` over
    `months`. Goals: `ms_per_token` between tokens, `first_token_ms` to the first one."""

    kind: Literal["service"]
    dtype: WeightFormat = "bf16"
    requests_per_month: Amount | None = None
    output_tokens_per_month: Amount | None = None
    prompt_tokens: Positive
    output_tokens: Positive
    peak_to_mean: Ratio = 3.0
    minimum_instances: Positive = 1
    scaling: Literal["peak", "follow"] = "peak"
    cold_start_minutes: AmountOrZero | None = None
    growth_per_month: Annotated[float, number("1", -0.99, 10.0)] = 0.0
    months: Annotated[int, Field(ge=1, le=120)] = 12
    max_concurrency: Positive = 128
    ms_per_token: Amount | None = None
    first_token_ms: Amount | None = None

    @model_validator(mode="after")
    def _one_volume(self) -> Service:
        if (self.requests_per_month is None) == (self.output_tokens_per_month is None):
            raise complaint("gpu.one_volume")
        return self

    @property
    def requests(self) -> float:
        """Requests a month."""
        if self.requests_per_month is not None:
            return self.requests_per_month
        return (self.output_tokens_per_month or 0.0) / self.output_tokens


class Offered(Record):
    """Which offers are looked at: all where a list is empty."""

    providers: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    gpus: tuple[str, ...] = ()
    price_types: tuple[PriceType, ...] = ()


class Interruptions(Record):
    """Spot machines: a checkpoint is written every `checkpoint_minutes` (the interval that loses least, if
    not given) and takes `checkpoint_seconds` (the state at 2 GB/s, if not given); a lost machine is back
    after `restart_minutes`. `monthly_share` of machines lost in a month holds where a provider is silent."""

    checkpoint_minutes: Amount | None = None
    checkpoint_seconds: Amount | None = None
    restart_minutes: AmountOrZero = 15.0
    monthly_share: Annotated[float, number("1", 0.0, 0.99)] = 0.2


class Ownership(Record):
    """A server of one's own in `country`: what is not given is looked up in `data/` (price of a server, of
    power and of a rack) or is the default that stands here. Prices are in `currency`."""

    gpu: str
    devices: Positive = 8
    country: str = "US"
    currency: Currency | None = None
    server_price: Amount | None = None
    years: Amount = 4.0
    resale: Share = 0.15
    failures_per_year: Share = 0.05
    cost_of_capital: Share = 0.08
    power_price: Amount | None = None
    server_over_gpu_power: Ratio = 1.6
    load: PositiveShare = 0.8
    pue: Ratio | None = None
    colocation_per_kw_month: AmountOrZero | None = None
    staff_per_month: AmountOrZero = 0.0
    utilisation: PositiveShare = 0.7


class ApiChoice(Record):
    """A model behind an API that would do the same work, by its row in `data/api_prices.csv`."""

    provider: str
    model: str


class CostWorkload(Record):
    """The file. Costs are in `currency`; `deadline_days` and `budget` are filters. `commitment: whole`
    charges a reservation for its whole term, `hours` for the hours used, as if other work took the rest."""

    name: Words
    work: Annotated[Training | FineTune | Service, KIND]
    currency: Currency = "USD"
    deadline_days: Amount | None = None
    budget: Amount | None = None
    commitment: Literal["whole", "hours"] = "whole"
    reserved_upfront: Share = 0.0
    max_price_age_days: Positive = 90
    offers: Offered = Offered()
    spot: Interruptions = Interruptions()
    own: tuple[Ownership, ...] = ()
    api: tuple[ApiChoice, ...] = ()

    @field_validator("api")
    @classmethod
    def _only_a_service(cls, api: tuple[ApiChoice, ...], info: ValidationInfo) -> tuple[ApiChoice, ...]:
        if api and not isinstance(info.data.get("work"), Service):
            raise complaint("gpu.api_for_service")
        return api


def read_workload(path: Path) -> CostWorkload:
    """The workload of a file. Raises InputError with every problem, its line and its mend."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise InputError([Problem("gpu.unreadable", file=str(path), values={"reason": reason})]) from None
    return parse_workload(text, str(path))


def parse_workload(text: str, file: str | None = None) -> CostWorkload:
    """The workload of a YAML text. Raises InputError with every problem."""
    raw, positions = read_yaml(text, file)
    return validate(CostWorkload, raw, positions)
