"""Predictions of published measurements beside their answers: the check that anybody can repeat.

`run_backtest` reads a file of rows, predicts each alone with the models that come with the project, and never
looks at the answer. `cross_validate` does the same with the published rows themselves: each is predicted by a
model that never saw its group, with a width that its group did not calibrate. Both print beside the naive
baseline: a constant efficiency against the roofline (for a transfer, the geometric mean of the ratios of
bandwidth and peak), with the spread that this has on the published rows.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from toolkit.errors import Problem, refuse
from toolkit.estimate.calibration import SMALLEST_HALF_WIDTH, Scales, weighted_quantile
from toolkit.estimate.capability import UnpredictableError, capabilities
from toolkit.estimate.completion import completed
from toolkit.estimate.fitted import Calibrated, calibrated
from toolkit.estimate.groups import AXES, Capabilities, group, touched
from toolkit.estimate.posynomial import Prediction
from toolkit.estimate.scoring import AxisScore, Outcome, score
from toolkit.estimate.task import Learner, answered
from toolkit.estimate.tasks import TASKS
from toolkit.estimate.validation import HeldOut, held_out, residuals, scales_without
from toolkit.reference.catalogue import load_reference
from toolkit.reference.published import FIRST_LINE, Task, load_published, read_rows

COLUMNS = ("id", "prediction", "low", "high", "grounding", "method")
CV_AXES = ("generation", *AXES)
DIGITS = 6
GUESSED = 2.0  # times as wide where a part of the row had to be filled in


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the file of predictions: an 80 % interval in the row's unit, or the reason why not."""

    id: str
    prediction: float | None
    low: float | None
    high: float | None
    grounding: str
    method: str

    def cells(self) -> tuple[str, ...]:
        numbers = (self.prediction, self.low, self.high)
        texts = ("" if value is None else f"{value:.{DIGITS}g}" for value in numbers)
        return (self.id, *texts, self.grounding, self.method)


@dataclass(frozen=True, slots=True)
class Backtest:
    """What a backtest found; `axes` and `naive` are empty when no answer is known."""

    task: Task
    lines: tuple[Line, ...]
    axes: tuple[AxisScore, ...]
    naive: tuple[AxisScore, ...]

    def document(self) -> dict[str, Any]:
        """The JSON document of the command."""
        return {
            "task": self.task,
            "rows": len(self.lines),
            "predicted": sum(line.prediction is not None for line in self.lines),
            "axes": [axis.document() for axis in self.axes],
            "naive": [axis.document() for axis in self.naive],
        }


def check_task(name: str) -> Task:
    """The task of that name. Raises InputError for another word."""
    for task in TASKS:
        if task == name:
            return task
    refuse([Problem("estimate.unknown_task", values={"name": name, "tasks": ", ".join(TASKS)})])
    raise KeyError(name)  # `refuse` has raised


def run_backtest(file: Path, task: str, out: Path | None = None) -> Backtest:
    """Predict every row of `file` and write the predictions to `out`, in the order of the file.

    Raises InputError: an unknown task, a file that cannot be read, a required column that is missing. A row
    that cannot be predicted (a cell that should be a number, an unknown GPU) is a line with the reason.
    """
    name = check_task(task)
    faults: list[Problem] = []
    rows = read_rows(file, name, faults)
    reasons = {(fault.line or 0) - FIRST_LINE: f"{fault.field}: {fault.problem()}" for fault in faults}
    found = predict_rows(name, rows, reasons)
    if out is not None:
        write_lines(out, found.lines)
    return found


def predict_rows(task: Task, rows: Sequence[Any], faults: Mapping[int, str] | None = None) -> Backtest:
    """Predict rows one by one with the models that come with the project; `faults` says by the place of a row
    why it is not to be predicted."""
    gpus = capabilities(load_reference().gpus)
    model, known = calibrated(task, gpus), load_published(task)
    lines = tuple(
        Line(row.id, None, None, None, "", faults[place]) if faults and place in faults else _line(model, row)
        for place, row in enumerate(rows)
    )
    whole = [completed(row)[0] for row in rows]
    axes = [tuple(part for part in row.axis.split("+") if part) for row in rows]
    thumb = _rule_of_thumb(model.learner, known, gpus)
    return Backtest(
        task,
        lines,
        score(
            _outcome(model.learner, row, line, its) for row, line, its in zip(rows, lines, axes, strict=True)
        ),
        score(_outcome(model.learner, row, thumb(row), its) for row, its in zip(whole, axes, strict=True)),
    )


