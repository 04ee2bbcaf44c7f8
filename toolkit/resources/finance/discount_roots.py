"""All rates at which a series of dated flows is worth nothing.

With s = ln(1 + r) the net present value is a sum of exponentials, f(s) = sum a_i exp(-s t_i). It has at
most as many real roots as its coefficients change sign (Descartes' rule, which holds for real exponents).
The proof is also the method: choose a time T at which the sign changes; the derivative of f(s) exp(sT) has
the coefficients a_i (T - t_i), one change fewer, and by Rolle's theorem the roots of f lie one by one
between its roots. Going down to a sum with one change, which has exactly one root, and back up finds every
root, none by luck of a starting guess.

Where f only touches zero, the root is an extremum: it is taken as a root when f there is lost in rounding.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

_EPSILON = float(np.finfo(np.float64).eps)
_FAR = 700.0  # exp(700) is near the end of the floats: no rate of return lies out there


def discount_roots(times: Sequence[float], amounts: Sequence[float]) -> list[float]:
    """Every rate r > -1 with sum a_i (1 + r)^-t_i = 0, ascending; `times` ascending and distinct."""
    flows = [(t, a) for t, a in zip(times, amounts, strict=True) if a != 0]
    if not flows:
        return []
    t = np.array([time for time, _ in flows], dtype=np.float64)
    a = np.array([amount for _, amount in flows], dtype=np.float64)
    # The scale of time does not move the roots apart, but a span of 1 keeps all exponents moderate.
    span = float(t[-1] - t[0]) or 1.0
    rates = [math.expm1(s / span) for s in _roots((t - t[0]) / span, a / np.abs(a).max())]
    # Dates a day apart can have a root so far out that its rate cannot be told from -1: no return at all.
    return [rate for rate in rates if rate > -1]


def _roots(t: NDArray[np.float64], a: NDArray[np.float64]) -> list[float]:
    changes = np.flatnonzero(np.sign(a[1:]) != np.sign(a[:-1]))
    if not changes.size:
        return []
    if changes.size == 1:
        extrema: list[float] = []
    else:
        middle = changes[changes.size // 2]
        pivot = (t[middle] + t[middle + 1]) / 2
        derivative = a * (pivot - t)
        extrema = _roots(t, derivative / np.abs(derivative).max())
    return _between(t, a, extrema)


def _between(t: NDArray[np.float64], a: NDArray[np.float64], extrema: list[float]) -> list[float]:
    """The roots in each stretch on which f times an exponential is monotone."""
    from scipy.optimize import brentq  # loaded late: a plan is read without it

    def value(s: float) -> float:
        exponents = -s * t
        weights = np.exp(exponents - exponents.max())
        return float(a @ weights) / float(np.abs(a) @ weights)

    # Far out one flow decides: the first as s grows, the last as s falls.
    points = [_bound(value, extrema[0] if extrema else 0.0, -1.0, float(np.sign(a[-1]))), *extrema]
    points.append(_bound(value, extrema[-1] if extrema else 0.0, 1.0, float(np.sign(a[0]))))
    lost = 4 * _EPSILON * (t.size + 4)  # what rounding does to the sum, as a part of its magnitudes
    touching = {s for s in extrema if abs(value(s)) <= lost}
    crossing = [
        float(brentq(value, low, high, xtol=1e-15, rtol=8.9e-16, maxiter=500))
        for low, high in pairwise(points)
        if not touching & {low, high} and value(low) * value(high) < 0
    ]
    return sorted([*touching, *crossing])


def _bound(value: Callable[[float], float], start: float, direction: float, sign: float) -> float:
    """A point on one side of all roots; where none is found within reach, the last one that was tried."""
    step = 1.0
    while value(start + direction * step) * sign <= 0 and step < _FAR:
        step *= 2
    return start + direction * step
