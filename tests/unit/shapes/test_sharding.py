"""Memory of one device against the tables of the papers, and against hand calculation."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit.shapes.catalogue import SHAPES, shape
from toolkit.shapes.decoder import Decoder
from toolkit.shapes.memory import training_memory
from toolkit.shapes.sharding import Sharding, serving_bytes, sharded_memory

GIGA = 1e9


def _state_of(parameters: float, sharding: Sharding) -> float:
    gpt = shape("gpt2")
    return sharded_memory(gpt, 1, 1, sharding).state / gpt.parameters() * parameters / GIGA


@pytest.mark.parametrize(("stage", "gigabytes"), [(0, 120.0), (1, 31.4), (2, 16.6), (3, 1.9)])
def test_the_stages_of_zero_as_their_paper_prints_them(stage: int, gigabytes: float) -> None:
    """7.5 billion parameters on 64 devices (arXiv:1910.02054, figure 1)."""
    assert _state_of(7.5e9, Sharding(data=64, zero=stage)) == pytest.approx(gigabytes, abs=0.05)


def test_tensor_parallel_activations_are_the_published_equations() -> None:
    """s·b·h·(10 + 24/t) bytes a layer, and s·b·h·34/t with sequence parallelism (arXiv:2205.05198, equations
    2 and 4; without the score matrix, which fused attention does not keep)."""
    gpt, s, b, t = shape("gpt3-175b"), 2048, 1, 8
    for whole, factor in ((False, 10 + 24 / t), (True, 34 / t)):
        spread = Sharding(tensor=t, sequence_parallel=whole)
        found = sharded_memory(gpt, b, s, spread, dropout=True)
        assert found.activations == pytest.approx(gpt.layers * s * b * gpt.hidden * factor)
    eager = sharded_memory(gpt, b, s, Sharding(tensor=t), dropout=True, attention="eager")
    scores = 5 * gpt.heads * s / (gpt.hidden * t)
    assert eager.activations == pytest.approx(gpt.layers * s * b * gpt.hidden * (10 + 24 / t + scores))


def test_a_pipeline_spreads_state_but_not_the_activations_of_its_first_stage() -> None:
    gpt = shape("gpt3-6.7b")
    alone = sharded_memory(gpt, 1, 2048, Sharding())
    four = sharded_memory(gpt, 1, 2048, Sharding(pipeline=4, micro_batches=16))
    assert four.activations == pytest.approx(alone.activations)
    assert four.state < 0.3 * alone.state
    few = sharded_memory(gpt, 1, 2048, Sharding(pipeline=4, micro_batches=1))
    assert few.activations == pytest.approx(alone.activations / 4)


def test_one_device_is_the_count_of_one_device() -> None:
    gpt = shape("gpt2-medium")
    for checkpointing in (False, True):
        one = training_memory(gpt, 4, 512, recipe="mixed", checkpointing=checkpointing)
        same = sharded_memory(gpt, 4, 512, Sharding(), checkpointing=checkpointing)
        assert same.total == pytest.approx(one.total)


def test_every_expert_is_held_and_only_the_active_ones_work() -> None:
    """Mixtral 8×7B: 46.7 billion parameters (its paper, arXiv:2401.04088), two of eight experts a token."""
    mixtral = shape("mixtral-8x7b")
    held = sharded_memory(mixtral, 1, 1024, Sharding(data=8, zero=3))
    assert held.state == pytest.approx(16 * 46.7e9 / 8, rel=1e-3)
    dense = training_memory(mixtral, 1, 1024, recipe="mixed")
    assert sharded_memory(mixtral, 1, 1024, Sharding()).activations == pytest.approx(dense.activations)
    split = sharded_memory(mixtral, 1, 1024, Sharding(pipeline=4, micro_batches=8))
    assert split.state == pytest.approx(16 * (46.7e9 / 4 + 0.75 * 32000 * 4096), rel=0.02)


def test_caches_by_hand() -> None:
    """Llama 2 70B: 80 layers · 2 · 8 heads · 128 · 2 bytes = 327,680 bytes a token. OPT-13B needs 800 KB a
    token (Kwon et al. 2023, arXiv:2309.06180, §3)."""
    weights, cache = serving_bytes(shape("llama2-70b"), "fp8", "bf16", 1, 1)
    assert cache == 327_680
    assert weights == shape("llama2-70b").parameters()
    opt = Decoder("opt-13b", 40, 5120, 40, 40, 20480, 50272, 2048, True, False, True, "all", "layernorm")
    assert serving_bytes(opt, "fp16", "fp16", 1, 1)[1] == 800 * 1024
    # Eight key heads on sixteen devices: each head lies on two of them.
    assert serving_bytes(shape("llama2-70b"), "fp8", "bf16", 1, 1, 16)[1] == 327_680 / 8


@given(
    name=st.sampled_from(sorted(SHAPES)),
    data=st.sampled_from([1, 2, 8, 64]),
    tensor=st.sampled_from([1, 2, 4, 8]),
    batch=st.integers(1, 4),
)
def test_more_sharding_never_holds_more(name: str, data: int, tensor: int, batch: int) -> None:
    decoder = shape(name)
    held = [
        sharded_memory(decoder, batch, 128, Sharding(data=data, tensor=tensor, zero=stage)).state
        for stage in range(4)
    ]
    assert held == sorted(held, reverse=True)
    wider = sharded_memory(decoder, batch, 128, Sharding(data=data, tensor=2 * tensor))
    narrow = sharded_memory(decoder, batch, 128, Sharding(data=data, tensor=tensor))
    assert wider.total < narrow.total
    assert sharded_memory(decoder, batch + 1, 128, Sharding(data=data)).total > (
        sharded_memory(decoder, batch, 128, Sharding(data=data)).total
    )


def test_wrong_layouts_are_refused() -> None:
    with pytest.raises(ValueError, match="stages"):
        sharded_memory(shape("gpt2"), 1, 128, Sharding(pipeline=13))
    with pytest.raises(ValueError, match="stage"):
        Sharding(zero=4)
    with pytest.raises(ValueError, match="degree"):
        Sharding(tensor=0)
