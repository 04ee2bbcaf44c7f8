"""Two processes over gloo: replicas and shards train together, copies run at once, the sum is over both."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from toolkit.benchmark.assembly import assemble
from toolkit.benchmark.known_duration import WORKLOAD as AUDIT
from toolkit.benchmark.spec import Pace, Spec
from toolkit.benchmark.suite import quick, standard, with_processes
from toolkit.benchmark.supervisor import torchrun
from toolkit.shapes.records import Workload

ROOT = Path(__file__).resolve().parents[3]
PACE = Pace(0.02, 2, 2, 2, 0.5, 0.5)


def train(*options: tuple[str, str]) -> Workload:
    return Workload("tiny-gpt2", "train", "fp32", 2, 32, options=options)


CASES = (
    AUDIT,
    train(("parallel", "ddp")),
    train(("accumulate", "2"), ("parallel", "fsdp2")),
    train(),
    Workload("allreduce", "ceiling", "fp32", 1, 1, "byte"),
    Workload("tiny-gpt2", "prefill", "fp32", 1, 4096),
)


@pytest.fixture(scope="module")
def events(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    spec = tmp_path_factory.mktemp("together") / "spec.json"
    spec.write_text(Spec(CASES, "cpu", PACE, budget_s=240, alone_s=240).to_json())
    env = {**os.environ, "PYTHONPATH": str(ROOT), "HF_HUB_OFFLINE": "1", "OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        [*torchrun(2), str(spec)], env=env, capture_output=True, text=True, check=False, timeout=280
    )
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def ready(events: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {event["case"]: event for event in events if event["event"] == "ready"}


def test_only_the_first_process_speaks(events: list[dict[str, Any]]) -> None:
    assert [event["event"] for event in events].count("hello") == 1
    assert events[0]["environment"]["processes"] == 2
    assert events[-1]["event"] == "end"


def test_work_is_that_of_both(events: list[dict[str, Any]]) -> None:
    found = ready(events)
    assert found[CASES[1].name]["work"] == 2 * 64
    assert found[CASES[2].name]["work"] == 2 * 2 * 64
    assert found[CASES[3].name]["flops"] == found[CASES[1].name]["flops"]
    assert found[CASES[4].name]["work"] == 64 * 2**20  # 2·m·(n − 1)/n is m for two
    assert found[AUDIT.name]["work"] == pytest.approx(0.01)
    sharded, whole = (found[CASES[place].name]["detail"] for place in (2, 1))
    assert (sharded["parallel"], whole["parallel"]) == ("fsdp2", "ddp")
    assert (sharded["processes"], whole["processes"]) == (2, 2)


def test_a_case_that_one_cannot_build_fails_in_all_and_alone(events: list[dict[str, Any]]) -> None:
    (failed,) = [event for event in events if event["event"] == "failed"]
    assert (failed["case"], failed["problem"]) == (CASES[5].name, "bench.too_long")


def test_the_device_counts_both(events: list[dict[str, Any]]) -> None:
    device, found = assemble(events, PACE, "cpu")
    assert device.count == 2
    assert {one.workload.model for one in found.measurements} == {"tiny-gpt2", "allreduce"}


def test_a_named_suite_gains_what_several_devices_can_do() -> None:
    for suite in (quick("cuda"), standard("cuda")):
        names = [case.name for case in with_processes(suite, "cuda", 8).cases[len(suite.cases) :]]
        assert names[0] == "allreduce.ceiling.fp32.b1.t1"
        assert [name.rpartition("=")[2] for name in names[1:]] == ["ddp", "fsdp2"]
