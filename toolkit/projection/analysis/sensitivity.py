"""Sobol indices: which share of an outcome's variance each uncertain input makes.

first order   S = V[E(Y | X)] / V(Y)            the share that would go if the input were known
total         T = E[V(Y | all others)] / V(Y)   the share that would stay if only the input were unknown

From two independent samples A and B, and A with one column taken from B (AB):

    S = mean(f(B) (f(AB) − f(A))) / V
    T = mean((f(A) − f(AB))²) / 2V

(S: A. Saltelli et al., Comput. Phys. Commun. 181, 2010, 259, table 2 (b); T: M. J. W. Jansen, Comput. Phys.
Commun. 117, 1999, 35), with f less its mean, which leaves both unbiased in the limit and makes the first far
less noisy. Both samples are scrambled Sobol points; the indices are computed in every replicate too, and
their spread is the error.

The indices assume independent inputs. Inputs that the plan correlates, directly or through others, are taken
as one group, whose columns come from B together: between groups the inputs are independent, so the indices of
groups mean what they say.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from toolkit.errors import InputError, Problem
from toolkit.projection.analysis.experiment import Experiment, figure_of, ranked
from toolkit.projection.analysis.outcome import Metric
from toolkit.projection.draws import Sampler, draw
from toolkit.projection.model import Model
from toolkit.projection.program import Array
from toolkit.projection.run import Figure


@dataclass(frozen=True, slots=True)
class Index:
    """The indices of one input, or of inputs that are drawn together."""

    inputs: tuple[str, ...]
    first: Figure
    total: Figure


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """Indices, the largest total first. `interaction` is 1 less the sum of first orders: the share that no
    input makes alone. `runs` counts evaluations of the model. `unrelated` inputs have indices of exactly
    0."""

    metric: Metric
    variance: Figure
    indices: tuple[Index, ...]
    interaction: Figure
    unrelated: tuple[str, ...]
    draws: int
    runs: int


def sensitivity(
    experiment: Experiment,
    metric: Metric,
    registry: Mapping[str, int],
    progress: Callable[[float], None] = lambda _share: None,
) -> Sensitivity:
    """The Sobol indices of what `metric` is the mean of: the outcome, or the indicator of a probability.

    `registry` is that of the experiment's draws. Raises InputError (`analysis.no_variance`) where the outcome
    is the same in every draw.
    """
    second = _second_sample(experiment, registry)
    at_first = metric.per_draw(experiment.values())
    at_second = metric.per_draw(experiment.values(second))
    groups = dependent_groups(experiment.model, experiment.relevant)
    if not np.ptp(np.concatenate([at_first, at_second])) > 0:
        raise InputError([Problem("analysis.no_variance", values={"metric": str(metric)})])
    replicates = experiment.sampler.replicates
    a, b = (_with_replicates(values, replicates) for values in (at_first, at_second))
    indices, first_parts = [], []
    for count, group in enumerate(groups, 1):
        mixed = metric.per_draw(experiment.values({name: second[name] for name in group}))
        one, total = _indices(a, b, _with_replicates(mixed, replicates))
        first_parts.append(one)
        indices.append(Index(group, figure_of(one), figure_of(total)))
        progress(count / len(groups))
    return Sensitivity(
        metric=metric,
        variance=figure_of(np.array([_variance(x, y) for x, y in zip(a, b, strict=True)])),
        indices=ranked(indices, lambda index: index.total.value),
        interaction=figure_of(1 - np.sum(first_parts, axis=0)),
        unrelated=tuple(name for name in experiment.model.uncertain if name not in experiment.relevant),
        draws=experiment.sampler.draws,
        runs=(len(groups) + 2) * experiment.sampler.draws,
    )


def _second_sample(experiment: Experiment, registry: Mapping[str, int]) -> dict[str, Array]:
    """Draws that are independent of the experiment's: other dimensions of the Sobol points, another seed."""
    keys = experiment.model.dimensions
    beyond = 1 + max((registry[key] for key in keys), default=0)
    others = {key: beyond + place for place, key in enumerate(keys)}
    sampler = experiment.sampler
    return draw(
        experiment.model, others, Sampler(sampler.seed + 1, sampler.replicates, sampler.per_replicate)
    )


def _with_replicates(values: Array, replicates: int) -> list[Array]:
    """All draws, then each replicate."""
    return [values, *np.split(values, replicates)]


def _variance(a: Array, b: Array) -> float:
    return float(np.concatenate([a, b]).var())


def _indices(a: Sequence[Array], b: Sequence[Array], mixed: Sequence[Array]) -> tuple[Array, Array]:
    """First and total order over all draws, then in each replicate: two arrays (1 + replicates,)."""
    first, total = [], []
    for f_a, f_b, f_ab in zip(a, b, mixed, strict=True):
        variance = _variance(f_a, f_b)
        mean = (f_a.mean() + f_b.mean()) / 2
        # A replicate in which nothing happened says nothing against zero.
        first.append(np.mean((f_b - mean) * (f_ab - f_a)) / variance if variance else 0.0)
        total.append(np.mean((f_a - f_ab) ** 2) / (2 * variance) if variance else 0.0)
    return np.array(first), np.array(total)


def dependent_groups(model: Model, names: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    """The names in groups that are drawn independently of one another."""
    together = {name: copula.names for copula in model.copulas for name in copula.names}
    groups = (tuple(other for other in names if other in together.get(name, (name,))) for name in names)
    return tuple(dict.fromkeys(groups))


def grouped(result: Sensitivity) -> tuple[tuple[str, ...], ...]:
    """The groups of inputs that were taken together because they are drawn together."""
    return tuple(index.inputs for index in result.indices if len(index.inputs) > 1)
