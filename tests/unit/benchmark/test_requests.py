"""Bad requests are refused before a process starts, all at once, in both languages."""

import sys

import pytest

from toolkit.benchmark.devices import catalogue_gpu, data_sheet_peak, gpu_count, half_format, resolve_device
from toolkit.benchmark.requests import check_cases
from toolkit.benchmark.runner import measure, run_suite
from toolkit.benchmark.suite import Suite, quick
from toolkit.errors import InputError
from toolkit.shapes.records import Workload

CASE = Workload("gpt2", "train", "fp32", 1, 64)


@pytest.mark.parametrize(
    ("case", "device", "ids"),
    [
        (CASE, "cpu", []),
        (Workload("gpt3", "train", "fp32", 1, 64), "cpu", ["bench.unknown_model"]),
        (Workload("gpt2", "ceiling", "fp32", 1, 64), "cpu", ["bench.unknown_ceiling"]),
        (Workload("gpt2", "sing", "fp32", 1, 64), "cpu", ["bench.unknown_mode"]),  # type: ignore[arg-type]
        (Workload("gpt2", "train", "fp16", 1, 64), "cpu", ["bench.dtype_not_on_cpu"]),
        (Workload("gpt2", "train", "fp16", 1, 64), "cuda", []),
        (Workload("gpt2", "train", "int3", 1, 64), "cuda", ["bench.unknown_dtype"]),
        (
            Workload("gpt2", "train", "fp32", 1, 64, options=(("optimizer", "lion"),)),
            "cpu",
            ["bench.unknown_option"],
        ),
        (Workload("mlp", "train", "fp32", 8, 1, options=(("loss", "mse"), ("optimizer", "sgd"))), "cpu", []),
        (
            Workload("mlp", "train", "fp32", 8, 1, options=(("loss", "hinge"),)),
            "cpu",
            ["bench.unknown_option"],
        ),
        (Workload("gpt2", "train", "fp32", 0, -1), "cpu", ["bench.not_positive", "bench.not_positive"]),
        (
            Workload("gtp2", "train", "tf32", 0, 64),
            "cpu",
            ["bench.dtype_not_on_cpu", "bench.not_positive", "bench.unknown_model"],
        ),
    ],
)
def test_cases(case: Workload, device: str, ids: list[str]) -> None:
    problems = check_cases([case], device)  # type: ignore[arg-type]
    assert [problem.id for problem in problems] == ids
    for problem in problems:
        assert problem.problem("en") != problem.problem("zh")
        assert problem.mend("en") != problem.mend("zh")


def test_the_nearest_model_is_named() -> None:
    (problem,) = check_cases([Workload("gtp2-medium", "train", "fp32", 1, 64)], "cpu")
    assert "gpt2-medium" in problem.mend("en")


def test_a_bad_case_starts_no_process() -> None:
    suite = Suite("mine", (Workload("gpt2", "train", "fp16", 1, 64),), quick("cpu").pace, 10.0)
    with pytest.raises(InputError):
        measure(suite, "cpu", command=("/no/such/program",))


def test_unknown_suite_and_device() -> None:
    with pytest.raises(InputError) as refused:
        run_suite("slow", "cpu")
    assert refused.value.problems[0].id == "bench.unknown_suite"
    with pytest.raises(InputError) as refused:
        run_suite("quick", "tpu")
    assert refused.value.problems[0].id == "bench.unknown_device"


def test_hidden_gpus_are_no_gpus(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    assert gpu_count() == 0
    assert resolve_device("auto") == "cpu"
    with pytest.raises(InputError) as refused:
        resolve_device("cuda")
    assert refused.value.problems[0].id == "bench.no_gpu"


def test_the_suites_themselves_are_valid() -> None:
    for device in ("cpu", "cuda"):
        suite = quick(device)  # type: ignore[arg-type]
        assert check_cases(suite.cases, device) == []  # type: ignore[arg-type]
        assert suite.pace.processes_min >= 2


@pytest.mark.parametrize(
    ("name", "gpu_id"),
    [
        ("NVIDIA H100 80GB HBM3", "h100-sxm"),
        ("NVIDIA A100-SXM4-80GB", "a100-sxm-80gb"),
        ("Tesla T4", "t4"),
        ("NVIDIA Toaster 9000", None),
    ],
)
def test_driver_names_lead_to_the_catalogue(name: str, gpu_id: str | None) -> None:
    assert catalogue_gpu(name) == gpu_id


def test_peaks_are_dense_and_missing_ones_unknown() -> None:
    assert data_sheet_peak("a100-sxm-80gb", "bf16") == 312e12  # 624 with sparsity
    assert data_sheet_peak("t4", "bf16") is None


class Capability:
    """As much of pynvml as the choice of a 16-bit format needs."""

    NVMLError = OSError

    def __init__(self, major: int) -> None:
        self.major = major

    def __getattr__(self, name: str) -> object:
        return lambda *_arguments: (self.major, 0)


@pytest.mark.parametrize(("major", "half"), [(7, "fp16"), (8, "bf16"), (10, "bf16")])
def test_older_gpus_are_measured_in_fp16(monkeypatch: pytest.MonkeyPatch, major: int, half: str) -> None:
    monkeypatch.setitem(sys.modules, "pynvml", Capability(major))
    assert half_format("cuda") == half
    assert {case.dtype for case in quick("cuda", half).cases} == {half, "fp32"}  # the copy has no format
