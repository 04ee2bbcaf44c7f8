"""The parent: processes one after another, and a fault costs one case at most."""

import json
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from toolkit.benchmark import runner
from toolkit.benchmark.assembly import read_results
from toolkit.benchmark.events import read_events
from toolkit.benchmark.measurement_file import write_measurements
from toolkit.benchmark.rounds import fitting
from toolkit.benchmark.runner import SuiteRun, measure, run_suite
from toolkit.benchmark.spec import Pace
from toolkit.benchmark.suite import Suite
from toolkit.errors import DeviceError, InputError
from toolkit.shapes.records import Workload

FAKE = Path(__file__).with_name("fake_worker.py")
CASES = (
    Workload("matmul", "ceiling", "fp32", 1, 1, "flop"),
    Workload("tiny-gpt2", "prefill", "fp32", 1, 64),
    Workload("tiny-gpt2", "train", "fp32", 1, 64),
)
NAMES = [case.name for case in CASES]
SUITE = Suite("test", CASES, Pace(0.1, 2, 3, 4, 0.05, 1.0), 20.0)


def run(tmp_path: Path, fault: dict[str, Any] | None = None, **options: Any) -> SuiteRun:
    memory = tmp_path / "memory"
    memory.touch()
    described = json.dumps({**fault, "memory": str(memory)} if fault else None)
    return measure(SUITE, "cpu", command=(sys.executable, str(FAKE), described), **options)


def measured(found: SuiteRun) -> list[str]:
    return [measurement.workload.name for measurement in found.measurements]


def test_two_fresh_processes_stand_behind_every_number(tmp_path: Path) -> None:
    found = run(tmp_path)
    assert measured(found) == NAMES
    assert all(len(measurement.block_seconds) == 2 for measurement in found.measurements)
    assert all(measurement.stop_reason == "precision" for measurement in found.measurements)
    assert found.problems == ()
    assert found.results.audit.passed is True
    assert (found.device.name, found.device.count) == ("Fake CPU", 2)


def test_later_processes_do_the_work_that_the_first_chose(tmp_path: Path) -> None:
    journal = tmp_path / "run.jsonl"
    run(tmp_path, journal=journal)
    sizes = [event["detail"].get("size") for event in read_events(journal)[0] if event["event"] == "ready"]
    assert [size for size in sizes if size] == [512, 512]


@pytest.mark.parametrize("phase", ["build", "block"])
@pytest.mark.parametrize("how", ["die", "kill"])
def test_a_single_death_costs_nothing(tmp_path: Path, phase: str, how: str) -> None:
    found = run(tmp_path, {"case": "tiny-gpt2.prefill", "phase": phase, "how": how})
    assert sorted(measured(found)) == sorted(NAMES)
    (problem,) = found.problems
    assert problem.id == "bench.worker_died"
    assert problem.field == NAMES[1]
    assert ("Segmentation fault" in problem.problem("en")) == (how == "die")


def test_a_case_that_always_dies_loses_only_itself(tmp_path: Path) -> None:
    found = run(tmp_path, {"case": "tiny-gpt2.prefill", "phase": "build", "how": "die", "times": 99})
    assert sorted(measured(found)) == sorted([NAMES[0], NAMES[2]])
    assert {problem.field for problem in found.problems} == {NAMES[1]}
    assert len(found.problems) == 2  # tried once more, then given up


def test_a_case_that_hangs_is_given_up_at_once(tmp_path: Path) -> None:
    begun = time.monotonic()
    found = run(
        tmp_path, {"case": "tiny-gpt2.train", "phase": "build", "how": "hang", "times": 99}, silence_s=1.0
    )
    assert time.monotonic() - begun < 15
    assert sorted(measured(found)) == sorted(NAMES[:2])
    assert [problem.id for problem in found.problems] == ["bench.worker_hung"]


def test_a_worker_that_overruns_is_ended(tmp_path: Path) -> None:
    begun = time.monotonic()
    found = run(tmp_path, {"case": "tiny-gpt2.train", "phase": "block", "how": "hang"}, budget_s=1.0)
    assert time.monotonic() - begun < 10
    assert found.problems[0].id == "bench.worker_overran"


def test_what_is_printed_is_no_event(tmp_path: Path) -> None:
    found = run(tmp_path, {"case": "tiny-gpt2", "phase": "block", "how": "print", "times": 3})
    assert measured(found) == NAMES
    assert found.problems == ()


def test_a_worker_that_refuses_is_not_asked_again(tmp_path: Path) -> None:
    found = run(tmp_path, {"case": "", "phase": "start", "how": "refuse", "times": 99})
    assert found.measurements == []
    assert [problem.id for problem in found.problems] == ["bench.no_cuda"]


def test_a_worker_that_cannot_start_is_tried_twice(tmp_path: Path) -> None:
    found = run(tmp_path, {"case": "", "phase": "start", "how": "die", "times": 99})
    assert found.measurements == []
    assert [problem.id for problem in found.problems] == ["bench.worker_died"] * 2


