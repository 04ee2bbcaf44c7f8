"""Levers: one input line of a model that is scaled, or set to a value, while everything else stays.

An uncertain input that is scaled stays uncertain: every draw is multiplied (and stays within the bounds of
its quantity: a share of at most 1). Set to a value, it is certain. A line with one value a month (a schedule)
is scaled as a whole.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from toolkit.errors import InputError, Problem
from toolkit.lines.line import Line
from toolkit.lines.quantity import Quantity
from toolkit.lines.spelling import nearest
from toolkit.projection.analysis.experiment import Experiment
from toolkit.projection.analysis.outcome import Outcome
from toolkit.projection.draws import Sampler
from toolkit.projection.model import Model
from toolkit.projection.program import Array

Mode = Literal["scale", "set"]
HIGHEST_SCALE = 4.0


@dataclass(frozen=True, slots=True)
class Lever:
    """What may be moved, between `low` and `high`: multiples of the planned value (`scale`), or values in the
    unit of the line (`set`). `present` is where it stands in the plan: 1, or the median."""

    line: str
    mode: Mode
    low: float
    high: float
    present: float


def lever_of(
    model: Model, line: str, mode: Mode = "scale", low: float | None = None, high: float | None = None
) -> Lever:
    """The lever on an input line; without `low` and `high` from 0 to four times the planned value.

    Raises InputError: `analysis.unknown_input`, `analysis.lever_event` (an event or a schedule has no one
    value to move), `analysis.lever_range`.
    """
    if line not in model.lines or model.lines[line].statement != "input":
        inputs = [name for name, found in model.lines.items() if found.statement == "input"]
        values = {"line": line, "nearest": nearest(line, inputs)}
        raise InputError([Problem("analysis.unknown_input", line, values=values)])
    quantity = model.lines[line].quantity
    is_event = quantity is not None and quantity.distribution == "discrete"
    if (is_event and mode == "scale") or (quantity is None and mode == "set"):
        name = "lever_event" if is_event else "lever_schedule"
        raise InputError([Problem(f"analysis.{name}", line, values={"line": line})])
    present = 1.0 if mode == "scale" or quantity is None else quantity.median
    ends = sorted((0.0, HIGHEST_SCALE * present)) if present else [0.0, 1.0]
    found = (ends[0] if low is None else low, ends[1] if high is None else high)
    if not found[0] < found[1]:
        values = {"line": line, "low": f"{found[0]:g}", "high": f"{found[1]:g}"}
        raise InputError([Problem("analysis.lever_range", line, values=values)])
    return Lever(line, mode, *found, present)


class LeverExperiment:
    """An experiment in which one lever moves."""

    def __init__(
        self, model: Model, registry: Mapping[str, int], sampler: Sampler, outcome: Outcome, lever: Lever
    ) -> None:
        self.lever = lever
        quantity = model.lines[lever.line].quantity
        self._name = lever.line if quantity is not None else f"{lever.line}.scale"
        self._bounds = (quantity.minimum, quantity.maximum) if quantity is not None else (-np.inf, np.inf)
        if quantity is None:
            model = _scalable(model, lever.line, self._name)
        self.experiment = Experiment(model, registry, sampler, outcome, (self._name,))

    @property
    def matters(self) -> bool:
        """Whether the outcome rests on the lever."""
        return self._name in self.experiment.relevant

    def values(self, place: float) -> Array:
        """The outcome of every draw with the lever at `place`."""
        planned = self.experiment.inputs[self._name]
        column = planned * place if self.lever.mode == "scale" else np.full(planned.shape, place)
        return self.experiment.values({self._name: np.clip(column, *self._bounds)})


def _scalable(model: Model, name: str, scale: str) -> Model:
    """The model in which a line of monthly values is multiplied by an input."""
    lines: dict[str, Line] = {}
    for other, line in model.lines.items():
        if other == name:
            given = replace(line, name=f"{name}.given")
            factor = Line(scale, "1", line.label, "input", line.source, quantity=Quantity.constant(1.0))
            line = replace(line, formula=f"{given.name} * {scale}", series=None)
            lines |= {given.name: given, scale: factor}
        lines[other] = line
    return replace(model, lines=lines)
