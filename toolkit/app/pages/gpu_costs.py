"""GPU costs: what a piece of work costs on every offer, when it pays to own, to commit, to buy an API."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from toolkit.app.gpu_costs import CostScenario, scenario
from toolkit.errors import Problem
from toolkit.estimate.cost.breakeven import CommitmentBreakEven, VolumeBreakEven
from toolkit.estimate.cost.cases import Case
from toolkit.estimate.cost.market import Option
from toolkit.estimate.cost.speed import Speeds
from toolkit.estimate.cost.workload import CostWorkload, Service, parse_workload
from toolkit.reference import Reference
from toolkit.reference.offers import PRICE_TYPES
from toolkit.reference.paths import data_dir
from toolkit.resources.reading import Positions
from toolkit.resources.validation import validate
from toolkit.shapes.catalogue import SHAPES
from toolkit.shapes.records import Rung
from toolkit.text import Text

KINDS = ("training", "fine_tune", "service")
OWN = "own"  # the work that the reader describes
MOST_POINTS = 400
FILTERS = ("providers", "regions", "gpus", "price_types")

# What the reader is asked for, by kind of work, with a value to begin with: fields of a workload file.
ASKED: Mapping[str, Mapping[str, str]] = {
    "training": {"model": "llama-8b", "tokens": "200B", "sequence": "4096", "max_gpus": "64"},
    "fine_tune": {
        "model": "llama-8b",
        "examples": "50k",
        "tokens_per_example": "1024",
        "epochs": "3",
        "max_gpus": "8",
    },
    "service": {
        "model": "llama-8b",
        "requests_per_month": "3M",
        "prompt_tokens": "1024",
        "output_tokens": "256",
        "peak_to_mean": "3",
        "ms_per_token": "50",
    },
}


@dataclass(frozen=True, slots=True)
class CaseRow:
    """One option. `time` is hours of a run, or ms a token of a service; `cost` of the run or of a month, in
    the workload's currency, good, middle, bad; None where the work does not fit, and `problem` says why."""

    provider: str
    instance_type: str
    region: str
    gpu: str
    gpus: int
    price_type: str
    price_per_gpu_hour: float | None
    time: float | None
    cost: tuple[float, float, float] | None
    per_million: float | None
    rung: Rung | None
    method: str
    age_days: int | None
    as_of: str
    source: str
    url: str
    is_on_front: bool
    is_chosen: bool
    is_in_time: bool
    is_in_budget: bool
    problem: Problem | None
    warnings: tuple[Problem, ...]

    @property
    def fits(self) -> bool:
        return self.cost is not None

    @property
    def middle(self) -> float | None:
        """The middle cost."""
        return None if self.cost is None else self.cost[1]

    @property
    def name(self) -> str:
        """The option in short: `aws · 8 × H100`."""
        return f"{self.provider} · {self.gpus} × {self.gpu}"


@dataclass(frozen=True, slots=True)
class ApiRow:
    """The same work behind an API, for a month."""

    name: str
    per_month: float
    per_million: float
    as_of: str
    age_days: int | None


@dataclass(frozen=True, slots=True)
class CommitmentRow:
    """Above `utilisation` (a share of the hours) the committed or own machine costs less."""

    committed: str
    price_type: str
    against: str
    utilisation: float
    hours_a_month: float


@dataclass(frozen=True, slots=True)
class VolumeRow:
    """Requests a month from which a machine may be, and always is, cheaper than the API; None: never."""

    machine: str
    api: str
    machine_month: float
    capacity: float
    first: float | None
    always: float | None


@dataclass(frozen=True, slots=True)
class CostPage:
    """Everything that the page shows of one piece of work under one set of filters. `form` is `run` or
    `service`; `id` differs wherever the figures do; `points` are those drawn; `fitting` and `listed` count
    options."""

    name: Text
    currency: str
    form: Literal["run", "service"]
    id: str
    rows: tuple[CaseRow, ...]
    points: tuple[CaseRow, ...]
    front: tuple[CaseRow, ...]
    cheapest: CaseRow | None
    fastest: CaseRow | None
    apis: tuple[ApiRow, ...]
    commitments: tuple[CommitmentRow, ...]
    owned: tuple[CommitmentRow, ...]
    volumes: tuple[VolumeRow, ...]
    fitting: int
    listed: int
    stale: int
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Choices:
    """What filters can choose from: values of the catalogue of offers."""

    providers: tuple[str, ...]
    regions: tuple[str, ...]
    gpus: tuple[str, ...]
    price_types: tuple[str, ...]
    gpu_names: Mapping[str, str]


def examples() -> dict[str, Text]:
    """The workload files that come along: id → name."""
    folder = data_dir() / "examples" / "workloads"
    return {file.stem: example(file.stem).name for file in sorted(folder.glob("*.yaml"))}


def example(id: str) -> CostWorkload:
    """One of the workload files that come along. Raises InputError."""
    file = data_dir() / "examples" / "workloads" / f"{id}.yaml"
    return parse_workload(file.read_text(encoding="utf-8"), file.name)


