"""From events to measurements: units, efficiencies, flags, and results that are refused."""

import json
import math
from typing import Any

import pytest

from tests.unit.benchmark.synthetic_events import block, hello, ready, run_events
from toolkit.benchmark.ceilings import COPY, MATMUL, ceiling
from toolkit.benchmark.events import gather
from toolkit.benchmark.known_duration import audit
from toolkit.benchmark.results import Results, results
from toolkit.benchmark.spec import Pace
from toolkit.shapes.records import Device, Measurement, Workload

PACE = Pace(0.5, 5, 3, 6, 0.05, 1.0)
TRAIN = Workload("gpt2", "train", "bf16", 8, 1024)
PREFILL = Workload("gpt2", "prefill", "bf16", 8, 1024)
MATMUL_BF16 = ceiling(MATMUL, "bf16")
CPU = Device("cpu", "Test CPU", count=2)
H100 = Device("cuda", "NVIDIA H100 80GB HBM3", "h100-sxm")
STEADY = [[0.100, 0.101, 0.099], [0.102, 0.100, 0.101]]


def run(events: list[dict[str, Any]], device: Device = CPU, peak: float | None = 1e15) -> Results:
    # Through JSON, as from a real worker.
    return results(gather(json.loads(json.dumps(events))), device, PACE, lambda _dtype: peak)


def only(found: Results) -> Measurement:
    (measurement,) = found.measurements
    return measurement


def test_throughput_is_work_over_the_median() -> None:
    found = only(run(run_events({TRAIN: STEADY}, work=8192.0)))
    expected = 8192.0 / math.sqrt(0.100 * 0.101)
    assert found.value == pytest.approx(expected)
    assert found.low < found.value < found.high
    assert found.low * found.high == pytest.approx(found.value**2)  # symmetric on the log scale
    assert found.stop_reason == "precision"
    assert found.unit == "token/second"
    assert found.block_seconds == ((0.100, 0.101, 0.099), (0.102, 0.100, 0.101))
    assert found.flags == ()
    assert found.unknown["mfu"] == "no data sheet peak for a CPU"


def test_efficiency_against_data_sheet_and_against_ceiling() -> None:
    cases = {TRAIN: [[0.2] * 3] * 2, MATMUL_BF16: [[0.1] * 3] * 2}
    found = run(run_events(cases, flops=5e12), H100, peak=1e14)
    train, product = found.measurements
    assert train.mfu == pytest.approx(5e12 / 0.2 / 1e14)
    assert product.mfu == pytest.approx(5e12 / 0.1 / 1e14)
    assert train.ceiling_share == pytest.approx(0.5)
    assert product.ceiling_share is None
    assert product.unknown["ceiling_share"] == "it is the ceiling itself"


def test_faster_than_the_ceiling_is_refused() -> None:
    found = run(run_events({TRAIN: [[0.1] * 3] * 2, MATMUL_BF16: [[0.2] * 3] * 2}))
    assert [one.workload.model for one in found.measurements] == ["matmul"]
    assert [(problem.id, problem.values["share"]) for problem in found.problems] == [
        ("bench.above_ceiling", "200")
    ]


def test_within_its_interval_of_the_ceiling_is_flagged_and_counts_as_the_ceiling() -> None:
    blocks = [[0.099, 0.101, 0.1], [0.098, 0.102, 0.1]]
    found = run(run_events({TRAIN: blocks, MATMUL_BF16: [[0.1005] * 3] * 2}))
    train, _ = found.measurements
    assert train.ceiling_share == 1.0
    assert "above_ceiling" in train.flags


def test_more_than_the_data_sheet_is_refused() -> None:
    found = run(run_events({TRAIN: STEADY}, flops=2e14), H100, peak=1e15)
    assert found.measurements == ()
    (problem,) = found.problems
    assert problem.id == "bench.mfu_above_one"
    assert "199 %" in problem.problem("en")
    assert "199 %" in problem.problem("zh")


def test_processes_that_disagree_about_the_work_are_refused() -> None:
    events = run_events({TRAIN: STEADY})
    second = next(
        e for e in events if e["event"] == "ready" and e["process"] == "p-1" and e["case"] == TRAIN.name
    )
    second["work"] = 1.0  # one sequence instead of its tokens
    found = run(events)
    assert found.measurements == ()
    assert [problem.id for problem in found.problems] == ["bench.work_differs"]


def test_a_wrong_clock_fails_the_audit_and_flags_everything() -> None:
    found = run(run_events({TRAIN: STEADY, PREFILL: STEADY}, audit_seconds=0.0125))
    assert found.audit.passed is False
    assert all("audit_failed" in measurement.flags for measurement in found.measurements)
    assert run(run_events({TRAIN: STEADY})).audit.passed is True


def test_a_run_without_the_audit_says_so() -> None:
    events = [event for event in run_events({TRAIN: STEADY}) if not event.get("case", "").startswith("known")]
    assert only(run(events)).flags == ("not_audited",)


