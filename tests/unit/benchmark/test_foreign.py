"""Other benchmarks' results: what is taken, what is mended, what is refused. Formats as their tools write
them."""

import json
from pathlib import Path
from typing import Any

import pytest

from toolkit.benchmark.foreign import Citation, read_foreign
from toolkit.errors import InputError
from toolkit.shapes.records import Measurement

CITED = Citation("https://example.org/results", "h100-sxm", 8)
NOWHERE = Citation("https://example.org/results")


def latency(*values: float) -> dict[str, Any]:
    return {"unit": "s", "values": list(values), "count": len(values), "mean": sum(values) / len(values)}


def optimum(scenario: dict[str, Any], report: dict[str, Any], **config: Any) -> dict[str, Any]:
    """The parts of optimum-benchmark 0.6.0's `benchmark.json` that matter."""
    backend = {
        "name": "pytorch",
        "model": "openai-community/gpt2",
        "device": "cuda",
        "torch_dtype": "float16",
    }
    environment = {"gpu": ["NVIDIA A100-SXM4-80GB"], "cpu": "EPYC", "optimum_benchmark_version": "0.6.0"}
    launcher = {"name": "process"}
    parts = {"name": "x", "backend": backend, "launcher": launcher, "environment": environment, **config}
    return {"config": {**parts, "scenario": scenario}, "report": report}


TRAINING = {
    "name": "training",
    "training_arguments": {"per_device_train_batch_size": 4, "gradient_accumulation_steps": 2},
    "dataset_shapes": {"sequence_length": 128},
}
# As measured with 0.6.0: 15 steps of mean 0.657 s, reported 15 times too fast.
STEPS = [0.650, 0.664] * 7 + [0.657]
TRAIN_REPORT = {
    "overall": {"latency": latency(9.0, *STEPS), "throughput": {"unit": "samples/s", "value": 1.0}},
    "train": {
        "latency": latency(*STEPS),
        "throughput": {"unit": "samples/s", "value": 15 * 8 / (sum(STEPS) / 15)},
    },
}
INFERENCE = {
    "name": "inference",
    "input_shapes": {"batch_size": 2, "sequence_length": 16},
    "generate_kwargs": {"max_new_tokens": 32, "min_new_tokens": 32, "num_beams": 1},
}


def read(
    tmp_path: Path, content: object, citation: Citation = NOWHERE
) -> tuple[list[Measurement], list[str]]:
    path = tmp_path / "foreign"
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    found = read_foreign(path, citation)
    assert found is not None
    assert all(problem.file == str(path) for problem in found[1])
    return found[0], [problem.field for problem in found[1]]


def test_training_is_worked_out_from_the_times_and_not_from_the_report(tmp_path: Path) -> None:
    (one,), refused = read(tmp_path, optimum(TRAINING, TRAIN_REPORT))
    assert one.value == pytest.approx(8 / 0.657)
    assert one.evidence["detail"]["reported_over_true"] == pytest.approx(15.0)
    assert (one.source, one.stop_reason, one.workload.unit) == ("cited", "cited", "sample")
    assert one.workload.model == "gpt2"
    assert one.workload.options == (("accumulate", "2"), ("backend", "pytorch"))
    assert one.device.gpu_id == "a100-sxm-80gb"
    assert one.low < one.value < one.high
    assert refused == []


def test_the_work_of_every_process_counts(tmp_path: Path) -> None:
    content = optimum(TRAINING, TRAIN_REPORT, launcher={"name": "torchrun", "nproc_per_node": 4})
    (one,), _ = read(tmp_path, content)
    assert one.value == pytest.approx(4 * 8 / 0.657)
    assert one.device.count == 4


def test_generation_counts_new_tokens_and_per_token_is_refused(tmp_path: Path) -> None:
    """1.877 s a generation of 32 tokens at batch 1 was reported as 16.5 samples/s; it is 17 tokens/s."""
    report = {
        "load_model": {"latency": latency(2.0)},
        "first_generate": {"latency": latency(3.0)},
        "generate": {
            "latency": latency(1.87, 1.877, 1.88),
            "throughput": {"unit": "samples/s", "value": 2 * 31 / 1.877},
        },
        "prefill": {"latency": latency(0.314, 0.314), "throughput": {"unit": "samples/s", "value": 6.4}},
        "decode": {"latency": latency(1.55, 1.56), "throughput": {"unit": "tokens/s", "value": 39.9}},
        "per_token": {"latency": latency(*[0.05] * 40)},
    }
    found, refused = read(tmp_path, optimum(INFERENCE, report))
    rates = {one.workload.mode: one.value for one in found}
    assert rates["generate"] == pytest.approx(2 * 32 / 1.877)
    assert rates["prefill"] == pytest.approx(2 * 16 / 0.314)
    assert rates["decode"] == pytest.approx(2 * 31 / 1.555)
    assert refused == ["per_token"]
    report["per_token"] = {}
    found, _ = read(tmp_path, optimum(INFERENCE, report))
    assert [one.workload.mode for one in found if "by_difference" in one.flags] == ["decode"]


