"""From which use on a commitment pays, and from which volume a machine of one's own, a rented one or an API.

    a commitment pays above the utilisation      committed price / price on demand         (both an hour)
    owning instead of renting, likewise          hour of the own machine / hour of the rented one

A service on machines that run all month against an API, with P a month of one machine, c the requests that it
serves, a the price of a request, and k machines for volumes in (c·(k - 1), c·k]:

    some volume is cheaper on machines   ⇔   P / a ≤ c;   the first one is   m·P / a, with m machines at least
    every volume is, from                c·(K - 1) on,    K = ceil(c / (c - P / a)), at least the first one

Both follow from k·P ≤ a·v; below the first volume the API is cheaper, between the two it depends.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from toolkit.estimate.cost.api_cost import ApiCost
from toolkit.estimate.cost.cases import Case, Comparison
from toolkit.estimate.cost.market import Option
from toolkit.estimate.cost.workload import HOURS_A_MONTH, Service

COMMITTED = ("monthly", "reserved_1y", "reserved_3y")


@dataclass(frozen=True, slots=True)
class CommitmentBreakEven:
    """`committed` pays above this share of the hours of its term; above 1 it never does."""

    committed: Option
    on_demand: Option
    utilisation: float

    @property
    def hours_a_month(self) -> float:
        return self.utilisation * HOURS_A_MONTH


@dataclass(frozen=True, slots=True)
class VolumeBreakEven:
    """Requests a month from which machines may be, and from which they always are, cheaper than the API;
    None: never. `machine_month` is the cost of one machine, `capacity` the requests that it serves."""

    case: Case
    api: ApiCost
    machine_month: float
    capacity: float
    first: float | None
    always: float | None


@dataclass(frozen=True, slots=True)
class BreakEvens:
    """All of them; `owned` compares the hour of an own machine with rented ones of the same GPU and count."""

    commitments: tuple[CommitmentBreakEven, ...]
    owned: tuple[CommitmentBreakEven, ...]
    volumes: tuple[VolumeBreakEven, ...]


def break_even(comparison: Comparison, cheapest: int = 5) -> BreakEvens:
    """The break-evens of what was compared: of every commitment and own server that can do the work, and of
    the `cheapest` rented machines (and every own one) against every API that was named."""
    listed = list({id(case.option): case.option for case in comparison.cases}.values())
    able = {id(case.option) for case in comparison.cases if case.cost is not None}

    def of_able(found: Iterable[CommitmentBreakEven]) -> tuple[CommitmentBreakEven, ...]:
        kept = [one for one in found if {id(one.committed), id(one.on_demand)} <= able]
        return tuple(sorted(kept, key=lambda one: one.utilisation))

    return BreakEvens(
        of_able(_commitments(listed)),
        of_able(_owned(listed, comparison)),
        tuple(_volumes(comparison, cheapest)),
    )


def utilisation_to_commit(committed: float, on_demand: float) -> float:
    """The share of the hours above which a commitment costs less than paying by the hour; 23.78 against 55.04
    an hour is 43 %. Raises ValueError for prices that are not above 0."""
    if not (committed > 0 and on_demand > 0):
        raise ValueError("prices must be above 0")
    return committed / on_demand


def api_break_even(
    machine_month: float, capacity: float, request: float, least: int = 1
) -> tuple[float | None, float | None]:
    """Requests a month from which machines may be, and always are, cheaper than an API at `request` each.

    `machine_month`: the cost of one machine; `capacity`: the requests that it serves; `least` machines run.
    """
    each = machine_month / request
    if each > capacity:
        return None, None
    first = least * each
    if each == capacity:
        return first, None
    count = math.ceil(capacity / (capacity - each) - 1e-9)
    return first, max(first, capacity * (count - 1))


def _commitments(listed: Sequence[Option]) -> Iterable[CommitmentBreakEven]:
    hourly = {_instance(one): one for one in listed if one.kind == "on_demand" and one.price_per_hour}
    for one in listed:
        rented = hourly.get(_instance(one))
        if one.kind in COMMITTED and one.price_per_hour and rented and rented.price_per_hour:
            share = utilisation_to_commit(one.price_per_hour, rented.price_per_hour)
            yield CommitmentBreakEven(one, rented, share)


def _instance(option: Option) -> tuple[str, str, str | None]:
    return option.provider, option.instance_type, option.region


def _owned(listed: Sequence[Option], comparison: Comparison) -> Iterable[CommitmentBreakEven]:
    """An own machine costs for every hour; its option's price is that of an hour of use."""
    for index, own in enumerate(comparison.workload.own):
        server = [one for one in listed if one.kind == "owned" and one.price_per_hour][index : index + 1]
        for one in server:
            share = 1.0 if isinstance(comparison.workload.work, Service) else own.utilisation
            hourly = (one.price_per_hour or 0.0) * share
            for rented in listed:
                same = (rented.gpu_id, rented.devices) == (one.gpu_id, one.devices)
                if rented.kind == "on_demand" and same and rented.price_per_hour:
                    yield CommitmentBreakEven(one, rented, hourly / rented.price_per_hour)


def _volumes(comparison: Comparison, cheapest: int) -> Iterable[VolumeBreakEven]:
    work = comparison.workload.work
    if not isinstance(work, Service):
        return
    rented = [case for case in comparison.cases if case.chosen and case.option.kind != "owned"][:cheapest]
    owned = [case for case in comparison.cases if case.chosen and case.option.kind == "owned"]
    for case in (*rented, *owned):
        if case.speed is None or case.option.price_per_hour is None:
            continue
        month = case.option.price_per_hour * HOURS_A_MONTH
        served = case.speed.median / work.output_tokens / work.peak_to_mean * HOURS_A_MONTH * 3600
        for api in comparison.apis:
            first, always = api_break_even(month, served, api.per_request, work.minimum_instances)
            yield VolumeBreakEven(case, api, month, served, first, always)
