"""Survival: the probability that cash lasts, month by month.

A draw survives month m if closing cash was never below the floor up to and with m; once below, it stays
counted as lost, whatever comes later. Every draw is followed to the horizon, so nothing is censored before it
and the curve is a plain share of draws.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from toolkit.projection.analysis.experiment import counted
from toolkit.projection.metrics import figure, runway
from toolkit.projection.program import Array
from toolkit.projection.run import Figure


@dataclass(frozen=True, slots=True)
class Survival:
    """`probabilities[m - 1]`: the share of draws that survive month m. `lost[m - 1]`: the share that first
    falls below the floor in month m. `median` is the last month that at least half of the draws survive; None
    where that is so up to the horizon."""

    floor: float
    months: tuple[str, ...]
    probabilities: tuple[Figure, ...]
    lost: tuple[float, ...]
    median: int | None
    draws: int


def survival(
    cash: Array, months: tuple[str, ...], replicates: int, floor: float = 0.0, *, certain: bool = False
) -> Survival:
    """The survival curve of closing cash (months, draws), replicate by replicate.

    `certain`: the draws do not differ because nothing in the plan is uncertain; then the error is 0.
    """
    length = runway(cash - floor)
    count, draws = cash.shape
    probabilities = []
    for month in range(1, count + 1):
        found = figure((length >= month).astype(float), replicates, lambda part: float(part.mean()))
        probabilities.append(found if certain else counted(found, draws, replicates))
    lost = np.bincount(length, minlength=count + 1)[:count] / draws
    halves = [month for month, found in enumerate(probabilities, 1) if found.value >= 0.5]
    last = max(halves, default=0)
    return Survival(
        floor=floor,
        months=months,
        probabilities=tuple(probabilities),
        lost=tuple(float(share) for share in lost),
        median=None if last == count else last,
        draws=draws,
    )
