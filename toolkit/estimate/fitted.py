"""The fitted parameters that come with the project, and the models made from them in milliseconds.

`data/published/fitted.json` holds, for each task, the most probable value of every parameter by name, the
noise, and the conformal scales by table and axis. `python -m toolkit.estimate.fit` writes it anew from
`data/published/*.csv`. Curvatures (what is uncertain) are worked out from the rows when a model is loaded,
so the file stays short and readable.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from toolkit.estimate.calibration import COVERAGES, Scales, normal_scale
from toolkit.estimate.groups import Capabilities, Seen
from toolkit.estimate.posynomial import Prediction
from toolkit.estimate.task import Learned, Learner
from toolkit.estimate.tasks import TASKS
from toolkit.reference.published import Task, load_published, published_dir

FITTED = "fitted.json"
STRANGER = (
    2.0  # a novelty that no published rows can imitate is taken to be this much worse than a normal error
)


@dataclass(frozen=True, slots=True)
class Calibrated:
    """A learned model with the widths that its predictions need."""

    learner: Learner
    learned: Learned
    gpus: Capabilities
    seen: Seen
    scales: Mapping[str, Mapping[str, Scales]]  # table → axis → scales
    rows: int

    def predict(self, row: Any) -> tuple[Prediction, Scales, tuple[str, ...]]:
        """The prediction, the scales of its width, and what of the row was never seen.

        Raises UnpredictableError.
        """
        prediction = self.learned.predict(row)
        new = self.seen.novelty(row, self.gpus)
        table = self.scales.get(self.learner.part(row), {})
        return prediction, widest(table, new), new


def widest(table: Mapping[str, Scales], new: tuple[str, ...]) -> Scales:
    """The scales of the worst of several novelties; of a known kind when nothing is new."""
    stranger = Scales({c: STRANGER * normal_scale(c) for c in COVERAGES})
    found = [table.get(axis, stranger) for axis in new] or [table.get("known", stranger)]
    return Scales({c: max(scale.values[c] for scale in found) for c in COVERAGES})


@cache
def stored() -> Mapping[str, Any]:
    """The content of the file of fitted parameters."""
    document: Mapping[str, Any] = json.loads(fitted_path().read_text(encoding="utf-8"))
    return document


def fitted_path() -> Path:
    """Where the fitted parameters are."""
    return published_dir() / FITTED


def calibrated(task: Task, gpus: Capabilities) -> Calibrated:
    """The model of a task as it comes with the project."""
    entry = stored()[task]
    rows = load_published(task)
    names = sorted(entry["parameters"])
    theta = np.array([entry["parameters"][name] for name in names])
    learned = TASKS[task].learn(rows, gpus, (theta, entry["sigma"]))
    if list(learned.posterior.index) != names:
        raise ValueError(
            f"{FITTED} does not belong to this {task} model: run python -m toolkit.estimate.fit {task}"
        )
    scales = {
        table: {axis: Scales({float(c): q for c, q in values.items()}) for axis, values in axes.items()}
        for table, axes in entry["scales"].items()
    }
    return Calibrated(TASKS[task], learned, gpus, Seen.of(rows, gpus), scales, len(rows))
