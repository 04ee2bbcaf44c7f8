"""The transfer task: learn how workloads split and GPUs differ, then carry one measurement to another GPU.

Every published figure is one point, whether it stands in a row as a source or as a target. A prediction rests
on the parameters learned from the points, and on the one source value of its own row, never on other rows of
the file that is predicted. What the parameters do not explain of the source (its machine, its version) is
taken to hold in part for the target too.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import median
from typing import Any

import numpy as np

from toolkit.estimate import transfer
from toolkit.estimate.capability import UnpredictableError
from toolkit.estimate.dominance import bounded
from toolkit.estimate.groups import Capabilities
from toolkit.estimate.posynomial import Posterior, Prediction, Terms
from toolkit.estimate.task import Stored, answered, known_gpu, train
from toolkit.reference.published import Task, TransferRow

CARRIED = 0.5  # share of the source's unexplained part that the target has too
KNOWN_WORK_WEIGHT, KNOWN_WORK_SD = 0.2, 0.25
SMALLEST_NOISE = 0.03
SAME = Prediction(0.0, 0.01, {"measurement": 1.0})


@dataclass(frozen=True, slots=True)
class CarryOver:
    """The task `transfer`. Seconds are GPU-seconds per unit of work."""

    task: Task = "transfer"

    def learn(
        self, rows: Sequence[TransferRow], gpus: Capabilities, stored: Stored | None = None
    ) -> LearnedCarryOver:
        usual = _usual_batches(rows)
        measured = _measured(rows, usual)
        terms = [transfer.terms(point, known_gpu(point.gpu_id, gpus)) for point in measured]
        known = _known_work(measured, gpus)
        seconds = np.array([*measured.values(), *(math.exp(value) for _, value in known.values())])
        weight = np.array([1.0] * len(measured) + [KNOWN_WORK_WEIGHT] * len(known))
        every = [*terms, *(found for found, _ in known.values())]
        posterior = train(every, seconds, stored, weight=weight)
        return LearnedCarryOver(posterior, gpus, usual, frozenset(measured))

    def seconds(self, row: TransferRow, answer: float) -> float:
        return (row.target_gpu_count or 1.0) / answer

    def answer(self, row: TransferRow, seconds: float) -> float:
        return (row.target_gpu_count or 1.0) / seconds

    def least(self, row: TransferRow, gpus: Capabilities) -> float | None:  # noqa: ARG002
        """The work of a workload that is known by its speed only has no roofline."""
        return None

    def naive(self, row: TransferRow, gpus: Capabilities) -> float:
        """The source's time, scaled by the geometric mean of the ratios of peak and of bandwidth."""
        source, target = known_gpu(row.source_gpu_id, gpus), known_gpu(row.target_gpu_id, gpus)
        peaks = [gpu.peak("tf32") if "tf32" in row.dtype else gpu.half for gpu in (source, target)]
        ratio = math.sqrt(peaks[0] / peaks[1] * source.bandwidth / target.bandwidth)
        return _source_seconds(row) * ratio

    def part(self, row: TransferRow) -> str:  # noqa: ARG002
        return ""


@dataclass(frozen=True, slots=True)
class LearnedCarryOver:
    """What is known of workloads and GPUs after some measurements."""

    posterior: Posterior
    gpus: Capabilities
    usual: Mapping[str, float]
    points: frozenset[transfer.Point]

    def predict(self, row: TransferRow) -> Prediction:
        """log GPU-seconds per unit on the target. Raises UnpredictableError without a source value."""
        source, target = transfer.points(row, _usual_batch(row, self.usual))
        seconds = math.log(_source_seconds(row))
        if source == target:
            return Prediction(seconds, SAME.sd, SAME.shares)

        def on(gpu_id: str) -> float:
            return self._carried(source, replace(target, gpu_id=gpu_id), seconds).log_seconds

        found = self._carried(source, target, seconds)
        value = bounded(found.log_seconds, target.gpu_id, self.gpus, self.measured, on)
        return replace(found, log_seconds=value)

    def _carried(self, source: transfer.Point, target: transfer.Point, seconds: float) -> Prediction:
        there = transfer.terms(source, known_gpu(source.gpu_id, self.gpus))
        here = transfer.terms(target, known_gpu(target.gpu_id, self.gpus))
        if source in self.points:
            found, unexplained = (
                self.posterior.predict(here),
                seconds - self.posterior.predict(there).log_seconds,
            )
        else:
            found, left = self.posterior.given(here, self._observed(source, there, seconds))
            unexplained = float(left[0])
        return Prediction(found.log_seconds + CARRIED * unexplained, found.sd, found.shares)

    @property
    def measured(self) -> frozenset[str]:
        """Devices."""
        return frozenset(point.gpu_id for point in self.points)

    def _observed(
        self, source: transfer.Point, terms: Terms, seconds: float
    ) -> list[tuple[Terms, float, float]]:
        observed = [(terms, seconds, max(self.posterior.sigma, SMALLEST_NOISE))]
        if not any(_same_work(point, source) for point in self.points):
            known = transfer.known_work(source, known_gpu(source.gpu_id, self.gpus))
            observed += [(known[0], known[1], KNOWN_WORK_SD)] if known else []
        return observed


def _same_work(one: transfer.Point, other: transfer.Point) -> bool:
    return (one.kind, one.stack) == (other.kind, other.stack)


def _source_seconds(row: TransferRow) -> float:
    if row.source_value is None or not row.source_value > 0:
        raise UnpredictableError("the value on the source GPU is not known")
    return (row.source_gpu_count or 1.0) / row.source_value


def _kind(row: TransferRow) -> str:
    return f"{row.workload}|{row.dtype}"


def _usual_batches(rows: Sequence[TransferRow]) -> dict[str, float]:
    """The median batch of each workload: what a step of it is measured with."""
    batches: dict[str, list[float]] = {}
    for row in rows:
        batches.setdefault(_kind(row), []).extend(b for b in (row.batch, row.source_batch) if b)
    return {kind: float(median(values)) for kind, values in batches.items() if values}


def _usual_batch(row: TransferRow, usual: Mapping[str, float]) -> float:
    """Of a workload that is known, else the middle of the row's own two batches."""
    own = [batch for batch in (row.batch, row.source_batch) if batch]
    middle = math.exp(sum(map(math.log, own)) / len(own)) if own else transfer.REFERENCE_BATCH
    return usual.get(_kind(row), middle)


def _measured(rows: Sequence[TransferRow], usual: Mapping[str, float]) -> dict[transfer.Point, float]:
    """GPU-seconds per unit of every point once, in the order of the points' names."""
    found: dict[transfer.Point, float] = {}
    for row in sorted(rows, key=lambda row: row.id):
        source, target = transfer.points(row, _usual_batch(row, usual))
        found.setdefault(source, _source_seconds(row))
        found.setdefault(target, target.gpu_count / answered(row))
    return found


def _known_work(
    points: Mapping[transfer.Point, float], gpus: Capabilities
) -> dict[tuple[str, str], tuple[Terms, float]]:
    found: dict[tuple[str, str], tuple[Terms, float]] = {}
    for point in points:
        known = transfer.known_work(point, known_gpu(point.gpu_id, gpus))
        if known is not None:
            found.setdefault((point.kind, point.stack), known)
    return found


TASK: Any = CarryOver()
