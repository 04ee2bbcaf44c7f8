"""Shapes that a text spells count like those of the catalogue, and serve wherever a name does."""

import pytest

from toolkit.errors import InputError
from toolkit.estimate.rates import rate_for
from toolkit.reference import load_reference
from toolkit.shapes.catalogue import find_shape, shape
from toolkit.shapes.records import Device, Workload

SAME = {
    "llama-8b": "layers=32 hidden=4096 heads=32 kv_heads=8 ffn=14336 vocab=128256 positions=131072",
    "gpt2": "layers=12, hidden=768, heads=12, ffn=3072, vocab=50257, positions=1024, ungated tied biases "
    "layernorm learned",
    "mixtral-8x7b": "layers=32 hidden=4096 heads=32 kv_heads=8 ffn=14336 vocab=32000 experts=8 "
    "active_experts=2",
}


@pytest.mark.parametrize(("name", "text"), SAME.items())
def test_a_spelled_shape_counts_like_the_named_one(name: str, text: str) -> None:
    one, other = shape(text), shape(name)
    assert one.parameters() == other.parameters()
    assert one.training_flops(2, 512) == other.training_flops(2, 512)
    assert one.kv_cache_bytes(1, 99, "bf16") == other.kv_cache_bytes(1, 99, "bf16")


def test_a_spelled_shape_has_the_speed_of_the_named_one() -> None:
    gpu, facts = Device("cuda", "H100", "h100-sxm", 8), load_reference()
    rates = [
        rate_for(Workload(name, "train", "bf16", 1, 2048), gpu, (), facts).median
        for name in ("llama-8b", SAME["llama-8b"])
    ]
    assert rates[0] == pytest.approx(rates[1])


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("layers=2 hidden=64", "heads=… ffn=… vocab=…"),
        ("layers=two hidden=64 heads=4 ffn=128 vocab=512", "layers=two"),
        ("layers=0 hidden=64 heads=4 ffn=128 vocab=512", "layers=0"),
        ("layers=2 hidden=64 heads=4 ffn=128 vocab=512 gated", "gated"),
        ("layers=2 width=64", "width=64"),
    ],
)
def test_a_misspelled_shape_names_the_part(text: str, part: str) -> None:
    assert find_shape(text) is None
    with pytest.raises(InputError) as refused:
        shape(text)
    (problem,) = refused.value.problems
    assert problem.values["part"] == part
    for language in ("en", "zh"):
        assert part in problem.problem(language)  # type: ignore[arg-type]
        assert "layers=24" in problem.mend(language)  # type: ignore[arg-type]


def test_sizes_that_contradict_each_other_are_refused_too() -> None:
    assert find_shape("layers=2 hidden=65 heads=4 ffn=128 vocab=512") is None
