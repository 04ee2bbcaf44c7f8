"""The largest batch: found by few trials, through deaths, and an answer even when nothing fits."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from toolkit.benchmark.batch_search import BatchSearch, Trials, known_trials
from toolkit.benchmark.reference_model import Prepared
from toolkit.benchmark.runner import measure
from toolkit.benchmark.spec import Pace, Spec
from toolkit.benchmark.suite import Suite
from toolkit.shapes.records import Workload

ROOT = Path(__file__).resolve().parents[3]
CASE = Workload("tiny-gpt2", "train", "fp32", 1, 32)
PACE = Pace(0.01, 2, 2, 2, 0.5, 0.2)


@given(st.integers(0, 5000))
def test_the_answer_is_right_and_takes_few_trials(limit: int) -> None:
    known: list[tuple[int, bool]] = []
    while (batch := Trials.of(known).next_batch) is not None:
        known.append((batch, batch <= limit))
        assert len(known) < 40
    found = Trials.of(known)
    assert found.fits <= limit < (found.fails or 0)
    assert (found.fails or 0) - found.fits <= max(1, limit // 64)


def test_one_that_fitted_by_luck_does_not_count() -> None:
    assert Trials.of([(8, True), (4, False), (2, True)]) == Trials(2, 4)


def searched(limit: int, error: Exception) -> list[tuple[str, dict[str, Any]]]:
    told: list[tuple[str, dict[str, Any]]] = []

    def prepare(case: Workload) -> Prepared:
        if case.batch > limit:
            raise error
        return Prepared(lambda: None, 1.0, None, 0)

    BatchSearch(
        Spec((CASE,), "cpu", PACE, 60, 60),
        time.perf_counter() + 60,
        prepare,
        lambda error: ("bench.out_of_memory" if isinstance(error, MemoryError) else "bench.case_failed", {}),
        lambda: 7,
        torch.device("cpu"),
        lambda name, fields: told.append((name, dict(fields))),
    ).run()
    return told


def test_running_out_is_a_result_and_another_failure_is_one_failure() -> None:
    told = [fields for name, fields in searched(5, MemoryError()) if name == "trial"]
    assert [(row["batch"], row["fits"]) for row in told] == [
        (1, True), (2, True), (4, True), (8, False), (6, False), (5, True),
    ]  # fmt: skip
    names = [name for name, _ in searched(0, RuntimeError("shape"))]
    assert names == ["begin", "failed"]


FAKE = """
import json, os, sys

from toolkit.benchmark.batch_search import Trials

spec = json.load(open(sys.argv[1]))


def emit(event, **fields):
    print(json.dumps({"event": event, "process": "p", "at": 0.0, **fields}), flush=True)


if spec["search"]:
    case = spec["cases"][0]
    name = ".".join([case["model"], case["mode"], case["dtype"], "b1", f"t{case['tokens']}"])
    trials = Trials.of(tuple(pair) for pair in spec["choices"][name])
    while (batch := trials.next_batch) is not None:
        emit("begin", case=name, phase=f"batch {batch}")
        if batch > 5:
            os._exit(9)
        emit("trial", case=name, batch=batch, fits=True, peak_bytes=1, reason=None)
        trials = Trials(batch, trials.fails)
emit("end")
"""


def test_a_process_that_dies_of_a_batch_has_answered_it(tmp_path: Path) -> None:
    worker = tmp_path / "worker.py"
    worker.write_text(FAKE)
    suite = Suite("test", (), PACE, 30.0, isolated=True, searched=(CASE,))
    run = measure(suite, "cpu", command=(sys.executable, str(worker)), journal=tmp_path / "run.jsonl")
    (found,) = run.largest
    assert (found.fits, found.fails, found.limited_by) == (5, 6, "memory")


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs /proc")
def test_memory_really_runs_out_and_the_search_ends_below(tmp_path: Path) -> None:
    """A process of its own under a limit: 120 MB more than its libraries."""
    case = Workload("tiny-mlp", "forward", "fp32", 1, 1, "sample")
    known = {case.name: [(4096, True), (2**18, False)]}
    spec = Spec((case,), "cpu", PACE, 120, 120, 1, known, memory_bytes=120 * 10**6, search=True)
    path = tmp_path / "spec.json"
    path.write_text(spec.to_json())
    done = subprocess.run(
        [sys.executable, "-m", "toolkit.benchmark.worker", str(path)],
        env={**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    events = [json.loads(line) for line in done.stdout.splitlines()]
    assert events[-1]["event"] == "end", done.stderr
    trials = known_trials(events, case.name)
    assert 4096 < trials.fits < (trials.fails or 0) < 2**18
    reasons = [event["reason"] for event in events if event["event"] == "trial" and not event["fits"]]
    assert all("memory" in reason for reason in reasons)
