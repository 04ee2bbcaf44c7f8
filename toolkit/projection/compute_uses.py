"""What the compute of a plan comes to in the base case: hours and cost of each workload, and how they are
known."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from toolkit.projection.run import ComputeUse
from toolkit.reference import ApiPrice, Offer
from toolkit.resources.compilation import Compilation
from toolkit.resources.compute.capacity import AnyCapacity
from toolkit.resources.compute.rates import rate_requests
from toolkit.resources.compute.workloads import AnyWorkload
from toolkit.shapes.records import GROUNDS, RUNGS, Ground, Rate
from toolkit.text import bilingual


def compute_uses(compilation: Compilation, base: Mapping[str, tuple[float, ...]]) -> tuple[ComputeUse, ...]:
    """What each workload needs in the base case, what of the capacity that is held nobody uses, and how the
    cost is known: by the lowest rung of the rates, or from a price list alone."""
    compute = compilation.plan.compute
    rates: dict[str, list[Rate]] = {}
    for name, request in rate_requests(compilation.plan, compilation.reference).items():
        rates.setdefault(request.workload_id, []).append(compilation.rates[name])
    found = [_workload_use(compilation, base, one, rates.get(one.id, [])) for one in compute.workloads]
    return (*found, *(_idle_use(compilation, base, held) for held in compute.capacity))


def _workload_use(
    compilation: Compilation, base: Mapping[str, tuple[float, ...]], workload: AnyWorkload, rates: list[Rate]
) -> ComputeUse:
    months, line = compilation.months, f"compute.{workload.id}"
    nothing = (0.0,) * (months + 1)
    weakest = max(rates, key=lambda rate: RUNGS.index(rate.rung), default=None)
    rented, held = base[f"{line}.cost"], base.get(f"{line}.held_cost", nothing)
    price = workload.price(compilation.reference)
    return ComputeUse(
        workload=workload.id,
        label=workload.words,
        device_unit=device_name(compilation, workload),
        hours=base.get(f"{line}.hours", nothing)[1:],
        cost=tuple(map(sum, zip(rented[1:], held[1:], strict=True))),
        offer=(price.source.place or "") if price else "",
        rung=weakest.rung if weakest else "listed",
        rate=weakest,
    )


def _idle_use(
    compilation: Compilation, base: Mapping[str, tuple[float, ...]], held: AnyCapacity
) -> ComputeUse:
    """The hours of a capacity that no workload took, and their part of its cost."""
    line = f"compute.held.{held.id}"
    whole, idle, cost = (base[f"{line}.{part}"][1:] for part in ("hours", "idle_hours", "cost"))
    return ComputeUse(
        workload=held.id,
        label=bilingual("compute.idle", label=held.words),
        device_unit=_gpu_name(compilation, held.gpu_id(compilation.reference)),
        hours=idle,
        cost=tuple(c * i / w if w else c for c, i, w in zip(cost, idle, whole, strict=True)),
        offer="",
        rung="listed",
        rate=None,
    )


def device_name(compilation: Compilation, workload: AnyWorkload) -> str:
    """On what a workload runs: a GPU, processors, or somebody else's model."""
    reference = compilation.reference
    price = workload.price(reference)
    if isinstance(price, ApiPrice):
        return price.model
    if isinstance(price, Offer):
        return _gpu_name(compilation, price.gpu_id) if price.gpu_id else f"{price.devices} vCPU"
    held = next(
        one for one in compilation.plan.compute.capacity if one.id == getattr(workload, "capacity", None)
    )
    return _gpu_name(compilation, held.gpu_id(reference))


def _gpu_name(compilation: Compilation, gpu_id: str | None) -> str:
    return compilation.reference.gpu(gpu_id).name if gpu_id else "CPU"


def by_ground(uses: Iterable[ComputeUse]) -> dict[Ground, float]:
    """Cost over the horizon by how it is known, every ground named."""
    totals: dict[Ground, float] = dict.fromkeys(GROUNDS, 0.0)
    for use in uses:
        totals[use.rung] += sum(use.cost)
    return totals