def mllog(key: str, time_ms: int, value: object = None, **metadata: object) -> str:
    event = {"namespace": "", "time_ms": time_ms, "event_type": "POINT_IN_TIME", "key": key, "value": value}
    return f" 0: :::MLLOG {json.dumps({**event, 'metadata': {'file': 'train.py', 'lineno': 1, **metadata}})}"


def mlperf(status: str = "success") -> list[str]:
    """The shape of a published log of BERT or Llama 2 70B LoRA."""
    return [
        "+ srun something",
        mllog("submission_benchmark", 1_000, "llama2_70b_lora"),
        mllog("submission_platform", 1_000, "8xNVIDIA H200"),
        mllog("global_batch_size", 1_000, 8),
        mllog("max_sequence_length", 1_000, 8192),
        mllog("run_start", 10_000),
        mllog("block_start", 10_000, samples_count=0),
        mllog("block_stop", 60_000, samples_count=1536),
        mllog("eval_accuracy", 65_000, 0.93, samples_count=1536),
        mllog("block_stop", 115_000, samples_count=3072),
        mllog("run_stop", 120_000, samples_count=3072, status=status),
    ]


def test_an_mlperf_log_gives_its_samples_over_its_wall_time(tmp_path: Path) -> None:
    (one,), problems = read(tmp_path, "\n".join([*mlperf(), ":::MLLOG {broken"]))
    assert one.value == pytest.approx(3072 / 110.0)
    assert (one.workload.model, one.workload.tokens, one.workload.unit) == ("llama2-70b-lora", 8192, "sample")
    assert (one.device.count, one.device.gpu_id) == (8, "h200-sxm")
    assert len(one.block_seconds[0]) == 2
    assert one.measured_at.startswith("1970-01-01T00:02:00")
    assert problems == [""]  # the broken line, by its number


@pytest.mark.parametrize(
    ("lines", "field"),
    [
        (mlperf("aborted"), "run_stop"),
        (mlperf()[:-1], "run_stop"),
        ([*mlperf(), *mlperf()], "run_start"),
        (
            [line for line in mlperf() if "samples_count" not in line] + [mllog("run_stop", 9)],
            "samples_count",
        ),
    ],
)
def test_a_log_that_is_no_result_is_refused(tmp_path: Path, lines: list[str], field: str) -> None:
    assert read(tmp_path, "\n".join(lines)) == ([], [field])


SERVED = {
    "date": "20250131-235959",
    "backend": "vllm",
    "model_id": "meta-llama/Llama-3.1-8B-Instruct",
    "num_prompts": 200,
    "request_rate": "inf",
    "max_concurrency": 64,
    "duration": 50.0,
    "completed": 200,
    "total_input_tokens": 102_400,
    "total_output_tokens": 25_600,
    "request_throughput": 4.0,
    "output_throughput": 512.0,
    "total_token_throughput": 2560.0,
    "median_ttft_ms": 80.0,
    "median_tpot_ms": 12.0,
}


def test_a_load_on_vllm_counts_the_tokens_made(tmp_path: Path) -> None:
    (one,), _ = read(tmp_path, SERVED, CITED)
    assert one.value == pytest.approx(512.0)
    assert (one.workload.model, one.workload.batch, one.workload.tokens) == ("llama-3.1-8b-instruct", 64, 512)
    assert dict(one.workload.options)["new"] == "128"
    assert one.evidence["detail"]["latency_ms"] == {"median_ttft_ms": 80.0, "median_tpot_ms": 12.0}
    assert one.measured_at == "2025-01-31T23:59:59"
    assert "no_blocks" in one.flags
    assert one.high / one.low == pytest.approx(1.17, abs=0.01)


def test_appended_loads_are_read_line_by_line(tmp_path: Path) -> None:
    wrong = {**SERVED, "output_throughput": 5120.0}
    found, refused = read(tmp_path, "\n".join(json.dumps(each) for each in (SERVED, wrong)), CITED)
    assert (len(found), refused) == (1, ["output_throughput"])


def test_a_load_without_its_gpu_is_refused(tmp_path: Path) -> None:
    assert read(tmp_path, SERVED) == ([], ["gpu"])


def test_nothing_is_taken_without_its_source(tmp_path: Path) -> None:
    path = tmp_path / "result.json"
    path.write_text(json.dumps(SERVED))
    with pytest.raises(InputError) as refused:
        read_foreign(path, Citation())
    assert [problem.id for problem in refused.value.problems] == ["bench.not_cited"]


@pytest.mark.parametrize("text", ["", "[1, 2]", '{"id": "m-1"}', "not json", '{"event": "hello"}\n{"a": 1}'])
def test_other_files_are_not_foreign_results(tmp_path: Path, text: str) -> None:
    path = tmp_path / "own.jsonl"
    path.write_text(text)
    assert read_foreign(path, NOWHERE) is None


def test_cited_records_are_read_back(tmp_path: Path) -> None:
    (one,), _ = read(tmp_path, SERVED, CITED)
    assert Measurement.from_json(json.loads(json.dumps(one.to_json()))).id == one.id
