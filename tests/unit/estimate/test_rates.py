"""Rates: the rung, the roofline, the order of GPUs, and what is refused."""

import math
from dataclasses import replace

import pytest

from toolkit.errors import InputError
from toolkit.estimate.assumed import assumed_gpu
from toolkit.estimate.capability import Capability
from toolkit.estimate.rates import describe, median_for, rate_for, time_shares
from toolkit.estimate.workload_rows import question
from toolkit.reference import load_reference
from toolkit.shapes.catalogue import shape
from toolkit.shapes.records import Device, Measurement, Mode, Rate, Workload

REFERENCE = load_reference()
CPU = Device("cpu", "a processor", None, 2)
TRAIN = Workload("gpt2", "train", "bf16", 8, 1024)
MODES = (
    TRAIN,
    replace(TRAIN, dtype="fp32"),
    Workload("llama-1b", "prefill", "bf16", 1, 2048),
    Workload("llama-1b", "decode", "fp16", 1, 512),
    Workload(
        "llama-1b", "decode", "fp8", 16, 1024, options=(("output_tokens", "256"), ("prompt_tokens", "512"))
    ),
    Workload("llama-1b", "decode", "bf16", 16, 1024),
)


def gpu(name: str, count: int = 1) -> Device:
    return Device("cuda", name, name, count)


def rate(workload: Workload, device: Device, *measurements: Measurement) -> Rate:
    return rate_for(workload, device, measurements, REFERENCE)


def measurement(
    device: Device, value: float = 100.0, at: str = "2026-11-01", **change: object
) -> Measurement:
    made = Measurement(TRAIN, device, value, value * 0.9, value * 1.2, 1.0, ((0.1,),), "converged", at)
    return replace(made, **change)  # type: ignore[arg-type]


def test_a_measurement_of_the_same_work_on_the_same_device_is_the_rate() -> None:
    old, new = measurement(gpu("a10"), 90.0, "2026-10-01"), measurement(gpu("a10"))
    found = rate(TRAIN, gpu("a10"), new, old)
    assert (found.rung, found.median, found.interval_95) == ("measured", 100.0, pytest.approx((90.0, 120.0)))
    assert found.basis == (new.id,)
    assert found.measured_at == "2026-11-01"


def test_an_interval_of_few_blocks_that_reaches_below_zero_stays_positive() -> None:
    found = rate(TRAIN, gpu("a10"), measurement(gpu("a10"), low=-5.0))
    assert found.interval_95 == (pytest.approx(100 / 1.2), pytest.approx(120.0))


def test_a_cpu_measurement_never_grounds_a_gpu() -> None:
    assert rate(TRAIN, gpu("a10"), measurement(CPU)).rung == "fitted"
    assert rate(TRAIN, CPU, measurement(CPU)).rung == "measured"
    assert rate(TRAIN, replace(CPU, name="another"), measurement(CPU)).rung == "assumed"
    assert rate(TRAIN, CPU, measurement(gpu("a10"))).rung == "assumed"


def test_other_work_and_other_peoples_figures_ground_no_measured_rate() -> None:
    adapters = replace(TRAIN, options=(("lora", "16"),))
    before = rate(TRAIN, gpu("h100-sxm"))
    assert rate(TRAIN, gpu("h100-sxm"), measurement(gpu("a100-sxm-80gb"), workload=adapters)) == before
    assert rate(TRAIN, gpu("a10"), measurement(gpu("a10"), source="cited")).rung != "measured"


def test_a_measurement_on_another_gpu_moves_and_narrows_the_estimate() -> None:
    before, source = rate(TRAIN, gpu("h100-sxm")), rate(TRAIN, gpu("a100-sxm-80gb"))
    fast = measurement(gpu("a100-sxm-80gb"), 1.2 * source.median)
    after = rate(TRAIN, gpu("h100-sxm"), fast)
    assert after.rung == "transferred"
    assert after.basis[0] == fast.id
    assert before.median * 1.05 < after.median < before.median * 1.25
    assert _width(after) < _width(before)
    longer = rate(replace(TRAIN, tokens=512, batch=16), gpu("a100-sxm-80gb"), fast)
    assert longer.rung == "transferred"  # other lengths and batches of the same model on the same GPU
    for other in (replace(TRAIN, dtype="fp16"), replace(TRAIN, model="gpt2-medium"), replace(TRAIN, batch=1)):
        assert rate(other, gpu("h100-sxm"), fast).rung == "fitted"


