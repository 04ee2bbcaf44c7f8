"""Parameters and FLOPs of decoders against published counts and the formulas of the literature."""

import pytest

from toolkit.errors import InputError
from toolkit.shapes.catalogue import SHAPES, shape
from toolkit.shapes.decoder import Decoder

# Counts published with the weights (model cards, configuration files on the makers' pages).
PUBLISHED = {
    "gpt2": 124_439_808,
    "gpt2-medium": 354_823_168,
    "gpt2-large": 774_030_080,
    "gpt2-xl": 1_557_611_200,
    "llama-1b": 1_235_814_400,
    "llama-3b": 3_212_749_824,
    "llama-8b": 8_030_261_248,
    "llama-70b": 70_553_706_496,
    "llama2-7b": 6_738_415_616,
    "llama2-13b": 13_015_864_320,
    "llama2-70b": 68_976_648_192,
    "tinyllama-1.1b": 1_100_048_384,
    "mistral-7b": 7_241_732_096,
    "qwen2.5-0.5b": 494_032_768,
    "qwen2.5-7b": 7_615_616_512,
}


@pytest.mark.parametrize(("name", "parameters"), PUBLISHED.items())
def test_parameters_are_the_published_ones(name: str, parameters: int) -> None:
    assert shape(name).parameters() == parameters


def test_gpt3_has_the_rounded_size_of_its_paper() -> None:
    assert shape("gpt3-175b").parameters() == pytest.approx(175e9, rel=0.005)
    assert shape("gpt3-6.7b").parameters() == pytest.approx(6.7e9, rel=0.01)
    assert shape("gpt3-13b").parameters() == pytest.approx(13e9, rel=0.015)


@pytest.mark.parametrize("name", ["gpt2", "gpt2-xl", "gpt3-175b"])
def test_megatron_formulas(name: str) -> None:
    """Narayanan et al. 2021, equations 2 and 3, and their FLOPs with and without recomputation."""
    d = shape(name)
    length, h, v, layers, batch = d.positions, d.hidden, d.vocab, d.layers, 3
    parameters = 12 * layers * h * h * (1 + 13 / (12 * h) + (v + length) / (12 * layers * h))
    final_norm = 2 * h  # the paper leaves it out
    assert d.parameters() == pytest.approx(parameters + final_norm, rel=1e-12)

    tokens = 512
    core = batch * tokens * layers * h * h
    recomputed = 96 * core * (1 + tokens / (6 * h) + v / (16 * layers * h))
    model = 72 * core * (1 + tokens / (6 * h) + v / (12 * layers * h))
    assert d.training_flops(batch, tokens, recompute=True) == pytest.approx(recomputed, rel=1e-12)
    assert d.training_flops(batch, tokens) == pytest.approx(model, rel=1e-12)


def test_causal_attention_is_the_sum_over_positions() -> None:
    d = shape("tiny-llama")
    pairs = sum(position + 1 for position in range(100))
    by_hand = 2 * (2 * d.layers * d.query_width * pairs)  # scores and weighted sum, 2 FLOPs a multiply-add
    assert d.attention_flops(1, 100, "causal") == by_hand
    assert d.attention_flops(1, 100, "full") == 4 * d.layers * d.query_width * 100 * 100


def test_prefill_and_decode_add_up_to_a_forward_pass() -> None:
    """Decoding token by token does exactly the causal forward pass."""
    d = shape("tiny-gpt2")
    decoded = sum(d.decode_flops(2, context) for context in range(64))
    assert decoded == d.forward_flops(2, 64, "causal")
    logits = 2 * 2 * d.hidden * d.vocab
    assert d.prefill_flops(2, 64) == d.forward_flops(2, 64) - 63 * logits


def test_bytes() -> None:
    llama = shape("llama-8b")
    # 2 (keys and values) · 32 layers · 8 heads · 128 wide · 2 bytes = 128 KiB a token
    assert llama.kv_cache_bytes(1, 1, "bf16") == 131_072
    assert llama.weight_bytes("bf16") == 2 * 8_030_261_248
    assert llama.weight_bytes("tf32") == llama.weight_bytes("fp32") == 4 * 8_030_261_248
    read = llama.decode_bytes(4, 1000, "bf16")
    assert read == 2 * llama.matmul_parameters() + 4 * 4096 * 2 + 4 * 1000 * 131_072


def test_unknown_shape_names_the_nearest() -> None:
    with pytest.raises(InputError) as refused:
        shape("gpt-2-medium", field="compute.model")
    (problem,) = refused.value.problems
    assert problem.field == "compute.model"
    assert "gpt2-medium" in problem.mend("en")
    assert "gpt2-medium" in problem.mend("zh")


@pytest.mark.parametrize(
    "wrong",
    [{"layers": 0}, {"heads": 3, "kv_heads": 2}, {"hidden": 65, "heads": 4}, {"vocab": -1}],
)
def test_impossible_shapes_are_refused(wrong: dict[str, int]) -> None:
    sizes = {"layers": 2, "hidden": 64, "heads": 4, "kv_heads": 2, "ffn": 128, "vocab": 512, "positions": 64}
    with pytest.raises(ValueError, match="shape odd"):
        Decoder("odd", **{**sizes, **wrong})


def test_names_are_keys_and_lower_case() -> None:
    assert all(name == decoder.name == name.lower() for name, decoder in SHAPES.items())
    assert shape(" GPT2 ") is SHAPES["gpt2"]
