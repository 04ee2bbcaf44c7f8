"""A time model that is a sum of physical terms, learned from published measurements.

    log t = log Σ_k exp(w_k + Σ_j a_kj θ_j) + noise,   θ_j ~ N(m_j, s_j²),   noise ~ Student-t(ν) · σ

`w_k` is the logarithm of the roofline time of term k: its work divided by what the data sheet says the
device can do. The θ are log-inefficiencies, shared by everything that has the same cause: all devices, one
generation, one GPU, one software stack. Work that runs beside the rest (launching kernels from the host)
combines with it as t = (t_device^q + t_host^q)^(1/q): the larger of the two, softly.

Why this form: each term keeps its own unit of work, so the model extrapolates in size, sequence length and
GPU count; a sum of exponentials is smooth and its gradient is the share of each term (geometric programming,
Boyd et al., "A tutorial on geometric programming", 2007, §2). The most probable θ is found by
Levenberg–Marquardt with iteratively reweighted residuals for the heavy tail (Lange, Little and Taylor,
"Robust statistical modeling using the t distribution", 1989); its uncertainty is Laplace's: the inverse of
the curvature there. A GPU or a stack that was never seen is a θ that has its prior only, so what we do not
know about it widens the interval by itself.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import linalg, sparse

Vector = NDArray[np.float64]
NOTHING = -60.0  # log seconds of a term that a row does not have


@dataclass(frozen=True, slots=True)
class Effect:
    """One log-inefficiency: its name (the same name is the same θ), its prior, and its coefficient here."""

    name: str
    mean: float = 0.0
    sd: float = 1.0
    coefficient: float = 1.0


@dataclass(frozen=True, slots=True)
class Term:
    """One part of a row's time: log of its roofline seconds and the effects that stretch it.

    `beside` marks work that runs beside the other terms (host launches behind kernels).
    """

    log_seconds: float
    effects: tuple[Effect, ...] = ()
    beside: bool = False


Terms = Mapping[str, Term]


@dataclass(frozen=True, slots=True)
class Prediction:
    """log seconds, its standard deviation (parameters and noise) and the share of each term in the time."""

    log_seconds: float
    sd: float
    shares: Mapping[str, float]

    @property
    def largest(self) -> str:
        return max(self.shares, key=lambda name: self.shares[name])


@dataclass(frozen=True, slots=True)
class Design:
    """Rows of terms as arrays: `offsets` (rows, terms) and one (rows, parameters) matrix a term, sparse for
    many rows and dense for the few of a prediction."""

    offsets: Vector
    matrices: tuple[sparse.csr_matrix | Vector, ...]
    beside: NDArray[np.bool_]
    overlap: float

    @classmethod
    def of(
        cls, rows: Sequence[Terms], index: Mapping[str, int], overlap: float, *, dense: bool = False
    ) -> Design:
        """Arrays of `rows`; an effect that `index` lacks contributes its prior mean to the offset."""
        names = sorted({name for row in rows for name in row})
        place = {name: k for k, name in enumerate(names)}
        offsets = np.full((len(rows), len(names)), NOTHING)
        beside = np.zeros(len(names), bool)
        entries: list[tuple[list[int], list[int], list[float]]] = [([], [], []) for _ in names]
        for i, row in enumerate(rows):
            for name, term in row.items():
                k = place[name]
                offsets[i, k] = term.log_seconds
                beside[k] |= term.beside
                for effect in term.effects:
                    if effect.name in index:
                        entries[k][0].append(i)
                        entries[k][1].append(index[effect.name])
                        entries[k][2].append(effect.coefficient)
                    else:
                        offsets[i, k] += effect.coefficient * effect.mean
        shape = (len(rows), len(index))
        build = _dense if dense else _sparse
        return cls(offsets, tuple(build(*entry, shape) for entry in entries), beside, overlap)

    def evaluate(self, theta: Vector) -> tuple[Vector, Vector]:
        """log seconds (rows,) and the derivative by the logarithm of each term, its share, (rows, terms)."""
        logs = self.offsets + np.stack([matrix @ theta for matrix in self.matrices], axis=1)
        top = logs.max(axis=1, keepdims=True)
        parts = np.exp(logs - top)
        if not self.beside.any():
            total = parts.sum(axis=1, keepdims=True)
            return (top + np.log(total))[:, 0], parts / total
        return self._overlapped(top, parts)

    def _overlapped(self, top: Vector, parts: Vector) -> tuple[Vector, Vector]:
        q = self.overlap
        inside = parts[:, ~self.beside].sum(axis=1, keepdims=True) + 1e-300
        outside = parts[:, self.beside].sum(axis=1, keepdims=True) + 1e-300
        larger = np.maximum(inside, outside)
        powers = (inside / larger) ** q + (outside / larger) ** q
        weight_in, weight_out = (inside / larger) ** q / powers, (outside / larger) ** q / powers
        shares = np.where(self.beside[None], parts / outside * weight_out, parts / inside * weight_in)
        return (top + np.log(larger) + np.log(powers) / q)[:, 0], shares

    def jacobian(self, shares: Vector) -> Any:
        """Derivative of log seconds by θ, (rows, parameters), dense when the design is."""
        if isinstance(self.matrices[0], np.ndarray):
            return np.einsum("rk,krp->rp", shares, np.stack(self.matrices))
        return sum(
            (sparse.diags(shares[:, k]) @ matrix for k, matrix in enumerate(self.matrices)),
            start=sparse.csr_matrix(self.matrices[0].shape),
        ).tocsr()


Shape = tuple[int, int]


def _sparse(rows: list[int], columns: list[int], values: list[float], shape: Shape) -> sparse.csr_matrix:
    return sparse.csr_matrix((values, (rows, columns)), shape=shape)


def _dense(rows: list[int], columns: list[int], values: list[float], shape: Shape) -> Vector:
    matrix = np.zeros(shape)
    np.add.at(matrix, (np.array(rows, np.intp), np.array(columns, np.intp)), values)
    return matrix


@dataclass(frozen=True, slots=True)
class Posterior:
    """What was learned: the most probable θ by name, their covariance, and the noise of one measurement."""

    index: Mapping[str, int]
    theta: Vector
    covariance: Vector
    sigma: float
    overlap: float = 1.0

    def predict(self, row: Terms) -> Prediction:
        """Seconds of a row; effects that were never seen enter with their prior mean and variance."""
        local = _Local.of(self, [row])
        value, shares, jacobian = local.linearise(local.mean)
        variance = float(jacobian[0] @ local.covariance @ jacobian[0])
        return _prediction(row, value[0], variance + self.sigma**2, shares[0])

    def log_seconds(self, row: Terms) -> float:
        """The value of `predict` alone, without what is uncertain about it: some ten times as fast."""
        inside: list[float] = []
        outside: list[float] = []
        for term in row.values():
            (outside if term.beside else inside).append(self._value(term))
        first, q = _log_sum(inside), self.overlap
        return _log_sum([q * first, q * _log_sum(outside)]) / q if outside else first

    def parts(self, row: Terms) -> dict[str, float]:
        """What each term is of the sum of all, as `predict` says it where nothing runs beside the rest."""
        logs = {name: self._value(term) for name, term in row.items()}
        whole = _log_sum(list(logs.values()))
        return {name: math.exp(value - whole) for name, value in logs.items()}

    def _value(self, term: Term) -> float:
        """log seconds of one term."""
        value = term.log_seconds
        for effect in term.effects:
            place = self.index.get(effect.name)
            value += effect.coefficient * (effect.mean if place is None else float(self.theta[place]))
        return value

    def given(
        self, row: Terms, observed: Sequence[tuple[Terms, float, float]], iterations: int = 8
    ) -> tuple[Prediction, Vector]:
        """Seconds of a row once some other rows were measured: `observed` holds (row, log seconds, noise sd).

        The iterated extended Kalman update (Bell and Cathey 1993). Also returns what the update left
        unexplained of each observation.
        """
        local = _Local.of(self, [terms for terms, _, _ in observed] + [row])
        measured = np.array([value for _, value, _ in observed])
        noise = np.diag([sd**2 for _, _, sd in observed])
        mean = local.mean
        last = len(observed)
        for _ in range(iterations):
            value, _, jacobian = local.linearise(mean)
            seen = jacobian[:last]
            gain = local.covariance @ seen.T @ linalg.inv(seen @ local.covariance @ seen.T + noise)
            step = gain @ (measured - value[:last] - seen @ (local.mean - mean))
            mean = local.mean + np.clip(step, -12.0, 12.0)
        value, shares, jacobian = local.linearise(mean)
        covariance = local.covariance - gain @ seen @ local.covariance
        variance = max(float(jacobian[last] @ covariance @ jacobian[last]), 1e-8)
        return _prediction(row, value[last], variance + self.sigma**2, shares[last]), measured - value[:last]


def _log_sum(logs: Sequence[float]) -> float:
    """log Σ exp; of nothing it is nothing."""
    top = max(logs, default=NOTHING)
    return top + math.log(sum(math.exp(value - top) for value in logs)) if logs else NOTHING


def _prediction(row: Terms, value: float, variance: float, shares: Vector) -> Prediction:
    names = sorted(row)
    return Prediction(float(value), float(np.sqrt(variance)), dict(zip(names, shares.tolist(), strict=True)))


@dataclass(frozen=True, slots=True)
class _Local:
    """The few parameters that some rows touch: those of the posterior and those with their prior only."""

    mean: Vector
    covariance: Vector
    design: Design
    keep: tuple[NDArray[np.intp], ...] = field(default=())

    @classmethod
    def of(cls, posterior: Posterior, rows: Sequence[Terms]) -> _Local:
        effects = {e.name: e for row in rows for term in row.values() for e in term.effects}
        names = sorted(effects)
        known = [name for name in names if name in posterior.index]
        new = [name for name in names if name not in posterior.index]
        places = np.array([posterior.index[name] for name in known], dtype=np.intp)
        mean = np.concatenate([posterior.theta[places], np.array([effects[name].mean for name in new])])
        covariance = np.zeros((len(names), len(names)))
        covariance[: len(known), : len(known)] = posterior.covariance[np.ix_(places, places)]
        for i, name in enumerate(new, start=len(known)):
            covariance[i, i] = effects[name].sd ** 2
        index = {name: i for i, name in enumerate(known + new)}
        terms = sorted({name for row in rows for name in row})
        keep = tuple(np.array([terms.index(name) for name in sorted(row)]) for row in rows)
        return cls(mean, covariance, Design.of(rows, index, posterior.overlap, dense=True), keep)

    def linearise(self, theta: Vector) -> tuple[Vector, list[Vector], Vector]:
        value, shares = self.design.evaluate(theta)
        return (
            value,
            [shares[i, keep] for i, keep in enumerate(self.keep)],
            self.design.jacobian(shares),
        )
