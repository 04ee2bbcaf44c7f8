"""Timing steps on a device, and finding from the data when warm-up is over.

CPU: the monotonic clock around every step. CUDA: one event between every two steps on the stream and a
single synchronisation at the end, so that the host runs ahead as it does in production; a step's time
contains the gap to the next one, which is what a launch-bound model really costs.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING, Protocol

from toolkit.benchmark.spec import DeviceKind, Pace

if TYPE_CHECKING:
    import torch

Step = Callable[[], object]

_WARMUP_GROUP_SECONDS = 0.1
_LONG_BLOCK_SECONDS = 10.0
# Two groups of steps agree when their medians differ by less than this, relative to the faster one.
WARMUP_AGREEMENT = {"cpu": 0.10, "cuda": 0.03}


class StepTimer(Protocol):
    """Runs `count` steps and returns the seconds of each."""

    def __call__(self, step: Step, count: int) -> list[float]: ...


def time_on_host(step: Step, count: int) -> list[float]:
    """Seconds of each of `count` steps by the monotonic clock."""
    clock = time.perf_counter
    marks = [clock()]
    for _ in range(count):
        step()
        marks.append(clock())
    return _gaps(marks)


@dataclass(frozen=True, slots=True)
class CudaTimer:
    """Seconds of each step by CUDA events; waits for the device before the first and after the last."""

    device: torch.device

    def __call__(self, step: Step, count: int) -> list[float]:
        import torch

        stream = torch.cuda.current_stream(self.device)
        marks = [torch.cuda.Event(enable_timing=True) for _ in range(count + 1)]  # type: ignore[no-untyped-call]
        torch.cuda.synchronize(self.device)
        marks[0].record(stream)
        for mark in marks[1:]:
            step()
            mark.record(stream)
        torch.cuda.synchronize(self.device)
        return [first.elapsed_time(then) / 1e3 for first, then in pairwise(marks)]


def step_timer(device: torch.device) -> StepTimer:
    """The timer of a device."""
    return CudaTimer(device) if device.type == "cuda" else time_on_host


@dataclass(frozen=True, slots=True)
class WarmUp:
    """What happened before the first block: the first step apart, then steps until they agreed.

    `settled` is False when the time for warm-up ran out first. `step_seconds` is the newest median.
    """

    first_step_seconds: float
    steps: int
    seconds: float
    settled: bool
    step_seconds: float


def warm_up(step: Step, timer: StepTimer, kind: DeviceKind, cap_seconds: float) -> WarmUp:
    """Run groups of steps until two in a row agree, or `cap_seconds` have passed since the first step."""
    first = timer(step, 1)[0]
    begun = time.perf_counter()
    newest = timer(step, 1)[0]
    steps, previous = 1, None
    while True:
        if previous is not None and abs(newest - previous) <= WARMUP_AGREEMENT[kind] * min(newest, previous):
            return WarmUp(first, steps, time.perf_counter() - begun, True, newest)
        if time.perf_counter() - begun + newest > cap_seconds:
            return WarmUp(first, steps, time.perf_counter() - begun, False, newest)
        count = max(1, round(_WARMUP_GROUP_SECONDS / max(newest, 1e-9)))
        count = min(count, 10_000)
        previous, newest = newest, median(timer(step, count))
        steps += count


def steps_per_block(step_seconds: float, pace: Pace) -> int:
    """Steps that fill a block of the pace's length, and at least its smallest number of steps; of steps so
    slow that these take more than ten seconds, as many as fit into those, and two at least."""
    step = max(step_seconds, 1e-9)
    if pace.block_steps * step > _LONG_BLOCK_SECONDS:
        return min(pace.block_steps, max(2, int(_LONG_BLOCK_SECONDS / step)))
    return max(pace.block_steps, -int(-pace.block_seconds // step))


def run_block(step: Step, timer: StepTimer, count: int) -> tuple[list[float], float]:
    """Seconds of each step and of the whole block by the host's clock; no garbage collection inside."""
    gc.collect(0)
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        begun = time.perf_counter()
        steps = timer(step, count)
        return steps, time.perf_counter() - begun
    finally:
        if was_enabled:
            gc.enable()


def _gaps(marks: Sequence[float]) -> list[float]:
    return [then - first for first, then in pairwise(marks)]
