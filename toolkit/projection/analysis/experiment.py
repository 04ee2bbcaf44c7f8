"""An experiment: a model and its draws, asked again and again with some inputs changed.

Every question is answered on the same draws (common random numbers), so a difference is the work of what
was changed. Only the lines that the outcome rests on are computed, and only the months that it looks at: a
line never reads a later month.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import TypeVar

import numpy as np

from toolkit.projection.analysis.outcome import Metric, Outcome
from toolkit.projection.draws import Sampler, draw
from toolkit.projection.engine import Engine
from toolkit.projection.metrics import half_width
from toolkit.projection.model import Model
from toolkit.projection.program import Array
from toolkit.projection.run import Figure

_Other = TypeVar("_Other")


class Experiment:
    """One outcome of one model. `levers` are inputs that may be replaced although they are certain."""

    def __init__(
        self,
        model: Model,
        registry: Mapping[str, int],
        sampler: Sampler,
        outcome: Outcome,
        levers: Iterable[str] = (),
    ) -> None:
        self.model = shortened(model, outcome.horizon(len(model.months)))
        self.sampler = sampler
        self.outcome = outcome
        self.levers = tuple(levers)
        self.inputs = draw(self.model, registry, sampler)
        for name in self.levers:
            if name not in self.inputs:
                self.inputs[name] = np.full(sampler.draws, _median(self.model, name))
        rests_on = self.model.ground((outcome.line,))
        self.relevant = tuple(name for name in self.inputs if name in rests_on)
        self._engine = Engine(self.model, tuple(self.inputs), (outcome.line,))

    def path(self, changed: Mapping[str, Array] | None = None) -> Array:
        """The line of the outcome by month: (months, draws), with the columns of `changed` in the place of
        their inputs."""
        inputs = {**self.inputs, **(changed or {})}
        return self._engine.run(inputs, self.sampler.draws)[self.outcome.line][1:]

    def values(self, changed: Mapping[str, Array] | None = None) -> Array:
        """The outcome of every draw: (draws,)."""
        return self.outcome.of(self.path(changed))

    def parts(self, metric: Metric, values: Array) -> Array:
        """The metric over all draws, then in each replicate: (1 + replicates,)."""
        pieces = np.split(values, self.sampler.replicates)
        return np.array([metric.of(values), *(metric.of(piece) for piece in pieces)])

    def figure(self, metric: Metric, parts: Array) -> Figure:
        """The metric that has these `parts`, with its sampling error. A percentile of runway that reaches the
        horizon is a lower bound."""
        found = figure_of(parts)
        if metric.statistic == "probability" or self.outcome.kind == "survive":
            sampler = self.sampler
            return counted(found, sampler.draws, sampler.replicates) if self.relevant else found
        is_bound = self.outcome.kind == "runway" and found.value >= len(self.model.months)
        return replace(found, at_least=True) if is_bound and metric.statistic == "quantile" else found


def joint_figure(replicates: int, statistic: Callable[..., float], *columns: Array) -> Figure:
    """`statistic(*columns)` of columns (…, draws) over all draws; its error from the same over each
    replicate."""
    pieces = [np.split(column, replicates, axis=-1) for column in columns]
    parts = np.array([statistic(*piece) for piece in zip(*pieces, strict=True)])
    return Figure(float(statistic(*columns)), float(half_width(parts)))


def counted(share: Figure, draws: int, replicates: int) -> Figure:
    """The figure of a share of draws, which is counted in whole draws.

    Replicates of quasi-random points may all count the same number, so that their spread is 0; yet a share is
    known to half a draw of a replicate at best. And what no draw contradicts is known to 3 / draws only (the
    rule of three: of n draws without a single event, a probability of up to 3 / n is credible at 95 %).
    """
    finest = 0.5 * replicates / draws
    if share.value in (0.0, 1.0):
        finest = max(finest, 3 / draws)
    return replace(share, error=max(share.error, finest))


def figure_of(parts: Array) -> Figure:
    """The figure of a metric given as `Experiment.parts` gives it: the whole first, then the replicates."""
    return Figure(float(parts[0]), float(half_width(parts[1:])))


def shortened(model: Model, months: int) -> Model:
    """The first months of a model: every value equals that of the whole model, since no line looks ahead."""
    if months == len(model.months):
        return model
    lines = {
        name: line if line.series is None else replace(line, series=line.series[:months])
        for name, line in model.lines.items()
    }
    return replace(model, lines=lines, months=model.months[:months])


def ranked(items: Iterable[_Other], size: Callable[[_Other], float]) -> tuple[_Other, ...]:
    """The largest first; equal ones stay in the order of the plan."""
    return tuple(sorted(items, key=lambda item: -abs(size(item))))


def level(values: Array) -> Array:
    """One number a draw of an input's values: of a path (months + 1, draws) its mean over the months."""
    return np.asarray(values[1:].mean(axis=0)) if values.ndim > 1 else values


def _median(model: Model, name: str) -> float:
    quantity = model.lines[name].quantity
    if quantity is None:
        raise ValueError(f"{name} is no input with one value")
    return quantity.median
