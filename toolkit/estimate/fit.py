"""Fits time models to the published rows and stores the result: `python -m toolkit.estimate.fit [TASK…]`.

Deterministic: the same rows give the same file. For each axis one group after another is left out and
predicted, which gives the conformal scales: a minute on one core, and a quarter of an hour for `transfer`.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from typing import Any

from toolkit.estimate.calibration import Residual, Scales, scales
from toolkit.estimate.capability import capabilities
from toolkit.estimate.fitted import fitted_path
from toolkit.estimate.groups import Capabilities
from toolkit.estimate.task import Learner
from toolkit.estimate.tasks import TASKS
from toolkit.estimate.validation import held_out, residuals
from toolkit.reference.catalogue import load_reference
from toolkit.reference.published import Task, load_published

AXES = ("known", "gpu", "generation", "family", "model", "size", "scale", "sequence", "stack", "dtype")
DIGITS = 6


def fit_task(name: Task, gpus: Capabilities, progress: Callable[[str], None]) -> dict[str, Any]:
    """Parameters, noise and conformal scales of one task, as they are stored."""
    task, rows = TASKS[name], load_published(name)
    return {**fit_parameters(name, gpus), "scales": fit_scales(task, rows, gpus, progress)}


def fit_parameters(name: Task, gpus: Capabilities) -> dict[str, Any]:
    """The most probable parameters by name, and the noise."""
    rows = load_published(name)
    posterior = TASKS[name].learn(rows, gpus).posterior
    values = {key: round(float(posterior.theta[place]), DIGITS) for key, place in posterior.index.items()}
    return {"rows": len(rows), "sigma": round(posterior.sigma, DIGITS), "parameters": values}


def fit_scales(
    task: Learner, rows: Sequence[Any], gpus: Capabilities, progress: Callable[[str], None]
) -> dict[str, dict[str, dict[str, float]]]:
    """Conformal scales by table and axis."""
    found: dict[str, dict[str, Scales]] = {}
    for axis in AXES:
        progress(f"{task.task}: leaving out each {axis}")
        tables: dict[str, list[Residual]] = {}
        for residual in residuals(task, rows, list(held_out(task, rows, gpus, axis))):
            tables.setdefault(task.part(rows[residual.row]), []).append(residual)
        for table, errors in tables.items():
            found.setdefault(table, {})[axis] = scales(errors)
    return {
        table: {
            axis: {str(c): round(q, 4) for c, q in scale.values.items()}
            for axis, scale in sorted(axes.items())
        }
        for table, axes in sorted(found.items())
    }


def main(names: Sequence[str] = sys.argv[1:]) -> int:
    """Refit the named tasks, or all, and write the file; progress goes to standard error."""
    gpus = capabilities(load_reference().gpus)
    document = json.loads(fitted_path().read_text(encoding="utf-8")) if names else {}
    for name in TASKS:
        if not names or name in names:
            document[name] = fit_task(name, gpus, lambda words: print(words, file=sys.stderr))
    text = json.dumps(document, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
    fitted_path().write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
