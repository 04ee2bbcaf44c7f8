"""The lowest rung: a stated share of what the device can do, with a wide interval.

It answers where nothing was measured and no published row says anything: a processor without a measurement,
an accelerator whose data sheet has holes.
"""

from __future__ import annotations

import math

from toolkit.errors import InputError, Problem
from toolkit.estimate.capability import Capability, UnpredictableError
from toolkit.estimate.quantiles import from_factor
from toolkit.estimate.tasks import TASKS
from toolkit.estimate.workload_rows import Question
from toolkit.shapes.catalogue import shape
from toolkit.shapes.records import Device, Rate, Workload

SHARE, FACTOR = 0.3, 4.0  # of the roofline; right to this factor at 95 %
CPU_FLOPS_A_THREAD, CPU_BYTES_A_SECOND, CPU_FACTOR = 2e10, 2e10, 6.0


def assumed_gpu(workload: Workload, device: Device, asked: Question, gpu: Capability, reason: str) -> Rate:
    """A share of the roofline. Raises InputError when not even that can be counted."""
    try:
        least = TASKS[asked.task].least(asked.row, {gpu.id: gpu})
    except UnpredictableError:
        least = None
    if not least:
        raise InputError([Problem("estimate.nothing_known", values={"workload": workload.name})])
    value = SHARE * asked.units(least)
    return _rate(workload, device, value, FACTOR, f"{reason}, so {SHARE:.0%} of the roofline")


def assumed_cpu(workload: Workload, device: Device) -> Rate:
    """So many operations a second and thread, and so many bytes a second. Raises InputError for a model whose
    shape is not known."""
    decoder, batch, tokens = shape(workload.model), workload.batch, workload.tokens
    flops = CPU_FLOPS_A_THREAD * device.count
    if workload.mode == "decode":
        read = decoder.decode_bytes(batch, tokens, workload.dtype) / CPU_BYTES_A_SECOND
        value = batch / max(decoder.decode_flops(batch, tokens) / flops, read)
    elif workload.mode == "train":
        value = batch * tokens * flops / decoder.training_flops(batch, tokens, "causal")
    else:
        value = batch * tokens * flops / decoder.prefill_flops(batch, tokens, "causal")
    return _rate(workload, device, value, CPU_FACTOR, "20 GFLOP/s a thread and 20 GB/s of memory bandwidth")


def _rate(workload: Workload, device: Device, value: float, factor: float, reason: str) -> Rate:
    if not (value > 0 and math.isfinite(value)):
        raise InputError([Problem("estimate.nothing_known", values={"workload": workload.name})])
    return Rate(
        workload=workload,
        device=device,
        unit=f"{workload.unit}/second",
        quantiles=from_factor(value, factor),
        rung="assumed",
        method=f"Assumed, not measured: {reason}; right to a factor of {factor:g} at 95 %.",
        basis=(),
    )
