"""A process at work: time is kept, and every case gets the blocks that an interval needs."""

import time
from collections.abc import Mapping
from typing import Any

import pytest
import torch

from toolkit.benchmark.meters import AbsentMeter
from toolkit.benchmark.reference_model import CannotRunError
from toolkit.benchmark.session import Session, _failure
from toolkit.benchmark.spec import Pace, Spec
from toolkit.shapes.records import Workload

CASES = tuple(Workload("tiny-mlp", mode, "fp32", 8, 1, "sample") for mode in ("train", "forward"))
ENDLESS = Pace(0.05, 2, 1000, 1000, 0.0, 0.1)


def run(spec: Spec, deadline_s: float) -> list[tuple[str, Mapping[str, Any]]]:
    told: list[tuple[str, Mapping[str, Any]]] = []
    now = time.perf_counter()
    meter, device = AbsentMeter("test"), torch.device("cpu")
    Session(
        spec, device, meter, 1, now, now + deadline_s, lambda name, fields: told.append((name, fields))
    ).run()
    return told


@pytest.fixture(scope="module", autouse=True)
def imported() -> None:
    """The libraries are imported before any test counts seconds."""
    run(Spec(CASES, "cpu", Pace(0.01, 1, 2, 2, 10.0, 0.1), budget_s=300.0, alone_s=300.0), 300.0)


def of(told: list[tuple[str, Mapping[str, Any]]], event: str) -> list[Mapping[str, Any]]:
    return [fields for name, fields in told if name == event]


def test_blocks_are_interleaved_until_time_is_up() -> None:
    begun = time.perf_counter()
    told = run(Spec(CASES, "cpu", ENDLESS, budget_s=4.0, alone_s=4.0), 4.0)
    assert time.perf_counter() - begun < 30
    blocks = [fields["case"] for fields in of(told, "block")]
    assert blocks[:4] == [case.name for case in CASES] * 2
    assert {fields["stop"] for fields in of(told, "done")} == {"cap"}


def test_two_blocks_come_before_the_deadline_of_the_process() -> None:
    """A start that took all the time of the first process costs later processes theirs, not the cases."""
    told = run(Spec(CASES, "cpu", ENDLESS, budget_s=1.0, alone_s=60.0), 0.0)
    assert [fields["blocks"] for fields in of(told, "done")] == [2, 2]


def test_without_any_time_every_case_says_so() -> None:
    told = run(Spec(CASES, "cpu", ENDLESS, budget_s=0.0, alone_s=-1.0), -1.0)
    failed = of(told, "failed")
    assert [fields["case"] for fields in failed] == [case.name for case in CASES]
    assert {fields["problem"] for fields in failed} == {"bench.no_time"}
    assert of(told, "block") == []


def test_a_case_stops_at_its_precision() -> None:
    pace = Pace(0.02, 2, 3, 50, 10.0, 0.1)
    told = run(Spec(CASES, "cpu", pace, budget_s=60.0, alone_s=60.0), 60.0)
    assert [(fields["stop"], fields["blocks"]) for fields in of(told, "done")] == [("precision", 3)] * 2


@pytest.mark.parametrize(
    ("error", "problem"),
    [
        (CannotRunError("bench.too_long", tokens=9), "bench.too_long"),
        (torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2 GiB"), "bench.out_of_memory"),
        (RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried"), "bench.out_of_memory"),
        (MemoryError(), "bench.out_of_memory"),
        (RuntimeError("shape mismatch\nmore"), "bench.case_failed"),
        (KeyError(), "bench.case_failed"),
    ],
)
def test_failures_are_told_by_their_kind(error: Exception, problem: str) -> None:
    found, values = _failure(error)
    assert found == problem
    assert "more" not in str(values)
