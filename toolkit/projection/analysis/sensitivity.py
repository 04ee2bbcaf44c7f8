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

The indices assume independent inputs. Inputs that are drawn together are found in the draws themselves
(correlation of the normal scores above `DEPENDENT`) and taken as one group, whose columns come from B
together: between groups the inputs are independent, so the indices of groups mean what they say.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from toolkit.errors import InputError, Problem
from toolkit.projection.analysis.experiment import Experiment, figure_of, ranked
from toolkit.projection.analysis.outcome import Metric
from toolkit.projection.draws import Sampler, draw
from toolkit.projection.program import Array
from toolkit.projection.run import Figure

DEPENDENT = 0.05
# In every replicate: with so many, independent Sobol columns stay below 0.025; with 512 some reach 0.12.
DRAWS_TO_TELL = 4096


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
    groups = dependent_groups(_many(experiment, registry), experiment.relevant)
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


def _many(experiment: Experiment, registry: Mapping[str, int]) -> dict[str, Array]:
    """Enough draws of the inputs to tell which are drawn together."""
    sampler = experiment.sampler
    each = max(sampler.per_replicate, DRAWS_TO_TELL)
    return draw(experiment.model, registry, Sampler(sampler.seed, sampler.replicates, each))


def _second_sample(experiment: Experiment, registry: Mapping[str, int]) -> dict[str, Array]:
    """Draws that are independent of the experiment's: other dimensions of the Sobol points, another seed."""
    names = experiment.model.uncertain
    beyond = 1 + max((registry[name] for name in names), default=0)
    others = {name: beyond + place for place, name in enumerate(names)}
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


def dependent_groups(inputs: Mapping[str, Array], names: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    """The names in groups that are independent of one another, as far as their draws (draws,) show."""
    if len(names) < 2:
        return tuple((name,) for name in names)
    related = np.abs(np.corrcoef([_normal_scores(inputs[name]) for name in names])) > DEPENDENT
    groups: list[list[int]] = []
    free = list(range(len(names)))
    while free:
        group = [free.pop(0)]
        for member in group:  # grows while it is walked: everything that hangs together
            joined = [other for other in free if related[member, other]]
            group += joined
            free = [other for other in free if other not in joined]
        groups.append(sorted(group))
    return tuple(tuple(names[place] for place in group) for group in groups)


def _normal_scores(values: Array) -> Array:
    """Ranks as standard normal values; equal values share the middle of their ranks."""
    from scipy.special import ndtri

    _, place, counts = np.unique(values, return_inverse=True, return_counts=True)
    middle = np.cumsum(counts) - counts / 2
    return np.asarray(ndtri(middle[place] / values.size))


def grouped(result: Sensitivity) -> tuple[tuple[str, ...], ...]:
    """The groups of inputs that were taken together because they are drawn together."""
    return tuple(index.inputs for index in result.indices if len(index.inputs) > 1)
