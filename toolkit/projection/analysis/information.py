"""Value of information: what it would be worth to know an input before deciding.

A decision is a choice between options (scenarios of a plan), each with an outcome Y in every draw. Without
more knowledge one takes the option with the best mean. Knowing input X first, one takes the best option given
X:

    value of knowing X             E over X of max over options E(Y | X)  −  max over options E(Y)
    value of knowing everything    E of max over options Y                −  max over options E(Y)

(expected value of partial and of perfect information; J. E. Oakley, "Decision-theoretic sensitivity analysis
for complex computer models", Am. Statistician 63(2), 2009). E(Y | X) is the mean over draws whose X lies in
the same of `CELLS` equally filled cells (of a discrete input: the same value). Choosing and judging on the
same draws would find value in noise; so each replicate is judged by choices made on the other replicates,
which errs on the low side. The share of variance, V[E(Y | X)] / V(Y), is given beside it for the option that
is best now: information can reduce uncertainty without ever changing a decision, and then it is worth
nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from toolkit.projection.analysis.experiment import figure_of, joint_figure, ranked
from toolkit.projection.metrics import half_width
from toolkit.projection.program import Array
from toolkit.projection.run import Figure

CELLS = 16


@dataclass(frozen=True, slots=True)
class Knowledge:
    """One input. `worth`: the expected gain of the metric from knowing it before deciding. `choices`: option
    → how often it would be taken. `variance_share`: of the best option's outcome. `low`, `high`: the lowest
    and highest mean of that outcome over the input's cells."""

    input: str
    worth: Figure
    choices: Mapping[str, float]
    variance_share: Figure
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Information:
    """What knowing is worth, the largest worth first. `means`: option → mean outcome; `best`: the option
    taken now; `perfect`: the worth of knowing every input."""

    means: Mapping[str, Figure]
    best: str
    perfect: Figure
    inputs: tuple[Knowledge, ...]
    draws: int


def value_of_information(
    inputs: Mapping[str, Array], outcomes: Mapping[str, Array], replicates: int
) -> Information:
    """The value of knowing each of `inputs` (draws,) before choosing among options with `outcomes` (draws,),
    higher being better. All on the same draws, replicate by replicate."""
    options = tuple(outcomes)
    table = np.array([outcomes[option] for option in options])
    means = {option: joint_figure(replicates, _mean, outcomes[option]) for option in options}
    best = int(np.argmax(table.mean(axis=1)))
    found = [_knowledge(name, values, table, options, best, replicates) for name, values in inputs.items()]
    found.sort(key=lambda one: -one.variance_share.value)
    return Information(
        means=means,
        best=options[best],
        perfect=joint_figure(replicates, lambda part: float(part.max(axis=0).mean() -
        part.mean(axis=1).max()), table), inputs=ranked(found, lambda one: one.worth.value),
        draws=table.shape[1],
    )  # fmt: skip


def _mean(values: Array) -> float:
    return float(values.mean())


def _knowledge(
    name: str, values: Array, table: Array, options: tuple[str, ...], best: int, replicates: int
) -> Knowledge:
    cell = cells(values)
    count = int(cell.max()) + 1
    sums, sizes = _by_cell(cell, table, count, replicates)
    gains, taken = [], np.zeros(len(options))
    for replicate in range(replicates):
        others = _means(sums.sum(axis=0) - sums[replicate], sizes.sum(axis=0) - sizes[replicate])
        choice = others.argmax(axis=0) if replicates > 1 else _means(sums[0], sizes[0]).argmax(axis=0)
        chosen = sums[replicate][choice, np.arange(count)].sum()
        gains.append((chosen - sums[replicate][best].sum()) / sizes[replicate].sum())
        taken += np.bincount(choice, weights=sizes[replicate], minlength=len(options))
    conditional = _means(sums.sum(axis=0), sizes.sum(axis=0))[best]
    worth = Figure(float(np.mean(gains)), float(half_width(np.array(gains))))
    shares = [_variance_share(sums.sum(axis=0)[best], sizes.sum(axis=0), table[best])]
    pieces = np.split(table[best], replicates)
    shares += [_variance_share(sums[r][best], sizes[r], pieces[r]) for r in range(replicates)]
    return Knowledge(
        input=name,
        worth=worth,
        choices=dict(zip(options, (float(share) for share in taken / taken.sum()), strict=True)),
        variance_share=figure_of(np.array(shares)),
        low=float(conditional.min()),
        high=float(conditional.max()),
    )


def cells(values: Array, count: int = CELLS) -> NDArray[np.intp]:
    """The cell of each value: equally filled ones in the order of the values, or one a distinct value."""
    distinct, place = np.unique(values, return_inverse=True)
    if distinct.size <= count:
        return np.asarray(place, dtype=np.intp)
    ranks = np.argsort(np.argsort(values, kind="stable"), kind="stable")
    return np.asarray(ranks * count // values.size, dtype=np.intp)


def _by_cell(cell: NDArray[np.intp], table: Array, count: int, replicates: int) -> tuple[Array, Array]:
    """Sums (replicates, options, cells) and numbers of draws (replicates, cells)."""
    parts = np.split(cell, replicates)
    outcomes = np.split(table, replicates, axis=1)
    sums = np.array(
        [[np.bincount(part, row, count) for row in rows] for part, rows in zip(parts, outcomes, strict=True)]
    )
    return sums, np.array([np.bincount(part, minlength=count) for part in parts], dtype=float)


def _means(sums: Array, sizes: Array) -> Array:
    """Mean outcome by option and cell; a cell without a draw counts as 0 and weighs nothing."""
    return np.divide(sums, sizes, out=np.zeros_like(sums), where=sizes > 0)


def _variance_share(sums: Array, sizes: Array, values: Array) -> float:
    """V[E(Y | X)] / V(Y), less what chance alone puts between cells (the adjusted correlation ratio,
    ω²-like)."""
    variance = float(values.var())
    filled = sizes > 0
    draws, degrees = values.size, int(filled.sum()) - 1
    if not variance or draws <= degrees + 1:
        return 0.0
    between = float(np.sum(sums[filled] ** 2 / sizes[filled]) / draws - values.mean() ** 2)
    within = max(variance - between, 0.0) * draws / (draws - degrees - 1)
    return (between - degrees * within / draws) / variance
