"""The work on every option: whether it fits, how long it takes, what it costs, and on which rung that stands.

Every option that can do the work becomes one case for each number of machines that are joined; an option that
cannot becomes one marked case. All figures come from `figures`, in one pass over all cases.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from toolkit.errors import InputError, Problem
from toolkit.estimate.cost.api_cost import ApiCost, api_cost
from toolkit.estimate.cost.cases import Case, Comparison
from toolkit.estimate.cost.figures import with_figures
from toolkit.estimate.cost.market import Converter, Option, options
from toolkit.estimate.cost.ownership import owned_option
from toolkit.estimate.cost.speed import Speed, Speeds
from toolkit.estimate.cost.workload import CostWorkload, Optimised, Ownership, Service
from toolkit.reference import Offer, Reference

WHOLE_MACHINE = 8  # GPUs from which on machines are joined: smaller ones share no fast network


def compare(
    workload: CostWorkload,
    offers: Sequence[Offer],
    reference: Reference,
    today: date,
    speeds: Speeds | None = None,
) -> Comparison:
    """The work on every offer and on every server of one's own.

    A case is in time when its bad end is (so with a chance of 90 %), and in budget when its middle is. Keep
    `speeds` between comparisons of the same work: they take most of the time.
    Raises InputError: an unknown GPU or API price, filters that match nothing.
    """
    known = speeds or Speeds(reference)
    converter = Converter(workload.currency, reference)
    found = options(offers, workload, reference, today)
    found += [owned_option(own, workload, reference, converter, today) for own in _owned(workload, reference)]
    cases = [case for option in found for case in _cases(option, workload, known)]
    cases = with_figures(cases, workload, reference)
    apis, problems = _apis(workload, reference, converter, today)
    return Comparison(workload, tuple(sorted(cases, key=_cheapest_first)), apis, problems)


def _owned(workload: CostWorkload, reference: Reference) -> tuple[Ownership, ...]:
    problems = []
    for index, own in enumerate(workload.own):
        try:
            reference.gpu(own.gpu)
        except InputError as error:
            problems += [Problem(one.id, f"own[{index}].gpu", values=one.values) for one in error.problems]
    if problems:
        raise InputError(problems)
    return workload.own


def _apis(
    workload: CostWorkload, reference: Reference, converter: Converter, today: date
) -> tuple[tuple[ApiCost, ...], tuple[Problem, ...]]:
    found = [api_cost(choice, workload, reference, converter, today) for choice in workload.api]
    apis = tuple(one for one in found if isinstance(one, ApiCost))
    return apis, tuple(one for one in found if isinstance(one, Problem))


def _cases(option: Option, workload: CostWorkload, speeds: Speeds) -> list[Case]:
    """One case for each number of machines that are joined; one marked case when none can do the work."""
    if option.problem is not None or option.gpu_id is None:
        return [Case(option, 1, None, option.problem)]
    work = workload.work
    if isinstance(work, Service):
        answer = speeds.of(work, option.gpu_id, option.devices)
        return [_case(option, 1, answer)]
    if option.devices > max(work.max_gpus, 1):
        values = {"devices": option.devices, "most": work.max_gpus}
        return [Case(option, 1, None, Problem("gpu.too_many", values=values))]
    found = [
        _case(option, count, speeds.of(work, option.gpu_id, option.devices * count))
        for count in _joined(option, work)
    ]
    return [case for case in found if case.speed is not None] or found[:1]


def _joined(option: Option, work: Optimised) -> list[int]:
    """1, 2, 4, … whole machines; a machine with few GPUs stands alone."""
    counts = [1]
    while option.devices >= WHOLE_MACHINE and option.devices * counts[-1] * 2 <= work.max_gpus:
        counts.append(counts[-1] * 2)
    return counts


def _case(option: Option, instances: int, answer: Speed | Problem) -> Case:
    if isinstance(answer, Problem):
        return Case(option, instances, None, answer)
    return Case(option, instances, answer, None)


def _cheapest_first(case: Case) -> tuple[bool, float, float, str, str, str, int]:
    option = case.option
    cost = case.cost[1] if case.cost else 0.0
    time = case.hours[1] if case.hours else 0.0
    name = (option.provider, option.instance_type, option.region or "")
    return (case.cost is None, cost, time, *name, case.instances)
