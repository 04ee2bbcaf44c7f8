"""`bench` on the command line: what is asked, answered, kept and refused."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from tests.unit.benchmark.test_foreign import SERVED
from toolkit.benchmark import jobs
from toolkit.benchmark.events import read_events
from toolkit.cli import bench

APP = typer.Typer()
APP.add_typer(bench.app, name="bench")
FAKE = Path(__file__).with_name("fake_worker.py")
RECORDED = Path(__file__).with_name("recorded")
CASES = ["--model", "tiny-gpt2", "--mode", "train,prefill", "--device", "cpu", "--budget", "30s"]


@pytest.fixture(autouse=True)
def a_worker_without_torch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "WORKER", (sys.executable, str(FAKE), "null"))


@pytest.fixture
def workspace(tmp_path: Path) -> str:
    return str(tmp_path / "w.duckdb")


def run(*arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(APP, ["bench", *arguments], catch_exceptions=False)
    return done.exit_code, done.stdout


def last(*arguments: str) -> tuple[int, Any]:
    code, out = run(*arguments, "--json")
    return code, json.loads(out.splitlines()[-1])


def test_a_run_is_answered_kept_shown_and_exported(workspace: str, tmp_path: Path) -> None:
    code, answer = last("run", *CASES, "-w", workspace)
    assert code == 0
    for one in answer["measurements"]:
        assert one["interval"] == [one["low"], one["high"]]
        assert one["low"] <= one["value"] <= one["high"]
        assert one["stop_reason"] == "precision"
        assert one["mfu"] is None
        assert one["mfu_reason"] == "no data sheet peak for a CPU"
    (about,) = answer["runs"]
    assert about["known_duration"]["passed"] is True
    _, shown = last("show", "-w", workspace)
    ids = [one["id"] for one in shown["measurements"]]
    assert sorted(ids) == sorted(one["id"] for one in answer["measurements"])
    _, one = last("show", ids[0], "-w", workspace)
    assert one["evidence"]["interval_level"] == 0.95
    file = tmp_path / "out.jsonl"
    assert last("export", str(file), "-w", workspace)[1]["count"] == 2
    assert last("import", str(file), "-w", workspace) == (0, {"new": 0, "problems": []})
    assert last("import", str(file), "-w", str(tmp_path / "other.duckdb"))[1]["new"] == 2


def test_a_broken_run_is_completed_and_what_it_had_is_never_lost(workspace: str, tmp_path: Path) -> None:
    last("run", *CASES, "-w", workspace)
    (journal,) = (tmp_path / "w.bench").glob("*.jsonl")
    whole = journal.read_text().splitlines()
    stop = next(place for place, line in enumerate(whole) if '"event":"end"' in line)
    journal.write_text("\n".join(whole[: stop + 1]) + '\n{"event": "blo')  # killed in the second process
    before = [event for event in read_events(journal)[0] if event["event"] == "done"]
    code, answer = last("run", *CASES, "-w", workspace, "--resume")
    assert code == 0
    assert len(answer["measurements"]) == 2
    after = read_events(journal)[0]
    assert all(event in after for event in before)
    assert [event["event"] for event in after].count("hello") == 4  # two cases, two processes: one was kept
    size = journal.stat().st_size
    last("run", *CASES, "-w", workspace, "--resume")
    assert journal.stat().st_size == size  # nothing was left to do
    last("run", *CASES, "-w", workspace)
    assert journal.with_suffix(".old").stat().st_size == size  # a new run begins in a new journal


def test_list_names_suites_models_and_options() -> None:
    _, found = last("list", "--device", "cpu")
    assert [suite["name"] for suite in found["suites"]] == ["quick", "standard", "full"]
    gpt2 = next(model for model in found["models"] if model["name"] == "gpt2")
    assert gpt2["parameters"] == 124_439_808
    assert gpt2["options"]["compile"] == ["off", "on"]
    assert "Whisper" not in run("list", "--device", "cpu")[1]
    assert "语音识别" in run("list", "--device", "cpu", "--lang", "zh")[1]


def test_compare_takes_files_and_ids(workspace: str, tmp_path: Path) -> None:
    last("run", *CASES, "-w", workspace)
    file = tmp_path / "a.jsonl"
    last("export", str(file), "-w", workspace)
    code, found = last("compare", str(file), str(file), "-w", workspace)
    assert code == 0
    assert [row["verdict"] for row in found["comparisons"]] == ["no_difference_shown"] * 2
    assert all(row["ratio"] == 1.0 for row in found["comparisons"])
    first, second = (one["id"] for one in last("show", "-w", workspace)[1]["measurements"])
    assert last("compare", first, second, "-w", workspace)[1]["comparisons"][0]["ratio"] == 1.0
    assert "no difference shown" in run("compare", str(file), str(file), "-w", workspace)[1]
    code, refused = last("compare", "m-nothing", str(file), "-w", workspace)
    assert (code, refused["problems"][0]["field"]) == (1, "id")


@pytest.mark.parametrize(("mode", "factor"), [("forward", 1.0), ("train", 20.0)])
def test_a_recorded_optimum_report_is_taken_with_its_true_rate(
    workspace: str, mode: str, factor: float
) -> None:
    """Recorded with optimum-benchmark 0.6.0 on a busy machine: its training is 20 times too fast, for the 20
    steps that it measured."""
    file = str(RECORDED / f"optimum-{mode}.json")
    code, refused = last("import", file, "-w", workspace)
    assert (code, refused["problems"][0]["field"]) == (1, "cite")
    assert last("import", file, "--cite", "https://example.org", "-w", workspace)[1]["new"] == 1
    assert last("import", file, "--cite", "https://example.org", "-w", workspace)[1]["new"] == 0
    (one,) = last("show", "-w", workspace)[1]["measurements"]
    assert one["evidence"]["detail"]["reported_over_true"] == pytest.approx(factor)
    seconds = sorted(one["block_seconds"][0])
    assert one["value"] == pytest.approx(
        1 / (seconds[(len(seconds) - 1) // 2] + seconds[len(seconds) // 2]) * 2
    )


def test_a_served_load_needs_its_gpu(workspace: str, tmp_path: Path) -> None:
    file = tmp_path / "serve.json"
    file.write_text(json.dumps(SERVED))
    cite = ("import", str(file), "--cite", "https://example.org", "-w", workspace)
    assert last(*cite)[0] == 1
    assert last(*cite, "--gpu", "h100-sxm", "--gpus", "2")[1]["new"] == 1
    assert "Published by others" in run("show", "-w", workspace)[1]


@pytest.mark.parametrize(
    ("arguments", "fields"),
    [
        (["--model", "gtp2"], ["model"]),
        (["--model", "gpt2", "--dtype", "fp16"], ["dtype"]),
        (["--model", "gpt2", "--batch", "0"], ["batch"]),
        (["--suite", "slow"], ["suite"]),
        (["--budget", "long", "--memory", "much"], ["budget", "memory"]),
        (["--launcher", "slurm", "--nproc", "0"], ["launcher", "nproc"]),
        (["--nproc", "2"], ["nproc"]),
        (["--model", "gpt2", "--mode", "train", "--option", "lora=0"], ["options"]),
        (["--budget", "0s"], ["budget"]),
        (["--config", "no-such.json"], ["config"]),
    ],
)
def test_bad_requests_are_one_list_and_start_nothing(
    workspace: str, arguments: list[str], fields: list[str]
) -> None:
    code, answer = last("run", *arguments, "--device", "cpu", "-w", workspace)
    assert code == 1
    assert [problem["field"] for problem in answer["problems"]] == fields
    assert all(problem["mend"] for problem in answer["problems"])
    assert not Path(workspace).exists()


def test_a_gpu_that_is_not_there_is_refused(workspace: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    code, answer = last("run", "--device", "cuda", "-w", workspace)
    assert (code, answer["problems"][0]["field"]) == (1, "device")


def test_bad_lines_are_listed_and_the_good_ones_kept(workspace: str, tmp_path: Path) -> None:
    last("run", *CASES, "-w", workspace)
    file = tmp_path / "damaged.jsonl"
    last("export", str(file), "-w", workspace)
    lines = file.read_text().splitlines()
    file.write_text("\n".join([lines[0], lines[1][:200], "[]"]))
    code, answer = last("import", str(file), "-w", str(tmp_path / "other.duckdb"))
    assert (code, answer["new"]) == (1, 1)
    assert [problem["line"] for problem in answer["problems"]] == [2, 3]
