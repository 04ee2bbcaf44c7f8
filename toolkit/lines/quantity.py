"""Quantities: a number of the plan, certain or uncertain.

Wherever a plan takes a number it also takes an uncertain one. A quantity is data: the name of a
distribution and its parameters; its quantile function turns a uniform draw into a value. `2 to 4` is a
90 % interval: lognormal when both ends are above 0, normal otherwise. A path has another value in every
month (`toolkit.lines.paths`).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from statistics import NormalDist
from typing import Literal, TypeAlias, cast

import numpy as np
from numpy.typing import NDArray

from toolkit.lines.paths import PATHS, PathKind, marginal, path, scaled_path

Array: TypeAlias = NDArray[np.float64]
Distribution = Literal[
    "constant",
    "normal",
    "lognormal",
    "uniform",
    "triangular",
    "pert",
    "beta",
    "discrete",
    "quantiles",
    "walk",
    "geometric_walk",
    "ar1",
    "monthly_chance",
    "switch",
]
YEAR = 12  # months: where a path is seen when one month has to stand for all
Z90 = NormalDist().inv_cdf(0.95)  # half the width of a central 90 % interval of a normal, in SD


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with its distribution.

    `parameters` by distribution: constant (value) · normal (mean, sd) · lognormal (mu, sigma of the log) ·
    uniform (low, high) · triangular (low, mode, high) · pert (low, mode, high) · beta (a, b, low, high) ·
    discrete (value, probability, value, probability, …) · quantiles (p, value, p, value, …: straight
    between the points in the normal score of p, and in the log of the value when all are above 0; constant
    beyond the ends) · paths as in `toolkit.lines.paths`. What the tails have below `minimum` or above
    `maximum` counts as the bound. `text` is what the user wrote.
    """

    distribution: Distribution
    parameters: tuple[float, ...]
    text: str = ""
    minimum: float = -math.inf
    maximum: float = math.inf

    @classmethod
    def constant(cls, value: float) -> Quantity:
        return cls("constant", (float(value),), f"{value:g}")

    @classmethod
    def between(cls, low: float, high: float, text: str = "") -> Quantity:
        """The quantity whose central 90 % interval is `low` to `high`."""
        text = text or f"{low:g} to {high:g}"
        if low > 0:
            lower, upper = math.log(low), math.log(high)
            return cls("lognormal", ((lower + upper) / 2, (upper - lower) / (2 * Z90)), text)
        return cls("normal", ((low + high) / 2, (high - low) / (2 * Z90)), text)

    @classmethod
    def chance(cls, probability: float, text: str = "") -> Quantity:
        """1 with that probability, else 0: an event. Its median is 1 from a probability of one half on."""
        return cls("discrete", (0.0, 1 - probability, 1.0, probability), text or f"chance({probability:g})")

    @property
    def is_uncertain(self) -> bool:
        return self.distribution != "constant"

    @property
    def is_chance(self) -> bool:
        """Whether it is an event: 0 or 1."""
        return self.distribution == "discrete" and self.parameters[::2] == (0.0, 1.0)

    @property
    def is_path(self) -> bool:
        """Whether it has another value in every month."""
        return self.distribution in PATHS

    @property
    def is_unbounded(self) -> bool:
        return math.isinf(self.minimum) and math.isinf(self.maximum)

    @property
    def median(self) -> float:
        return float(self.ppf(np.array([0.5]))[0])

    @property
    def interval_90(self) -> tuple[float, float]:
        low, high = np.sort(self.ppf(np.array([0.05, 0.95])))  # the values of events may stand in any order
        return float(low), float(high)

    def scaled(self, factor: float) -> Quantity:
        """The same quantity in another unit: every value times `factor` (above 0)."""
        p = self.parameters
        match self.distribution:
            case "walk" | "geometric_walk" | "ar1" | "monthly_chance" | "switch" as kind:
                parameters: tuple[float, ...] = scaled_path(kind, p, factor)
            case "lognormal":
                parameters = (p[0] + math.log(factor), p[1])
            case "beta":
                parameters = (p[0], p[1], p[2] * factor, p[3] * factor)
            case "discrete":  # value, probability, …
                parameters = tuple(x if place % 2 else x * factor for place, x in enumerate(p))
            case "quantiles":  # probability, value, …
                parameters = tuple(x * factor if place % 2 else x for place, x in enumerate(p))
            case _:
                parameters = tuple(x * factor for x in p)
        return replace(
            self, parameters=parameters, minimum=self.minimum * factor, maximum=self.maximum * factor
        )

    def within(self, minimum: float, maximum: float) -> Quantity:
        """The same quantity with its tails cut at the bounds."""
        return replace(self, minimum=minimum, maximum=maximum) if self.is_uncertain else self

    def ppf(self, u: Array) -> Array:
        """Quantile function: values at probabilities `u` in (0, 1), elementwise, any shape; of a path that of
        its value after a year."""
        if self.is_path:
            return self.in_month(YEAR).ppf(u)
        return self._bounded(_PPF[self.distribution](u, *self.parameters))

    def path(self, u: Array) -> Array:
        """Values of a path by month from uniform draws `u` (months, draws): (months + 1, draws), that before
        month 1 first."""
        kind = cast(PathKind, self.distribution)
        return self._bounded(path(kind, self.parameters, u, normal_score))

    def in_month(self, month: int) -> Quantity:
        """The quantity that a path is in one month (0: before month 1), seen from the start."""
        distribution, parameters = marginal(cast(PathKind, self.distribution), self.parameters, month)
        return Quantity(distribution, parameters, self.text, self.minimum, self.maximum)

    def by_month(self, months: int, level: float = 0.5) -> Array:
        """The quantile at `level` in each month, that before month 1 first: array (months + 1,)."""
        if not self.is_path:
            return np.full(months + 1, self.ppf(np.array([level]))[0])
        return np.array([self.in_month(month).ppf(np.array([level]))[0] for month in range(months + 1)])

    def _bounded(self, values: Array) -> Array:
        return values if self.is_unbounded else np.clip(values, self.minimum, self.maximum)


