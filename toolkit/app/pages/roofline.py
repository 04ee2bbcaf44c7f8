"""Roofline: what a device reached, against what its arithmetic and its memory allow.

    reached     FLOPs of a step ÷ seconds of a step
    intensity   FLOPs of a step ÷ bytes that a step must move at least
    roof        min(memory bandwidth × intensity, peak of the arithmetic)

The bytes are the least that any program must move: the weights once for a forward pass, weights and cache for
a decoding step, and for a training step the weights in both directions and their gradients. More is moved in
truth, so a point may lie left of where it is drawn, never right. Roofs are those that were measured on the
device (matrix product, copy); where the GPU is in the catalogue, those of its data sheet too.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from toolkit.app.pages.benchmarks import DeviceResults, Result
from toolkit.errors import InputError
from toolkit.reference import Reference
from toolkit.shapes.catalogue import SHAPES
from toolkit.shapes.dtypes import bytes_per_element
from toolkit.shapes.models import model_named
from toolkit.shapes.records import Workload

TRAIN_PASSES = 3  # weights forward, weights backward, gradients
FORMS = {"tf32": "fp32"}  # how a format is held in memory
Origin = Literal["measured", "data_sheet"]


@dataclass(frozen=True, slots=True)
class Point:
    """A measured workload. `intensity` in FLOPs a byte, `reached` in FLOPs a second; `share` is of the roof
    above it, None where the device's roofs are not known."""

    result: Result
    intensity: float
    reached: float
    share: float | None


@dataclass(frozen=True, slots=True)
class Roof:
    """The roof of one format: `peak` in FLOPs a second, `bandwidth` in bytes a second."""

    dtype: str
    origin: Origin
    peak: float
    bandwidth: float

    def at(self, intensity: float) -> float:
        """The most that can be reached."""
        return min(self.peak, self.bandwidth * intensity)


@dataclass(frozen=True, slots=True)
class Roofline:
    """Points and roofs of one device; `left_out` are workloads whose FLOPs or bytes are not known."""

    points: tuple[Point, ...]
    roofs: tuple[Roof, ...]
    left_out: tuple[Result, ...]


def roofline(found: DeviceResults, reference: Reference) -> Roofline:
    """The roofline of a device."""
    roofs = (*_measured(found), *_of_data_sheet(found, reference))
    points, left_out = [], []
    for one in found.workloads:
        flops, moved = one.measurement.flops_per_step, least_bytes(one.measurement.workload)
        if flops is None or moved is None:
            left_out.append(one)
            continue
        reached = flops * one.measurement.value / one.measurement.work_per_step
        roof = next((each for each in roofs if each.dtype == one.measurement.workload.dtype), None)
        share = None if roof is None else reached / roof.at(flops / moved)
        points.append(Point(one, flops / moved, reached, share))
    used = {one.result.measurement.workload.dtype for one in points}
    return Roofline(tuple(points), tuple(one for one in roofs if one.dtype in used), tuple(left_out))


def least_bytes(workload: Workload) -> float | None:
    """The bytes that one step must move at least; None for a model or a format that is not known."""
    dtype = FORMS.get(workload.dtype, workload.dtype)
    try:
        if workload.mode == "decode" and workload.model in SHAPES:
            return float(SHAPES[workload.model].decode_bytes(workload.batch, workload.tokens, dtype))
        weights = model_named(workload.model).parameters() * bytes_per_element(dtype)
    except (InputError, KeyError):
        return None
    return float(weights * (TRAIN_PASSES if workload.mode == "train" else 1))


def _measured(found: DeviceResults) -> list[Roof]:
    """Roofs from the ceilings of the device; none without a copy."""
    copies = [one.measurement for one in found.ceilings if one.measurement.workload.model == "copy"]
    if not copies:
        return []
    bandwidth = max(one.value for one in copies)
    products = [one.measurement for one in found.ceilings if one.measurement.workload.unit == "flop"]
    return [Roof(one.workload.dtype, "measured", one.value, bandwidth) for one in products]


def _of_data_sheet(found: DeviceResults, reference: Reference) -> list[Roof]:
    gpu = reference.gpus.get(found.device.gpu_id or "")
    if gpu is None:
        return []
    formats = dict.fromkeys(one.measurement.workload.dtype for one in found.workloads)
    peaks = {dtype: gpu.peak_flops(dtype) for dtype in formats}
    count = found.device.count
    return [
        Roof(dtype, "data_sheet", peak * count, gpu.memory_bandwidth_bytes_per_s * count)
        for dtype, peak in peaks.items()
        if peak is not None
    ]
