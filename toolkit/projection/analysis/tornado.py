"""Tornado: what each uncertain input does to a metric when it alone is set to its low or its high value.

The input is set to its 10th and to its 90th percentile (a discrete one to its smallest and largest value)
while all others keep their draws. So a bar is the effect of knowing that one input to be low or high, on the
metric itself: a percentile or a probability as well as a mean. Inputs that are drawn together (correlated)
are set one at a time too: the others stay as they were drawn. A path is set to the percentile of every month.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from toolkit.lines.quantity import Quantity
from toolkit.projection.analysis.experiment import Experiment, figure_of, ranked
from toolkit.projection.analysis.outcome import Metric
from toolkit.projection.program import Array
from toolkit.projection.run import Figure

LOW, HIGH = 0.1, 0.9


@dataclass(frozen=True, slots=True)
class Bar:
    """One input. `low`, `high`: the values it is set to, in the unit of its line; `at_low`, `at_high`: the
    metric there; `change_low`, `change_high`: the metric there less the metric as planned (its error is that
    of the difference on the same draws); `swing`: at high less at low."""

    input: str
    low: float
    high: float
    at_low: Figure
    at_high: Figure
    change_low: Figure
    change_high: Figure
    swing: Figure


@dataclass(frozen=True, slots=True)
class Tornado:
    """Bars, the widest swing first. `unrelated`: uncertain inputs that the metric does not rest on."""

    metric: Metric
    present: Figure
    bars: tuple[Bar, ...]
    unrelated: tuple[str, ...]
    draws: int


def tornado(
    experiment: Experiment,
    metric: Metric,
    inputs: Sequence[str] | None = None,
    progress: Callable[[float], None] = lambda _share: None,
) -> Tornado:
    """The tornado of `metric`, a metric of the experiment's outcome, over `inputs` (by default every
    uncertain one).

    Raises ValueError for an input that is not uncertain.
    """
    known = experiment.model.uncertain
    asked = tuple(known if inputs is None else inputs)
    if unknown := set(asked) - set(known):
        raise ValueError(f"not uncertain: {', '.join(sorted(unknown))}")
    present = experiment.parts(metric, experiment.values())
    relevant = [name for name in asked if name in experiment.relevant]
    bars = []
    for count, name in enumerate(relevant, 1):
        bars.append(_bar(experiment, metric, name, present))
        progress(count / len(relevant))
    return Tornado(
        metric=metric,
        present=experiment.figure(metric, present),
        bars=ranked(bars, lambda bar: bar.swing.value),
        unrelated=tuple(name for name in asked if name not in relevant),
        draws=experiment.sampler.draws,
    )


def _bar(experiment: Experiment, metric: Metric, name: str, present: Array) -> Bar:
    quantity = experiment.model.lines[name].quantity
    low, high = ends(quantity) if quantity is not None else (0.0, 0.0)
    columns = [
        np.full(experiment.sampler.draws, value) if by_month is None else by_month
        for value, by_month in zip((low, high), _paths(experiment, quantity), strict=True)
    ]
    at_low, at_high = (experiment.parts(metric, experiment.values({name: column})) for column in columns)
    return Bar(
        input=name,
        low=low,
        high=high,
        at_low=experiment.figure(metric, at_low),
        at_high=experiment.figure(metric, at_high),
        change_low=figure_of(at_low - present),
        change_high=figure_of(at_high - present),
        swing=figure_of(at_high - at_low),
    )


def _paths(experiment: Experiment, quantity: Quantity | None) -> tuple[Array | None, Array | None]:
    """Of a path the low and the high percentile of every month, for all draws: (months + 1, draws)."""
    if quantity is None or not quantity.is_path:
        return None, None
    months, draws = len(experiment.model.months), experiment.sampler.draws
    low, high = (quantity.by_month(months, one)[:, None].repeat(draws, axis=1) for one in (LOW, HIGH))
    return low, high


def ends(quantity: Quantity) -> tuple[float, float]:
    """The low and the high value of a quantity: its 10th and 90th percentile (of a path that after a year);
    of a discrete one the smallest and the largest value that can happen (a yes/no event has no useful
    percentiles)."""
    if quantity.distribution == "discrete":
        pairs = zip(quantity.parameters[::2], quantity.parameters[1::2], strict=True)
        possible = [value for value, probability in pairs if probability > 0]
        return min(possible), max(possible)
    low, high = quantity.ppf(np.array([LOW, HIGH]))
    return float(low), float(high)
