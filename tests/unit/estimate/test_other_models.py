"""Rates of images, speech, tables and encoders: published figures, own measurements, and what is assumed."""

from __future__ import annotations

import pytest

from toolkit.errors import InputError
from toolkit.estimate.capability import Capability
from toolkit.estimate.published_trainings import ATTENTION, CONVOLUTION, PUBLISHED, share_of_peak
from toolkit.estimate.rates import rate_for
from toolkit.reference import load_reference
from toolkit.reference.published import TransferRow, load_published
from toolkit.shapes.models import MODELS
from toolkit.shapes.records import Device, Measurement, Mode, Rate, Workload

REFERENCE = load_reference()
PRINTED = (
    "resnet50",
    "bert-base",
    "vit-b16",
    "whisper-small",
    "wav2vec2-base",
    "wavenet",
    "dlrm",
    "dcgan",
    "gato-79m",
)


def workload(model: str, mode: Mode = "train", dtype: str = "fp16", batch: int = 32) -> Workload:
    named = MODELS[model]
    return Workload(model, mode, dtype, batch, min(named.longest, 384), named.unit)


def rate(asked: Workload, gpu: str, measurements: tuple[Measurement, ...] = (), count: int = 1) -> Rate:
    return rate_for(asked, Device("cuda", gpu, gpu, count), measurements, REFERENCE)


def measurement(asked: Workload, gpu: str, value: float) -> Measurement:
    return Measurement(
        workload=asked, device=Device("cuda", gpu, gpu), value=value, low=value * 0.99, high=value * 1.01,
        work_per_step=1.0, block_seconds=((1.0,),), stop_reason="precision",
        measured_at="2026-11-01T00:00:00Z",
    )  # fmt: skip


def published(workload_name: str, gpu: str, dtype: str = "fp16-amp") -> float:
    rows = [row for row in load_published("transfer") if isinstance(row, TransferRow)]
    wanted = (workload_name, gpu, dtype, 1)
    values = [
        row.answer
        for row in rows
        if (row.workload, row.target_gpu_id, row.dtype, row.target_gpu_count) == wanted
    ]
    assert values
    return sorted(value for value in values if value)[0]


def test_a_published_figure_of_the_same_gpu_is_taken() -> None:
    """ResNet-50 in images; BERT in sequences of 384 tokens, which at that length are 384 tokens each."""
    found = rate(workload("resnet50"), "a100-sxm-80gb")
    assert found.rung == "fitted"
    assert found.basis[0].startswith("data/published/transfer.csv tr-")
    every = [published("ResNet-50 v1.5 train", "a100-sxm-80gb")]
    assert found.median >= every[0] * 0.999
    bert = rate(workload("bert-base"), "a100-sxm-80gb")
    assert bert.median == pytest.approx(
        published("BERT-base SQuAD finetune train", "a100-sxm-80gb") * 384, rel=0.2
    )


def test_what_was_measured_elsewhere_is_carried_over() -> None:
    asked = workload("vit-b16")
    here = rate(asked, "h100-sxm", (measurement(asked, "h100-sxm", 1500.0),))
    assert (here.rung, here.median) == ("measured", 1500.0)
    there = rate(asked, "h100-sxm", (measurement(asked, "a100-sxm-80gb", 700.0),))
    assert there.rung == "transferred"
    assert 700 < there.median < 700 * 989 / 312 * 1.2  # between nothing gained and the ratio of the peaks
    twice = rate(asked, "h100-sxm", (measurement(asked, "a100-sxm-80gb", 1400.0),))
    assert twice.median == pytest.approx(2 * there.median, rel=0.01)


@pytest.mark.parametrize("model", PRINTED)
@pytest.mark.parametrize("mode", ["train", "forward"])
def test_nothing_is_above_the_roofline_and_better_is_not_slower(model: str, mode: Mode) -> None:
    asked = workload(model, mode)
    named = MODELS[model]
    flops = named.flops("train" if mode == "train" else "forward", asked.batch, asked.tokens)
    work = named.work(asked.batch, asked.tokens)
    found = {gpu: rate(asked, gpu) for gpu in ("t4", "a100-sxm-80gb", "h100-sxm", "ascend-910b")}
    for gpu, one in found.items():
        peak = Capability.of(REFERENCE.gpu(gpu)).peak("fp16")
        assert one.unit == f"{named.unit}/second"
        assert all(value <= peak * work / flops * 1.0001 for _, value in one.quantiles)
        assert [value for _, value in one.quantiles] == sorted(value for _, value in one.quantiles)
    assert found["t4"].median < found["a100-sxm-80gb"].median < found["h100-sxm"].median


def test_the_rate_of_a_machine_is_that_of_its_gpus() -> None:
    asked = workload("vit-b16")
    assert rate(asked, "h100-sxm", count=8).median == pytest.approx(8 * rate(asked, "h100-sxm").median)


def test_shares_are_those_of_published_trainings() -> None:
    gpu = Capability.of(REFERENCE.gpu("v100-sxm2-16gb"))
    for kind, model in ((CONVOLUTION, "resnet50"), (ATTENTION, "bert-base")):
        share = share_of_peak(kind, "fp16-amp", gpu, REFERENCE.gpus)
        assert 0.05 < share < 0.6, model
    resnet = PUBLISHED[0]
    images = published(resnet.workload, "v100-sxm2-16gb")
    assert share_of_peak(CONVOLUTION, "fp16-amp", gpu, REFERENCE.gpus) == pytest.approx(
        images * resnet.flops / 125e12, rel=0.2
    )


def test_a_table_of_rows_does_not_move_whole() -> None:
    """A step of DLRM reads 26 rows a sample, not its 2 GB of tables: thousands of steps would not fit a
    second."""
    assert rate(workload("dlrm", "forward", "fp32", 2048), "l4").median > 200_000


def test_processors_and_unknown_modes() -> None:
    cpu = rate_for(workload("resnet50", "forward", "fp32"), Device("cpu", "any", count=2), [], REFERENCE)
    assert cpu.rung == "assumed"
    assert cpu.median == pytest.approx(2 * 2e10 / MODELS["resnet50"].flops("forward", 1, 1))
    with pytest.raises(InputError):
        rate(workload("wavenet", "decode"), "l4")
