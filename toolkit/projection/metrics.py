"""Metrics and fans: what the draws say, each figure with its sampling error.

A figure is computed over all draws; its error is the half-width of a 95 % interval from the spread of the
same figure over the replicates: t(0.975, R - 1) × SD / √R.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

import numpy as np
from numpy.typing import NDArray

from toolkit.projection.program import Array
from toolkit.projection.run import LEVELS, Fan, Figure, Metrics

RUNWAY_LEVELS = {"p5": 0.05, "p50": 0.5, "p95": 0.95}
BURN_MONTHS = 6


def half_width(over_replicates: Array) -> NDArray[np.float64]:
    """Half-width of the 95 % interval of a mean over the first axis (replicates, …); 0 for one replicate."""
    from scipy.special import stdtrit

    count = over_replicates.shape[0]
    if count < 2:
        return np.zeros(over_replicates.shape[1:])
    spread = over_replicates.std(axis=0, ddof=1)
    return np.asarray(stdtrit(count - 1, 0.975) * spread / np.sqrt(count))


def figure(values: Array, replicates: int, statistic: Callable[[Array], float]) -> Figure:
    """A statistic of `values` (draws,) over all draws, with its sampling error."""
    parts = np.array([statistic(part) for part in np.split(values, replicates)])
    return Figure(float(statistic(values)), float(half_width(parts)))


def fan(line: str, unit: str, values: Array, replicates: int) -> Fan:
    """Percentiles by month of `values` (months, draws)."""
    months, draws = values.shape
    split = np.sort(values.reshape(months, replicates, draws // replicates), axis=-1)
    parts = _at_levels(split)  # (levels, months, replicates)
    # The stable sort merges the replicates, which are sorted already.
    whole = _at_levels(np.sort(split.reshape(months, draws), axis=-1, kind="stable"))  # (levels, months)
    errors = half_width(np.moveaxis(parts, 2, 0))
    return Fan(line, unit, LEVELS, _rows(whole), _rows(errors))


def _at_levels(ordered: Array) -> Array:
    """Quantiles (linear between order statistics) of values sorted along the last axis: (levels, …)."""
    count = ordered.shape[-1]
    places = np.asarray(LEVELS) * (count - 1)
    low = np.floor(places).astype(int)
    high = np.minimum(low + 1, count - 1)
    weight = places - low
    return np.moveaxis(ordered[..., low] * (1 - weight) + ordered[..., high] * weight, -1, 0)


def _rows(values: Array) -> tuple[tuple[float, ...], ...]:
    return tuple(tuple(float(value) for value in row) for row in values)


def runway(cash: Array) -> NDArray[np.int64]:
    """Whole months whose closing cash is not negative, before the first that is: (draws,) of cash (months,
    draws)."""
    negative = cash < 0
    return np.asarray(np.where(negative.any(axis=0), negative.argmax(axis=0), cash.shape[0]), dtype=np.int64)


def measure(cash: Array, base: Mapping[str, tuple[float, ...]], replicates: int, closed: int = 0) -> Metrics:
    """The headline figures of closing cash (months, draws); cash and burn are of the months after the first
    `closed` ones, which have happened."""
    p5 = np.quantile(cash, 0.05, axis=1)
    return measure_lengths(runway(cash).astype(float), p5, base, replicates, closed)


def measure_lengths(
    length: Array, cash_p5: Array, base: Mapping[str, tuple[float, ...]], replicates: int, closed: int = 0
) -> Metrics:
    """The same from the runway of each draw (draws,) and the 5 % percentile of cash by month (months,)."""
    months = cash_p5.size
    quantiles = {}
    for name, level in RUNWAY_LEVELS.items():
        found = figure(length, replicates, partial(_order_statistic, level=level))
        quantiles[name] = Figure(found.value, found.error, at_least=found.value >= months)
    milestones = sorted({month for month in (6, 12, 18, 24, 30, 36, 48, 60, months) if month <= months})
    survive = {
        month: figure((length >= month).astype(float), replicates, lambda part: float(part.mean()))
        for month in milestones
    }
    burn = -np.add(base["total.cash_operating"], base["total.cash_investing"])[1:]
    months_ahead = burn[closed : closed + BURN_MONTHS] if closed < months else burn[-BURN_MONTHS:]
    ruin = np.bincount(length.astype(int), minlength=months + 1)[:months] / length.size
    return Metrics(
        cash=base["account.cash"][closed],
        monthly_burn=Figure(float(months_ahead.mean())),
        runway_months=quantiles,
        survive=survive,
        tightest_month=int(np.argmin(cash_p5)) + 1,
        ruin_by_month=tuple(float(share) for share in ruin),
    )


def _order_statistic(values: Array, level: float) -> float:
    """The smallest value that at least `level` of the draws do not exceed: months stay whole."""
    return float(np.quantile(values, level, method="inverted_cdf"))