def test_a_measurement_that_agrees_changes_nothing_but_the_width() -> None:
    before, source = rate(TRAIN, gpu("h100-sxm")), rate(TRAIN, gpu("a100-sxm-80gb"))
    after = rate(TRAIN, gpu("h100-sxm"), measurement(gpu("a100-sxm-80gb"), source.median))
    assert after.median == pytest.approx(before.median, rel=0.01)
    assert _width(after) < _width(before)


def _width(found: Rate) -> float:
    low, high = found.interval_80
    return math.log(high / low)


@pytest.mark.parametrize("workload", MODES, ids=lambda workload: workload.name)
def test_quantiles_ascend_and_widths_are_honest(workload: Workload) -> None:
    found = rate(workload, gpu("h100-sxm"))
    probabilities = [p for p, _ in found.quantiles]
    values = [value for _, value in found.quantiles]
    assert {0.025, 0.1, 0.5, 0.9, 0.975} <= set(probabilities)
    assert probabilities == sorted(probabilities)
    assert values == sorted(values)
    assert 1.02 < values[-1] / values[0] < 100
    assert found.basis
    assert all(place.startswith("data/published/") for place in found.basis)


@pytest.mark.parametrize("workload", MODES, ids=lambda workload: workload.name)
@pytest.mark.parametrize(
    "name",
    ["t4", "v100-sxm2-32gb", "a10", "l40s", "rtx-4090", "a100-sxm-80gb", "h200-sxm", "b200-sxm", "mi300x"],
)
def test_no_rate_is_above_the_roofline(workload: Workload, name: str) -> None:
    device, model = gpu(name), shape(workload.model)
    found = rate(workload, device)
    card = REFERENCE.gpus[name]
    peak = card.peak_flops(workload.dtype) or card.peak_flops("fp16") or math.inf
    accumulate = 2.0 if workload.mode == "prefill" and "GeForce" in card.name else 1.0
    if workload.mode == "train":
        bound = peak * 8 * 1024 / model.training_flops(8, 1024, "causal")
    elif workload.mode == "prefill":
        bound = accumulate * peak * 2048 / model.prefill_flops(1, 2048, "causal")
        bound *= 1.35  # the projection of the last logits and attention are not in the estimator's own bound
    else:
        step = model.decode_bytes(1, 0, workload.dtype) / card.memory_bandwidth_bytes_per_s
        bound = workload.batch / step
    assert dict(found.quantiles)[0.975] <= bound * 1.02


@pytest.mark.parametrize("workload", MODES, ids=lambda workload: workload.name)
def test_more_bandwidth_at_the_same_compute_is_never_slower(workload: Workload) -> None:
    better, worse = rate(workload, gpu("h200-sxm")), rate(workload, gpu("h100-sxm"))
    # The generation and the compute are the same; only what is known of the one GPU itself may differ.
    assert better.median >= worse.median * 0.97


def test_an_instance_of_eight_is_eight_times_one_gpu_of_the_same_job() -> None:
    job = replace(TRAIN, options=(("gpu_count", "8"),))
    assert rate(job, gpu("a100-sxm-80gb", 8)).median == pytest.approx(
        8 * rate(job, gpu("a100-sxm-80gb")).median
    )


def test_what_cannot_be_answered_is_refused_with_a_mend() -> None:
    for workload, device, problem in (
        (replace(TRAIN, model="gpt9"), gpu("a10"), "bench.unknown_shape"),
        (TRAIN, gpu("a11"), "reference.unknown_gpu"),
        (TRAIN, replace(gpu("a10"), gpu_id=None), "estimate.unnamed_gpu"),
        (replace(TRAIN, model="llama-70b"), gpu("a10"), "estimate.does_not_fit"),
        (Workload("matmul", "ceiling", "fp32", 1, 1024, "flop"), CPU, "estimate.nothing_known"),
    ):
        with pytest.raises(InputError) as caught:
            rate(workload, device)
        assert [found.id for found in caught.value.problems] == [problem]
        assert caught.value.problems[0].mend("zh")
        assert caught.value.problems[0].mend("en")


