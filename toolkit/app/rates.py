"""Rates for a plan: the estimator answers what the resources ask.

A rate in a plan is of one device: of one GPU when several work together, of one thread of a processor.
Batch work on processors rests on what was measured on any CPU; how a rented virtual processor compares with
it is an input of the plan.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from toolkit.errors import InputError, Problem
from toolkit.estimate.rates import rate_for
from toolkit.reference import Reference
from toolkit.resources.compute.rates import ANY_CPU, RateRequest, rate_requests
from toolkit.resources.plan import Plan
from toolkit.shapes.records import Device, Measurement, Rate


def find_rates(plan: Plan, reference: Reference, measurements: Sequence[Measurement]) -> dict[str, Rate]:
    """Every rate that the plan needs, for one device. Raises InputError with every workload that has none."""
    places = {one.id: index for index, one in enumerate(plan.compute.workloads)}
    rates, problems = {}, []
    for name, request in rate_requests(plan, reference).items():
        try:
            rates[name] = _rate(request, reference, measurements)
        except InputError as error:
            field = f"compute.workloads[{places[request.workload_id]}]"
            problems += [Problem(problem.id, field, values=problem.values) for problem in error.problems]
    if problems:
        raise InputError(problems)
    return rates


def _rate(request: RateRequest, reference: Reference, measurements: Sequence[Measurement]) -> Rate:
    device = _measured_cpu(request, measurements) if request.device == ANY_CPU else request.device
    return per_device(rate_for(request.workload, device, measurements, reference))


def _measured_cpu(request: RateRequest, measurements: Sequence[Measurement]) -> Device:
    """The processor on which this workload was measured last; any single thread when it never was."""
    same = [m for m in measurements if m.device.kind == "cpu" and m.workload == request.workload]
    return max(same, key=lambda m: (m.measured_at, m.id)).device if same else ANY_CPU


def per_device(rate: Rate) -> Rate:
    """The rate of one of the devices that were asked for together."""
    count = rate.device.count
    if count == 1:
        return rate
    quantiles = tuple((p, value / count) for p, value in rate.quantiles)
    return replace(rate, quantiles=quantiles, device=replace(rate.device, count=1))
