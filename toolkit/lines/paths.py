"""Path quantities: a number that takes another value in every month, in every draw.

    walk(start, sd, drift)             x = x[-1] + drift + sd ε
    geometric_walk(start, sd, drift)   x = x[-1] (1 + drift) exp(sd ε)         always above 0
    ar1(mean, persistence, sd, start)  x − mean = persistence (x[-1] − mean) + sd ε
    monthly_chance(p, no, yes)         `yes` with probability p in each month by itself, else `no`
    switch(on, off, no, yes)           starts at `no`; turns to `yes` with probability `on` a month, and back
                                       with probability `off`

ε is standard normal, new in every month. Each month of a path has a random dimension of its own, so a longer
horizon leaves the earlier months as they are. The start is the value before month 1; the walk's first step is
in month 1. `marginal` is the distribution of one month seen from the start, in closed form.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

Array: TypeAlias = NDArray[np.float64]
PathKind = Literal["walk", "geometric_walk", "ar1", "monthly_chance", "switch"]
PATHS: tuple[PathKind, ...] = ("walk", "geometric_walk", "ar1", "monthly_chance", "switch")
# The marginal of a month: the name of a distribution and its parameters.
Marginal = tuple[Literal["constant", "normal", "lognormal", "discrete"], tuple[float, ...]]


def path(kind: PathKind, parameters: tuple[float, ...], u: Array, score: Callable[[Array], Array]) -> Array:
    """Values by month from uniform draws `u` (months, draws): (months + 1, draws), the start first. `score`
    is the quantile function of the standard normal."""
    months, draws = u.shape
    values = np.empty((months + 1, draws))
    values[0] = marginal(kind, parameters, 0)[1][0]
    if kind in ("monthly_chance", "switch"):
        _events(kind, parameters, u, values)
        return values
    shocks = score(u)
    match kind:
        case "walk":
            _, sd, drift = parameters
            values[1:] = values[0] + np.cumsum(drift + sd * shocks, axis=0)
        case "geometric_walk":
            _, sd, drift = parameters
            values[1:] = values[0] * np.exp(np.cumsum(math.log1p(drift) + sd * shocks, axis=0))
        case "ar1":
            mean, persistence, sd, _ = parameters
            for month in range(1, months + 1):
                values[month] = mean + persistence * (values[month - 1] - mean) + sd * shocks[month - 1]
    return values


def _events(kind: PathKind, parameters: tuple[float, ...], u: Array, values: Array) -> None:
    *chances, no, yes = parameters
    if kind == "monthly_chance":
        # High draws are the event, as of `chance(p)`.
        values[1:] = np.where(u >= 1 - chances[0], yes, no)
        return
    on, off = chances
    state = np.zeros(u.shape[1], dtype=bool)
    for month, row in enumerate(u, 1):
        state = np.where(state, row >= off, row >= 1 - on)
        values[month] = np.where(state, yes, no)


def marginal(kind: PathKind, parameters: tuple[float, ...], month: int) -> Marginal:
    """The distribution of the value in a month (0: the start)."""
    match kind:
        case "walk":
            start, sd, drift = parameters
            middle, spread = start + month * drift, sd * math.sqrt(month)
        case "geometric_walk":
            start, sd, drift = parameters
            if not month:
                return "constant", (start,)
            return "lognormal", (math.log(start) + month * math.log1p(drift), sd * math.sqrt(month))
        case "ar1":
            mean, persistence, sd, start = parameters
            middle = mean + persistence**month * (start - mean)
            spread = sd * math.sqrt(sum(persistence ** (2 * k) for k in range(month)))
        case _:
            *_, no, yes = parameters
            chance = _chance(kind, parameters, month)
            return ("discrete", (no, 1 - chance, yes, chance)) if month else ("constant", (no,))
    return ("normal", (middle, spread)) if spread > 0 else ("constant", (middle,))


def _chance(kind: PathKind, parameters: tuple[float, ...], month: int) -> float:
    if kind == "monthly_chance":
        return parameters[0]
    on, off = parameters[:2]
    chance = 0.0
    for _ in range(month):
        chance = chance * (1 - off) + (1 - chance) * on
    return chance


def scaled_path(kind: PathKind, parameters: tuple[float, ...], factor: float) -> tuple[float, ...]:
    """The parameters of the same path in another unit: every value times `factor`."""
    match kind:
        case "walk":
            return tuple(x * factor for x in parameters)
        case "geometric_walk":
            return (parameters[0] * factor, *parameters[1:])
        case "ar1":
            mean, persistence, sd, start = parameters
            return mean * factor, persistence, sd * factor, start * factor
    *chances, no, yes = parameters
    return (*chances, no * factor, yes * factor)