def test_a_model_that_does_not_fit_says_how_many_gpus_it_needs() -> None:
    with pytest.raises(InputError) as caught:
        rate(Workload("llama-70b", "decode", "bf16", 1, 128), gpu("h100-sxm"))
    assert caught.value.problems[0].values["least"] == 2  # 141 GB of weights, 80 GiB each


def test_fp32_on_one_gpu_rests_on_eager_iterations() -> None:
    found = rate(replace(TRAIN, dtype="fp32"), gpu("a100-pcie-40gb"))
    assert found.basis == ("data/published/kernel_peer.csv github:sitar-lab/NeuSight",)
    peak = 19.5e12 * 8 * 1024 / shape("gpt2").training_flops(8, 1024)
    assert 0.4 * peak < found.median < 0.9 * peak


def test_the_lowest_rung_is_a_stated_share_of_the_roofline() -> None:
    card = Capability.of(REFERENCE.gpus["l4"])
    asked = question(Workload("llama-1b", "decode", "bf16", 1, 128), gpu("l4"))
    found = assumed_gpu(TRAIN, gpu("l4"), asked, card, "no row is like it")
    read = 2 * shape("llama-1b").matmul_parameters() + shape("llama-1b").kv_cache_bytes(1, 128, "bf16")
    assert (found.rung, found.basis) == ("assumed", ())
    assert found.median == pytest.approx(0.3 * 300e9 / read, rel=0.01)
    assert found.interval_95 == pytest.approx((found.median / 4, found.median * 4))
    without_shape = replace(asked, row=replace(asked.row, hidden=None))
    with pytest.raises(InputError, match="Nothing grounds"):
        assumed_gpu(TRAIN, gpu("l4"), without_shape, card, "no row is like it")


@pytest.mark.parametrize("name", sorted(REFERENCE.gpus))
def test_every_accelerator_of_the_catalogue_has_a_rate(name: str) -> None:
    for workload in MODES:
        found = rate(workload, gpu(name))
        assert found.rung == "fitted"
        assert 0 < found.quantiles[0][1] <= found.median


@pytest.mark.parametrize("device", [CPU, gpu("l4")])
def test_every_rate_can_be_described_in_both_languages(device: Device) -> None:
    found = rate(TRAIN, device)
    assert device.name in describe(found, "en")
    assert device.name in describe(found, "zh")
    assert describe(found, "en") != describe(found, "zh")


@pytest.mark.parametrize("mode", ["train", "prefill", "decode"])
def test_a_mixture_is_faster_than_a_dense_model_of_its_size_and_slower_than_one_of_its_active_part(
    mode: Mode,
) -> None:
    def speed(model: str) -> float:
        gpus = 8 if mode == "train" else 2
        device = Device("cuda", "H100", "h100-sxm", 8 * gpus if mode == "train" else gpus)
        return rate_for(Workload(model, mode, "bf16", 1, 1024), device, (), REFERENCE).median

    assert speed("llama-70b") < speed("mixtral-8x7b") < speed("llama-3b")


@pytest.mark.parametrize("workload", MODES, ids=lambda workload: workload.name)
@pytest.mark.parametrize("name", ["h100-sxm", "b200-sxm", "rtx-4090"])
def test_the_median_alone_is_that_of_the_rate(workload: Workload, name: str) -> None:
    device = replace(gpu(name), count=4)
    whole = rate_for(workload, device, (), REFERENCE).median
    assert median_for(workload, device, (), REFERENCE) == pytest.approx(whole, rel=1e-9)
    shares = time_shares(workload, device, REFERENCE)
    assert sum(shares.values()) == pytest.approx(1.0)