def normal_score(u: Array) -> Array:
    """Quantile function of the standard normal, elementwise."""
    # A few values by the standard library: loading scipy takes longer than reading a plan.
    if u.size <= 8:
        return np.array([NormalDist().inv_cdf(x) for x in u.flat]).reshape(u.shape)
    from scipy.special import ndtri

    return np.asarray(ndtri(u))


def _constant(u: Array, value: float) -> Array:
    return np.full_like(u, value)


def _normal(u: Array, mean: float, sd: float) -> Array:
    return mean + sd * normal_score(u)


def _lognormal(u: Array, mu: float, sigma: float) -> Array:
    return np.exp(_normal(u, mu, sigma))


def _uniform(u: Array, low: float, high: float) -> Array:
    return low + (high - low) * u


def _triangular(u: Array, low: float, mode: float, high: float) -> Array:
    left = low + np.sqrt(u * (high - low) * (mode - low))
    right = high - np.sqrt((1 - u) * (high - low) * (high - mode))
    return np.where(u < (mode - low) / (high - low), left, right)


def _pert(u: Array, low: float, mode: float, high: float) -> Array:
    # Beta with the mode where it is said and a weight of 4: Malcolm et al., Operations Research 7(5), 1959.
    span = high - low
    return _beta(u, 1 + 4 * (mode - low) / span, 1 + 4 * (high - mode) / span, low, high)


def _beta(u: Array, a: float, b: float, low: float, high: float) -> Array:
    from scipy.special import betaincinv

    return np.asarray(low + (high - low) * betaincinv(a, b, u))


def _discrete(u: Array, *pairs: float) -> Array:
    values, ends = np.array(pairs[::2]), np.cumsum(pairs[1::2])
    return np.asarray(values[np.searchsorted(ends[:-1], u, side="right")])


def _quantiles(u: Array, *pairs: float) -> Array:
    # Straight in the normal score: between two points the quantity looks (log)normal.
    scores, values = normal_score(np.array(pairs[::2])), np.array(pairs[1::2])
    if np.all(values > 0):
        return np.asarray(np.exp(np.interp(normal_score(u), scores, np.log(values))))
    return np.asarray(np.interp(normal_score(u), scores, values))


_PPF: dict[str, Callable[..., Array]] = {
    "constant": _constant, "normal": _normal, "lognormal": _lognormal, "uniform": _uniform,
    "triangular": _triangular, "pert": _pert, "beta": _beta, "discrete": _discrete, "quantiles": _quantiles,
}  # fmt: skip
