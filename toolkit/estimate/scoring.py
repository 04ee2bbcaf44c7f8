"""How good predictions are: error, coverage and width by axis, and one score for all three.

    error     |prediction / answer - 1|, in %
    coverage  share of answers inside the 80 % interval
    width     (high - low) / prediction
    score     mean interval score of the logarithms, (h - l) + (2/α)·(distance outside), α = 0.2, times 100:
              Gneiting and Raftery, "Strictly proper scoring rules", 2007, §6.2; smaller is better

All are weighted by `weight` where rows have one, so that a source with many rows counts as one.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from toolkit.estimate.calibration import weighted_quantile

ALPHA = 0.2


@dataclass(frozen=True, slots=True)
class Outcome:
    """A prediction beside its answer. `axes` are the reasons why it was held out, `part` its table; the
    prediction is None for a row that could not be predicted, the answer None where it is not known."""

    id: str
    axes: tuple[str, ...]
    part: str
    weight: float
    answer: float | None
    prediction: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class AxisScore:
    """The figures of one axis and part; errors, coverage and score in %, width as a ratio.

    None when nothing was predicted."""

    axis: str
    part: str
    n: int
    predicted: int
    median: float | None = None
    mean: float | None = None
    p90: float | None = None
    cover80: float | None = None
    width: float | None = None
    score: float | None = None

    def document(self) -> dict[str, Any]:
        """Plain figures; `part` only where rows are split."""
        return {key: value for key, value in asdict(self).items() if key != "part" or value}


def score(outcomes: Iterable[Outcome]) -> tuple[AxisScore, ...]:
    """The figures by axis and part; a row that was held out for two reasons counts in both."""
    tables: dict[tuple[str, str], list[Outcome]] = {}
    for outcome in outcomes:
        if outcome.answer is None:
            continue
        for axis in outcome.axes or ("all",):
            tables.setdefault((axis, outcome.part), []).append(outcome)
    return tuple(_score(axis, part, rows) for (axis, part), rows in sorted(tables.items()))


def _score(axis: str, part: str, rows: Sequence[Outcome]) -> AxisScore:
    found = [
        (row.answer, row.prediction, row.low, row.high, row.weight)
        for row in rows
        if row.answer is not None
        and row.prediction is not None
        and row.low is not None
        and row.high is not None
    ]
    if not found:
        return AxisScore(axis, part, len(rows), 0)
    weights = [weight for *_, weight in found]
    errors = [100 * abs(prediction / answer - 1) for answer, prediction, *_ in found]
    inside = [100.0 * (low <= answer <= high) for answer, _, low, high, _ in found]
    widths = [(high - low) / prediction for _, prediction, low, high, _ in found]
    scores = [100 * interval_score(answer, low, high) for answer, _, low, high, _ in found]
    return AxisScore(
        axis,
        part,
        len(rows),
        len(found),
        median=weighted_quantile(errors, weights, 0.5),
        mean=_mean(errors, weights),
        p90=weighted_quantile(errors, weights, 0.9),
        cover80=_mean(inside, weights),
        width=weighted_quantile(widths, weights, 0.5),
        score=_mean(scores, weights),
    )


def interval_score(answer: float, low: float, high: float) -> float:
    """Width of an 80 % interval of logarithms and what an answer outside of it costs."""
    value, bottom, top = math.log(answer), math.log(low), math.log(high)
    return (top - bottom) + 2 / ALPHA * (max(0.0, bottom - value) + max(0.0, value - top))


def _mean(values: Sequence[float], weights: Sequence[float]) -> float:
    return sum(value * weight for value, weight in zip(values, weights, strict=True)) / sum(weights)
