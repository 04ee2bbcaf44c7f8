"""Correlated inputs: a Gaussian copula over quantities.

Each input keeps its own distribution; the normal scores behind them get the correlations that the plan names.
For inputs that are normal themselves, or lognormal by their logs, these are the correlations of the values;
for others the rank correlation is close: ρ_rank = 6/π asin(ρ/2).

A set of pairs that no joint distribution can have (A with B 0.9, B with C 0.9, A with C −0.9) is replaced by
the nearest correlation matrix in the Frobenius norm, by alternating projections with Dykstra's correction
(N. J. Higham, "Computing the nearest correlation matrix", IMA J. Numer. Anal. 22, 2002, 329), and what
changed is reported.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Matrix: TypeAlias = NDArray[np.float64]
SMALLEST = 1e-8  # eigenvalue: below it a matrix has no Cholesky factor that can be relied on
ROUNDS, ENOUGH = 10_000, 1e-12


@dataclass(frozen=True, slots=True)
class Pair:
    """Two inputs and the correlation of their normal scores. `place` is where the plan says it."""

    first: str
    second: str
    value: float
    place: str = ""


@dataclass(frozen=True, slots=True)
class Repair:
    """What the nearest correlation matrix changed: the pair that moved most, from `given` to `used`."""

    first: str
    second: str
    given: float
    used: float


@dataclass(frozen=True, slots=True)
class Copula:
    """Inputs that are drawn together, the matrix that is used, and what had to be changed (None: nothing).

    `factor` is its lower Cholesky factor: scores = factor @ independent scores. The inputs stand in the order
    in which they got their random dimensions, so that adding one leaves the earlier ones as they were.
    """

    names: tuple[str, ...]
    matrix: tuple[tuple[float, ...], ...]
    repair: Repair | None

    @property
    def factor(self) -> Matrix:
        return np.linalg.cholesky(np.array(self.matrix))


def copulas(pairs: Iterable[Pair], order: Sequence[str]) -> tuple[Copula, ...]:
    """One copula for every set of inputs that hang together; inputs in `order`, pairs not named are 0."""
    given = tuple(pairs)
    place = {name: number for number, name in enumerate(order)}
    found = []
    for names in _connected(given):
        ordered = tuple(sorted(names, key=lambda name: place[name]))
        matrix = np.eye(len(ordered))
        for pair in given:
            if pair.first in names:
                i, j = ordered.index(pair.first), ordered.index(pair.second)
                matrix[i, j] = matrix[j, i] = pair.value
        used = matrix if np.linalg.eigvalsh(matrix)[0] >= SMALLEST else nearest_correlation(matrix)
        rows = tuple(tuple(float(x) for x in row) for row in used)
        found.append(Copula(ordered, rows, _repair(ordered, matrix, used)))
    return tuple(found)


def _connected(pairs: Sequence[Pair]) -> list[set[str]]:
    sets: list[set[str]] = []
    for pair in pairs:
        joined = {pair.first, pair.second}.union(*(one for one in sets if {pair.first, pair.second} & one))
        sets = [one for one in sets if not one & joined] + [joined]
    return sets


def _repair(names: Sequence[str], given: Matrix, used: Matrix) -> Repair | None:
    change = np.abs(used - given)
    i, j = divmod(int(change.argmax()), len(names))
    if change[i, j] < 1e-6:
        return None
    return Repair(names[i], names[j], float(given[i, j]), float(used[i, j]))


def nearest_correlation(matrix: Matrix) -> Matrix:
    """The nearest correlation matrix to a symmetric one, with eigenvalues of at least `SMALLEST`."""
    found, correction = matrix.copy(), np.zeros_like(matrix)
    for _ in range(ROUNDS):
        before = found
        shifted = found - correction
        values, vectors = np.linalg.eigh(shifted)
        positive = (vectors * np.maximum(values, 0.0)) @ vectors.T
        correction = positive - shifted
        found = positive.copy()
        np.fill_diagonal(found, 1.0)
        if np.max(np.abs(found - before)) < ENOUGH:
            break
    lowest = float(np.linalg.eigvalsh(found)[0])
    if lowest < SMALLEST:  # the nearest one is singular: a hair towards independence makes it usable
        weight = (SMALLEST - lowest) / (1 - lowest)
        found = (1 - weight) * found + weight * np.eye(len(found))
    found = (found + found.T) / 2
    np.fill_diagonal(found, 1.0)
    return found
