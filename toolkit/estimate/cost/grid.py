"""The arithmetic of the comparison, over all options (and many workloads) at once.

    hours of a run    = work / (speed · 3600 · goodput) · slowdown by lost machines
    billed hours      = hours, or whole terms of a commitment: ceil(hours / term) · term
    cost of a run     = instances · price an hour · billed hours
    machines, service = max(least, ceil(peak / (speed · share of the time that a machine works)))
    cost of a month   = machines · price an hour · 730

Every array ends in the axis of the options; a leading axis of workloads broadcasts. The first axis of a
result is the quantile: good, middle, bad (fast, median and slow speed). NaN: it does not fit.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from toolkit.estimate.cost.interruptions import slowdown
from toolkit.estimate.cost.workload import HOURS_A_MONTH

Vector = NDArray[np.float64]
SECONDS = 3600.0


@dataclass(frozen=True, slots=True)
class Quantiles:
    """`hours` and `cost`, each (3, …, options): good, middle, bad."""

    hours: Vector
    cost: Vector

    @property
    def fits(self) -> NDArray[np.bool_]:
        fits: NDArray[np.bool_] = np.isfinite(self.hours[1])
        return fits


@dataclass(frozen=True, slots=True)
class Losses:
    """Lost machines: interruptions an hour of the whole job (3, options), and hours between checkpoints, to
    write one (options), and until a lost machine works again. Zeros: nothing is lost."""

    rate: Vector
    interval: Vector
    write: Vector
    restart: float

    def slowdown(self) -> Vector:
        """(3, options)."""
        return slowdown(self.rate, self.interval[None], self.write[None], self.restart)


def run_cost(
    work: ArrayLike,
    speed: Vector,
    price: Vector,
    *,
    goodput: ArrayLike = 1.0,
    committed: Vector | float = 0.0,
    losses: Losses | None = None,
) -> Quantiles:
    """Hours and cost of runs.

    `work` (units) and `goodput` are scalars or (workloads,); `speed` (3, options) or (3, workloads, options),
    units a second, fastest first; `price` (options,) an hour of all instances of the job; `committed` hours
    (options,). Results are (3, options) or (3, workloads, options).
    """
    amount = np.asarray(work, float) / (SECONDS * np.asarray(goodput, float))
    per_unit = 1.0 / speed
    if losses is not None:
        lost = losses.slowdown()
        per_unit = per_unit * (lost if per_unit.ndim == 2 else lost[:, None])
    if amount.ndim:
        hours = amount[:, None] * (per_unit if per_unit.ndim == 3 else per_unit[:, None])
    else:
        hours = amount * per_unit
    terms = np.broadcast_to(np.asarray(committed, float), price.shape)
    if not terms.any():
        return Quantiles(hours, hours * price)
    billed = hours.copy()
    held = np.flatnonzero(terms)
    billed[..., held] = np.ceil(hours[..., held] / terms[held]) * terms[held]
    billed *= price
    return Quantiles(hours, billed)


def service_cost(
    tokens_per_month: ArrayLike,
    speed: Vector,
    price: Vector,
    *,
    peak_to_mean: float = 1.0,
    least: int = 1,
    available: Vector | float = 1.0,
) -> tuple[Vector, Vector]:
    """Machines and cost of a month, each (3, options) or (3, workloads, options).

    `tokens_per_month` is what is made, `speed` (3, options) of one machine, fastest first; `price` (options,)
    an hour of one machine; `available` the share of the time in which a machine works.
    """
    mean = np.asarray(tokens_per_month, float) / (HOURS_A_MONTH * SECONDS)
    usable = speed * available
    needed = (mean[:, None] / usable[:, None] if mean.ndim else mean / usable) * peak_to_mean
    machines = np.maximum(least, np.ceil(needed))
    return machines, machines * (price * HOURS_A_MONTH)


def pareto_front(cost: Vector, time: Vector) -> NDArray[np.bool_]:
    """Which options no other beats: none is both cheaper and faster. NaN is never on the front; of equals the
    first is."""
    front = np.zeros(cost.shape, bool)
    best = np.inf
    for place in np.lexsort((time, cost)):
        if np.isfinite(cost[place]) and time[place] < best:
            front[place] = True
            best = time[place]
    return front
