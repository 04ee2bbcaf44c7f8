"""The interval of a measured time: over blocks and over processes.

Inside one process block times look alike; a second process of the same program can differ by more than ten
per cent (memory layout, neighbours), which no interval from inside one process can see. So on the scale
x = log(seconds a step), with P processes of K blocks each:

    m_p = median of the process's blocks          headline = exp(median of m_p)
    within   v   = s² · c(K)                      s² = variance of the blocks around their process
    between  S²  = variance of m_p over processes
    variance of the headline = (v + max(0, S² − v)) · c(P)

c(n) is the variance of the median of n normal values over that of one. S² of one case from two processes
has one degree of freedom, which is next to nothing; pooled over the cases of a suite it has many. So both
variances of a case are moderated: the weighted mean of its own and the suite's, and never below the suite's
for S² (Smyth 2004, "Linear models and empirical Bayes methods", doi:10.2202/1544-6115.1027). Degrees of
freedom of the sum: Satterthwaite 1946. In a suite of ten cases or more the tenth that varies most has no part
in the suite's variances, which are corrected for that: one case that found another kernel in its second
process is wide itself and does not make all others wide (after Phipson et al. 2016, doi:10.1214/16-AOAS920).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import mean, median, variance

from toolkit.benchmark.student_t import t_factor

Blocks = Sequence[Sequence[float]]  # seconds a step, one list of blocks a process

# Variance of the median of n independent normal values of variance 1.
_MEDIAN_VARIANCE = (math.nan, 1.0, 0.5, 0.4487, 0.2982, 0.2868, 0.2147, 0.2104, 0.1682, 0.1661, 0.1383)

# Cases of one process share its fate, so their differences between processes are not independent: a pool
# over C cases counts as half as many degrees of freedom.
_SHARED_FATE = 0.5
# Beyond a factor of ten either way nothing is known, and a wider interval would say no more.
_WIDEST = math.log(10.0)
_SURE_DOF = 1000.0  # of a variance that is not estimated
_STRETCH_SD, _NORMAL_95 = 0.4, 1.96
# One case of so many has no part in the pool. The mean of the others falls short by `_MISSING` · (10 · share
# dropped) ^ `_MISSING_POWER` / √(degrees of freedom of a case), found from χ² and a little on the safe side.
_ONE_OF = 10
_MISSING, _MISSING_POWER = 0.377, 0.65
_TRIMMED_DOF = 0.6  # what a trimmed mean knows beside a whole one
# How many degrees of freedom the suite counts for beside a case's own.
_SUITE_WEIGHT_WITHIN = 2.0
_SUITE_WEIGHT_BETWEEN = 4.0


@dataclass(frozen=True, slots=True)
class Interval:
    """Seconds a step: median and a two-sided interval."""

    median: float
    low: float
    high: float

    def widened(self, stretch: float, drift: float = 0.0) -> Interval:
        """Wider by what neighbours do between runs: blocks of one run share its neighbours, so no spread of
        theirs can show it. `stretch` is by how much (in logarithms) the neighbours of this run could lengthen
        it; 0.4 of it is taken as one standard deviation, found by repeating runs (tests/README.md). `drift`
        is the standard deviation of what a virtual machine cannot see of its host (`virtual_host`)."""
        if not stretch and not drift:
            return self
        beyond = _NORMAL_95 * math.hypot(_STRETCH_SD * stretch, drift)
        wider = [math.hypot(abs(math.log(end / self.median)), beyond) for end in (self.low, self.high)]
        low, high = (min(width, _WIDEST) for width in wider)
        return Interval(self.median, self.median * math.exp(-low), self.median * math.exp(high))

    @property
    def half_width(self) -> float:
        """Relative to the median, the larger side."""
        return max(self.high / self.median - 1, 1 - self.low / self.median)


@dataclass(frozen=True, slots=True)
class Variance:
    """A variance and how many degrees of freedom stand behind it; without any the value is 0."""

    value: float
    dof: float

    def half_width(self, level: float) -> float:
        """Half of the two-sided interval of a value with this variance."""
        return t_factor(level, round(self.dof, 1)) * math.sqrt(self.value) if self.value else 0.0

    def plus(self, sd: float) -> Variance:
        """With a further, known standard deviation."""
        if not sd:
            return self
        total = self.value + sd**2
        return Variance(total, self.dof * (total / self.value) ** 2 if self.value else _SURE_DOF)

    def moderated(self, suite: Variance, weight: float) -> Variance:
        """The weighted mean of a case's own variance and its suite's."""
        weight = min(weight, suite.dof)
        dof = self.dof + weight
        return Variance((self.dof * self.value + weight * suite.value) / dof if dof else 0.0, dof)


@dataclass(frozen=True, slots=True)
class Spread:
    """Variances of log seconds of one case: `block` around the process, `between` of the processes' medians
    as observed; `median_factor` turns the first into the variance of one process's median."""

    block: Variance
    between: Variance
    median_factor: float
    processes: int


