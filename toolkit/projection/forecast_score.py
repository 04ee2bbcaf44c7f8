"""Scores of a forecast against what happened: were its intervals as wide as they should be, and where its
middle was.

For one figure y and the draws x of the forecast:

    rank      the share of draws at or below y (even over many figures where the forecast is honest)
    inside    whether y lies in the 50 % and the 90 % interval
    pinball   q (y − Q) where y is above the quantile Q of level q, else (1 − q)(Q − y); the mean over levels
    CRPS      E|x − y| − ½ E|x − x′|, in the unit of the line; of a forecast without spread its absolute error
              (T. Gneiting and A. E. Raftery, J. Am. Stat. Assoc. 102, 2007, 359, section 4.2)

Over many figures: coverage with the 95 % interval of a share (E. B. Wilson, J. Am. Stat. Assoc. 22, 1927,
209), and the bias, median less actual. Figures of one plan hang together, so few months say little: the
interval, which takes them as independent, is the narrowest that can be honest.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from toolkit.projection.program import Array
from toolkit.projection.run import LEVELS

Z95 = 1.959963984540054


@dataclass(frozen=True, slots=True)
class ScoredFigure:
    """One line in one month. `lead` is how many months after the last known one it lies; `base` is the base
    case; `quantiles` are at `LEVELS` (5, 25, 50, 75, 95 %)."""

    line: str
    month: str
    lead: int
    actual: float
    base: float
    quantiles: tuple[float, ...]
    rank: float
    inside_50: bool
    inside_90: bool
    pinball: float
    crps: float


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many of `of` figures lay inside, their share with its 95 % interval (`low`, `high`), and whether
    the `nominal` share, which it should be, lies in that interval (`fits`)."""

    nominal: float
    inside: int
    of: int
    share: float
    low: float
    high: float
    fits: bool


@dataclass(frozen=True, slots=True)
class Score:
    """Scores over several figures. `bias`, `crps`, `pinball` and `base_error` (the mean absolute error of the
    base case) are in the unit of the line, and None over lines of different units; `relative_bias` is the
    bias as a share of the mean absolute actual figure. `skill` is 1 − CRPS / base error, weighted by line:
    what the intervals add to the single number (0 nothing, negative where they mislead)."""

    figures: int
    coverage_50: Coverage
    coverage_90: Coverage
    bias: float | None
    relative_bias: float | None
    crps: float | None
    pinball: float | None
    base_error: float | None
    skill: float | None


def score_figure(line: str, month: str, lead: int, actual: float, base: float, draws: Array) -> ScoredFigure:
    """The score of one figure against the draws (draws,) of its forecast."""
    ordered = np.sort(draws)
    quantiles = tuple(float(value) for value in np.quantile(ordered, LEVELS))
    # A figure that every draw has is inside, whatever the last bit of either is.
    slack = 1e-9 * max(1.0, abs(actual))
    below, upto = np.searchsorted(ordered, [actual - slack, actual + slack], side="left")
    p5, p25, _, p75, p95 = quantiles
    return ScoredFigure(
        line=line,
        month=month,
        lead=lead,
        actual=actual,
        base=base,
        quantiles=quantiles,
        rank=float(below + upto) / (2 * ordered.size),
        inside_50=p25 - slack <= actual <= p75 + slack,
        inside_90=p5 - slack <= actual <= p95 + slack,
        pinball=_pinball(actual, quantiles),
        crps=crps(actual, ordered),
    )


def crps(actual: float, ordered: Array) -> float:
    """The continuous ranked probability score of sorted draws (draws,) against one figure."""
    count = ordered.size
    weights = 2 * np.arange(1, count + 1) - count - 1
    spread = float(weights @ (ordered - ordered[0])) / count**2  # half the mean difference of two draws
    return float(np.mean(np.abs(ordered - actual))) - spread


def _pinball(actual: float, quantiles: Sequence[float]) -> float:
    losses = [
        max(level * (actual - value), (level - 1) * (actual - value))
        for level, value in zip(LEVELS, quantiles, strict=True)
    ]
    return sum(losses) / len(losses)


def score(figures: Sequence[ScoredFigure]) -> Score:
    """The scores over figures (at least one)."""
    is_one_line = len({figure.line for figure in figures}) == 1
    by_line: dict[str, list[ScoredFigure]] = {}
    for figure in figures:
        by_line.setdefault(figure.line, []).append(figure)
    skills = [_skill(rows) for rows in by_line.values()]
    known = [skill for skill in skills if skill is not None]
    actual = _mean([abs(figure.actual) for figure in figures])
    bias = _mean([figure.quantiles[LEVELS.index(0.5)] - figure.actual for figure in figures])
    return Score(
        figures=len(figures),
        coverage_50=coverage([figure.inside_50 for figure in figures], 0.5),
        coverage_90=coverage([figure.inside_90 for figure in figures], 0.9),
        bias=bias if is_one_line else None,
        relative_bias=bias / actual if is_one_line and actual else None,
        crps=_mean([figure.crps for figure in figures]) if is_one_line else None,
        pinball=_mean([figure.pinball for figure in figures]) if is_one_line else None,
        base_error=_mean([abs(figure.base - figure.actual) for figure in figures]) if is_one_line else None,
        skill=_mean(known) if known else None,
    )


def _skill(figures: Sequence[ScoredFigure]) -> float | None:
    error = _mean([abs(figure.base - figure.actual) for figure in figures])
    return 1 - _mean([figure.crps for figure in figures]) / error if error else None


def _mean(values: Sequence[float]) -> float:
    return math.fsum(values) / len(values)


def coverage(inside: Sequence[bool], nominal: float) -> Coverage:
    """How many lie inside, with Wilson's interval of the share."""
    count, hits = len(inside), sum(inside)
    share, square = hits / count, Z95**2
    middle = (share + square / (2 * count)) / (1 + square / count)
    half = Z95 * math.sqrt(share * (1 - share) / count + square / (4 * count**2)) / (1 + square / count)
    low, high = max(middle - half, 0.0), min(middle + half, 1.0)
    return Coverage(nominal, hits, count, share, low, high, fits=low <= nominal <= high)
