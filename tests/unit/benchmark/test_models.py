"""Every reference model: parameters, work and FLOPs of `shapes` against a count on the meta device."""

from collections.abc import Iterator
from unittest.mock import patch

import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode

from toolkit.benchmark.models import reference_models
from toolkit.benchmark.reference_model import CannotRunError
from toolkit.shapes.records import Mode, Workload
from toolkit.shapes.speech import WAV2VECS

META = torch.device("meta")
# The first published size of every family and its tiny one; the sizes between are the same code.
# Generation is many small steps of the other modes, so the tiny size will do.
CASES = [
    (name, mode)
    for name, model in reference_models().items()
    for mode in model.modes
    if name.startswith("tiny-") or (name == model.sizes[0] and mode != "generate")
]


@pytest.fixture(autouse=True)
def countable() -> Iterator[None]:
    """Two things that meta tensors cannot answer, and which the count does not need: whether sequences are
    packed (transformers looks into their positions), and by which module work was done (the counter hooks
    into gradients, and fails at a weight norm)."""
    with (
        patch("transformers.masking_utils.find_packed_sequence_indices", return_value=None),
        patch("torch.utils.module_tracker.register_multi_grad_hook"),
    ):
        yield


def workload(name: str, mode: Mode, dtype: str = "fp32", batch: int = 2, tokens: int = 64) -> Workload:
    unit = reference_models()[name].unit
    return Workload(name, mode, dtype, batch, tokens if unit == "token" else 1, unit)


@pytest.mark.parametrize(("name", "mode"), CASES)
def test_flops_are_the_counted_ones(name: str, mode: Mode) -> None:
    model, case = reference_models()[name], workload(name, mode)
    prepared = model.prepare(case, META, {})
    # The sums of a CTC loss are no products, and meta tensors have none.
    with (
        patch("torch.nn.functional.ctc_loss", lambda likelihoods, *_, **__: likelihoods.mean()),
        FlopCounterMode(display=False) as counter,
    ):
        prepared.step()
    counted = counter.get_total_flops() - _counted_too_often(name, mode, case)
    assert prepared.flops == model.flops(case) == pytest.approx(counted, rel=0.005)
    assert prepared.work == model.work(case)


def _counted_too_often(name: str, mode: Mode, case: Workload) -> int:
    """torch's counter takes the weight gradient of a grouped convolution for that of a full one."""
    if name not in WAV2VECS or mode != "train":
        return 0
    shape = WAV2VECS[name]
    return case.batch * (shape.position_groups - 1) * shape.position_flops(shape.lengths(case.tokens)[-1])


@pytest.mark.parametrize("name", [name for name in reference_models() if name.startswith("tiny-")])
@pytest.mark.parametrize("dtype", ["fp32", "bf16"])
def test_tiny_sizes_really_run(name: str, dtype: str) -> None:
    """A step on the CPU gives finite numbers, training changes the weights, and decoding repeats itself."""
    model = reference_models()[name]
    for mode in model.modes:
        prepared = model.prepare(workload(name, mode, dtype), torch.device("cpu"), {})
        assert prepared.check() is not None  # nothing has been computed yet
        for _ in range(3):
            prepared.step()
        assert prepared.check() is None
        assert prepared.resident_bytes >= model.parameters(name) * (2 if dtype == "bf16" else 4) * (
            mode != "train"
        )


# Published with the weights: model cards and the papers' tables.
PUBLISHED = {
    "bert-base": 109_514_298,
    "bert-large": 335_174_458,
    "vit-b16": 86_567_656,
    "vit-l16": 304_326_632,
    "resnet50": 25_557_032,
    "resnet101": 44_549_160,
    "whisper-small": 241_734_912,
    "wav2vec2-base": 94_396_320,
    "vae-kl-f8": 83_653_863,
    "dcgan": 3_576_704 + 2_765_568,
    "granite-1b-a400m": 1_334_628_352,
    "mixtral-8x7b": 46_702_792_704,
}


@pytest.mark.parametrize(("name", "parameters"), PUBLISHED.items())
def test_parameters_are_the_published_ones(name: str, parameters: int) -> None:
    model = reference_models()[name]
    assert model.parameters(name) == parameters
    model.prepare(workload(name, "forward"), META, {})  # refuses a model that is built with another number


def test_resnet_does_the_published_multiplications() -> None:
    """4.09 billion multiply-adds an image, the figure of torchvision for version 1.5."""
    assert reference_models()["resnet50"].flops(
        workload("resnet50", "forward", batch=1)
    ) / 2 == pytest.approx(4.09e9, rel=0.001)


@pytest.mark.parametrize("activation", ["relu", "sigmoid", "tanh"])
@pytest.mark.parametrize(("loss", "optimizer"), [("mse", "sgd"), ("cross_entropy", "adam"), ("mse", "adamw")])
def test_a_perceptron_learns_with_every_choice(activation: str, loss: str, optimizer: str) -> None:
    options = (("activation", activation), ("loss", loss), ("optimizer", optimizer))
    case = Workload("tiny-mlp", "train", "fp32", 16, 1, "sample", options)
    pool: dict[tuple[str, str], torch.nn.Module] = {}
    prepared = reference_models()["tiny-mlp"].prepare(case, torch.device("cpu"), pool)  # type: ignore[arg-type]
    (model,) = pool.values()
    before = next(model.parameters()).detach().clone()
    prepared.step()
    assert prepared.check() is None
    assert not torch.equal(before, next(model.parameters()).detach())
    assert prepared.detail["optimizer"] == f"{optimizer}, fused"


def test_samples_without_a_length_have_one_token() -> None:
    model = reference_models()["resnet50"]
    with pytest.raises(CannotRunError):
        model.prepare(Workload("resnet50", "forward", "fp32", 1, 224, "image"), META, {})


