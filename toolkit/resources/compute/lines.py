"""Compute as lines: work → device-hours → money.

    held     the part of a workload's hours that the plan's own capacity covers (`capacity_lines`)
    cost     (hours - held) × list price of a device-hour × price index × (1 - partner discount)
    short    hours beyond the capacity where a workload rents nothing
    domestic share of the research cost of twelve months on devices designed in the company's country
    api      requests × (prompt × price read + output × price written) / 10⁶, of the cached share at its price

How hours follow from work says `work_lines`. The month has 730 hours.
"""

from __future__ import annotations

from collections.abc import Mapping

from toolkit.provenance import Source
from toolkit.resources.compilation import Compilation, Scope
from toolkit.resources.compute.capacity_lines import Held, compile_capacity, finish_capacity
from toolkit.resources.compute.pricing import device_price, provider_slug, token_prices
from toolkit.resources.compute.records import invoices
from toolkit.resources.compute.work_lines import (
    batch_hours,
    cluster_hours,
    inference_hours,
    request_lines,
    service_hours,
    training_hours,
)
from toolkit.resources.compute.workloads import (
    AnyWorkload,
    Batch,
    Cluster,
    HostedService,
    Inference,
    Service,
    Training,
    Workload,
)

RESEARCH = "research_compute"  # the account


def compile_compute(compilation: Compilation) -> None:
    """Lines and postings of every workload and capacity; the gross cost by provider for credits and
    billing."""
    compute = compilation.plan.compute
    room = compilation.scope("compute", "compute", compute)
    change = room.optional("price_change", 0.0)
    room.formula("price_index", f"(1 + {change}) ** ((t - 1) / 12)", "1")
    gross: dict[str, list[str]] = {provider: [] for provider in providers(compilation)}
    costs: dict[str, list[str]] = {"cost_compute": [], RESEARCH: []}
    domestic: list[str] = []  # of the research
    capacity = compile_capacity(compilation)
    for held in capacity.values():
        costs[held.account].append(held.cost)
        if held.account == RESEARCH and _is_domestic(compilation, held.record.gpu_id(compilation.reference)):
            domestic.append(held.cost)
        for provider, parts in held.invoiced.items():
            gross[provider] += parts
    for scope, workload in compilation.scopes("compute.workloads", "compute", compute.workloads, "compute"):
        account = _account(workload)
        cost = _cost(scope, workload, capacity, account)
        if cost is not None:
            costs[account].append(cost)
            gross[_provider(workload)].append(cost)
            if account == RESEARCH and _is_domestic(compilation, _gpu(compilation, workload)):
                domestic.append(cost)
    for held in capacity.values():
        finish_capacity(held)
    for provider, parts in gross.items():
        room.total(f"gross.{provider_slug(provider)}", parts, room.currency, "gross_compute")
    room.total("cost", [*costs["cost_compute"], *costs[RESEARCH]], room.currency, "compute_cost_total")
    total = room.total("research_cost", costs[RESEARCH], room.currency, "research_compute_total")
    part = room.total("research_domestic", domestic, room.currency, "research_domestic")
    share = f"sum({part}, 12) / max(sum({total}, 12), 1e-9)"
    room.formula("research_domestic_share", share, "1", "research_domestic_share")


def providers(compilation: Compilation) -> Mapping[str, str]:
    """The providers that send invoices, each with the line of its invoice before credits."""
    found = sorted(provider for provider, _ in _invoices(compilation))
    return {provider: f"compute.gross.{provider_slug(provider)}" for provider in found}


def billing_currency(compilation: Compilation, provider: str) -> str:
    """The currency of a provider's offers, which is that of its invoice."""
    return dict(_invoices(compilation))[provider]


def _invoices(compilation: Compilation) -> list[tuple[str, str]]:
    compute = compilation.plan.compute
    return invoices(compute.workloads, compute.capacity, compilation.reference)


def _account(workload: AnyWorkload) -> str:
    return RESEARCH if isinstance(workload, Training | Cluster) else "cost_compute"


def _gpu(compilation: Compilation, workload: AnyWorkload) -> str | None:
    if isinstance(workload, HostedService) or workload.offer is None:
        return None
    return workload.offer.find(compilation.reference).gpu_id


def _is_domestic(compilation: Compilation, gpu: str | None) -> bool:
    return compilation.reference.country_of_gpu(gpu) == compilation.plan.company.country


def _provider(workload: AnyWorkload) -> str:
    if isinstance(workload, HostedService):
        return workload.api.provider
    if workload.offer is None:
        raise ValueError(f"{workload.id} rents nothing")
    return workload.offer.provider


def _cost(scope: Scope, workload: AnyWorkload, capacity: Mapping[str, Held], account: str) -> str | None:
    """The line of what a workload costs beyond the capacity that is held; None where it rents nothing."""
    reference = scope.compilation.reference
    match workload:
        case HostedService():
            return scope.amount("cost", _api_cost(scope, workload), account, "payables")
        case Cluster():
            offer = workload.offer.find(reference)
            hours = cluster_hours(scope, workload, offer)
            return scope.amount("cost", f"{hours} * {device_price(scope, offer)}", account, "payables")
        case Workload():
            held = None if workload.capacity is None else capacity[workload.capacity]
            hours = _hours(scope, workload, held)
            rest = hours if held is None else _rest(scope, held, hours)
            if workload.offer is None:
                scope.formula("short_hours", rest, "device-hour")
                scope.formula("cost", "0", scope.currency)
                return None
            price = device_price(scope, workload.offer.find(reference))
            return scope.amount("cost", f"{rest} * {price}", account, "payables")


def _rest(scope: Scope, held: Held, hours: str) -> str:
    """What is left of the hours; and the workload's part of the cost of the capacity, by the hours it
    used."""
    taken = held.take(scope, hours)
    part = f"{held.cost} * {taken} / max({held.hours}, 1)"
    scope.formula("held_cost", part, scope.currency, "held_part")
    return f"({hours} - {taken})"


def _hours(scope: Scope, workload: Workload, held: Held | None) -> str:
    devices, source = _instance(scope, workload, held)
    match workload:
        case Training():
            return training_hours(scope, workload)
        case Service():
            return service_hours(scope, workload, devices, source)
        case Inference():
            return inference_hours(scope, workload, devices, source)
        case Batch():
            return batch_hours(scope, workload)
    raise TypeError(workload)


def _instance(scope: Scope, workload: Workload, held: Held | None) -> tuple[int, Source]:
    """Devices of an instance: as it is rented, else as it is held."""
    if workload.offer is not None:
        offer = workload.offer.find(scope.compilation.reference)
        return offer.devices, offer.source
    if held is None:
        raise ValueError(f"{workload.id} has nowhere to run: plans are checked before they are compiled")
    return held.devices, scope.compilation.source_of(held.scope.path, held.record)


def _api_cost(scope: Scope, service: HostedService) -> str:
    requests, prompt, output = request_lines(scope, service)
    read, written, cached = token_prices(scope, service.api.find(scope.compilation.reference))
    if service.cached_share is not None and cached is not None:
        share = scope.input("cached_share")
        read = f"({read} * (1 - {share}) + {cached} * {share})"
    return f"{requests} * ({prompt} * {read} + {output} * {written}) / 1000000"
