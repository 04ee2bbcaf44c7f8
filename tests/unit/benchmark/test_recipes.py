"""The options of a workload: adapters, recomputation, accumulation, generation, compilation, fp8."""

from typing import Any
from unittest.mock import patch

import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode

from toolkit.benchmark.float8 import multiply_in_float8, scaled_product
from toolkit.benchmark.models import reference_models
from toolkit.benchmark.recipe import Recipe
from toolkit.benchmark.reference_model import CannotRunError, Prepared
from toolkit.benchmark.requests import check_cases
from toolkit.shapes.catalogue import SHAPES
from toolkit.shapes.records import Mode, Workload

META, CPU = torch.device("meta"), torch.device("cpu")


@pytest.fixture(autouse=True)
def no_packed_sequences() -> object:
    """transformers looks into the positions for packed sequences, which meta tensors cannot answer."""
    with patch("transformers.masking_utils.find_packed_sequence_indices", return_value=None) as patched:
        yield patched


def workload(name: str, mode: Mode = "train", dtype: str = "fp32", **options: str) -> Workload:
    return Workload(name, mode, dtype, 2, 48, options=tuple(sorted(options.items())))


def prepared(case: Workload, device: torch.device = CPU, pool: Any = None) -> Prepared:
    return reference_models()[case.model].prepare(case, device, {} if pool is None else pool)


def counted(case: Workload) -> int:
    made = prepared(case, META)
    with FlopCounterMode(display=False) as counter:
        made.step()
    return int(counter.get_total_flops())


@pytest.mark.parametrize("name", ["tiny-gpt2", "tiny-llama", "gpt2", "llama-1b"])
def test_adapters_have_the_parameters_and_flops_of_their_formula(name: str) -> None:
    case = workload(name, lora="8")
    pool: dict[tuple[str, str], torch.nn.Module] = {}
    prepared(case, META, pool)
    (model,) = pool.values()
    trained = sum(parameter.numel() for parameter in model.parameters() if parameter.requires_grad)
    assert trained == SHAPES[name].adapter_parameters(8)
    assert counted(case) == pytest.approx(reference_models()[name].flops(case), rel=1e-9)


def test_adapter_parameters_by_hand() -> None:
    """GPT-2 small, rank 8: 12 · 8 · (768+2304 + 768+768 + 768+3072 + 3072+768), as PEFT counts all-linear."""
    assert SHAPES["gpt2"].adapter_parameters(8) == 12 * 8 * (3072 + 1536 + 3840 + 3840) == 1_179_648


def test_adapters_start_at_the_frozen_model_and_alone_are_trained() -> None:
    ids = torch.randint(512, (2, 16))
    plain: dict[tuple[str, str], Any] = {}
    prepared(workload("tiny-gpt2"), CPU, plain)
    adapted: dict[tuple[str, str], Any] = {}
    made = prepared(workload("tiny-gpt2", lora="4"), CPU, adapted)
    (before,), (model,) = plain.values(), adapted.values()
    assert torch.allclose(before(ids).logits, model(ids).logits, atol=1e-6)
    kept = {name: weight.detach().clone() for name, weight in model.named_parameters()}
    for _ in range(3):
        made.step()
    assert made.check() is None
    for name, weight in model.named_parameters():
        assert torch.equal(weight.detach(), kept[name]) != ("up" in name or "down" in name), name


def test_accumulation_does_the_passes_of_a_larger_batch() -> None:
    """Two passes over the same sequences give the gradient, and so the weights, of one."""
    one, two = dict[tuple[str, str], Any](), dict[tuple[str, str], Any]()
    single = prepared(workload("tiny-gpt2", optimizer="sgd"), CPU, one)
    double = prepared(workload("tiny-gpt2", optimizer="sgd", accumulate="2"), CPU, two)
    assert (double.work, double.flops) == (2 * single.work, 2 * (single.flops or 0))
    single.step(), double.step()
    for left, right in zip(*(next(iter(pool.values())).parameters() for pool in (one, two)), strict=True):
        assert torch.allclose(left, right, atol=1e-7)
    case = workload("tiny-gpt2", accumulate="3")
    assert counted(case) == pytest.approx(reference_models()["tiny-gpt2"].flops(case), rel=0.005)


def test_recomputation_costs_a_forward_pass_of_the_layers_and_changes_no_number() -> None:
    case = workload("tiny-gpt2", checkpointing="on")
    shape = SHAPES["tiny-gpt2"]
    last_product = 2 * 2 * 48 * shape.ffn * shape.hidden  # of a layer: its result is not needed again
    again = shape.training_flops(2, 48, recompute=True) - shape.layers * last_product
    assert counted(case) == pytest.approx(again, rel=0.005)
    assert reference_models()["tiny-gpt2"].flops(case) == shape.training_flops(2, 48)  # model FLOPs
    kept, anew = dict[tuple[str, str], Any](), dict[tuple[str, str], Any]()
    prepared(workload("tiny-gpt2"), CPU, kept).step()
    prepared(case, CPU, anew).step()
    for left, right in zip(*(next(iter(pool.values())).parameters() for pool in (kept, anew)), strict=True):
        assert torch.allclose(left, right, atol=1e-6)
    with pytest.raises(CannotRunError):
        prepared(Workload("tiny-mlp", "train", "fp32", 2, 1, "sample", (("checkpointing", "on"),)))


