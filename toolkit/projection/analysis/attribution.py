"""Attribution: which group of inputs makes the difference between two versions of a plan.

With v(S) the metric when the groups in S are as in the second version and all others as in the first, the
part of group g is its Shapley value, the effect of changing g averaged over every order in which the groups
can be changed:

    φ(g) = Σ over S without g of |S|! (n − |S| − 1)! / n! · (v(S ∪ {g}) − v(S))

(L. S. Shapley, "A value for n-person games", 1953). The parts add up to v(all) − v(none) exactly, whatever
works together in the model, and no order is preferred. Up to `EXACT` groups every subset is computed;
beyond, orders are drawn at random, each with its reverse, and the error of that is part of the printed one.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from toolkit.projection.analysis.experiment import figure_of
from toolkit.projection.metrics import half_width
from toolkit.projection.program import Array
from toolkit.projection.run import Figure

EXACT = 8
ORDERS = 24  # pairs of an order and its reverse

Value = Callable[[frozenset[str]], Array]


@dataclass(frozen=True, slots=True)
class Part:
    """What one group makes of the difference."""

    group: str
    change: Figure


@dataclass(frozen=True, slots=True)
class Attribution:
    """The metric of both versions, their difference, and its parts in the order of the groups; they sum to
    the difference. `exact`: every order was averaged, so the errors are those of the draws alone. `versions`
    counts the mixed versions that were computed."""

    first: Figure
    second: Figure
    difference: Figure
    parts: tuple[Part, ...]
    exact: bool
    versions: int


def attribute(groups: Sequence[str], value: Value, *, seed: int = 1, orders: int = ORDERS) -> Attribution:
    """Attribute v(all groups) − v(none) to the groups.

    `value` gives the metric of a mixed version as `Experiment.parts` does: over all draws, then in each
    replicate, the same draws for every version.
    """
    known: dict[frozenset[str], Array] = {}

    def v(members: Iterable[str]) -> Array:
        key = frozenset(members)
        if key not in known:
            known[key] = value(key)
        return known[key]

    exact = len(groups) <= EXACT
    first, second = v(()), v(groups)
    if exact:
        changes = {group: _every_order(group, groups, v) for group in groups}
        parts = tuple(Part(group, figure_of(change)) for group, change in changes.items())
    else:
        parts = _sampled(groups, v, np.random.default_rng(seed), orders)
    return Attribution(
        figure_of(first), figure_of(second), figure_of(second - first), parts, exact, len(known)
    )


def _every_order(group: str, groups: Sequence[str], v: Callable[[Iterable[str]], Array]) -> Array:
    others = [other for other in groups if other != group]
    terms = []
    for size in range(len(groups)):
        # |S|! (n - |S| - 1)! / n! = 1 / (n · C(n - 1, |S|))
        weight = 1 / (len(groups) * math.comb(len(others), size))
        terms += [weight * (v((*chosen, group)) - v(chosen)) for chosen in combinations(others, size)]
    return np.array([math.fsum(column) for column in zip(*terms, strict=True)])


def _sampled(
    groups: Sequence[str], v: Callable[[Iterable[str]], Array], rng: np.random.Generator, orders: int
) -> tuple[Part, ...]:
    changes: dict[str, list[Array]] = {group: [] for group in groups}
    for _ in range(orders):
        order = [groups[place] for place in rng.permutation(len(groups))]
        steps = [_steps(way, v) for way in (order, order[::-1])]
        for group in groups:
            changes[group].append((steps[0][group] + steps[1][group]) / 2)
    parts = []
    for group, found in changes.items():
        every = np.array(found)  # (orders, 1 + replicates)
        draws = figure_of(every.mean(axis=0))
        choice = float(half_width(every[:, 0]))
        parts.append(Part(group, Figure(draws.value, math.hypot(draws.error, choice))))
    return tuple(parts)


def _steps(order: Sequence[str], v: Callable[[Iterable[str]], Array]) -> dict[str, Array]:
    return {group: v(order[: place + 1]) - v(order[:place]) for place, group in enumerate(order)}
