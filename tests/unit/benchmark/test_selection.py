"""What a person asks for becomes cases; everything wrong is said at once."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from toolkit.app.bench_request import citation, job, selection
from toolkit.benchmark.models import reference_models
from toolkit.benchmark.requests import check_cases
from toolkit.benchmark.selection import Selection, select
from toolkit.benchmark.suite import SETTINGS, full, standard
from toolkit.errors import InputError


def names(chosen: Selection, kind: Any = "cpu") -> list[str]:
    return [case.name for case in select(chosen, kind).cases]


def refused(call: Any, *arguments: Any, **options: Any) -> list[str]:
    with pytest.raises(InputError) as error:
        call(*arguments, **options)
    for problem in error.value.problems:
        assert problem.problem("en") != problem.problem("zh")
        assert problem.mend("en")
    return [problem.id.removeprefix("bench.") for problem in error.value.problems]


def test_every_list_is_combined_with_every_other() -> None:
    chosen = Selection(
        models=("gpt2",),
        modes=("prefill", "decode"),
        dtypes=("fp32", "bf16"),
        batches=("1", "8"),
        tokens=("64",),
    )
    assert len(names(chosen)) == 8
    assert names(chosen)[0] == "gpt2.prefill.fp32.b1.t64"
    assert select(chosen, "cpu").isolated


def test_what_is_not_said_follows_the_family() -> None:
    assert names(Selection(models=("bert-base",))) == ["bert-base.train.fp32.b1.t128"]
    assert names(Selection(models=("bert-base",)), "cuda") == ["bert-base.train.bf16.b64.t512"]
    assert names(Selection(models=("tiny-gpt2",), modes=("generate",))) == ["tiny-gpt2.generate.fp32.b1.t32"]
    assert names(Selection(models=("resnet50",), modes=("forward",))) == ["resnet50.forward.fp32.b4.t1"]


def test_an_option_goes_to_the_modes_that_it_means_something_in() -> None:
    chosen = Selection(models=("gpt2",), modes=("train", "decode"), options=("lora=8",))
    assert [name.endswith("lora=8") for name in names(chosen)] == [True, False]
    assert refused(select, replace(chosen, modes=("decode",)), "cpu") == ["option_not_here"]


def test_models_and_modes_pick_from_a_suite() -> None:
    chosen = Selection(suite="standard", models=("gpt2", "bert-base"), modes=("train",))
    assert names(chosen) == ["bert-base.train.fp32.b1.t128", "gpt2.train.fp32.b1.t128"]
    assert refused(select, replace(chosen, models=("vgg",)), "cpu") == ["nothing_selected"]
    assert refused(select, replace(chosen, batches=("4",)), "cpu") == ["suite_or_cases"]


def test_the_largest_batch_is_looked_for_before_it_is_measured() -> None:
    suite = select(Selection(models=("gpt2",), batches=("max", "4")), "cpu")
    assert [case.batch for case in suite.searched] == [1]
    assert [case.batch for case in suite.cases] == [4]


def test_everything_wrong_is_said_at_once() -> None:
    chosen = Selection(
        models=("gtp2",), modes=("train",), dtypes=("fp16",), batches=("0", "two"), options=("lora",)
    )
    assert refused(select, chosen, "cpu") == [
        "bad_option", "no_number", "dtype_not_on_cpu", "not_positive", "unknown_model",
    ]  # fmt: skip


@pytest.mark.parametrize("device", ["cpu", "cuda"])
def test_standard_has_every_family_at_a_published_size_and_full_contains_it(device: Any) -> None:
    suite = standard(device)
    families = {reference_models()[case.model].family for case in suite.cases if case.mode != "ceiling"}
    assert families == {model.family for model in reference_models().values()}
    assert {model.sizes[0] for model in reference_models().values()} == set(SETTINGS)
    assert not any(case.model.startswith("tiny-") for case in full(device).cases)
    assert set(suite.cases) <= set(full(device).cases)
    assert check_cases(full(device).cases, device) == []
    assert len({case.name for case in full(device).cases}) == len(full(device).cases)


def test_on_a_gpu_every_family_is_trained_and_on_a_cpu_where_a_step_is_under_a_trillion() -> None:
    trained = {case.model for case in standard("cuda").cases if case.mode == "train"}
    assert trained == set(SETTINGS)
    for case in standard("cpu").cases:
        if case.mode == "train":
            assert reference_models()[case.model].flops(case) < 1e12


def config(tmp_path: Path, **fields: Any) -> Path:
    path = tmp_path / "mine.json"
    path.write_text(json.dumps({"model_type": "qwen2", "vocab_size": 100, **fields}))
    return path


def test_an_own_configuration_is_known_by_its_content(tmp_path: Path) -> None:
    suite = select(Selection(config=config(tmp_path), modes=("decode",)), "cpu")
    (case,) = suite.cases
    assert (case.model, case.unit, case.tokens) == ("mine", "token", 128)
    assert suite.own["mine"]["config"]["vocab_size"] == 100
    (other,) = select(Selection(config=config(tmp_path, vocab_size=200), modes=("decode",)), "cpu").cases
    assert other.name != case.name


def test_an_own_module_is_found_from_here() -> None:
    suite = select(Selection(module="my.package:make"), "cpu")
    assert suite.cases[0].model == "make"
    assert suite.own["make"] == {"module": "my.package:make", "folder": str(Path.cwd())}


@pytest.mark.parametrize(
    ("chosen", "ids"),
    [
        (Selection(config=Path("no-such.json")), ["bad_config"]),
        (Selection(module="no-function"), ["bad_module"]),
        (Selection(module="a:b", suite="quick"), ["own_or_reference"]),
        (Selection(module="a:b", modes=("dance",)), ["unknown_mode"]),
        (Selection(module="a:b", dtypes=("fp16",), batches=("0",)), ["dtype_not_on_cpu", "not_positive"]),
    ],
)
def test_bad_own_models_are_refused(chosen: Selection, ids: list[str]) -> None:
    assert refused(select, chosen, "cpu") == ids


def test_words_of_the_command_line() -> None:
    chosen = selection(None, ["gpt2, bert-base"], ["train"], None, ["1,max"], None, None, None, None)
    assert (chosen.models, chosen.batches) == (("gpt2", "bert-base"), ("1", "max"))
    nothing = (None, None, "sample")
    made = job(chosen, "cpu", "2m", "1.5GiB", "local", 1, nothing)
    assert (made.budget_s, made.memory_bytes) == (120.0, 1_610_612_736)
    assert job(chosen, "cpu", "90", None, "local", 1, nothing).budget_s == 90.0
    assert refused(job, chosen, "cpu", "soon", "big", "local", 1, ("x", None, "")) == [
        "no_measure", "no_measure", "command_alone",
    ]  # fmt: skip
    assert refused(job, chosen, "cpu", None, None, "local", 1, (None, "x", "")) == ["pattern_alone"]
    assert refused(job, chosen, "cpu", None, None, "local", 1, ("x", "(.)", "")) == ["own_or_reference"]


def test_a_cited_gpu_must_be_in_the_catalogue() -> None:
    assert citation("there", "H100 SXM", 8).device(None, None).gpu_id == "h100-sxm"
    assert refused(citation, "there", "Voodoo 2", 0) == ["not_positive", "unknown_gpu"]
