"""Time models against hand calculations, and against what must hold for any accelerator."""

import math
from collections.abc import Callable
from dataclasses import replace
from types import MappingProxyType
from typing import Any

import pytest

from toolkit.estimate.capability import Capability, UnpredictableError, capabilities
from toolkit.estimate.carry_over import CarryOver
from toolkit.estimate.decoding import speedup
from toolkit.estimate.dominance import at_least_as_good
from toolkit.estimate.fitted import Calibrated, calibrated
from toolkit.estimate.groups import gpu_of
from toolkit.estimate.parallel import terms as parallel_terms
from toolkit.estimate.serving_step import Step
from toolkit.estimate.task import told
from toolkit.estimate.tasks import TASKS
from toolkit.estimate.training import Layout
from toolkit.estimate.training import terms as training_terms
from toolkit.reference import load_reference
from toolkit.reference.published import (
    DecodeRow,
    ParallelRow,
    ServeRow,
    Task,
    TrainStepRow,
    TransferRow,
    load_published,
)

GPUS = capabilities(load_reference().gpus)
SAMPLE = 12  # rows of each task, evenly spread over the file


def model(task: Task) -> Calibrated:
    return calibrated(task, GPUS)


def sample(task: Task) -> list[Any]:
    rows = load_published(task)
    return list(rows[:: max(1, len(rows) // SAMPLE)])


def test_generations_follow_the_matrix_units() -> None:
    named = {
        name: GPUS[name].generation
        for name in ("a100-sxm-80gb", "a30", "a10", "rtx-3090", "h20", "gb200", "rtx-5090")
    }
    assert named == {
        "a100-sxm-80gb": "GA100",
        "a30": "GA100",
        "a10": "Ampere",
        "rtx-3090": "Ampere",
        "h20": "Hopper",
        "gb200": "Blackwell",
        "rtx-5090": "Blackwell RTX",
    }


def test_multiprocessors_times_clock_from_the_data_sheet() -> None:
    # A100: 108 multiprocessors at 1.41 GHz; H100 SXM: 132 at 1.98 GHz (vendor's architecture papers).
    assert GPUS["a100-sxm-80gb"].sm_clock == pytest.approx(108 * 1.41e9, rel=0.01)
    assert GPUS["h100-sxm"].sm_clock == pytest.approx(132 * 1.98e9, rel=0.01)


def test_an_iteration_of_megatrons_175b_needs_the_flops_of_its_formula() -> None:
    # Narayanan et al. 2021, eq. 3 without recomputation (72 for 96), causal attention at half:
    # B=1536, s=2048, l=96, h=12288, V=51200 on 1024 A100.
    row = ParallelRow(
        id="", model="GPT-3", gpu_id="a100-sxm-80gb", dtype="fp16", params=174.6e9, layers=96, hidden=12288,
        heads=96, vocab=51200, seq_len=2048, global_batch=1536, micro_batch=1, tp=8, pp=8, dp=16,
    )  # fmt: skip
    flops = 72 * 1536 * 2048 * 96 * 12288**2 * (1 + 2048 / (2 * 6 * 12288) + 51200 / (12 * 96 * 12288))
    least = TASKS["parallel"].least(row, GPUS)
    assert least == pytest.approx(flops / 312e12 / 1024, rel=1e-9)
    # Published: 140 TFLOP/s a GPU with 96 instead of 72: the prediction must be of that order.
    found = model("parallel").predict(row)[0]
    measured = flops * 96 / 72 / 140e12 / 1024
    assert measured / 1.6 < math.exp(found.log_seconds) < measured * 1.6


def test_a_token_reads_all_weights_but_the_input_embedding_once() -> None:
    # Llama 3 8B in 16 bits: 16.06 GB less 128256 × 4096 × 2 bytes of embedding at 936 GB/s (RTX 3090).
    rows = [row for row in load_published("decode") if isinstance(row, DecodeRow)]
    asked = ("rtx-3090", 1, "fp16", "decode", 512)
    (row,) = [r for r in rows if (r.gpu_id, r.gpu_count, r.dtype, r.phase, r.tokens) == asked]
    weights = 16.07e9 - 128256 * 4096 * 16.07e9 / 8030261248
    cache = 2 * 32 * 1024 * 2 * 256
    assert TASKS["decode"].least(row, GPUS) == pytest.approx((weights + cache) / 936e9, rel=1e-3)


def test_a_mixture_reads_the_experts_that_its_batch_touches() -> None:
    shape = {"params": 47e9, "params_active": 13e9, "layers": 32.0, "hidden": 4096.0, "heads": 32.0,
             "kv_heads": 8.0, "vocab": 32000.0, "experts": 8.0, "experts_active": 2.0}  # fmt: skip
    asked = {"metric": "tpot_ms", "load": "concurrency", "input_len": 128.0, "output_len": 128.0}
    device = {"gpu_id": "h100-sxm", "gpu_count": 8.0, "dtype": "fp8", "bits_per_weight": 8.0}
    shared = {"id": "", "model": "MoE", **shape, **asked, **device}
    few, many = (ServeRow(concurrency=batch, **shared) for batch in (1.0, 64.0))  # type: ignore[arg-type]
    times = [math.exp(model("serve").predict(row)[0].log_seconds) for row in (few, many)]
    assert times[0] < times[1]
    dense = replace(few, experts=None, experts_active=None, params_active=None)
    assert times[0] < math.exp(model("serve").predict(dense)[0].log_seconds)


def test_a_measurement_carried_to_its_own_gpu_is_itself() -> None:
    row = sample("transfer")[0]
    same = replace(
        row, target_gpu_id=row.source_gpu_id, target_gpu_count=row.source_gpu_count, batch=row.source_batch
    )
    found = model("transfer").predict(same)[0]
    assert CarryOver().answer(same, math.exp(found.log_seconds)) == pytest.approx(row.source_value)
    assert found.sd < 0.02


def _faster(field: str) -> Callable[[Capability], Capability]:
    def change(gpu: Capability) -> Capability:
        if field == "peaks":
            return replace(gpu, peaks=MappingProxyType({name: 2 * peak for name, peak in gpu.peaks.items()}))
        return replace(gpu, **{field: 2 * getattr(gpu, field)})

    return change


@pytest.mark.parametrize("better", ["peaks", "bandwidth", "link", "power_w"])
@pytest.mark.parametrize("task", list(TASKS))
def test_a_better_device_is_never_slower(task: Task, better: str) -> None:
    known = model(task)
    for row in sample(task):
        gpu = GPUS[gpu_of(row)]
        improved = {**GPUS, gpu.id: _faster(better)(gpu)}
        if isinstance(row, TransferRow) and row.source_gpu_id == gpu.id:
            continue
        before = known.learned.predict(row).log_seconds
        after = replace(known.learned, gpus=improved).predict(row).log_seconds  # type: ignore[type-var]
        assert after <= before + 1e-9, row.id


@pytest.mark.parametrize("task", ["train_step", "decode", "kernel_peer", "runs"])
def test_no_device_of_the_catalogue_is_slower_than_a_measured_one_that_it_beats(task: Task) -> None:
    """Effects of a generation or of one board never turn the order of two data sheets around."""
    known = model(task)
    measured = known.learned.measured  # type: ignore[attr-defined]
    for row in sample(task)[::4]:
        times = {
            name: known.learned.predict(replace(row, gpu_id=name)).log_seconds
            for name in ("h200-sxm", "b200-sxm", "rtx-4090", "mi300x", "l40s", "h800-sxm", *measured)
        }
        for one in set(times) - measured:
            better = [m for m in measured if at_least_as_good(GPUS[m], GPUS[one])]
            worse = [m for m in measured if at_least_as_good(GPUS[one], GPUS[m])]
            if max((times[m] for m in better), default=-99) <= min((times[m] for m in worse), default=99):
                assert all(times[m] <= times[one] for m in better), (row.id, one)
                assert all(times[m] >= times[one] for m in worse), (row.id, one)


def test_a_row_without_a_known_gpu_or_shape_says_so() -> None:
    row = sample("decode")[0]
    with pytest.raises(UnpredictableError, match="not in the catalogue"):
        model("decode").predict(replace(row, gpu_id="rtx-9090"))
    with pytest.raises(UnpredictableError, match="layers"):
        model("decode").predict(replace(row, layers=None))
    with pytest.raises(UnpredictableError, match="do not fit"):
        model("serve").predict(replace(sample("serve")[0], params=1e13, gpu_count=1.0, tp=1.0))
    with pytest.raises(UnpredictableError, match="source"):
        model("transfer").predict(replace(sample("transfer")[0], source_value=None))


def test_a_prompt_over_several_gpus_is_a_pipeline_of_whole_layers() -> None:
    # 32 layers and the output head as one more: 17 on the first of two GPUs, 9 on the first of four.
    assert speedup(512, 32, 4) == 1  # one chunk fills one stage after another
    assert speedup(1024, 32, 2) == pytest.approx(2 / (2 * 17 / 32 + 15 / 32))
    assert speedup(8192, 32, 4) == pytest.approx(16 / (16 * 9 / 32 + 23 / 32))
    # No more than four chunks are under way, so eight GPUs are hardly faster than four.
    assert speedup(8192, 32, 8) == speedup(8192, 32, 16) == pytest.approx(16 / (16 / 4 + 3 / 4))
    assert speedup(4096, 3, 1) == 1


def test_a_model_that_does_not_fit_is_split_where_a_row_does_not_say_how() -> None:
    # GPT-3 on 96 H100: 175e9 · 18 bytes / 56 GB = 56 GPUs, eight of a machine and stages that divide twelve.
    row = TrainStepRow(
        id="", model="GPT-3", gpu_id="h100-sxm", dtype="bf16", params=175e9, layers=96, hidden=12288,
        heads=96, vocab=51200, seq_len=4096, gpu_count=96, global_batch=1152,
    )  # fmt: skip
    gpu = GPUS["h100-sxm"]
    found = Layout.of(row, gpu)
    assert (found.tp, found.pp, found.dp, found.micro_batch) == (8, 12, 1, 1)
    assert training_terms(row, gpu) == training_terms(replace(row, tp=8.0, pp=12.0), gpu)
    fits, sharded = replace(row, params=1e9), replace(row, sharding="fsdp-full_shard")
    assert [(its.tp, its.pp) for its in (Layout.of(fits, gpu), Layout.of(sharded, gpu))] == [(1, 1)] * 2
    stated = Layout.of(replace(row, tp=4.0), gpu)
    assert (stated.tp, stated.pp, stated.dp) == (4, 1, 24)


def test_sharded_weights_cross_the_border_of_a_machine_with_all_its_ports() -> None:
    # Eight ports of 25 GB/s against 300 GB/s inside: half again as long, not twelve times.
    row = TrainStepRow(
        id="", model="MPT", gpu_id="a100-sxm-80gb", dtype="bf16", params=7e9, layers=32, hidden=4096,
        vocab=50368, seq_len=2048, gpu_count=8, micro_batch=4, global_batch=64, sharding="fsdp-full_shard",
    )  # fmt: skip
    inside, across = (
        training_terms(replace(row, gpu_count=count), GPUS[row.gpu_id])["sharding"] for count in (8.0, 16.0)
    )
    assert across.log_seconds - inside.log_seconds == pytest.approx(math.log(300 / 200))


def test_latency_of_tensor_parallelism_grows_with_the_ring_and_gradients_are_summed_in_fp32() -> None:
    row = ParallelRow(
        id="", model="GPT", gpu_id="a100-sxm-80gb", dtype="fp16", params=1e9, layers=24, hidden=2048,
        heads=16, seq_len=1024, global_batch=64, micro_batch=1, tp=2, pp=1, dp=4, gpus_per_node=8,
    )  # fmt: skip
    gpu = GPUS[row.gpu_id]
    pair, eight = (parallel_terms(replace(row, tp=tp), gpu) for tp in (2.0, 8.0))
    name = "tensor parallel latency"
    assert eight[name].log_seconds - pair[name].log_seconds == pytest.approx(math.log(7))
    # 2 · 4 bytes of half of the gradients, three quarters of them a ring, at 300 GB/s.
    seconds = 2 * 4 * 1e9 / 2 * 3 / 4 / 300e9
    assert pair["data parallel"].log_seconds == pytest.approx(math.log(seconds))


def test_a_small_all_reduce_takes_a_level_of_a_tree_at_a_time() -> None:
    row = next(row for row in load_published("serve") if isinstance(row, ServeRow) and row.tp == 8)
    gpu = GPUS[row.gpu_id]
    waits = {tp: Step.of(replace(row, tp=float(tp)), gpu).all_reduce for tp in (1, 2, 4, 8)}
    assert waits[1] == 0
    assert waits[8] / waits[4] == pytest.approx(3 / 2)
    assert waits[4] / waits[2] == pytest.approx(2)


def test_a_sweep_tells_less_than_as_many_rows_that_err_alone() -> None:
    row = load_published("train_step")[0]
    assert told([replace(row, weight=0.25)] * 4).sum() == pytest.approx(2)
    assert told([replace(row, weight=1.0), replace(row, weight=None)]).tolist() == [1, 1]