def cross_validate(task: str, axis: str) -> Backtest:
    """Leave out one group of an axis of the published rows after another: `gpu`, `generation`, `family`,
    `model`, `size`, `scale`, `sequence`, `stack`, `dtype`, `source`, or `known` for random fifths.

    Raises InputError for an unknown task or axis.
    """
    name = check_task(task)
    if axis not in CV_AXES:
        values = {"name": axis, "axes": ", ".join(CV_AXES)}
        refuse([Problem("estimate.unknown_axis", values=values)])
    gpus, rows, learner = capabilities(load_reference().gpus), load_published(name), TASKS[name]
    found = list(held_out(learner, rows, gpus, axis))
    errors = residuals(learner, rows, found)

    def part(error: Any) -> str:
        return learner.part(rows[error.row])

    widths = scales_without(errors, part)
    left = [rows[out.place] for out in found]
    lines = tuple(
        _interval(learner, row, gpus, out.prediction, widths[learner.part(row), out.group], ())
        for row, out in zip(left, found, strict=True)
    )
    scored = [
        _outcome(learner, rows[out.place], line, (axis,)) for out, line in zip(found, lines, strict=True)
    ]
    return Backtest(name, lines, score(scored), score(_naive_held_out(learner, rows, gpus, axis, found)))


def write_lines(out: Path, lines: Sequence[Line]) -> None:
    """Write the predictions as CSV."""
    with out.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(line.cells() for line in lines)


def _line(model: Calibrated, given: Any) -> Line:
    row, filled = completed(given)
    try:
        prediction, scales, new = model.predict(row)
        if filled:
            scales = Scales({share: GUESSED * scale for share, scale in scales.values.items()})
            new = (*new, *(f"{name} (a usual one was taken)" for name in filled))
        return _interval(model.learner, row, model.gpus, prediction, scales, new)
    except UnpredictableError as reason:
        return Line(given.id, None, None, None, "", str(reason))


def _interval(
    learner: Learner,
    row: Any,
    gpus: Capabilities,
    prediction: Prediction,
    scales: Scales,
    new: Sequence[str],
) -> Line:
    """A prediction and its 80 % interval in the row's unit, nothing of it above the roofline: a prediction
    that would be is the roofline itself, and its interval reaches as far below as it would have."""
    half = scales.half_width(0.8, prediction.sd)
    least = learner.least(row, gpus) or 0.0
    middle = max(math.exp(prediction.log_seconds), least)
    bounds = [middle, middle * math.exp(half), max(middle * math.exp(-half), least)]
    values = [learner.answer(row, seconds) for seconds in bounds]
    unseen = f"; not seen: {', '.join(new)}" if new else ""
    grounding = "transferred" if learner.task == "transfer" else "fitted"
    method = f"time model; most of the time is {prediction.largest}{unseen}"
    return Line(row.id, values[0], min(values), max(values), grounding, method)


def _outcome(learner: Learner, row: Any, line: Line, axes: tuple[str, ...]) -> Outcome:
    numbers = (line.prediction, line.low, line.high)
    return Outcome(row.id, axes, learner.part(row), row.weight or 1.0, row.answer, *numbers)


def _rule_of_thumb(learner: Learner, rows: Sequence[Any], gpus: Capabilities) -> Callable[[Any], Line]:
    """The naive baseline: the median ratio to the roofline of the rows, and the spread of that ratio."""
    ratios: dict[str, list[tuple[float, float]]] = {}
    for row in rows:
        measured = learner.seconds(row, answered(row))
        ratio = math.log(measured / learner.naive(row, gpus))
        ratios.setdefault(learner.part(row), []).append((ratio, row.weight or 1.0))

    def quantile(part: str, probability: float) -> float:
        values, weights = zip(*ratios[part], strict=True)
        return weighted_quantile(values, weights, probability)

    def thumb(row: Any) -> Line:
        part = learner.part(row)
        if part not in ratios:
            return Line(row.id, None, None, None, "", "nothing of this kind was published")
        try:
            naive = learner.naive(row, gpus)
        except UnpredictableError as reason:
            return Line(row.id, None, None, None, "", str(reason))
        middle = quantile(part, 0.5)
        ends = (quantile(part, 0.1), quantile(part, 0.9))
        low, high = min(ends[0], middle - SMALLEST_HALF_WIDTH), max(ends[1], middle + SMALLEST_HALF_WIDTH)
        values = [learner.answer(row, naive * math.exp(value)) for value in (middle, low, high)]
        return Line(row.id, values[0], min(values), max(values), "assumed", "constant efficiency")

    return thumb


def _naive_held_out(
    learner: Learner, rows: Sequence[Any], gpus: Capabilities, axis: str, found: Sequence[HeldOut]
) -> list[Outcome]:
    outcomes = []
    for name in dict.fromkeys(out.group for out in found):
        rest = [row for row in rows if name not in touched(row, axis, gpus)]
        thumb = _rule_of_thumb(learner, rest, gpus)
        left = [row for row in rows if group(row, axis, gpus) == name]
        outcomes += [_outcome(learner, row, thumb(row), (axis,)) for row in left]
    return outcomes
