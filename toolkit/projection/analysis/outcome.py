"""What is asked of a plan: an outcome of each draw, and a metric over all draws.

    runway                      whole months whose closing cash is not negative
    survive(24)                 1 where cash never was negative up to and with month 24, else 0
    account.cash[24]            a line at the end of a month; [2028-12] names it as a date
    account.cash                the same, in the last month
    min(account.cash)           the lowest, highest or summed value of a line over the months
    max(account.cash)   sum(total.revenue)

An outcome alone asks for its mean, so `survive(24)` is the probability to survive 24 months. Otherwise:

    mean(x)   sd(x)   p5(x)     mean, standard deviation, a percentile (of runway: an order statistic)
    P(x >= 150k)                a probability, with >= > <= <
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from toolkit.errors import InputError, Problem
from toolkit.lines.quantity_text import parse_quantity
from toolkit.lines.spelling import nearest
from toolkit.projection.metrics import runway
from toolkit.projection.model import Model
from toolkit.projection.program import Array

CASH = "account.cash"

OutcomeKind = Literal["runway", "survive", "at", "min", "max", "sum"]
Statistic = Literal["mean", "sd", "quantile", "probability"]
Comparison = Literal[">=", ">", "<=", "<"]
Measure = Literal["share", "months", "money", "number"]

_COMPARE: dict[str, Callable[[Array, float], Array]] = {
    ">=": np.greater_equal, ">": np.greater, "<=": np.less_equal, "<": np.less,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Outcome:
    """One number a draw. `month` (1, 2, …) belongs to `survive` and `at`."""

    kind: OutcomeKind
    line: str = CASH
    month: int = 0

    def horizon(self, months: int) -> int:
        """How many months of the plan it looks at."""
        return self.month if self.kind in ("survive", "at") else months

    def of(self, path: Array) -> Array:
        """The value of each draw: (draws,) of the line by month (months, draws)."""
        match self.kind:
            case "runway":
                return runway(path).astype(float)
            case "survive":
                return np.asarray((path[: self.month] >= 0).all(axis=0), dtype=float)
            case "at":
                return np.asarray(path[self.month - 1])
            case "min":
                return np.asarray(path.min(axis=0))
            case "max":
                return np.asarray(path.max(axis=0))
            case "sum":
                return np.asarray(path.sum(axis=0))

    def __str__(self) -> str:
        match self.kind:
            case "runway":
                return "runway"
            case "survive":
                return f"survive({self.month})"
            case "at":
                return f"{self.line}[{self.month}]"
        return f"{self.kind}({self.line})"


@dataclass(frozen=True, slots=True)
class Metric:
    """One number over all draws. `level` is the probability of a quantile, or the threshold of a
    probability."""

    outcome: Outcome
    statistic: Statistic = "mean"
    level: float = 0.0
    comparison: Comparison = ">="

    def of(self, values: Array) -> float:
        """The metric of the outcome's values (draws,)."""
        match self.statistic:
            case "mean":
                return float(values.mean())
            case "sd":
                return float(values.std())
            case "quantile":
                if self.outcome.kind in ("runway", "survive"):  # months stay whole
                    return float(np.quantile(values, self.level, method="inverted_cdf"))
                return float(np.quantile(values, self.level))
            case "probability":
                return float(np.mean(_COMPARE[self.comparison](values, self.level)))

    def per_draw(self, values: Array) -> Array:
        """What the metric is the mean of: an indicator for a probability, else the outcome itself."""
        if self.statistic == "probability":
            return np.asarray(_COMPARE[self.comparison](values, self.level), dtype=float)
        return values

    def measure(self, model: Model) -> Measure:
        """How people write its value."""
        if self.statistic == "probability" or self.outcome.kind == "survive":
            return "share"
        if self.outcome.kind == "runway":
            return "months"
        return "money" if model.lines[self.outcome.line].unit == model.currency else "number"

    def __str__(self) -> str:
        match self.statistic:
            case "mean":
                return str(self.outcome) if self.outcome.kind == "survive" else f"mean({self.outcome})"
            case "sd":
                return f"sd({self.outcome})"
            case "quantile":
                return f"p{self.level * 100:g}({self.outcome})"
        return f"P({self.outcome} {self.comparison} {self.level:g})"


