"""The most probable parameters of a posynomial time model, and what stays uncertain about them.

Levenberg–Marquardt on the log posterior; the residuals are reweighted at each step for the heavy tail of
Student's t, so that a row that no parameter explains pulls little. The noise is estimated in turn, with the
freedom that the parameters took away given back (MacKay, "Bayesian interpolation", 1992).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import linalg, sparse

from toolkit.estimate.posynomial import Design, Effect, Posterior, Terms, Vector

STUDENT = 4.0  # degrees of freedom of the noise
LARGEST_STEP = 2.0
FEW_STEPS, MANY_STEPS = 8, 60  # while the noise is still being found, and at the end


@dataclass(frozen=True, slots=True)
class _Problem:
    design: Design
    target: Vector
    weight: Vector
    prior: Vector
    precision: Vector

    def objective(self, theta: Vector, sigma: float) -> float:
        residual = self.target - self.design.evaluate(theta)[0]
        tail = (STUDENT + 1) / 2 * np.log1p(residual**2 / (STUDENT * sigma**2))
        return float((self.weight * tail).sum() + 0.5 * ((theta - self.prior) ** 2 * self.precision).sum())

    def curvature(self, theta: Vector, sigma: float) -> tuple[Vector, Vector]:
        value, shares = self.design.evaluate(theta)
        jacobian = self.design.jacobian(shares)
        residual = self.target - value
        weight = self.weight * (STUDENT + 1) / (STUDENT + (residual / sigma) ** 2) / sigma**2
        hessian = (jacobian.T @ sparse.diags(weight) @ jacobian).toarray() + np.diag(self.precision)
        return hessian, jacobian.T @ (weight * residual) - self.precision * (theta - self.prior)

    def noise(self, theta: Vector, sigma: float, floor: float) -> float:
        """The scale of the noise with the freedom that the parameters took away given back."""
        hessian, _ = self.curvature(theta, sigma)
        used = len(theta) - float((np.diag(linalg.inv(hessian)) * self.precision).sum())
        residual = self.target - self.design.evaluate(theta)[0]
        weight = self.weight * (STUDENT + 1) / (STUDENT + (residual / sigma) ** 2)
        freedom = max(self.weight.sum() - used, 0.3 * self.weight.sum())
        return max(floor, float(np.sqrt((weight * residual**2).sum() / freedom)))


def _descend(problem: _Problem, theta: Vector, sigma: float, iterations: int) -> Vector:
    damping, best = 1e-3, problem.objective(theta, sigma)
    for _ in range(iterations):
        hessian, gradient = problem.curvature(theta, sigma)
        for _ in range(10):
            damped = hessian + damping * np.diag(np.diag(hessian))
            step = linalg.cho_solve(
                linalg.cho_factor(damped, check_finite=False), gradient, check_finite=False
            )
            step = np.clip(step, -LARGEST_STEP, LARGEST_STEP)
            value = problem.objective(theta + step, sigma)
            if value <= best + 1e-12:
                break
            damping = damping * 5 + 1e-8
        else:
            return theta
        gained, best, theta = best - value, value, theta + step
        damping = max(damping / 5, 1e-9)
        if gained < 1e-6 * max(1.0, abs(best)):
            break
    return theta


def parameters(rows: Sequence[Terms]) -> dict[str, Effect]:
    """Every effect of some rows by name, sorted, so that the order never depends on the rows' order."""
    found = {e.name: e for row in rows for term in row.values() for e in term.effects}
    return {name: found[name] for name in sorted(found)}


def _problem(rows: Sequence[Terms], seconds: Vector, weight: Vector, overlap: float) -> _Problem:
    effects = parameters(rows)
    index = {name: i for i, name in enumerate(effects)}
    prior = np.array([effect.mean for effect in effects.values()])
    precision = np.array([effect.sd**-2.0 for effect in effects.values()])
    return _Problem(Design.of(rows, index, overlap), np.log(seconds), weight, prior, precision)


def fit(
    rows: Sequence[Terms],
    seconds: Vector,
    *,
    weight: Vector | None = None,
    overlap: float = 1.0,
    noise_floor: float = 0.02,
    rounds: int = 4,
    progress: Callable[[str], None] | None = None,
) -> Posterior:
    """Learn θ from measured seconds (rows,). Deterministic; starts from the priors.

    `weight` counts a row more or less, `overlap` is q, `noise_floor` the smallest σ (nothing published is
    more repeatable). Raises ValueError without rows.
    """
    if not rows:
        raise ValueError("a time model needs at least one measured row")
    problem = _problem(rows, seconds, np.ones(len(rows)) if weight is None else weight, overlap)
    theta, sigma = problem.prior.copy(), 0.1
    for turn in range(rounds):
        theta = _descend(problem, theta, sigma, FEW_STEPS)
        sigma = problem.noise(theta, sigma, noise_floor)
        if progress:
            progress(f"round {turn + 1} of {rounds}: sigma {sigma:.3f}")
    return restore(
        rows, seconds, _descend(problem, theta, sigma, MANY_STEPS), sigma, weight=weight, overlap=overlap
    )


def restore(
    rows: Sequence[Terms],
    seconds: Vector,
    theta: Vector,
    sigma: float,
    *,
    weight: Vector | None = None,
    overlap: float = 1.0,
) -> Posterior:
    """The posterior at a stored θ: only the curvature is worked out anew, which takes milliseconds."""
    problem = _problem(rows, seconds, np.ones(len(rows)) if weight is None else weight, overlap)
    if len(theta) != len(problem.prior):
        raise ValueError(f"{len(theta)} stored parameters for a model of {len(problem.prior)}: fit it anew")
    hessian, _ = problem.curvature(theta, sigma)
    index = {name: i for i, name in enumerate(parameters(rows))}
    return Posterior(index, theta, linalg.inv(hessian), sigma, overlap)