def described(kind: str, fields: Mapping[str, str], currency: str, name: Mapping[str, str]) -> CostWorkload:
    """The work that a reader describes, in the notation of a plan. Raises InputError with every problem."""
    numbers = {key: _typed(value) for key, value in fields.items() if value}
    raw: dict[str, Any] = {"name": dict(name), "currency": currency, "work": {"kind": kind, **numbers}}
    return validate(CostWorkload, raw, Positions(None, {}))


def _typed(value: str) -> Any:
    text = value.strip()
    return int(text) if text.isdecimal() else text


def models() -> tuple[str, ...]:
    """The names of the shape catalogue."""
    return tuple(sorted(SHAPES))


def choices(reference: Reference) -> Choices:
    """What filters can choose from."""
    offers = [offer for offer in reference.offers if not offer.is_cpu]
    gpus = sorted({one for offer in offers if (one := offer.gpu_id) is not None and one in reference.gpus})
    return Choices(
        providers=tuple(sorted({offer.provider for offer in offers})),
        regions=tuple(sorted({offer.region for offer in offers if offer.region})),
        gpus=tuple(gpus),
        price_types=PRICE_TYPES,
        gpu_names={one: reference.gpus[one].name for one in gpus},
    )


def limited(
    workload: CostWorkload,
    filters: Mapping[str, Sequence[str]],
    deadline_days: float | None = None,
    budget: float | None = None,
) -> CostWorkload:
    """The workload under the reader's filters (all where a list is empty) and limits."""
    chosen = {name: tuple(values) for name, values in filters.items() if values}
    offers = workload.offers.model_copy(update=chosen)
    return workload.model_copy(update={"offers": offers, "deadline_days": deadline_days, "budget": budget})


def cost_page(workload: CostWorkload, reference: Reference, speeds: Speeds, today: date) -> CostPage:
    """The page of one piece of work. Raises InputError for filters that match nothing."""
    found = scenario(workload, reference, today=today, speeds=speeds)
    is_service = isinstance(workload.work, Service)
    rows = tuple(_row(case, is_service) for case in found.comparison.cases)
    able = [row for row in rows if row.fits and row.time is not None]
    front = tuple(row for row in able if row.is_on_front)
    chosen = [row for row in able if row.is_chosen]
    return CostPage(
        name=workload.name,
        currency=workload.currency,
        form="service" if is_service else "run",
        id=f"{hash(tuple((row.name, row.instance_type, row.time, row.middle) for row in rows)):x}",
        rows=rows,
        points=(*front, *[row for row in able if not row.is_on_front][: MOST_POINTS - len(front)]),
        front=front,
        cheapest=chosen[0] if chosen else None,
        fastest=min(chosen, key=lambda row: row.time or 0.0, default=None),
        apis=_apis(found),
        commitments=tuple(_commitment(one) for one in found.break_evens.commitments),
        owned=tuple(_commitment(one) for one in found.break_evens.owned),
        volumes=tuple(_volume(one) for one in found.break_evens.volumes),
        fitting=len(able),
        listed=len(rows),
        stale=sum((row.age_days or 0) > workload.max_price_age_days for row in able),
        problems=found.comparison.problems,
    )


def _row(case: Case, is_service: bool) -> CaseRow:
    option, speed = case.option, case.speed
    hour = option.price_per_hour
    time = speed.ms_per_token if is_service and speed else case.hours[1] if case.hours else None
    return CaseRow(
        provider=option.provider,
        instance_type=option.instance_type,
        region=option.region or "",
        gpu=option.gpu_name,
        gpus=case.gpus,
        price_type=option.kind,
        price_per_gpu_hour=None if hour is None else hour / option.devices,
        time=time,
        cost=case.cost,
        per_million=case.per_million,
        rung=speed.rung if speed else None,
        method=speed.method if speed else "",
        age_days=option.age_days,
        as_of=option.as_of or "",
        source=option.source.title,
        url=option.source.url or "",
        is_on_front=case.on_front,
        is_chosen=case.chosen,
        is_in_time=case.in_time,
        is_in_budget=case.in_budget,
        problem=case.problem or option.problem,
        warnings=option.warnings,
    )


def _apis(found: CostScenario) -> tuple[ApiRow, ...]:
    return tuple(
        ApiRow(
            f"{one.provider} · {one.model}", one.per_month, one.per_million_output, one.as_of, one.age_days
        )
        for one in found.comparison.apis
    )


def _machine(option: Option) -> str:
    """A machine in words: who offers it, what it is called, and its GPUs where the name does not say them. Of
    one's own the kind of its price says whose it is."""
    gpus = f"{option.devices} × {option.gpu_name}"
    name = option.instance_type
    offered = name if option.kind == "owned" else f"{option.provider} · {name}"
    return offered + ("" if option.gpu_name in name else f" ({gpus})")


def _commitment(one: CommitmentBreakEven) -> CommitmentRow:
    kept, rented = one.committed, one.on_demand
    return CommitmentRow(
        committed=_machine(kept),
        price_type=kept.kind,
        against=f"{rented.provider} · {rented.instance_type}",
        utilisation=one.utilisation,
        hours_a_month=one.hours_a_month,
    )


def _volume(one: VolumeBreakEven) -> VolumeRow:
    option = one.case.option
    return VolumeRow(
        machine=_machine(option),
        api=f"{one.api.provider} · {one.api.model}",
        machine_month=one.machine_month,
        capacity=one.capacity,
        first=one.first,
        always=one.always,
    )
