"""A service's load over the day and over the months: how many machines run when, and what that costs.

    load of an hour h     mean · ((1 + cos 2π(h - 11.75)/24) / 2)^k / its mean,   k from the peak
    machines, `peak`      those of the busiest hour, all day
    machines, `follow`    max(least, ceil(load of the hour / speed)), and for every start a while that is paid
                          before it serves
    a month m             demand · (1 + growth)^m

A day has one peak and one trough; services with users on every continent have a lower ratio of peak to mean.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from toolkit.estimate.cost.cases import Band, Case
from toolkit.estimate.cost.grid import SECONDS, Vector, service_cost
from toolkit.estimate.cost.workload import HOURS_A_MONTH, CostWorkload, Service

HOURS = 24
DAYS_A_MONTH = HOURS_A_MONTH / HOURS
LOAD_BYTES_A_SECOND = 2e9  # weights from disk or object storage
BOOT_SECONDS = 60.0


@cache
def day(peak_to_mean: float) -> tuple[float, ...]:
    """Load of each hour over the mean: 24 figures whose mean is 1 and whose largest is `peak_to_mean`, or 24
    where all of it comes in one hour."""
    wave = (1 + np.cos(2 * np.pi * (np.arange(HOURS) + 0.25 - HOURS / 2) / HOURS)) / 2
    low, high = 0.0, 1e4
    for _ in range(100):
        middle = (low + high) / 2
        low, high = (
            (middle, high) if wave.max() ** middle / np.mean(wave**middle) < peak_to_mean else (low, middle)
        )
    found = wave**low
    return tuple((found / found.mean()).tolist())


def cold_start_hours(work: Service) -> float:
    """Until a machine that is asked for serves: as given, or the weights at 2 GB/s and a minute to boot."""
    if work.cold_start_minutes is not None:
        return work.cold_start_minutes / 60
    return (BOOT_SECONDS + work.decoder.weight_bytes(work.dtype) / LOAD_BYTES_A_SECOND) / 3600


def monthly_cost(
    work: Service, tokens: float, speed: Vector, price: Vector, available: Vector | float
) -> tuple[Vector, Vector]:
    """Machines on average, and cost of a month, each (3, options), for so many output tokens.

    `speed` (3, options) is of one machine, fastest first; `available` the share of the time it works.
    """
    if work.scaling == "peak":
        return service_cost(
            tokens, speed, price,
            peak_to_mean=work.peak_to_mean, least=work.minimum_instances, available=available,
        )  # fmt: skip
    load = tokens / (HOURS_A_MONTH * SECONDS) * np.array(day(work.peak_to_mean))
    running = np.maximum(work.minimum_instances, np.ceil(load[:, None, None] / (speed * available) - 1e-9))
    starts = np.maximum(0.0, np.diff(running, axis=0, prepend=running[-1:])).sum(axis=0)
    hours = (running.sum(axis=0) + starts * cold_start_hours(work)) * DAYS_A_MONTH
    return hours / HOURS_A_MONTH, hours * price


@dataclass(frozen=True, slots=True)
class ServiceMonth:
    """One month of a service on one case: requests, machines on average and cost (good, middle, bad),
    replicas in the middle, and the share of what they could make that is asked for."""

    month: int
    requests: float
    machines: Band
    replicas: float
    cost: Band
    utilisation: float


def service_months(case: Case, workload: CostWorkload, months: int | None = None) -> tuple[ServiceMonth, ...]:
    """The months of a case as its demand grows; nothing for a run, or for a case without figures."""
    work, speed, price = workload.work, case.speed, case.option.price_per_hour
    if not isinstance(work, Service) or speed is None or price is None or case.cost is None:
        return ()
    speeds = np.array([[speed.fast], [speed.median], [speed.slow]])
    usable = case.available
    found = []
    for month in range(months or work.months):
        requests = work.requests * (1 + work.growth_per_month) ** month
        tokens = requests * work.output_tokens
        machines, cost = monthly_cost(work, tokens, speeds, np.array([price]), np.array([usable]).T)
        made = float(machines[1, 0]) * speed.median * HOURS_A_MONTH * SECONDS
        found.append(
            ServiceMonth(
                month + 1, requests, _band(machines), float(machines[1, 0]) * speed.replicas,
                _band(cost), tokens / made,
            )
        )  # fmt: skip
    return tuple(found)


def utilisation(tokens: float, machines: float, speed: float) -> float:
    """Output tokens of a month over what so many machines could make."""
    return tokens / (machines * speed * HOURS_A_MONTH * SECONDS)


def _band(values: NDArray[np.float64]) -> Band:
    good, middle, bad = (float(value) for value in values[:, 0])
    return good, middle, bad


def total(months: Sequence[ServiceMonth]) -> Band:
    """The cost of all months: good, middle, bad."""
    good, middle, bad = (math.fsum(one.cost[place] for one in months) for place in range(3))
    return good, middle, bad
