"""Warm-up is found from the data, blocks are long enough, step times are those of the steps."""

import gc
import time
from collections.abc import Callable, Iterator

import pytest
import torch

from toolkit.benchmark.spec import Pace
from toolkit.benchmark.timing import run_block, step_timer, steps_per_block, time_on_host, warm_up

PACE = Pace(0.5, 5, 3, 6, 0.05, 1.0)


def played(times: Iterator[float]) -> Callable[[Callable[[], object], int], list[float]]:
    """A timer that plays step times back."""
    return lambda _step, count: [next(times) for _ in range(count)]


def forever(*times: float) -> Iterator[float]:
    yield from times
    while True:
        yield times[-1]


def test_warm_up_ends_when_two_groups_agree() -> None:
    warm = warm_up(lambda: None, played(forever(9.0, 3.0, 2.0, 1.0, 1.02)), "cpu", 100.0)
    assert warm.first_step_seconds == 9.0
    assert warm.steps == 4
    assert warm.settled
    assert warm.step_seconds == 1.02


def test_a_gpu_must_agree_more_closely() -> None:
    times = (9.0, 1.10, 1.03, 1.02)
    assert warm_up(lambda: None, played(forever(*times)), "cpu", 100.0).steps == 2
    assert warm_up(lambda: None, played(forever(*times)), "cuda", 100.0).steps == 3


def test_warm_up_says_when_its_time_ran_out() -> None:
    drifting = iter([2.0 * 1.5**n for n in range(100)])
    warm = warm_up(lambda: None, played(drifting), "cpu", 10.0)
    assert not warm.settled
    assert warm.steps < 10


@pytest.mark.parametrize(
    ("step_seconds", "steps"),
    [(10.0, 2), (3.0, 3), (0.2, 5), (0.1, 5), (0.05, 10), (0.3e-3, 1667), (0.0, 500_000_000)],
)
def test_blocks_have_enough_steps_and_last_long_enough(step_seconds: float, steps: int) -> None:
    assert steps_per_block(step_seconds, PACE) == steps


def test_step_times_are_those_of_the_steps() -> None:
    naps = iter([0.03, 0.01, 0.02])
    seconds = time_on_host(lambda: time.sleep(next(naps)), 3)
    assert all(nap <= found < nap + 0.2 for nap, found in zip([0.03, 0.01, 0.02], seconds, strict=True))


def test_no_garbage_is_collected_inside_a_block() -> None:
    seen: list[bool] = []
    steps, wall = run_block(lambda: seen.append(gc.isenabled()), time_on_host, 3)
    assert seen == [False] * 3
    assert gc.isenabled()
    assert len(steps) == 3
    assert wall >= sum(steps)


def test_cuda_steps_are_timed_without_waiting_between_them(monkeypatch: pytest.MonkeyPatch) -> None:
    """One event between every two steps, the device waited for before the first and after the last only."""
    log: list[str] = []

    class Event:
        clock = 0.0

        def __init__(self, *, enable_timing: bool) -> None:
            assert enable_timing

        def record(self, stream: object) -> None:
            assert stream == "stream"
            self.at = Event.clock
            log.append("event")

        def elapsed_time(self, then: "Event") -> float:
            return (then.at - self.at) * 1e3  # CUDA gives milliseconds

    def step() -> None:
        Event.clock += 0.25
        log.append("step")

    monkeypatch.setattr(torch.cuda, "Event", Event)
    monkeypatch.setattr(torch.cuda, "synchronize", lambda _device: log.append("wait"))
    monkeypatch.setattr(torch.cuda, "current_stream", lambda _device: "stream")
    assert step_timer(torch.device("cuda", 0))(step, 3) == [0.25] * 3
    assert log == ["wait", "event", "step", "event", "step", "event", "step", "event", "wait"]