@pytest.mark.parametrize("name", ["tiny-gpt2", "tiny-llama"])
def test_generation_makes_the_tokens_of_transformers(name: str) -> None:
    case = workload(name, "generate", new="12")
    pool: dict[tuple[str, str], Any] = {}
    made = prepared(case, CPU, pool)
    for _ in range(3):
        made.step()
    assert made.check() is None
    generation = made.phases.__self__  # type: ignore[attr-defined]
    (model,) = pool.values()
    ids = generation._ids
    mask = torch.ones_like(ids)
    with torch.inference_mode():
        theirs = model.generate(
            ids, attention_mask=mask, max_new_tokens=12, do_sample=False, eos_token_id=None, pad_token_id=0
        )
    assert torch.equal(generation.tokens, theirs[:, 48:])
    phases = made.phases()
    assert {key: len(values) for key, values in phases.items()} == {"first_token": 3, "per_token": 3}
    assert all(value > 0 for values in phases.values() for value in values)
    assert made.phases()["first_token"] == []
    assert made.work == 24


# Dynamo looks at the gradients of tensors that it traces, which warns about those that are no leaves.
@pytest.mark.filterwarnings("ignore:The .grad attribute:UserWarning")
@pytest.mark.parametrize("mode", ["train", "forward", "decode"])
def test_compiled_steps_give_the_same_numbers(mode: Mode, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the backend that only traces: what a C++ compiler makes of it is the compiler's matter."""
    compiler = torch.compile
    monkeypatch.setattr(torch, "compile", lambda model: compiler(model, backend="eager"))
    made = prepared(workload("tiny-gpt2", mode, compile="on"))
    for _ in range(2):
        made.step()
    assert made.check() is None
    assert made.detail["compiled"] is True


def test_cases_that_differ_in_place_do_not_share_a_model() -> None:
    pool: dict[tuple[str, str], Any] = {}
    for options in ({}, {"optimizer": "sgd"}, {"accumulate": "2"}, {"lora": "2"}, {"checkpointing": "on"}):
        prepared(workload("tiny-gpt2", **options), META, pool)
    assert len(pool) == 3


@pytest.mark.parametrize("parallel", ["ddp", "fsdp2"])
def test_one_process_cannot_be_parallel(parallel: str) -> None:
    with pytest.raises(CannotRunError) as refused:
        prepared(workload("tiny-gpt2", parallel=parallel))
    assert refused.value.problem == "bench.one_process"


def test_float8_products_are_close_to_exact_ones() -> None:
    left, right = torch.randn(48, 64), torch.randn(64, 32)
    exact, found = left @ right, scaled_product(left, right).float()
    assert float((found - exact).norm() / exact.norm()) < 0.06  # E4M3 keeps four bits
    assert not torch.equal(found, exact)


@pytest.mark.parametrize("name", ["tiny-gpt2", "tiny-llama"])
def test_a_float8_model_trains(name: str) -> None:
    pool: dict[tuple[str, str], Any] = {}
    exact = prepared(workload(name), CPU, pool)
    made = prepared(workload(name, dtype="fp8"), CPU, pool)
    plain, rounded = pool.values()
    exact.step(), made.step()
    assert made.check() is None
    gradients = [
        torch.cat([parameter.grad.flatten() for parameter in model.parameters()])
        for model in (plain, rounded)
    ]
    cosine = torch.nn.functional.cosine_similarity(*gradients, dim=0)
    assert 0.9 < float(cosine) < 0.99999
    with pytest.raises(CannotRunError):
        multiply_in_float8(torch.nn.Sequential(torch.nn.Linear(3, 5)))


@pytest.mark.parametrize(
    ("case", "ids"),
    [
        (workload("gpt2", lora="8", accumulate="4"), []),
        (workload("gpt2", lora="0"), ["bench.unknown_option"]),
        (workload("gpt2", accumulate="many"), ["bench.unknown_option"]),
        (workload("gpt2", "forward", accumulate="2"), ["bench.option_not_here"]),
        (workload("gpt2", "generate", new="16", compile="on"), []),
    ],
)
def test_options_are_checked_with_their_mode(case: Workload, ids: list[str]) -> None:
    assert [problem.id for problem in check_cases([case], "cpu")] == ids


def test_a_recipe_says_how_it_differs() -> None:
    assert Recipe.of(workload("gpt2", optimizer="sgd")).variant == ""
    assert Recipe.of(workload("gpt2", lora="8", checkpointing="on")).variant == "+lora=8+checkpointing=True"
