"""Drivers of the bad 5 %: what the worst draws have in common.

The worst draws are those with the lowest outcome (the highest, where more is worse). For each input:

    shift = (mean over the worst draws − mean over all draws) / standard deviation over all draws

so that inputs of different units can be compared: 0 says that the worst draws are like the others. Inputs
that are drawn together shift together. The month in which a worst draw first has negative cash says when it
shows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from toolkit.projection.analysis.experiment import joint_figure, ranked
from toolkit.projection.metrics import runway
from toolkit.projection.program import Array
from toolkit.projection.run import Figure

WORST = 0.05


@dataclass(frozen=True, slots=True)
class Driver:
    """One input: its mean over all draws and over the worst, in the unit of its line, and the shift in SD."""

    input: str
    usual: float
    worst: float
    shift: Figure


@dataclass(frozen=True, slots=True)
class Drivers:
    """Drivers, the largest shift first. `threshold`: the outcome that the worst draws do not pass.
    `first_trouble[m - 1]`: the share of the worst draws whose cash is first negative in month m; `spared`:
    the share whose cash never is. `median_month`: the month by which half of the worst draws are in trouble;
    None where fewer ever are."""

    share: float
    threshold: Figure
    drivers: tuple[Driver, ...]
    first_trouble: tuple[float, ...]
    spared: float
    median_month: int | None
    draws: int


def drivers(
    inputs: Mapping[str, Array],
    outcome: Array,
    cash: Array,
    replicates: int,
    share: float = WORST,
    *,
    worst_is_high: bool = False,
) -> Drivers:
    """What drives the worst `share` of the draws: `inputs` by name (draws,), `outcome` (draws,), closing
    `cash` (months, draws), replicate by replicate."""
    signed = -outcome if worst_is_high else outcome

    def shift(values: Array, result: Array) -> float:
        spread = values.std()
        return float((values[worst_draws(result, share)].mean() - values.mean()) / spread) if spread else 0.0

    chosen = worst_draws(signed, share)
    found = []
    for name, values in inputs.items():
        moved = joint_figure(replicates, shift, values, signed)
        found.append(Driver(name, float(values.mean()), float(values[chosen].mean()), moved))
    sign = -1.0 if worst_is_high else 1.0
    threshold = joint_figure(
        replicates, lambda result: sign * float(result[worst_draws(result, share)].max()), signed
    )
    months = cash.shape[0]
    first = runway(cash[:, chosen])
    trouble = np.bincount(first, minlength=months + 1) / first.size
    by_then = np.cumsum(trouble[:months])
    reached = bool(months) and by_then[-1] >= 0.5
    return Drivers(
        share=share,
        threshold=threshold,
        drivers=ranked(found, lambda driver: driver.shift.value),
        first_trouble=tuple(float(value) for value in trouble[:months]),
        spared=float(trouble[months]),
        median_month=int(np.argmax(by_then >= 0.5)) + 1 if reached else None,
        draws=outcome.size,
    )


def worst_draws(outcome: Array, share: float) -> NDArray[np.intp]:
    """The places of the lowest `share` of an outcome (at least one draw); of equal ones the first drawn."""
    count = max(1, round(share * outcome.size))
    return np.argsort(outcome, kind="stable")[:count]
