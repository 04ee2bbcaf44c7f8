"""Rates of models that no time model counts: images, speech, tables, encoders.

    transferred   the same model was measured in the same mode and format on another GPU: carried over, part
                  by part, as the task `transfer` learned it from published pairs
    fitted        a published figure of the same training exists: the same, from there
    assumed       work / (share of the peak) + bytes / (half of the bandwidth) + launches of a step, where the
                  share is what published trainings of the same kind reached on such GPUs

The share depends on the GPU more than on the model; what differs between models of a kind, and on the way
from training to inference, is in the width of the assumed rate. A figure that somebody else published was
made with another version and another batch, which its width allows for.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from toolkit.errors import InputError, Problem
from toolkit.estimate.capability import Capability, UnpredictableError, capabilities
from toolkit.estimate.fitted import Calibrated, calibrated
from toolkit.estimate.published_trainings import (
    ATTENTION,
    CONVOLUTION,
    PUBLISHED,
    published_format,
    published_rows,
    share_of_peak,
)
from toolkit.estimate.quantiles import calibrated_quantiles, from_factor
from toolkit.reference.catalogue import Reference
from toolkit.reference.gpus import Gpu
from toolkit.reference.published import TransferRow
from toolkit.shapes.dtypes import bytes_per_element
from toolkit.shapes.models import MODELS, NamedModel, StepKind
from toolkit.shapes.records import Device, Measurement, Rate, Rung, Workload

CONVOLUTIONS = ("convolution", "autoencoder", "adversarial pair", "audio synthesis")
FACTOR: Mapping[StepKind, float] = {"train": 3.0, "forward": 4.0}  # right to this factor at 95 %
OTHER_STACK = 0.1  # of log seconds: the median change between two versions of one published stack
CPU_FLOPS_A_THREAD, CPU_FACTOR = 2e10, 6.0
BANDWIDTH_SHARE = 0.5
LAUNCH_S: Mapping[StepKind, float] = {"train": 2e-3, "forward": 5e-4}  # some hundred kernels of an eager step
TRAINING_PASSES = 8  # over every weight: read twice, gradient written and read, two moments read and written


@dataclass(frozen=True, slots=True)
class _Figure:
    """A known speed elsewhere: the row that asks for the same here, `scale` units of work in one of its
    units, and what it rests on."""

    row: TransferRow
    scale: float
    noise: float
    rung: Rung
    basis: tuple[str, ...]
    measured_at: str | None = None


def rate_of_other(
    workload: Workload, device: Device, measurements: Sequence[Measurement], reference: Reference
) -> Rate:
    """Units of work a second of the whole device. Raises InputError for a mode that is neither training nor a
    forward pass, and for a format without a known peak."""
    if workload.mode not in ("train", "forward"):
        raise _nothing_known(workload)
    kind: StepKind = "train" if workload.mode == "train" else "forward"
    if device.gpu_id is None:
        return _on_processor(workload, device, kind)
    for figure in (*_own_figures(workload, device, measurements), *_published_figures(workload, device)):
        try:
            return _carried(workload, device, figure, reference.gpus)
        except UnpredictableError:
            continue
    return _assumed(workload, device, kind, reference.gpus)


def _own_figures(
    workload: Workload, device: Device, measurements: Sequence[Measurement]
) -> Iterator[_Figure]:
    """What was measured of the same model in the same mode and format on GPUs, newest first."""
    wanted, named = (workload.model, workload.mode, workload.dtype), MODELS[workload.model]
    for one in sorted(measurements, key=lambda m: (m.measured_at, m.id), reverse=True):
        its = one.workload
        if (its.model, its.mode, its.dtype) == wanted and one.device.gpu_id is not None:
            row = _row(
                device,
                workload=f"{named.name} {workload.mode}",
                family=named.family,
                params=float(named.parameters()),
                dtype=published_format(workload.dtype),
                source_gpu_id=one.device.gpu_id,
                source_gpu_count=float(one.device.count),
                source_value=one.value,
            )
            yield _Figure(row, 1.0, 0.0, "transferred", (one.id,), one.measured_at)


def _published_figures(workload: Workload, device: Device) -> Iterator[_Figure]:
    """The published figures of the same training, those of the same device first. Work of another length
    costs by its FLOPs."""
    known = next((one for one in PUBLISHED if one.model == workload.model), None)
    if known is None or workload.mode != "train":
        return
    named = MODELS[workload.model]
    scale = known.flops * named.work(1, workload.tokens) / named.flops("train", 1, workload.tokens)
    rows = published_rows(known, published_format(workload.dtype))
    for its in sorted(rows, key=lambda row: row.target_gpu_id != device.gpu_id):
        row = _row(
            device,
            workload=its.workload,
            family=its.family,
            params=its.params,
            dtype=its.dtype,
            stack=its.stack,
            source_gpu_id=its.target_gpu_id,
            source_gpu_count=1.0,
            source_value=its.answer,
        )
        yield _Figure(row, scale, OTHER_STACK, "fitted", (f"data/published/transfer.csv {its.id}",))


def _row(device: Device, **fields: object) -> TransferRow:
    target = {"target_gpu_id": device.gpu_id or "", "target_gpu_count": float(device.count)}
    return TransferRow(id="", **fields, **target)  # type: ignore[arg-type]


_TRANSFER: dict[int, tuple[Mapping[str, Gpu], Calibrated]] = {}


def _transfer(gpus: Mapping[str, Gpu]) -> Calibrated:
    """The model of the task `transfer`, made once for a catalogue and kept beside it."""
    if id(gpus) not in _TRANSFER:
        _TRANSFER[id(gpus)] = gpus, calibrated("transfer", capabilities(gpus))
    return _TRANSFER[id(gpus)][1]


def _carried(workload: Workload, device: Device, figure: _Figure, gpus: Mapping[str, Gpu]) -> Rate:
    prediction, scales, _ = _transfer(gpus).predict(figure.row)
    value = device.count * figure.scale / math.exp(prediction.log_seconds)
    most = _roofline(workload, device, Capability.of(gpus[device.gpu_id or ""]))
    sd = math.hypot(prediction.sd, figure.noise)
    source = gpus[figure.row.source_gpu_id].name
    return Rate(
        workload=workload,
        device=device,
        unit=f"{workload.unit}/second",
        quantiles=calibrated_quantiles(value, sd, scales, most),
        rung=figure.rung,
        method=f"Carried over from {source}, part by part; most of the time goes to {prediction.largest}.",
        basis=figure.basis,
        measured_at=figure.measured_at,
    )


def _roofline(workload: Workload, device: Device, gpu: Capability) -> float:
    """Units a second at the peak of the format."""
    named, batch, tokens = MODELS[workload.model], workload.batch, workload.tokens
    flops = named.flops("train" if workload.mode == "train" else "forward", batch, tokens)
    return device.count * gpu.peak(workload.dtype) * named.work(batch, tokens) / flops


def _assumed(workload: Workload, device: Device, kind: StepKind, gpus: Mapping[str, Gpu]) -> Rate:
    named, batch, tokens = MODELS[workload.model], workload.batch, workload.tokens
    gpu = Capability.of(gpus[device.gpu_id or ""])
    like = CONVOLUTION if named.family in CONVOLUTIONS else ATTENTION
    share = share_of_peak(like, published_format(workload.dtype), gpu, gpus)
    try:
        most = _roofline(workload, device, gpu)
    except UnpredictableError as reason:
        raise _nothing_known(workload) from reason
    products = named.flops(kind, batch, tokens) / (share * gpu.peak(workload.dtype))
    memory = _bytes(named, kind, batch, workload.dtype) / (BANDWIDTH_SHARE * gpu.bandwidth)
    value = device.count * named.work(batch, tokens) / (products + memory + LAUNCH_S[kind])
    quantiles = tuple((p, min(most, at)) for p, at in from_factor(value, FACTOR[kind]))
    return Rate(
        workload=workload,
        device=device,
        unit=f"{workload.unit}/second",
        quantiles=quantiles,
        rung="assumed",
        method=f"Assumed, not measured: {share:.0%} of the peak, as published trainings of {like} reach, "
        f"half of the bandwidth, and the launches of a step; right to a factor of {FACTOR[kind]:g} at 95 %.",
        basis=(),
    )


def _bytes(named: NamedModel, kind: StepKind, batch: int, dtype: str) -> float:
    """What a step moves besides its activations: the weights, and of tables the rows that are read."""
    tables, width = getattr(named.shape, "rows", ()), getattr(named.shape, "width", 0)
    touched = named.parameters() - sum(tables) * width + batch * len(tables) * width
    return float(touched * bytes_per_element(dtype) * (TRAINING_PASSES if kind == "train" else 1))


def _on_processor(workload: Workload, device: Device, kind: StepKind) -> Rate:
    named, batch, tokens = MODELS[workload.model], workload.batch, workload.tokens
    value = CPU_FLOPS_A_THREAD * device.count * named.work(batch, tokens) / named.flops(kind, batch, tokens)
    return Rate(
        workload=workload,
        device=device,
        unit=f"{workload.unit}/second",
        quantiles=from_factor(value, CPU_FACTOR),
        rung="assumed",
        method=f"Assumed, not measured: 20 GFLOP/s a thread; right to a factor of {CPU_FACTOR:g} at 95 %.",
        basis=(),
    )


def _nothing_known(workload: Workload) -> InputError:
    return InputError([Problem("estimate.nothing_known", values={"workload": workload.name})])
