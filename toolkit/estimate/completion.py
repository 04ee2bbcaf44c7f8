"""What a row of a model does not say, filled in from what it does say: no row is lost over an empty cell.

A decoder of a usual shape is assumed where the architecture is not given (Kaplan et al. 2020,
arXiv:2001.08361, §2.1 and table 1; the published rows have the same proportions):

    parameters = 12·L·h² + V·h         h ≈ 100·L between 1 and 100 billion parameters
    heads of 128, as many keys; f = 4·h; the lengths and batches that benchmarks use most

What is filled in is named beside the prediction and makes its interval wider. A row of a published file is
complete, so nothing here changes what is learned.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from types import MappingProxyType
from typing import Any

from toolkit.reference.published import TransferRow

ASPECT = 100.0  # width over depth
WIDTH_STEP = 128.0  # heads
DEFAULT_PARAMS = 7e9
DEFAULTS: Mapping[str, float] = MappingProxyType(
    {"seq_len": 2048.0, "tokens": 1024.0, "input_len": 1024.0, "output_len": 256.0, "micro_batch": 1.0,
     "tp": 1.0, "pp": 1.0, "dp": 1.0, "batch": 1.0, "gpu_count": 1.0}
)  # fmt: skip


def completed(row: Any) -> tuple[Any, tuple[str, ...]]:
    """The row without holes in what a time model needs, and the names of what was filled in."""
    if isinstance(row, TransferRow):
        return row, ()
    names = {field.name for field in fields(row)}
    filled: list[str] = []

    def fill(name: str, value: Callable[[], float]) -> None:
        nonlocal row
        if name in names and not isinstance(getattr(row, name), str) and not getattr(row, name):
            row = replace(row, **{name: value()})
            filled.append(name)

    if _needs_shape(row):
        fill("params", lambda: _params(row))
        fill("hidden", lambda: _hidden(row))
        fill("layers", lambda: max(1.0, float(round(row.params / (12 * row.hidden**2)))))
        fill("heads", lambda: max(1.0, row.hidden / WIDTH_STEP))
    if hasattr(row, "gpus_per_node"):
        fill("dp", lambda: max(1.0, (row.gpu_count or 1.0) / ((row.tp or 1.0) * (row.pp or 1.0))))
    for name in _needed(row):
        fill(name, lambda name=name: DEFAULTS[name])  # type: ignore[misc]
    if hasattr(row, "global_batch") and hasattr(row, "gpus_per_node"):
        fill("global_batch", lambda: row.micro_batch * row.dp * max(1.0, 4 * row.pp))
    if hasattr(row, "weight_bytes"):
        fill("weight_bytes", lambda: row.params * (row.bits_per_weight or _bits(row.dtype)) / 8)
    return row, tuple(filled)


def _needs_shape(row: Any) -> bool:
    """A run is known by its parameters; a run over images by its FLOPs alone."""
    return not hasattr(row, "train_quantity") or not (row.params or row.params_active)


def _needed(row: Any) -> tuple[str, ...]:
    """The numbers that the row's time model cannot do without, beside the shape."""
    if hasattr(row, "gpus_per_node"):
        return ("seq_len", "micro_batch", "tp", "pp", "dp")
    if hasattr(row, "weight_bytes"):
        return ("tokens",)
    if hasattr(row, "input_len"):
        return ("input_len", "output_len")
    if hasattr(row, "mode"):
        return ("seq_len", "batch")
    return () if hasattr(row, "train_quantity") else ("seq_len",)


def _params(row: Any) -> float:
    if row.params_active:
        return float(row.params_active)
    if row.layers and row.hidden:
        return float(12 * row.layers * row.hidden**2 + (row.vocab or 0.0) * row.hidden)
    if getattr(row, "weight_bytes", None):
        return float(8 * row.weight_bytes / (row.bits_per_weight or _bits(row.dtype)))
    return DEFAULT_PARAMS


def _hidden(row: Any) -> float:
    """The width of a decoder with these parameters, in whole heads."""
    width = (row.params / (12 * row.layers)) ** 0.5 if row.layers else (ASPECT * row.params / 12) ** (1 / 3)
    return float(max(WIDTH_STEP, WIDTH_STEP * round(width / WIDTH_STEP)))


def _bits(dtype: str) -> float:
    name = dtype.lower()
    if ("4" in name and "q" in name) or "fp4" in name:
        return 4.8
    return 8.5 if "8" in name else 32.0 if name == "fp32" else 16.0
