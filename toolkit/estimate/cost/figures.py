"""The figures of all cases in one pass over `grid`: hours, cost, machines, energy, what is owed.

An interval is the 80 % interval of the speed, at a given price; of spot machines also the provider's band of
losses. The energy is that of the GPUs at 80 % of their rated power.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from toolkit.estimate.cost.cases import Band, Case
from toolkit.estimate.cost.demand import monthly_cost, utilisation
from toolkit.estimate.cost.fitting import state_bytes_per_parameter
from toolkit.estimate.cost.grid import Losses, Vector, pareto_front, run_cost
from toolkit.estimate.cost.interruptions import best_interval, hourly_interruptions
from toolkit.estimate.cost.speed import Speed
from toolkit.estimate.cost.workload import HOURS_A_MONTH, CostWorkload, Optimised, Service
from toolkit.reference import Reference

CHECKPOINT_BYTES_A_SECOND = 2e9
GPU_LOAD = 0.8  # of the rated power while it works
HOURS_A_DAY = 24.0


def with_figures(cases: Sequence[Case], workload: CostWorkload, reference: Reference) -> list[Case]:
    """The cases that can be had and can do the work, with their figures; then the rest as they are."""
    able = [case for case in cases if case.speed is not None and case.option.price_per_hour is not None]
    rest = [case for case in cases if case.speed is None or case.option.price_per_hour is None]
    if not able:
        return rest
    speed = np.array([_three(case.speed) for case in able]).T
    price = np.array([case.option.price_per_hour or 0.0 for case in able])
    count = np.array([case.instances for case in able], float)
    work = workload.work
    done = (
        _service_figures(able, work, speed, price, workload, reference)
        if isinstance(work, Service)
        else _run_figures(able, work, speed, price * count, workload, reference)
    )
    return done + rest


def _run_figures(
    able: Sequence[Case],
    work: Optimised,
    speed: Vector,
    price: Vector,
    workload: CostWorkload,
    reference: Reference,
) -> list[Case]:
    tokens = work.steps[0]
    whole = workload.commitment == "whole"
    committed = np.array([case.option.committed_hours if whole else 0.0 for case in able])
    losses = _losses(able, work, workload)
    found = run_cost(tokens, speed, price, goodput=work.goodput, committed=committed, losses=losses)
    complete = np.array([case.complete for case in able])
    front = pareto_front(np.where(complete, found.cost[1], np.nan), found.hours[1])
    return [
        _with(
            case,
            reference,
            hours=_band(found.hours[:, place]),
            cost=_band(found.cost[:, place]),
            working_hours=float(found.hours[1, place]) * case.gpus,
            per_million=float(found.cost[1, place]) / tokens * 1e6,
            workload=workload,
            front=bool(front[place]),
        )
        for place, case in enumerate(able)
    ]


def _service_figures(
    able: Sequence[Case],
    work: Service,
    speed: Vector,
    price: Vector,
    workload: CostWorkload,
    reference: Reference,
) -> list[Case]:
    tokens = work.requests * work.output_tokens
    losses = _losses(able, work, workload)
    available = 1.0 / (1.0 + losses.rate * losses.restart)
    machines, cost = monthly_cost(work, tokens, speed, price, available)
    latency = np.array([case.speed.ms_per_token or np.nan if case.speed else np.nan for case in able])
    complete = np.array([case.complete for case in able])
    front = pareto_front(np.where(complete, cost[1], np.nan), latency)
    return [
        _with(
            case,
            reference,
            machines=_band(machines[:, place]),
            cost=_band(cost[:, place]),
            working_hours=float(machines[1, place]) * case.option.devices * HOURS_A_MONTH,
            per_million=float(cost[1, place]) / tokens * 1e6,
            workload=workload,
            front=bool(front[place]),
            **_shared(case, work, float(cost[1, place]), float(machines[1, place])),
            available=_band(available[:, place]),
        )
        for place, case in enumerate(able)
    ]


def _shared(case: Case, work: Service, cost: float, machines: float) -> dict[str, Any]:
    """The share of the machines that is used, and the middle cost of a million tokens read and made, shared
    by the time that prompts and answers take."""
    speed, tokens = case.speed, work.requests * work.output_tokens
    if speed is None:
        return {}
    found = {"utilisation": utilisation(tokens, machines, speed.median)}
    read = speed.reading_share
    if read is None:
        return found
    return found | {
        "per_million_input": read * cost / (work.requests * work.prompt_tokens) * 1e6,
        "per_million_output": (1 - read) * cost / tokens * 1e6,
    }


def _losses(able: Sequence[Case], work: Optimised | Service, workload: CostWorkload) -> Losses:
    """Lost machines: a job on several is interrupted as often as any of them is."""
    spot = workload.spot
    bands = [case.option.monthly_loss or (0.0, 0.0, 0.0) for case in able]
    instances = [case.instances for case in able]
    rate = np.array(
        [
            [hourly_interruptions(share) * n for share in band]
            for band, n in zip(bands, instances, strict=True)
        ]
    ).T
    write = 0.0
    if isinstance(work, Optimised):
        state = work.decoder.parameters() * state_bytes_per_parameter(work)
        write = (spot.checkpoint_seconds or state / CHECKPOINT_BYTES_A_SECOND) / 3600
    given = None if spot.checkpoint_minutes is None else spot.checkpoint_minutes / 60
    is_spot = np.array([case.option.monthly_loss is not None for case in able])
    interval = np.array([given or best_interval(middle, write) for middle in rate[1]])
    return Losses(rate, interval, np.where(is_spot, write, 0.0), spot.restart_minutes / 60)


def _with(
    case: Case,
    reference: Reference,
    *,
    cost: Band,
    working_hours: float,
    per_million: float,
    workload: CostWorkload,
    front: bool,
    hours: Band | None = None,
    machines: Band | None = None,
    **more: Any,
) -> Case:
    power = reference.gpu(case.option.gpu_id or "").power_w
    option, deadline, budget = case.option, workload.deadline_days, workload.budget
    hold = option.committed_hours * (option.price_per_hour or 0.0)
    return replace(
        case,
        hours=hours,
        cost=cost,
        per_million=per_million,
        machines=machines,
        energy_kwh=None if power is None else working_hours * power * GPU_LOAD / 1e3,
        owed=hold * (machines[1] if machines else case.instances) if hold else None,
        on_front=front,
        in_time=deadline is None or hours is None or hours[2] <= deadline * HOURS_A_DAY,
        in_budget=budget is None or cost[1] <= budget,
        **more,
    )


def _three(speed: Speed | None) -> tuple[float, float, float]:
    if speed is None:
        raise TypeError("a case with figures has a speed")
    return speed.fast, speed.median, speed.slow


def _band(values: Vector) -> Band:
    good, middle, bad = (float(value) for value in values)
    return good, middle, bad
