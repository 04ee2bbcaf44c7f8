"""Cross-validation: every published row predicted by a model that never saw its group.

The width of a held-out prediction comes from the residuals of the other groups of the same axis, so that the
coverage that is reported was not fitted to the rows it is reported on.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from toolkit.estimate.calibration import Residual, Scales, scales
from toolkit.estimate.groups import Capabilities, group, touched
from toolkit.estimate.posynomial import Prediction
from toolkit.estimate.task import Learner, answered

FEWEST_ROWS = 3  # to learn from


@dataclass(frozen=True, slots=True)
class HeldOut:
    """A row that was left out with its group, and what was predicted for it."""

    place: int
    group: str
    prediction: Prediction


def held_out(learner: Learner, rows: Sequence[Any], gpus: Capabilities, axis: str) -> Iterator[HeldOut]:
    """Leave out one group of an axis after another; nothing when there is only one group."""
    groups = [group(row, axis, gpus) for row in rows]
    tells = [touched(row, axis, gpus) for row in rows]
    for name in sorted(set(groups)):
        rest = [row for row, about in zip(rows, tells, strict=True) if name not in about]
        if len(rest) < FEWEST_ROWS:
            continue
        model = learner.learn(rest, gpus)
        for place, row in enumerate(rows):
            if groups[place] == name:
                yield HeldOut(place, name, model.predict(row))


def residuals(learner: Learner, rows: Sequence[Any], found: Sequence[HeldOut]) -> list[Residual]:
    """Errors of held-out predictions in log seconds."""
    return [
        Residual(
            out.place,
            out.group,
            out.prediction.log_seconds
            - math.log(learner.seconds(rows[out.place], answered(rows[out.place]))),
            out.prediction.sd,
            rows[out.place].weight or 1.0,
        )
        for out in found
    ]


def scales_without(
    errors: Sequence[Residual], part: Callable[[Residual], str]
) -> dict[tuple[str, str], Scales]:
    """For each part and group, the scales that the other groups of that part give."""
    found = {}
    for name in {(part(error), error.group) for error in errors}:
        others = [e for e in errors if part(e) == name[0] and e.group != name[1]]
        found[name] = scales(others)
    return found
