"""The real worker with a tiny model: what it writes, what it needs, and how it refuses."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from toolkit.benchmark.events import gather
from toolkit.benchmark.known_duration import WORKLOAD as AUDIT
from toolkit.benchmark.results import results
from toolkit.benchmark.spec import Pace, Spec
from toolkit.benchmark.worker import main
from toolkit.shapes.records import Device, Workload

ROOT = Path(__file__).resolve().parents[3]
PACE = Pace(0.02, 2, 3, 3, 0.5, 0.5)
CASES = (
    AUDIT,
    Workload("tiny-gpt2", "train", "bf16", 2, 32),
    Workload("tiny-gpt2", "decode", "fp32", 2, 32),
    Workload("tiny-gpt2", "prefill", "fp32", 1, 4096),
)
# Imported in the worker, these would break the promise that it runs on a bare GPU machine.
FOREIGN = (
    "ruamel",
    "pydantic",
    "rich",
    "typer",
    "duckdb",
    "streamlit",
    "pandas",
    "scipy",
    "altair",
    "jinja2",
)


@pytest.fixture(scope="module")
def events(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, object]]:
    spec = tmp_path_factory.mktemp("worker") / "spec.json"
    spec.write_text(Spec(CASES, "cpu", PACE, budget_s=240, alone_s=240, threads=1).to_json())
    # A machine with only what the worker may need: everything else of the house cannot be imported.
    code = (
        "import sys, runpy\n"
        f"for name in {FOREIGN!r}: sys.modules[name] = None\n"
        f"sys.argv = ['worker', {str(spec)!r}]\n"
        "runpy.run_module('toolkit.benchmark.worker', run_name='__main__')"
    )
    env = {**os.environ, "PYTHONPATH": str(ROOT), "HF_HUB_OFFLINE": "1"}
    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_every_case_is_told_from_begin_to_done(events: list[dict[str, object]]) -> None:
    kinds = [event["event"] for event in events]
    assert (kinds[0], kinds[-1]) == ("hello", "end")
    blocks = [event["case"] for event in events if event["event"] == "block"]
    names = [case.name for case in CASES[:3]]
    assert blocks[:6] == names * 2  # interleaved
    assert {event["case"] for event in events if event["event"] == "done"} == set(names)
    assert len({event["process"] for event in events}) == 1


def test_a_case_that_cannot_run_fails_alone(events: list[dict[str, object]]) -> None:
    (failed,) = [event for event in events if event["event"] == "failed"]
    assert failed["case"] == CASES[3].name
    assert failed["problem"] == "bench.too_long"
    assert failed["values"] == {"tokens": 4096, "positions": 128}


def test_the_events_become_measurements(events: list[dict[str, object]]) -> None:
    found = results(gather(events), Device("cpu", "x", count=1), PACE, lambda _dtype: None)
    train, decode = found.measurements
    assert train.work_per_step == 64
    assert decode.work_per_step == 2
    assert train.value > 0
    assert train.peak_bytes is not None
    assert train.peak_bytes > 16 * 141_056  # weights, gradients and both moments
    assert found.audit.measured_seconds is not None
    assert found.audit.measured_seconds >= 0.01  # longer on a busy machine, never shorter
    threads = train.environment["threads"]
    assert threads["taken"] == 1


def test_evidence_names_versions_but_no_person_and_no_place(events: list[dict[str, object]]) -> None:
    environment = events[0]["environment"]
    assert isinstance(environment, dict)
    assert environment["software"]["torch"]
    text = json.dumps(events)
    assert os.uname().nodename not in text
    assert str(ROOT) not in text


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("{}", "bench.bad_spec"),
        ("not json", "bench.bad_spec"),
        (Spec(CASES[1:2], "cuda", PACE, 5, 5).to_json(), "bench.no_cuda"),
    ],
)
def test_refusals_are_events(tmp_path: Path, text: str, problem: str) -> None:
    import torch

    if problem == "bench.no_cuda" and torch.cuda.is_available():
        pytest.skip("this machine has a GPU")
    spec = tmp_path / "spec.json"
    spec.write_text(text)
    command = [sys.executable, "-m", "toolkit.benchmark.worker", str(spec)]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    (event,) = [json.loads(line) for line in done.stdout.splitlines()]
    assert (event["event"], event["problem"]) == ("refused", problem)
    assert "Traceback" not in done.stderr


def test_usage() -> None:
    assert main([]) == 2


def test_the_parent_needs_no_torch() -> None:
    code = (
        "import sys; import toolkit.benchmark.runner, toolkit.benchmark.models as m; m.reference_models()\n"
        "print([n for n in ('torch', 'transformers', 'numpy', 'scipy', 'pynvml') if n in sys.modules])"
    )
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
