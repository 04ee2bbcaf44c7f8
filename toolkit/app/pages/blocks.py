"""Blocks: the raw times behind a measurement, which of them were disturbed and why; and two days compared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from toolkit.benchmark.comparison import Comparison, compare, pair_up
from toolkit.shapes.records import Measurement


@dataclass(frozen=True, slots=True)
class BlockPoint:
    """One block of steps in one process: seconds a step, and that over the median of all undisturbed ones.
    `reasons` says why it was disturbed; empty where it was not. `is_used`: it counts for the headline."""

    process: int
    block: int
    seconds: float
    ratio: float
    reasons: tuple[str, ...]
    is_used: bool


@dataclass(frozen=True, slots=True)
class Blocks:
    """All blocks of a measurement, in order."""

    points: tuple[BlockPoint, ...]
    processes: int
    disturbed: int


@dataclass(frozen=True, slots=True)
class Compared:
    """Workloads that two sides share, the second over the first; and those that only one has."""

    rows: tuple[Comparison, ...]
    alone: tuple[str, ...]


def blocks_of(one: Measurement) -> Blocks:
    """The blocks behind a measurement; the evidence of an old one may be silent on disturbances."""
    reasons = one.evidence.get("disturbed") or [[] for _ in one.block_seconds]
    used = one.evidence.get("blocks_used")
    rows = []
    for process, times in enumerate(one.block_seconds):
        told = reasons[process] if process < len(reasons) else []
        kept = range(len(times)) if used is None else used[process]
        for block, seconds in enumerate(times):
            why = tuple(told[block]) if block < len(told) else ()
            rows.append((process, block, seconds, why, block in kept))
    quiet = [seconds for _, _, seconds, why, _ in rows if not why] or [row[2] for row in rows]
    middle = median(quiet) if quiet else 1.0
    points = tuple(
        BlockPoint(process + 1, block + 1, seconds, seconds / middle, why, is_used)
        for process, block, seconds, why, is_used in rows
    )
    return Blocks(points, len(one.block_seconds), sum(bool(point.reasons) for point in points))


def compared(first: Sequence[Measurement], second: Sequence[Measurement]) -> Compared:
    """What two sides have in common, compared; nothing where they share no workload."""
    pairs, alone = pair_up(first, second)
    return Compared(tuple(compare(pairs)) if pairs else (), tuple(alone))