@dataclass(frozen=True, slots=True)
class Goal:
    """A metric that shall be at least, or at most, a value."""

    metric: Metric
    comparison: Literal[">=", "<="]
    value: float

    def gap(self, found: float) -> float:
        """How far beyond the goal a value is: not negative where the goal is met."""
        return found - self.value if self.comparison == ">=" else self.value - found

    def __str__(self) -> str:
        return f"{self.metric} {self.comparison} {self.value:g}"


_PROBABILITY = re.compile(r"P\((.+?)\s*(>=|<=|>|<|≥|≤)\s*([^<>=≤≥]+)\)")
_STATISTIC = re.compile(r"(mean|sd|p\d{1,2}(?:\.\d+)?)\((.+)\)")
_SURVIVE = re.compile(r"survive\(\s*(\d+)\s*\)")
_FOLD = re.compile(r"(min|max|sum)\(\s*([\w.]+)\s*\)")
_AT = re.compile(r"([\w.]+)(?:\[\s*(\d{4}-\d{2}|\d+)\s*\])?")
_GOAL = re.compile(r"(.+?)\s*(>=|<=|≥|≤)\s*([^()<>=≤≥]+)")
_ASCII = {"≥": ">=", "≤": "<="}


def parse_metric(text: str, model: Model) -> Metric:
    """The metric that a text asks for.

    Raises InputError (`analysis.metric_form`, `analysis.unknown_line`, `analysis.unknown_month`).
    """
    text = text.strip()
    if match := _PROBABILITY.fullmatch(text):
        sign: Comparison = _ASCII.get(match[2], match[2])  # type: ignore[assignment]
        outcome = parse_outcome(match[1], model)
        return Metric(outcome, "probability", _number(match[3], text), sign)
    match = _STATISTIC.fullmatch(text)
    if match is None:
        return Metric(parse_outcome(text, model))
    outcome = parse_outcome(match[2], model)
    if match[1] in ("mean", "sd"):
        return Metric(outcome, "mean" if match[1] == "mean" else "sd")
    level = float(match[1][1:]) / 100
    if level == 0:
        raise _problem("metric_form", text)
    return Metric(outcome, "quantile", level)


def parse_goal(text: str, model: Model) -> Goal:
    """The goal that a text sets: `METRIC >= NUMBER` or `METRIC <= NUMBER`.

    Raises InputError (`analysis.goal_form`, and what `parse_metric` raises).
    """
    match = _GOAL.fullmatch(text.strip())
    if match is None:
        raise _problem("goal_form", text)
    sign: Literal[">=", "<="] = _ASCII.get(match[2], match[2])  # type: ignore[assignment]
    return Goal(parse_metric(match[1], model), sign, _number(match[3], text))


def parse_outcome(text: str, model: Model) -> Outcome:
    """The outcome that a text names. Raises InputError as `parse_metric` does."""
    text = text.strip()
    if text == "runway":
        return Outcome("runway", _line(CASH, model))
    if match := _SURVIVE.fullmatch(text):
        return Outcome("survive", _line(CASH, model), _month(match[1], model))
    if match := _FOLD.fullmatch(text):
        return Outcome(match[1], _line(match[2], model))  # type: ignore[arg-type]
    if match := _AT.fullmatch(text):
        line = _line(match[1], model)
        return Outcome("at", line, _month(match[2], model) if match[2] else len(model.months))
    raise _problem("metric_form", text)


def _line(name: str, model: Model) -> str:
    if name in model.lines:
        return name
    raise _problem("unknown_line", name, line=name, nearest=nearest(name, model.lines))


def _month(text: str, model: Model) -> int:
    months = model.months
    if text in months:
        return months.index(text) + 1
    if text.isdigit() and 1 <= int(text) <= len(months):
        return int(text)
    raise _problem("unknown_month", text, count=len(months), first=months[0], last=months[-1])


def _number(text: str, whole: str) -> float:
    try:
        quantity = parse_quantity(text)
    except InputError:
        raise _problem("metric_form", whole) from None
    if quantity.is_uncertain:
        raise _problem("metric_form", whole)
    return quantity.median


def _problem(name: str, text: str, **values: object) -> InputError:
    return InputError([Problem(f"analysis.{name}", text, values={"text": text, **values})])
