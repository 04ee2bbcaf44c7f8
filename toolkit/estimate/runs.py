"""GPU-hours of a whole training run from parameters and tokens (or images).

    hours = (6·N + 12·L·h·S/2)·tokens / peak / 3600 · e^θ        images: 3 · forward FLOPs · images

θ joins what a run loses against the peak: the efficiency of the kernels (which falls with the peak, and for
small models and short sequences), the code, the number of GPUs, and everything that authors count as time of
the run: restarts, evaluation, ramp-up. A published total cannot tell these apart, so there is one term only.
What is counted is a habit of who publishes, so runs of one source and of one model series share an effect.
"""

from __future__ import annotations

import math

from toolkit.estimate.capability import Capability
from toolkit.estimate.posynomial import Effect, Term, Terms
from toolkit.estimate.task import TimeTask
from toolkit.estimate.terms import log, need, slope
from toolkit.reference.published import RunRow

REFERENCE_PEAK = 312e12
HOUR = 3600.0
# What another number format changes against sixteen bits, beside its peak.
ARITHMETIC = {"fp32": -0.6, "tf32": -0.25, "16": 0.0, "8": 0.35}
IMAGE_FAMILIES = ("CNN", "detection")
SMALLEST, LARGEST = 5e7, 2e10  # parameters between which size changes the efficiency
SHORT = 1024.0  # tokens
UNSAID = 0.25  # noise of log hours: what authors count as a run differs by this, whatever a few rows say


def _sequence(row: RunRow) -> float | None:
    """The first of one or two sequence lengths (`128/512`); None when unknown."""
    first = row.seq_len.split("/")[0]
    return float(first) if first.replace(".", "", 1).isdigit() else None


def _series(row: RunRow) -> str:
    """The name before the size: `Llama` of `Llama-2-7B`."""
    return row.model.split(" (")[0].split("-")[0].split(" ")[0].lower()


def _flops(row: RunRow) -> float:
    quantity = need(row.train_quantity, "train_quantity")
    if row.quantity_unit != "tokens" and row.fwd_flops_per_sample:
        return 3 * row.fwd_flops_per_sample * quantity
    params, sequence = need(row.params_active or row.params, "params"), _sequence(row)
    attention = 6 * (row.layers or 0.0) * (row.hidden or 0.0) * (sequence or 0.0)
    return (6 * params + attention) * quantity


def _arithmetic(row: RunRow, gpu: Capability) -> tuple[str, float]:
    """The kind of arithmetic, and the peak that it has."""
    if row.precision == "fp32":
        return "fp32", gpu.peak("fp32")
    if "tf32" in row.precision:
        return ("tf32" if "tf32" in gpu.peaks else "fp32"), gpu.peak("tf32")
    if "fp8" in row.precision:
        return "8", gpu.peak("fp8")
    return "16", gpu.peak("bf16")


def terms(row: RunRow, gpu: Capability) -> Terms:
    """One term: hours at the peak, stretched. Raises UnpredictableError without parameters or tokens."""
    kind, peak = _arithmetic(row, gpu)
    images, sequence = row.family in IMAGE_FAMILIES, _sequence(row)
    effects = [
        Effect("efficiency", 1.0, 0.3),
        Effect(f"family|{row.family}", 0.9 if images else 0.0, 0.25),
        Effect(f"generation|{gpu.generation}", 0.0, 0.2),
        Effect(f"arithmetic|{kind}", ARITHMETIC[kind], 0.25),
        slope("by peak", 0.2, 0.1, log(peak / REFERENCE_PEAK)),
        Effect("second hand" if "second" in row.source_kind else "first hand", 0.0, 0.1),
        Effect(f"series|{_series(row)}", 0.0, 0.22),
    ]
    if row.source:
        effects.append(Effect(f"source|{row.source}", 0.0, 0.35))
    if not images:
        size = min(max(need(row.params or row.params_active, "params"), SMALLEST), LARGEST)
        effects.append(slope("by size", 0.08, 0.04, -log(size / 1e9)))
    if sequence is not None and sequence < SHORT and not images:
        effects.append(slope("short sequence", 0.15, 0.1, log(SHORT / sequence)))
    if row.gpu_count:
        effects.append(slope("by count", 0.04, 0.03, log(row.gpu_count / 64)))
    for code, mean in (("ffcv", -0.5), ("DLE", -0.3), ("llm.c", -0.3), ("nanoGPT", 0.0)):
        if code in row.model:
            effects.append(Effect(f"code|{code}", mean, 0.25))
    return {"compute": Term(math.log(_flops(row) / peak / HOUR), tuple(effects))}


def floor(row: RunRow, gpu: Capability) -> float:
    """GPU-hours at the peak. Parameters include look-ups, which multiply nothing: a tenth is left for
    them."""
    return 0.9 * _flops(row) / _arithmetic(row, gpu)[1] / HOUR


TASK: TimeTask[RunRow] = TimeTask("runs", terms, floor, is_rate=lambda _: False, noise_floor=UNSAID)