def test_disturbed_blocks_are_kept_but_not_counted() -> None:
    blocks = [[0.1, 0.1, 0.1, 0.1], [0.1, 0.1, 0.1, 0.3]]
    events = run_events({TRAIN: blocks})
    slow = next(e for e in events if e["event"] == "block" and e["steps"][0] == 0.3)
    slow["host"]["foreign_share"] = 0.4
    found = only(run(events))
    assert found.value == pytest.approx(1000.0)
    assert found.evidence["disturbed"][1][3] == ["foreign_cpu"]
    assert found.evidence["blocks_used"] == [[0, 1, 2, 3], [0, 1, 2]]
    assert found.block_seconds[1][3] == pytest.approx(0.3)


def test_an_unquiet_case_keeps_its_wide_interval() -> None:
    events = run_events({TRAIN: [[0.1, 0.2, 0.1, 0.3], [0.1, 0.3, 0.2, 0.1]]})
    for event in events:
        if event["event"] == "block" and event["steps"][0] > 0.15:
            event["host"]["foreign_share"] = 0.4
    found = only(run(events))
    assert "unquiet" in found.flags
    assert found.stop_reason == "interference"
    assert found.high / found.low > 1.5


def test_energy_with_the_error_of_its_counter() -> None:
    gpu = {"seconds": 0.5, "joules": 100.0, "sm_clock_mhz": 1900, "sm_clock_max_mhz": 1980}
    found = only(run(run_events({TRAIN: STEADY}, device="cuda", evidence=gpu, flops=1e9), H100))
    assert found.joules_per_unit == pytest.approx(100.0 / (5 * 100.0))
    # 100 ms at 200 W is 20 J a block; six independent blocks of 500 units each
    assert found.evidence["joules_error"] == pytest.approx(20.0 * math.sqrt(6) / (6 * 500.0))
    assert only(run(run_events({TRAIN: STEADY}))).unknown["joules_per_unit"] == "the device is not a GPU"


def test_one_process_and_short_blocks_are_said() -> None:
    events = [hello("p-0"), ready("p-0", TRAIN, work=10.0, flops=None)]
    events += [block("p-0", TRAIN, index, [0.1 + 0.001 * index] * 2) for index in range(3)]
    found = only(run(events))
    assert {"one_process", "short_blocks", "not_audited"} <= set(found.flags)
    assert found.unknown["flops_per_step"] == "the workload is no arithmetic"


def test_recorded_readings_are_never_called_live() -> None:
    events = run_events({TRAIN: STEADY})
    events[0]["meter"] = "recorded"
    assert only(run(events)).source == "recorded"


def test_failures_become_problems_in_words() -> None:
    failed = {
        "event": "failed",
        "case": TRAIN.name,
        "problem": "bench.out_of_memory",
        "values": {"reason": "x"},
    }
    found = run([*run_events({PREFILL: STEADY}), failed])
    (problem,) = found.problems
    assert problem.field == TRAIN.name
    assert problem.problem("en") == "Memory ran out: x"


def test_copy_has_no_arithmetic() -> None:
    found = only(run(run_events({ceiling(COPY, "fp32"): STEADY}, flops=None, work=2.0**30)))
    assert found.unit == "byte/second"
    assert found.mfu is None
    assert found.unknown["ceiling_share"] == "the workload is no arithmetic"


def test_neighbours_widen_an_unquiet_interval_and_no_other() -> None:
    """Blocks that agree with each other say nothing about neighbours that all of them had."""
    quiet = only(run(run_events({TRAIN: STEADY})))
    events = run_events({TRAIN: STEADY})
    for event in events:
        if event["event"] == "block":
            event["host"]["foreign_share"] = 0.5
    busy = only(run(events))
    assert quiet.high / quiet.low < 1.1
    assert "unquiet" in busy.flags
    assert busy.value == quiet.value
    assert math.log(busy.high / busy.value) == pytest.approx(1.96 * 0.4 * math.log(2), rel=0.05)


def test_the_audit_allows_for_neighbours_and_for_nothing_else() -> None:
    late = [[0.0125, 0.0126, 0.0125], [0.0124, 0.0125, 0.0126]]
    assert audit(late).passed is False
    assert audit(late, stretch=math.log(2)).passed is True
    assert audit([[10 * value for value in process] for process in late], stretch=math.log(2)).passed is False


def virtual(*, seconds_apart: int) -> Measurement:
    """A steady case in two processes on virtual processors."""
    events = run_events({TRAIN: STEADY})
    hellos = [event for event in events if event["event"] == "hello"]
    for number, event in enumerate(hellos):
        event["environment"]["cpu"]["virtual"] = True
        event["measured_at"] = (
            f"2026-11-01T00:{number * seconds_apart // 60:02}:{number * seconds_apart % 60:02}Z"
        )
    return only(run(events))


def test_an_interval_on_a_virtual_machine_holds_what_its_host_does() -> None:
    real, near, far = (
        only(run(run_events({TRAIN: STEADY}))),
        virtual(seconds_apart=0),
        virtual(seconds_apart=3000),
    )
    assert math.log(near.high / near.value) == pytest.approx(1.96 * 0.12, rel=0.05)
    assert ("virtual_host" in near.flags, "virtual_host" in far.flags) == (True, False)
    assert far.high / far.low == pytest.approx(real.high / real.low, rel=1e-3), (
        "these have seen it themselves"
    )
    assert {one.stop_reason for one in (real, near, far)} == {"precision"}, "more blocks would not narrow it"
    assert {one.value for one in (near, far)} == {real.value}
