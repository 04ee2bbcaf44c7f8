"""Whether two measurements differ: the interval of the ratio of their rates, processes being the unit.

On the log scale a headline has a variance over blocks and processes with its degrees of freedom
(`intervals`); that of a difference is the sum, by Welch and Satterthwaite. What is compared together is
pooled together: the spread between processes that two of them cannot show is taken from all. When several
pairs are compared, the verdicts hold for all of them at once (Holm 1979): without that, one pair in twenty
would differ by chance. What no interval of two runs can hold is a machine that changed between them.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from toolkit.benchmark.intervals import Variance, headline, suite_errors
from toolkit.benchmark.student_t import two_sided_tail
from toolkit.shapes.records import Measurement

Verdict = Literal["faster", "slower", "no_difference_shown", "not_comparable"]
LEVEL = 0.95
# Flags of a result that no comparison should rest on.
_DOUBTFUL = ("audit_failed", "one_process", "no_blocks")


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two measurements: `ratio` is the rate of the second over that of the first, with a 95 % interval.

    `p` is the chance of a ratio at least so far from 1 if there were no difference. `reason` says why two
    cannot be compared, or what doubt remains.
    """

    name: str
    first: Measurement
    second: Measurement
    ratio: float
    low: float | None
    high: float | None
    p: float | None
    verdict: Verdict
    reason: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """The JSON form, with the ids of the two."""
        row = asdict(self)
        interval = None if self.low is None else [self.low, self.high]
        return {**row, "first": self.first.id, "second": self.second.id, "interval": interval}


def compare(pairs: Sequence[tuple[str, Measurement, Measurement]]) -> list[Comparison]:
    """The comparison of every pair, second over first, under names that tell them apart."""
    cases: dict[str, list[list[float]]] = {}
    for name, first, second in pairs:
        for side, one in (("first", first), ("second", second)):
            blocks = used_blocks_of(one)
            if any(blocks):
                cases[f"{side} {name}"] = blocks
    errors = suite_errors(cases)
    for name, *sides in pairs:
        for side, one in zip(("first", "second"), sides, strict=True):
            if f"{side} {name}" in errors:
                unseen = one.evidence.get("drift") or 0.0
                errors[f"{side} {name}"] = errors[f"{side} {name}"].plus(unseen)
    found = [_compared(name, first, second, cases, errors) for name, first, second in pairs]
    return _judged(found)


def used_blocks_of(one: Measurement) -> list[list[float]]:
    """The seconds per step behind a headline, by process: all blocks but those that were disturbed."""
    used = one.evidence.get("blocks_used")
    if used is None:
        return [list(process) for process in one.block_seconds]
    return [[process[index] for index in kept] for process, kept in zip(one.block_seconds, used, strict=True)]


def _compared(
    name: str,
    first: Measurement,
    second: Measurement,
    cases: Mapping[str, Sequence[Sequence[float]]],
    errors: Mapping[str, Variance],
) -> Comparison:
    ratio = second.value / first.value
    reason = _reason(first, second)
    left, right = errors.get(f"first {name}"), errors.get(f"second {name}")
    if reason is not None or left is None or right is None:
        why = reason or "there are too few blocks"
        return Comparison(name, first, second, ratio, None, None, None, "not_comparable", why)
    work = second.work_per_step / first.work_per_step
    log_ratio = math.log(work * headline(cases[f"first {name}"]) / headline(cases[f"second {name}"]))
    both = Variance(left.value + right.value, _welch(left, right))
    width = both.half_width(LEVEL)
    p = (
        two_sided_tail(abs(log_ratio) / math.sqrt(both.value), both.dof)
        if both.value
        else float(log_ratio == 0)
    )
    low, high = math.exp(log_ratio - width), math.exp(log_ratio + width)
    return Comparison(name, first, second, math.exp(log_ratio), low, high, p, "no_difference_shown")


def _reason(first: Measurement, second: Measurement) -> str | None:
    if first.workload.unit != second.workload.unit:
        return f"one is in {first.unit}, the other in {second.unit}"
    for flag in _DOUBTFUL:
        if flag in first.flags or flag in second.flags:
            return f"a result is marked {flag}"
    return None


def _welch(left: Variance, right: Variance) -> float:
    total = left.value + right.value
    parts = sum(each.value**2 / each.dof for each in (left, right))
    return total**2 / parts if parts else min(left.dof, right.dof)


def _judged(found: list[Comparison]) -> list[Comparison]:
    """Holm's procedure: the smallest p against level/n, the next against level/(n − 1), until one fails."""
    order = sorted((each for each in found if each.p is not None), key=lambda each: each.p or 0.0)
    verdicts: dict[int, Verdict] = {}
    for place, each in enumerate(order):
        if each.p is None or each.p > (1 - LEVEL) / (len(order) - place):
            break
        verdicts[id(each)] = "faster" if each.ratio > 1 else "slower"
    return [_with_verdict(each, verdicts.get(id(each), each.verdict)) for each in found]


def _with_verdict(each: Comparison, verdict: Verdict) -> Comparison:
    row = {name: getattr(each, name) for name in each.__slots__}
    return Comparison(**{**row, "verdict": verdict})


def pair_up(
    first: Sequence[Measurement], second: Sequence[Measurement]
) -> tuple[list[tuple[str, Measurement, Measurement]], list[str]]:
    """Pairs of the same workload, the newest of each side, and the workloads that only one side has. One
    measurement a side is a pair whatever the two are."""
    if len(first) == len(second) == 1:
        names = {first[0].workload.name: None, second[0].workload.name: None}
        return [(" → ".join(names), first[0], second[0])], []
    left, right = _newest(first), _newest(second)
    pairs = [(name, left[name], right[name]) for name in left if name in right]
    return pairs, [name for name in {**left, **right} if name not in left or name not in right]


def _newest(measurements: Sequence[Measurement]) -> dict[str, Measurement]:
    ordered = sorted(measurements, key=lambda one: (one.measured_at, one.id))
    return {one.workload.name: one for one in ordered}
