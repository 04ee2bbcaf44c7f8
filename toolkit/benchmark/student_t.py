"""Quantiles of Student's t with the standard library alone: a bare GPU machine has no SciPy.

The distribution function follows from the regularised incomplete beta function,
P(|T| > t) = I_x(ν/2, 1/2) with x = ν/(ν + t²), evaluated by its continued fraction with Lentz's method
(Press et al., Numerical Recipes, 3rd ed., section 6.4). Degrees of freedom may be fractional.
"""

from __future__ import annotations

import math
from functools import cache

_TINY = 1e-300


def two_sided_tail(t: float, dof: float) -> float:
    """P(|T| > t) for t ≥ 0."""
    return _incomplete_beta(dof / (dof + t * t), dof / 2, 0.5)


@cache
def t_factor(level: float, dof: float) -> float:
    """The t with P(|T| ≤ t) = `level`: half-width of a two-sided interval in standard errors.

    Raises ValueError unless 0 < level < 1 and dof > 0.
    """
    if not 0 < level < 1 or dof <= 0:
        raise ValueError(f"no t quantile for level {level} with {dof} degrees of freedom")
    low, high = 0.0, 1.0
    while two_sided_tail(high, dof) > 1 - level:
        low, high = high, 2 * high
    for _ in range(80):
        middle = (low + high) / 2
        low, high = (middle, high) if two_sided_tail(middle, dof) > 1 - level else (low, middle)
    return (low + high) / 2


def _incomplete_beta(x: float, a: float, b: float) -> float:
    """I_x(a, b), the regularised incomplete beta function."""
    if x <= 0 or x >= 1:
        return float(x >= 1)
    log_front = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x)
    if x < (a + 1) / (a + b + 2):
        return math.exp(log_front) * _beta_fraction(x, a, b) / a
    return 1 - math.exp(log_front) * _beta_fraction(1 - x, b, a) / b


def _beta_fraction(x: float, a: float, b: float) -> float:
    """The continued fraction of the incomplete beta function, by the modified Lentz method."""
    c, d = 1.0, 1 / _away_from_zero(1 - (a + b) * x / (a + 1))
    value = d
    for m in range(1, 400):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        for term in (even, odd):
            d = 1 / _away_from_zero(1 + term * d)
            c = _away_from_zero(1 + term / c)
            value *= c * d
        if abs(c * d - 1) < 1e-15:
            break
    return value


def _away_from_zero(value: float) -> float:
    return value if abs(value) > _TINY else _TINY
