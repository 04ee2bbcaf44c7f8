"""Goal seek: how far a lever has to be moved until a metric reaches a goal.

The metric is computed on a coarse grid over the range of the lever, then the boundary between met and missed
that is nearest to the plan is narrowed by bisection; all on the same draws, so the metric is a fixed function
of the lever and the answer does not jitter. The grid finds goals that are met in the middle of the range
only, and shows how far a lever gets that does not reach the goal at all.

The error of the answer: the same boundary is looked for in every replicate of the draws, straight between the
places that were tried (bisection puts them close together where it matters); their spread gives the error.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from toolkit.projection.analysis.lever import Lever, LeverExperiment
from toolkit.projection.analysis.outcome import Goal
from toolkit.projection.metrics import half_width
from toolkit.projection.program import Array
from toolkit.projection.run import Figure

GRID = 8  # steps of the coarse grid
TOLERANCE = 1e-4  # of the range of the lever


@dataclass(frozen=True, slots=True)
class Trial:
    """The lever at `place`, and the metric there."""

    place: float
    metric: Figure


@dataclass(frozen=True, slots=True)
class Sought:
    """What came of it.

    `present`: the metric as planned; `met`: whether the plan meets the goal already. `answer`: the place
    nearest to the plan from which on the goal is met (or, if `met`, up to which it stays met); None where
    there is none in the range. `at_answer` is the metric there. `best`: the trial that got furthest.
    `is_bounded`: some replicates find no answer in the range, so the error of the answer is a lower bound.
    """

    lever: Lever
    goal: Goal
    present: Figure
    met: bool
    answer: Figure | None
    at_answer: Figure | None
    best: Trial
    trials: tuple[Trial, ...]
    is_bounded: bool
    draws: int


def seek(experiment: LeverExperiment, goal: Goal) -> Sought:
    """Move the lever of the experiment until `goal`, on the experiment's outcome, is met."""
    table = _Table(experiment, goal)
    lever = experiment.lever
    present = table.gap(lever.present)
    if experiment.matters:
        for place in np.linspace(lever.low, lever.high, GRID + 1):
            table.gap(float(place))
    bracket = _nearest_boundary(table, lever.present, present >= 0)
    answer, at_answer, is_bounded = None, None, False
    if bracket is not None:
        met, missed = bracket
        while abs(met - missed) > TOLERANCE * (lever.high - lever.low):
            middle = (met + missed) / 2
            met, missed = (middle, missed) if table.gap(middle) >= 0 else (met, middle)
        answer, is_bounded = table.answer(met, missed)
        at_answer = table.figure(met)
    trials = tuple(Trial(place, table.figure(place)) for place in sorted(table.tried))
    return Sought(
        lever=lever,
        goal=goal,
        present=table.figure(lever.present),
        met=present >= 0,
        answer=answer,
        at_answer=at_answer,
        best=max(trials, key=lambda trial: (goal.gap(trial.metric.value), -abs(trial.place - lever.present))),
        trials=trials,
        is_bounded=is_bounded,
        draws=experiment.experiment.sampler.draws,
    )


class _Table:
    """Places of the lever that were tried: place → the metric over all draws, then in each replicate."""

    def __init__(self, experiment: LeverExperiment, goal: Goal) -> None:
        self.experiment, self.goal = experiment, goal
        self.tried: dict[float, Array] = {}

    def gap(self, place: float) -> float:
        """How far beyond the goal the metric is with the lever at `place`."""
        if place not in self.tried:
            values = self.experiment.values(place)
            self.tried[place] = self.experiment.experiment.parts(self.goal.metric, values)
        return self.goal.gap(float(self.tried[place][0]))

    def figure(self, place: float) -> Figure:
        return self.experiment.experiment.figure(self.goal.metric, self.tried[place])

    def answer(self, met: float, missed: float) -> tuple[Figure, bool]:
        """The boundary, its error, and whether a replicate has none in the range."""
        places = np.array(sorted(self.tried))
        table = np.array([self.tried[place] for place in places])
        rising = met > missed
        found = [
            _crossing(
                places, np.array([self.goal.gap(float(value)) for value in table[:, replicate]]), met, rising
            )
            for replicate in range(1, table.shape[1])
        ]
        end = float(places[-1] if rising else places[0])
        parts = np.array([end if place is None else place for place in found])
        return Figure(met, float(half_width(parts))), None in found


def _nearest_boundary(table: _Table, present: float, met: bool) -> tuple[float, float] | None:
    """The two neighbouring places, (met, missed), between which the goal changes, nearest to the plan."""
    places = sorted(table.tried)
    pairs = []
    for left, right in pairwise(places):
        is_left, is_right = table.gap(left) >= 0, table.gap(right) >= 0
        if is_left != is_right:
            pairs.append((left, right) if is_left else (right, left))
    # On the way from the plan, the goal begins to be met (or to be missed, where the plan meets it).
    inner = 0 if met else 1
    towards = [pair for pair in pairs if abs(pair[inner] - present) <= abs(pair[1 - inner] - present)]
    return min(towards, key=lambda pair: abs(pair[inner] - present), default=None)


def _crossing(places: Array, gaps: Array, near: float, rising: bool) -> float | None:
    """Where `gaps` passes 0 in the given direction, straight between places, nearest to `near`."""
    found = []
    for (left, before), (right, after) in pairwise(zip(places, gaps, strict=True)):
        if (before < 0 <= after) if rising else (after < 0 <= before):
            found.append(float(left + (right - left) * before / (before - after)))
    return min(found, key=lambda place: abs(place - near), default=None)


def furthest(results: Sequence[Sought]) -> Sought:
    """Of levers that do not reach a goal, the one that gets furthest."""
    return max(results, key=lambda result: result.goal.gap(result.best.metric.value))
