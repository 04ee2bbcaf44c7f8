"""Models and programs of the user's own: built, counted, timed and refused like the others."""

import sys
from pathlib import Path
from typing import Any

import pytest
import torch

from toolkit.benchmark.own_config import prepare_config
from toolkit.benchmark.own_module import prepare_module
from toolkit.benchmark.programs import Program, run_program
from toolkit.benchmark.reference_model import CannotRunError
from toolkit.benchmark.runner import SuiteRun
from toolkit.errors import InputError
from toolkit.shapes.catalogue import SHAPES
from toolkit.shapes.records import Mode, Workload

CPU = torch.device("cpu")
TINY = SHAPES["tiny-llama"]
LLAMA = {
    "model_type": "llama",
    "architectures": ["LlamaForCausalLM"],
    "vocab_size": TINY.vocab,
    "hidden_size": TINY.hidden,
    "intermediate_size": TINY.ffn,
    "num_hidden_layers": TINY.layers,
    "num_attention_heads": TINY.heads,
    "num_key_value_heads": TINY.kv_heads,
    "max_position_embeddings": TINY.positions,
    "bos_token_id": 0,
    "eos_token_id": 1,
    "transformers_version": "4.40.0",
}
VIT = {
    "model_type": "vit",
    "hidden_size": 32,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "image_size": 32,
}
VIT |= {"intermediate_size": 64, "patch_size": 16}
BERT = {"model_type": "bert", "vocab_size": 100, "hidden_size": 32, "num_hidden_layers": 2}
BERT |= {"num_attention_heads": 2, "intermediate_size": 64, "architectures": ["BertForMaskedLM"]}


def case(mode: Mode, unit: str = "token", tokens: int = 32, *options: tuple[str, str]) -> Workload:
    return Workload("mine", mode, "fp32", 2, tokens, unit, options)


@pytest.mark.parametrize(
    ("mode", "flops", "work"),
    [
        ("train", TINY.training_flops(2, 32), 64),
        ("prefill", TINY.prefill_flops(2, 32), 64),
        ("decode", TINY.decode_flops(2, 32), 2),
        ("generate", TINY.generation_flops(2, 32, 32), 64),
    ],
)
def test_a_configuration_is_counted_as_the_formula_of_the_same_shape_says(
    mode: Mode, flops: int, work: int
) -> None:
    """On the CPU, whose fused attention PyTorch counts as nothing: the count is made on meta tensors."""
    made = prepare_config(LLAMA, case(mode), CPU, {})
    assert made.flops == pytest.approx(flops, rel=0.005)
    assert made.work == work
    for _ in range(2):
        made.step()
    assert made.check() is None
    assert made.detail["parameters"] == TINY.parameters()


@pytest.mark.parametrize(("fields", "unit"), [(VIT, "image"), (BERT, "token")])
@pytest.mark.parametrize("mode", ["train", "forward"])
def test_other_kinds_of_models_are_given_what_they_take(
    fields: dict[str, Any], unit: str, mode: Mode
) -> None:
    made = prepare_config(fields, case(mode, unit, 16 if unit == "token" else 1), CPU, {})
    made.step()
    assert made.check() is None
    assert made.flops
    assert made.work == (32 if unit == "token" else 2)


@pytest.mark.parametrize(
    ("fields", "workload", "problem"),
    [
        ({"model_type": "no-such-model"}, case("train"), "bench.bad_config"),
        (VIT, case("decode", "image", 1), "bench.unknown_mode"),
        ({**VIT, "model_type": "vit_mae"}, case("train", "image", 1), "bench.no_head"),
    ],
)
def test_configurations_that_cannot_be_run_say_why(
    fields: dict[str, Any], workload: Workload, problem: str
) -> None:
    with pytest.raises(CannotRunError) as refused:
        prepare_config(fields, workload, CPU, {})
    assert refused.value.problem == problem


MODULE = """
import torch
def make(batch, tokens):
    model = torch.nn.Linear(8, 4)
    return model, {"input": torch.randn(batch, 8)}, lambda m, b: m(b["input"]).square().mean()
def plain():
    return torch.nn.Linear(8, 4), torch.randn(3, 8), None
def wrong():
    return 1
"""


@pytest.fixture
def folder(tmp_path: Path) -> str:
    (tmp_path / "own_things.py").write_text(MODULE)
    sys.modules.pop("own_things", None)
    return str(tmp_path)


