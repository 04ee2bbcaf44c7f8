"""A run: everything that one projection found, and what it rests on.

The same revision, data, measurements, seed, sampler and code give the same run, byte for byte; `id` is
the hash of exactly these. Draws × months × lines are never stored: a run keeps the base case of every
line (each quantity at its median), fans of the headline lines, the metrics, and a sample of whole cash paths.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from toolkit.projection.closed_books import ClosedBooks
from toolkit.shapes.records import Ground, Rate
from toolkit.text import Text

LEVELS: tuple[float, ...] = (0.05, 0.25, 0.5, 0.75, 0.95)


@dataclass(frozen=True, slots=True)
class Fan:
    """Percentiles by month of one line: `values[i][m]` is the quantile `levels[i]` at the end of month m + 1,
    `errors` the half-width of its 95 % sampling interval, in the unit of the line. `bounds` say how far each
    may be off besides, because it was read off a histogram; without bounds it is exact."""

    line: str
    unit: str
    levels: tuple[float, ...]
    values: tuple[tuple[float, ...], ...]
    errors: tuple[tuple[float, ...], ...]
    bounds: tuple[tuple[float, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Figure:
    """One number with the half-width of its 95 % sampling interval. `at_least` is true where the horizon
    ends first, so that only a lower bound is known (shown as `≥ 36`)."""

    value: float
    error: float = 0.0
    at_least: bool = False


@dataclass(frozen=True, slots=True)
class Metrics:
    """Headline figures over all draws.

    `runway_months` maps `p5`, `p50`, `p95` to months whose closing cash is not negative. `survive` maps a
    month number to the probability that cash never was negative up to and with that month.
    `cash` and `monthly_burn` are those of today: the opening, or the end of the last closed month. The burn
    is the mean net burn of the six months that follow in the base case (operating and investing cash out
    minus in; negative: cash is earned). `tightest_month` (1, 2, …) has the lowest P5 of cash. `ruin_by_month`
    is the chance that cash turns negative for the first time in that month.
    """

    cash: float
    monthly_burn: Figure
    runway_months: Mapping[str, Figure]
    survive: Mapping[int, Figure]
    tightest_month: int
    ruin_by_month: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class ComputeUse:
    """What one workload of the plan needs in the base case, over the whole horizon, and how it is known.

    `hours` and `cost` are one value a month (device-hours of `device_unit`, money before credits).
    `offer` is the row of `data/` that prices it. Workloads of kind `api` have no rate.
    """

    workload: str
    label: Text
    device_unit: str
    hours: tuple[float, ...]
    cost: tuple[float, ...]
    offer: str
    rung: Ground
    rate: Rate | None


@dataclass(frozen=True, slots=True)
class Run:
    """One projection. Months are ISO (`2027-01`); `base[line]` has the opening value first, then one value a
    month. `paths` is a sample of closing cash, draws × months, of the draws that
    `single_draw.kept_draws` names; any draw can be made again, with every line. `warnings` are sentences
    (already in words of both languages) about facts of low confidence or inputs without a source. `books` are
    the actual figures that a reforecast rests on; None for the plan alone."""

    id: str
    plan: str
    revision: str
    scenario: str
    data_hash: str
    measurements: tuple[str, ...]
    seed: int
    draws: int
    replicates: int
    code_version: str
    currency: str
    months: tuple[str, ...]
    base: Mapping[str, tuple[float, ...]]
    fans: Mapping[str, Fan]
    metrics: Metrics
    compute: tuple[ComputeUse, ...]
    compute_cost_by_rung: Mapping[Ground, float]
    paths: tuple[tuple[float, ...], ...]
    warnings: tuple[Text, ...] = ()
    books: ClosedBooks | None = None
