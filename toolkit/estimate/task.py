"""What a task is to the estimator: how a published row becomes terms, and how its answer becomes seconds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Generic, Protocol, TypeVar

import numpy as np

from toolkit.estimate.capability import Capability, UnpredictableError
from toolkit.estimate.descent import fit, restore
from toolkit.estimate.dominance import bounded
from toolkit.estimate.groups import Capabilities
from toolkit.estimate.posynomial import Posterior, Prediction, Terms, Vector
from toolkit.reference.published import ModelRow, Task

R = TypeVar("R", bound=ModelRow)
Stored = tuple[Vector, float]  # parameters in the order of their sorted names, and the noise


class Learned(Protocol):
    """A model that has learned from rows: it predicts one row at a time, and never reads its answer."""

    @property
    def posterior(self) -> Posterior: ...

    def predict(self, row: Any) -> Prediction:
        """log seconds. Raises UnpredictableError."""
        ...


class Learner(Protocol):
    """A task's model before it has learned."""

    @property
    def task(self) -> Task: ...

    def learn(self, rows: Sequence[Any], gpus: Capabilities, stored: Stored | None = None) -> Learned:
        """Fit to rows with answers, or take parameters that were stored for exactly these rows."""
        ...

    def seconds(self, row: Any, answer: float) -> float:
        """The answer of a row as a time in the unit of the terms; its own inverse."""
        ...

    def answer(self, row: Any, seconds: float) -> float:
        """The answer that a time means."""
        ...

    def least(self, row: Any, gpus: Capabilities) -> float | None:
        """The roofline: the fewest seconds that the row can take; None where the work is not known."""
        ...

    def naive(self, row: Any, gpus: Capabilities) -> float:
        """Seconds by the rule of thumb that a constant efficiency is all there is."""
        ...

    def part(self, row: Any) -> str:
        """The table in which the row is reported: a metric, a phase, a mode, or nothing."""
        ...


def train(rows: Sequence[Terms], seconds: Vector, stored: Stored | None, **how: Any) -> Posterior:
    """Fit, or work out the curvature at stored parameters."""
    if stored is None:
        return fit(rows, seconds, **how)
    how.pop("noise_floor", None)
    return restore(rows, seconds, *stored, **how)


@dataclass(frozen=True, slots=True)
class TimeTask(Generic[R]):
    """A task whose rows stand for themselves: shape and GPU give terms, terms give seconds.

    `terms` raises UnpredictableError. `floor` is the roofline: no row can take fewer seconds (in the unit of
    the terms), since it counts needed work only, at dense peak, with the accumulation that the stack uses.
    `is_rate`: higher answers are faster, so seconds are their inverse. `overlap` and `noise_floor` belong to
    the time model. `sweeps`: many rows are one setting at several lengths or batches, which err together.
    """

    task: Task
    terms: Callable[[R, Capability], Terms]
    floor: Callable[[R, Capability], float]
    is_rate: Callable[[R], bool]
    overlap: float = 1.0
    noise_floor: float = 0.02
    sweeps: bool = False
    split: Callable[[R], str] = lambda _: ""

    def row_terms(self, row: R, gpus: Capabilities) -> Terms:
        """The terms of a row on its GPU. Raises UnpredictableError when the catalogue does not know it."""
        return self.terms(row, known_gpu(row.gpu_id, gpus))

    def learn(self, rows: Sequence[R], gpus: Capabilities, stored: Stored | None = None) -> LearnedTime:
        terms = [self.row_terms(row, gpus) for row in rows]
        seconds = np.array([self.seconds(row, answered(row)) for row in rows])
        weight = told(rows) if self.sweeps else None
        how = {"overlap": self.overlap, "noise_floor": self.noise_floor, "weight": weight}
        measured = frozenset(row.gpu_id for row in rows)
        return LearnedTime(self, train(terms, seconds, stored, **how), gpus, measured)

    def seconds(self, row: R, answer: float) -> float:
        return 1.0 / answer if self.is_rate(row) else answer

    def answer(self, row: R, seconds: float) -> float:
        return self.seconds(row, seconds)

    def least(self, row: R, gpus: Capabilities) -> float | None:
        return self.floor(row, known_gpu(row.gpu_id, gpus))

    def naive(self, row: R, gpus: Capabilities) -> float:
        return self.floor(row, known_gpu(row.gpu_id, gpus))

    def part(self, row: R) -> str:
        return self.split(row)


@dataclass(frozen=True, slots=True)
class LearnedTime:
    """What a `TimeTask` knows after some rows."""

    task: TimeTask[Any]
    posterior: Posterior
    gpus: Capabilities
    measured: frozenset[str]  # devices

    def predict(self, row: Any) -> Prediction:
        found = self.posterior.predict(self.task.row_terms(row, self.gpus))
        return replace(found, log_seconds=self._bounded(row, found.log_seconds))

    def log_seconds(self, row: Any) -> float:
        """The value of `predict` alone, which takes a tenth of its time. Raises UnpredictableError."""
        return self._bounded(row, self._on(row, row.gpu_id))

    def _bounded(self, row: Any, value: float) -> float:
        return bounded(value, row.gpu_id, self.gpus, self.measured, lambda gpu_id: self._on(row, gpu_id))

    def _on(self, row: Any, gpu_id: str) -> float:
        return self.posterior.log_seconds(self.task.row_terms(replace(row, gpu_id=gpu_id), self.gpus))


def known_gpu(name: str, gpus: Capabilities) -> Capability:
    """Raises UnpredictableError for a GPU that is not in the catalogue."""
    found = gpus.get(name)
    if found is None:
        raise UnpredictableError(f"the GPU {name or '(none)'} is not in the catalogue")
    return found


def told(rows: Sequence[Any]) -> Vector:
    """How much each row tells, (rows,): those of one source, model and GPU are a sweep, and err together.
    Their weights sum to 1; counted by the square root, n of them tell as much as √n that err alone."""
    return np.sqrt([row.weight or 1.0 for row in rows])


def answered(row: Any) -> float:
    """The answer of a row to learn from. Raises ValueError without one."""
    if row.answer is None or not row.answer > 0:
        raise ValueError(f"row {row.id} has no answer to learn from")
    return float(row.answer)
