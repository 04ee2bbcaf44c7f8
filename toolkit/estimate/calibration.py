"""How wide an interval has to be to keep its word: conformal scales from groups that were left out.

    half-width in log seconds = q_c(axis) · sd,    q_c = quantile c of |residual| / sd over held-out groups

The sd of a time model says which rows are less certain than others; the scale q says by how much all of
them are wrong when something of that kind was never seen (split conformal prediction with normalised scores,
Lei et al., "Distribution-free predictive inference for regression", 2018, §5). Few groups say little about a
quantile, so each scale is drawn towards that of a normal error, as if PRIOR_GROUPS more had behaved so.
Rows of one group err together, so it is groups that count: for a new one the quantile is taken higher, at
c·(1 + 1/2G), half of the finite-sample correction of Dunn, Wasserman and Ramdas ("Distribution-free
prediction sets for two-layer hierarchical models", 2023, §3), which guarantees c for the worst case.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

PRIOR_GROUPS = 3.0
PRIOR_POINTS = 200
ENOUGH_GROUPS = 5  # fewer that happen to be predicted well do not make an interval narrower than a normal one
COVERAGES = (0.8, 0.95)
MOST = 0.985  # beyond it a quantile is one outlier
SMALLEST_HALF_WIDTH = 0.02  # published figures are rounded and machines differ by 1–2 %


@dataclass(frozen=True, slots=True)
class Residual:
    """One held-out prediction: `error` is predicted minus measured log seconds, `sd` what the model said."""

    row: int
    group: str
    error: float
    sd: float
    weight: float


@dataclass(frozen=True, slots=True)
class Scales:
    """q for each coverage of `COVERAGES`."""

    values: Mapping[float, float]

    def half_width(self, coverage: float, sd: float) -> float:
        """Half of the interval in log seconds that should hold `coverage` of the outcomes."""
        return max(self.values[coverage] * sd, SMALLEST_HALF_WIDTH)


def normal_scale(coverage: float) -> float:
    """q of a normal error: 1.28 for 80 %."""
    return NormalDist().inv_cdf((1 + coverage) / 2)


def scales(residuals: Sequence[Residual], coverages: Sequence[float] = COVERAGES) -> Scales:
    """Conformal scales of some held-out predictions, drawn towards the normal where groups are few."""
    groups = len({r.group for r in residuals})
    total = sum(r.weight for r in residuals) or 1.0
    scores = np.array([abs(r.error) / r.sd for r in residuals])
    weights = np.array([r.weight * groups / total for r in residuals])
    points = (np.arange(PRIOR_POINTS) + 0.5) / PRIOR_POINTS
    prior = np.array([normal_scale(p) for p in points])
    scores = np.concatenate([scores, prior])
    weights = np.concatenate([weights, np.full(PRIOR_POINTS, PRIOR_GROUPS / PRIOR_POINTS)])
    least = {c: normal_scale(c) if groups < ENOUGH_GROUPS else 0.0 for c in coverages}
    one_more = 1 + (0.5 / (groups + PRIOR_GROUPS) if groups >= ENOUGH_GROUPS else 0.0)
    return Scales(
        {c: max(least[c], weighted_quantile(scores, weights, min(c * one_more, MOST))) for c in coverages}
    )


def weighted_quantile(
    values: Sequence[float] | np.ndarray, weights: Sequence[float] | np.ndarray, probability: float
) -> float:
    """The smallest value below which `probability` of the weight lies. Raises ValueError without values."""
    found = np.asarray(values, dtype=float)
    if not len(found):
        raise ValueError("a quantile needs at least one value")
    order = np.argsort(found, kind="stable")
    cumulative = np.cumsum(np.asarray(weights, dtype=float)[order])
    place = int(np.searchsorted(cumulative, probability * cumulative[-1] - 1e-12))
    return float(found[order][min(place, len(found) - 1)])