def test_cases_share_a_model_but_not_its_format() -> None:
    model = reference_models()["tiny-gpt2"]
    pool: dict[tuple[str, str], object] = {}
    for mode, dtype in (("train", "bf16"), ("prefill", "fp32"), ("decode", "fp32"), ("prefill", "bf16")):
        model.prepare(workload("tiny-gpt2", mode, dtype), torch.device("cpu"), pool)  # type: ignore[arg-type]
    assert len(pool) == 2


def test_decoding_leaves_the_cache_as_long_as_it_was() -> None:
    prepared = reference_models()["tiny-gpt2"].prepare(workload("tiny-gpt2", "decode"), META, {})
    counts = []
    for _ in range(3):
        with FlopCounterMode(display=False) as counter:
            prepared.step()
        counts.append(counter.get_total_flops())
    assert len(set(counts)) == 1


def test_more_tokens_than_positions_are_refused() -> None:
    model = reference_models()["tiny-gpt2"]
    with pytest.raises(CannotRunError) as refused:
        model.prepare(workload("tiny-gpt2", "decode", tokens=128), META, {})
    assert refused.value.problem == "bench.too_long"
    model.prepare(workload("tiny-gpt2", "prefill", tokens=128), META, {})


def test_rotary_tables_stay_in_single_precision() -> None:
    """In bf16 the angles of far positions would be wrong, as transformers itself avoids."""
    pool: dict[tuple[str, str], torch.nn.Module] = {}
    reference_models()["tiny-llama"].prepare(
        workload("tiny-llama", "forward", "bf16"), torch.device("cpu"), pool
    )
    (model,) = pool.values()
    assert {parameter.dtype for parameter in model.parameters()} == {torch.bfloat16}
    assert {buffer.dtype for buffer in model.buffers()} == {torch.float32}
    assert torch.get_default_dtype() == torch.float32


def test_weights_are_random_and_the_head_is_tied() -> None:
    pool: dict[tuple[str, str], torch.nn.Module] = {}
    reference_models()["tiny-gpt2"].prepare(workload("tiny-gpt2", "forward"), torch.device("cpu"), pool)
    (model,) = pool.values()
    embedding = model.get_parameter("transformer.wte.weight")
    assert model.lm_head.weight is embedding
    assert float(embedding.detach().std()) == pytest.approx(0.02, rel=0.05)
    rows = embedding.detach()
    assert len(torch.unique(rows, dim=0)) == len(rows)


def test_every_model_says_what_it_is() -> None:
    for name, model in reference_models().items():
        assert model.task.en, name
        assert model.task.zh, name
        assert model.unit in {"token", "image", "second", "sample"}
        assert model.parameters(name) > 0


def test_gans_train_both_players_and_drawing_trains_none() -> None:
    pool: dict[tuple[str, str], torch.nn.Module] = {}
    model = reference_models()["tiny-dcgan"]
    prepared = model.prepare(workload("tiny-dcgan", "train"), torch.device("cpu"), pool)  # type: ignore[arg-type]
    (pair,) = pool.values()
    before = {name: parameter.detach().clone() for name, parameter in pair.named_parameters()}
    prepared.step()
    assert all(not torch.equal(before[name], after) for name, after in pair.named_parameters())


def test_only_rows_that_were_read_are_updated() -> None:
    pool: dict[tuple[str, str], torch.nn.Module] = {}
    prepared = reference_models()["tiny-dlrm"].prepare(
        workload("tiny-dlrm", "train", batch=4), torch.device("cpu"), pool
    )
    (model,) = pool.values()
    table = model.get_parameter("tables.0.weight")
    before = table.detach().clone()
    prepared.step()
    changed = (before != table.detach()).any(dim=1)
    assert 1 <= int(changed.sum()) <= 4
    assert prepared.detail["optimizer"] == "sgd, rows that were read"


def test_drawing_sound_agrees_with_hearing_it_whole() -> None:
    """Sample by sample, with past outputs in rings, the logits are those of the whole convolution."""
    from toolkit.benchmark.models.wavenet import Drawing

    pool: dict[tuple[str, str], torch.nn.Module] = {}
    reference_models()["tiny-wavenet"].prepare(
        workload("tiny-wavenet", "decode", batch=3), torch.device("cpu"), pool
    )
    (model,) = pool.values()
    mels = torch.randn(3, 4, 1, generator=torch.Generator().manual_seed(1))
    first = torch.tensor([[1], [2], [3]])
    with torch.inference_mode():
        drawing = Drawing(model, {"samples": first, "mels": mels})
        logits, heard = [], [first]
        for _ in range(40):
            logits.append(drawing())
            heard.append(logits[-1].argmax(dim=1))
        whole = model(torch.cat(heard[:-1], dim=1), mels.expand(-1, -1, 40))
    torch.testing.assert_close(torch.cat(logits, dim=2), whole)


def test_sampling_costs_the_decoder_alone() -> None:
    model = reference_models()["tiny-vae"]
    case = Workload("tiny-vae", "forward", "fp32", 2, 1, "image", (("pass", "sample"),))
    prepared = model.prepare(case, META, {})
    with FlopCounterMode(display=False) as counter:
        prepared.step()
    assert prepared.flops == counter.get_total_flops()
    assert prepared.flops < model.flops(workload("tiny-vae", "forward"))


def test_a_generalist_takes_whole_time_steps_only() -> None:
    with pytest.raises(CannotRunError) as refused:
        reference_models()["tiny-gato"].prepare(workload("tiny-gato", "train", tokens=20), META, {})
    assert refused.value.problem == "bench.odd_length"
