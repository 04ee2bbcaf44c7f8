"""The backtest as a job: predict a file of measurements, or cross-validate the published rows."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from toolkit.errors import InputError, Problem, refuse
from toolkit.estimate.backtest import Backtest, check_task, cross_validate, run_backtest, write_lines

UNKNOWN_TASK = "estimate.unknown_task"


@dataclass(frozen=True, slots=True)
class BacktestReport:
    """What a backtest found; `left_out` is the axis along which groups were left out, None for a file."""

    found: Backtest
    left_out: str | None

    def document(self) -> dict[str, Any]:
        """The JSON document: `task, rows, predicted, axes, naive`; `cv` names the axis that was left out."""
        document = self.found.document()
        return document if self.left_out is None else document | {"cv": self.left_out}


def backtest(file: Path | None, task: str, out: Path | None = None, cv: str | None = None) -> BacktestReport:
    """Predict the rows of `file`, or leave out the groups of the axis `cv` of the published rows in turn.

    Predictions are written to `out`. Raises InputError: neither or both of `file` and `cv`, an unknown task
    or axis, a file that is malformed, a place that cannot be written.
    """
    check_task(task)
    if (file is None) == (cv is None):
        refuse([Problem("gpu.backtest_file_or_cv", "FILE")])
    try:
        if file is not None:
            return BacktestReport(run_backtest(file, task, out), None)
        report = BacktestReport(cross_validate(task, cv or ""), cv)
        if out is not None:
            write_lines(out, report.found.lines)
    except OSError as error:
        values = {"reason": error.strerror or str(error)}
        raise InputError([Problem("gpu.unwritable", "--out", str(out), values=values)]) from None
    return report
