"""Layouts of training jobs, networks between machines, and how the size of a run may be said."""

import pytest

from toolkit.errors import InputError, Problem
from toolkit.estimate.cost.fitting import training_bytes, training_memory_of
from toolkit.estimate.cost.learning import LearningCurve
from toolkit.estimate.cost.speed import Speed, Speeds
from toolkit.estimate.cost.workload import Optimised, parse_workload
from toolkit.reference import load_reference
from toolkit.shapes.catalogue import shape

REFERENCE = load_reference()
SPEEDS = Speeds(REFERENCE)


def work(size: str = "tokens: 1B", layout: str = "{}", model: str = "llama-8b") -> Optimised:
    text = f"name: t\nwork: {{kind: training, model: {model}, sequence: 4096, {size}, layout: {layout}}}"
    found = parse_workload(text).work
    assert isinstance(found, Optimised)
    return found


def test_state_by_hand_under_each_way_to_shard() -> None:
    """Llama 3 8B on 8 devices: 2 bytes of weights, 2 of gradients, 12 of optimizer a parameter."""
    parameters = shape("llama-8b").parameters()
    for sharding, each in (("fsdp", 16 / 8), ("zero2", 2 + 14 / 8), ("zero1", 4 + 12 / 8), ("none", 16)):
        found = training_memory_of(work(layout=f"{{sharding: {sharding}}}"), 8, 1, checkpointing=True)
        assert found is not None
        assert found.state == pytest.approx(each * parameters)
    split = training_memory_of(work(layout="{tensor: 8, sharding: none}"), 8, 1, checkpointing=True)
    assert split is not None
    assert split.state == pytest.approx(2 * parameters)


def test_degrees_that_do_not_divide_the_gpus_are_a_problem() -> None:
    found = SPEEDS.of(work(layout="{tensor: 8, pipeline: 2}"), "h100-sxm", 8)
    assert isinstance(found, Problem)
    assert found.id == "gpu.layout_does_not_divide"
    assert "16" in found.problem("zh")
    assert training_bytes(work(layout="{tensor: 3}"), 8, 1, checkpointing=True) == float("inf")


def test_a_slow_network_is_slower_and_one_machine_does_not_notice_it() -> None:
    def speed(network: str, gpus: int) -> float:
        found = SPEEDS.of(work(layout=f"{{network: {network}}}"), "h100-sxm", gpus)
        assert isinstance(found, Speed)
        return found.median

    slow, fast = speed("ethernet-25", 64), speed("infiniband-ndr", 64)
    assert slow < 0.5 * fast
    assert speed("ethernet-25", 8) == pytest.approx(speed("infiniband-ndr", 8))
    usual = SPEEDS.of(work(), "h100-sxm", 64)
    assert isinstance(usual, Speed)
    assert usual.median == pytest.approx(fast)  # 400 Gbit/s a GPU come with that generation


def test_pipelines_idle_without_enough_micro_batches() -> None:
    def speed(batch: int) -> float:
        found = SPEEDS.of(work(layout=f"{{tensor: 8, pipeline: 8, global_batch: {batch}}}"), "h100-sxm", 64)
        assert isinstance(found, Speed)
        return found.median

    assert speed(64) < 0.8 * speed(1024)


def test_the_size_of_a_run_in_four_ways() -> None:
    assert work("samples: 1M, epochs: 3").steps[0] == 3e6 * 4096
    assert work("tokens_per_parameter: 20").steps[0] == 20 * shape("llama-8b").parameters()
    curve = LearningCurve()
    # Chinchilla, 70 B parameters and 1.4 T tokens: 1.69 + 406.4 / 70e9^0.34 + 410.7 / 1.4e12^0.28 = 1.936.
    assert curve.loss(70e9, 1.4e12) == pytest.approx(1.936, abs=0.002)
    assert curve.tokens(curve.loss(70e9, 1.4e12), 70e9) == pytest.approx(1.4e12, rel=1e-9)
    asked = work("loss: 2.0, curve: {floor: 1.5, a: 400, alpha: 0.34, b: 400, beta: 0.28}")
    left = 2.0 - 1.5 - 400 / shape("llama-8b").parameters() ** 0.34
    assert asked.steps[0] == pytest.approx((400 / left) ** (1 / 0.28))


@pytest.mark.parametrize(
    ("size", "layout", "expected"),
    [
        ("tokens: 1B, samples: 3", "{}", "gpu.one_size"),
        ("loss: 1.7", "{}", "gpu.loss_out_of_reach"),
        ("tokens: 1B", "{network: infiniband-nd}", "gpu.unknown_network"),
        ("tokens: 1B", "{tensor: 0}", "plan.too_small"),
        ("tokens: 1B", "{sharding: zero9}", "plan.choice"),
    ],
)
def test_bad_layouts_and_sizes(size: str, layout: str, expected: str) -> None:
    with pytest.raises(InputError) as refused:
        work(size, layout)
    (problem,) = refused.value.problems
    assert problem.id == expected, problem.id
    assert problem.problem("zh")
    assert problem.mend("en")