def test_a_finished_run_is_not_measured_again(tmp_path: Path) -> None:
    journal = tmp_path / "run.jsonl"
    first = run(tmp_path, journal=journal)
    size = journal.stat().st_size
    again = run(tmp_path, {"case": "", "phase": "start", "how": "die", "times": 99}, journal=journal)
    assert journal.stat().st_size == size
    assert again.measurements == first.measurements


def test_events_from_another_machine_give_the_same_measurements(tmp_path: Path) -> None:
    journal, carried = tmp_path / "run.jsonl", tmp_path / "carried.jsonl"
    here = run(tmp_path, journal=journal)
    lines = journal.read_text().splitlines()[1:]  # without the line of the parent: what the workers wrote
    carried.write_text("\n".join([*lines, "{broken"]))
    measurements, problems = read_results(carried)
    assert measurements == here.measurements
    assert [(problem.id, problem.line) for problem in problems] == [("bench.bad_line", len(lines) + 1)]
    write_measurements(carried, measurements)
    assert read_results(carried) == (measurements, [])
    carried.write_text('{"event": "end"}\n{broken')
    with pytest.raises(InputError) as refused:
        read_results(carried)
    assert [problem.id for problem in refused.value.problems] == ["bench.bad_line", "bench.no_process"]


def test_auto_falls_back_to_the_cpu_when_torch_cannot_use_the_gpu(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    useless = run(tmp_path, {"case": "", "phase": "start", "how": "refuse"})
    good = run(tmp_path)
    calls: list[tuple[str, Path | None]] = []

    def measured_on(_suite: Suite, kind: str, *, journal: Path | None, **_options: Any) -> SuiteRun:
        calls.append((kind, journal))
        return useless if kind == "cuda" else good

    monkeypatch.setattr(runner, "resolve_device", lambda device: "cpu" if device == "cpu" else "cuda")
    monkeypatch.setattr(runner, "half_format", lambda _kind: "bf16")
    monkeypatch.setattr(runner, "measure", measured_on)
    journal = tmp_path / "run.jsonl"
    assert run_suite("quick", "auto", journal=journal) == good.measurements
    assert calls == [("cuda", journal), ("cpu", tmp_path / "run.cpu.jsonl")]
    with pytest.raises(DeviceError) as failed:
        run_suite("quick", "cuda", journal=journal)
    assert [problem.id for problem in failed.value.problems] == ["bench.no_cuda"]


def test_a_budget_must_be_positive(tmp_path: Path) -> None:
    with pytest.raises(InputError) as refused:
        run(tmp_path, budget_s=0.0)
    assert refused.value.problems[0].field == "budget"


def test_progress_is_told_in_the_readers_language(tmp_path: Path) -> None:
    told: list[tuple[str, float]] = []
    run(tmp_path, progress=lambda words, fraction: told.append((words, fraction)), language="zh")
    assert told[0][0] == "测量进程已启动"
    assert all(0 <= fraction < 1 for _, fraction in told)
    assert [fraction for _, fraction in told] == sorted(fraction for _, fraction in told)


def test_a_later_process_takes_the_cases_that_fit() -> None:
    def ready(case: Workload, seconds: float) -> dict[str, Any]:
        warm = {"first_step_seconds": seconds, "seconds": 0.0, "step_seconds": 0.0}
        return {"event": "ready", "case": case.name, "load_seconds": 0.0, "warm_up": warm}

    events = [{"event": "hello", "at": 5.0}, *(ready(case, 10.0**n) for n, case in enumerate(CASES))]
    assert fitting(CASES, events, 200.0) == list(CASES)
    assert fitting(CASES, events, 100.0) == list(CASES[:2])
    assert fitting(CASES, events, 7.0) == [CASES[0]]
    assert fitting(CASES, events, 5.0) == []
    assert fitting(CASES, [], 1.0) == list(CASES)
    assert fitting(CASES, [], 0.0) == []


def isolated(tmp_path: Path, fault: dict[str, Any] | None = None, **options: Any) -> SuiteRun:
    memory = tmp_path / "memory"
    memory.touch()
    described = json.dumps({**fault, "memory": str(memory)} if fault else None)
    suite = replace(SUITE, isolated=True)
    return measure(suite, "cpu", command=(sys.executable, str(FAKE), described), **options)


def test_isolated_cases_have_processes_of_their_own_that_take_turns(tmp_path: Path) -> None:
    journal = tmp_path / "run.jsonl"
    found = isolated(tmp_path, journal=journal)
    events = read_events(journal)[0]
    processes = [event["process"] for event in events if event["event"] == "hello"]
    by_process = [
        [event["case"] for event in events if event["event"] == "ready" and event["process"] == process]
        for process in processes
    ]
    audit = "known-duration.ceiling.none.b1.t1"
    assert by_process == [[audit, name] for name in NAMES * 2]
    assert sorted(measured(found)) == sorted(NAMES)
    assert all(len(measurement.block_seconds) == 2 for measurement in found.measurements)


def test_an_isolated_case_that_dies_costs_no_other_case_a_process(tmp_path: Path) -> None:
    found = isolated(tmp_path, {"case": "tiny-gpt2.prefill", "phase": "build", "how": "die", "times": 99})
    assert sorted(measured(found)) == sorted([NAMES[0], NAMES[2]])
    assert [problem.id for problem in found.problems] == ["bench.worker_died"] * 2