def test_a_module_gives_model_batch_and_loss(folder: str) -> None:
    made = prepare_module("own_things:make", folder, case("train", "sample"), CPU)
    assert made.work == 2
    assert made.flops == 2 * (2 * 2 * 8 * 4)  # forward, and backward for the weight alone
    made.step()
    assert made.check() is None
    forward = prepare_module("own_things:plain", folder, case("forward", "sample"), CPU)
    assert (forward.work, forward.flops) == (3, 2 * 3 * 8 * 4)


@pytest.mark.parametrize(
    ("name", "mode", "problem"),
    [
        ("own_things:wrong", "train", "bench.bad_module"),
        ("own_things:missing", "train", "bench.bad_module"),
        ("nowhere:make", "train", "bench.bad_module"),
        ("own_things:plain", "train", "bench.unknown_mode"),
        ("own_things:make", "decode", "bench.unknown_mode"),
    ],
)
def test_bad_modules_say_why(folder: str, name: str, mode: Mode, problem: str) -> None:
    with pytest.raises(CannotRunError) as refused:
        prepare_module(name, folder, case(mode, "sample"), CPU)
    assert refused.value.problem == problem


PROGRAM = """
import sys, time
for step in range({steps}):
    time.sleep(0.002)
    rate = min(1000, 400 + 200 * step) + step % 3
    print(f"step {{step}}: {{rate:,.1f}} tokens/s", end="{end}", flush=True)
"""


def measured(tmp_path: Path, pattern: str, steps: int = 1000, end: str = "\\n", **options: Any) -> SuiteRun:
    script = tmp_path / "train.py"
    script.write_text(PROGRAM.format(steps=steps, end=end))
    program = Program(f"{sys.executable} {script}", pattern, "token", **options)
    return run_program(program, "cpu", journal=lambda _: tmp_path / "run.jsonl", budget_s=60.0)


@pytest.mark.parametrize("end", ["\\n", "\\r"])
def test_a_program_is_measured_by_what_it_prints(tmp_path: Path, end: str) -> None:
    """Its slow beginning is warm-up; each fresh start gives ten readings and is then ended."""
    found = measured(tmp_path, r"([\d.,]+) tokens", end=end)
    (one,) = found.measurements
    assert one.value == pytest.approx(1001, rel=0.002)
    assert {len(process) for process in one.block_seconds} == {10}
    assert 2 <= len(one.block_seconds) <= 3  # a third where the first two differ by more than the target
    assert (one.workload.model, one.workload.unit, one.stop_reason) == ("train", "token", "precision")
    assert {"program_rate", "not_audited"} <= set(one.flags)
    again = measured(tmp_path, r"([\d.,]+) tokens", end=end)
    assert again.measurements == found.measurements  # the journal is complete


def test_a_program_that_says_nothing_is_no_result(tmp_path: Path) -> None:
    found = measured(tmp_path, r"(?P<rate>[\d.]+) images", steps=5)
    assert found.measurements == []
    (problem,) = found.problems
    assert problem.id == "bench.no_reading"
    assert "step 4" in problem.problem("en")


def test_seconds_may_be_read_instead_of_a_rate() -> None:
    assert Program("x", r"took (?P<seconds>[\d.]+) s").seconds_per_unit("took 0.25 s") == 0.25
    assert Program("x", r"(\S+)").seconds_per_unit("nan") is None
    assert Program("x", r"(\S+)").seconds_per_unit("0") is None
    assert Program("x", r"(\d+)").seconds_per_unit("none") is None


@pytest.mark.parametrize(
    ("command", "pattern", "ids"),
    [
        ("", "(x)", ["bench.bad_command"]),
        ('echo "', "(x)", ["bench.bad_command"]),
        ("echo", "(", ["bench.bad_pattern"]),
        ("echo", "no group", ["bench.bad_pattern"]),
        ("echo", "(two) (groups)", ["bench.bad_pattern"]),
    ],
)
def test_what_cannot_work_is_refused_before_it_runs(command: str, pattern: str, ids: list[str]) -> None:
    with pytest.raises(InputError) as refused:
        run_program(Program(command, pattern), "cpu", journal=lambda _: None)
    assert [problem.id for problem in refused.value.problems] == ids
