"""Quantiles of a rate: from a measured interval, from a named factor, or calibrated."""

from __future__ import annotations

import math

from toolkit.estimate.calibration import Scales, normal_scale

Quantiles = tuple[tuple[float, float], ...]
PROBABILITIES = (0.025, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.975)
Z80, Z95 = normal_scale(0.8), normal_scale(0.95)


def standard(probability: float) -> float:
    """The quantile of the standard normal distribution."""
    side = normal_scale(abs(2 * probability - 1)) if probability != 0.5 else 0.0
    return math.copysign(side, probability - 0.5)


def from_interval(value: float, low: float, high: float) -> Quantiles:
    """From a median and its 95 % interval, normal in logarithms on either side. An interval of few blocks may
    reach below 0, which no rate does: its lower side then is as far as its upper one."""
    ratios = (value / low if low > 0 else high / value, high / value)
    below, above = (max(0.0, math.log(ratio)) / Z95 for ratio in ratios)
    return tuple((p, value * math.exp(z * (below if z < 0 else above))) for p, z in _normal())


def from_factor(value: float, factor: float) -> Quantiles:
    """Right to a factor at 95 %, lognormal."""
    return from_interval(value, value / factor, value * factor)


def calibrated_quantiles(value: float, sd: float, scales: Scales, most: float) -> Quantiles:
    """Quantiles whose 80 % and 95 % intervals are the calibrated ones, none above the roofline `most`.

    A value above it is the roofline itself, as uncertain downwards as it would have been. Between and inside
    them the half-width in logarithms follows the normal's quantiles in straight lines.
    """
    inner = scales.half_width(0.8, sd)
    outer, value = max(scales.half_width(0.95, sd), inner), min(value, most)
    rows = []
    for p, z in _normal():
        size = abs(z)
        width = inner * size / Z80 if size <= Z80 else inner + (outer - inner) * (size - Z80) / (Z95 - Z80)
        rows.append((p, min(most, value * math.exp(math.copysign(width, z)))))
    return tuple(rows)


def _normal() -> list[tuple[float, float]]:
    return [(p, standard(p)) for p in PROBABILITIES]