def median_variance(n: int) -> float:
    """Variance of the median of `n` normal values of variance 1; beyond the table π/(2(n + π/2 − 1))."""
    return _MEDIAN_VARIANCE[n] if n < len(_MEDIAN_VARIANCE) else math.pi / (2 * n + math.pi - 2)


def headline(blocks: Blocks) -> float:
    """Seconds a step: the median over processes of the median over blocks. Raises ValueError without one."""
    return math.exp(median(_process_medians(blocks)))


def spread(blocks: Blocks) -> Spread:
    """Both variances of one case. Raises ValueError when it has no block."""
    logs = [[math.log(value) for value in process] for process in blocks if process]
    dof = sum(len(process) - 1 for process in logs)
    squares = sum((len(process) - 1) * variance(process) for process in logs if len(process) > 1)
    medians = [median(process) for process in logs]
    return Spread(
        block=Variance(squares / dof if dof else 0.0, dof),
        between=Variance(variance(medians) if len(medians) > 1 else 0.0, len(medians) - 1),
        median_factor=mean(median_variance(len(process)) for process in logs),
        processes=len(logs),
    )


def suite_intervals(cases: Mapping[str, Blocks], level: float = 0.95) -> dict[str, Interval]:
    """The interval of every case, both variances moderated by those of all cases.

    A suite in which no case has a second block or a second process has no intervals: the answer is empty.
    """
    found: dict[str, Interval] = {}
    for name, error in suite_errors(cases).items():
        middle, width = headline(cases[name]), min(error.half_width(level), _WIDEST)
        found[name] = Interval(middle, middle * math.exp(-width), middle * math.exp(width))
    return found


def suite_errors(cases: Mapping[str, Blocks]) -> dict[str, Variance]:
    """Variance and degrees of freedom of the logarithm of every case's headline, moderated by the suite."""
    spreads = {name: spread(blocks) for name, blocks in cases.items()}
    block = pooled([each.block for each in spreads.values()])
    between = pooled([each.between for each in spreads.values()])
    found = {name: _log_error(spreads[name], block, between) for name in cases}
    return {name: error for name, error in found.items() if error is not None}


def process_half_width(blocks: Sequence[float], level: float = 0.95) -> float:
    """Relative half-width that the blocks of one process alone give; infinite for fewer than two."""
    if len(blocks) < 2:
        return math.inf
    own = spread([blocks])
    return math.expm1(t_factor(level, own.block.dof) * math.sqrt(own.block.value * own.median_factor))


def _log_error(own: Spread, block: Variance, between: Variance) -> Variance | None:
    """Of the headline on the log scale, or None when nothing at all is known about the spread."""
    blocks = own.block.moderated(block, _SUITE_WEIGHT_WITHIN)
    within = Variance(blocks.value * own.median_factor, blocks.dof)
    mixed = own.between.moderated(between, _SUITE_WEIGHT_BETWEEN)
    excess = max(0.0, max(mixed.value, between.value) - block.value * own.median_factor)
    total = within.value + excess
    if not within.dof and not between.dof:
        return None
    if total <= 0:
        return Variance(0.0, 1.0)
    excess_dof = max(min(2.0, between.dof), _SHARED_FATE * between.dof, 1.0)
    dof = total**2 / (excess**2 / excess_dof + within.value**2 / max(1.0, within.dof))
    return Variance(total * median_variance(own.processes), dof)


def pooled(variances: Sequence[Variance]) -> Variance:
    """The suite's variance, without the tenth of the cases that vary most."""
    known = sorted((each for each in variances if each.dof), key=lambda each: each.value)
    dropped = len(known) // _ONE_OF
    kept = known[: len(known) - dropped]
    dof = sum(each.dof for each in kept)
    if not dof:
        return Variance(0.0, 0.0)
    mean_kept = sum(each.dof * each.value for each in kept) / dof
    if not dropped:
        return Variance(mean_kept, dof)
    missing = _MISSING * (_ONE_OF * dropped / len(known)) ** _MISSING_POWER / math.sqrt(dof / len(kept))
    return Variance(mean_kept / (1 - missing), _TRIMMED_DOF * dof)


def _process_medians(blocks: Blocks) -> list[float]:
    return [median([math.log(value) for value in process]) for process in blocks if process]
