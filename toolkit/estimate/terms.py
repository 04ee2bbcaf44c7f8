"""Words in which the tasks write their time models: shared effects, slopes, safe logarithms."""

from __future__ import annotations

import math

from toolkit.estimate.capability import Capability, UnpredictableError
from toolkit.estimate.posynomial import NOTHING, Effect

WARMEST = 3.0  # no feature moves a log-efficiency by more than this many natural logarithms


def log(value: float) -> float:
    """Natural logarithm; work of zero seconds is a term that is not there."""
    return math.log(value) if value > 0 else NOTHING


def need(value: float | None, name: str) -> float:
    """A number that the model cannot do without. Raises UnpredictableError when it is not known."""
    if value is None or not value > 0:
        raise UnpredictableError(f"{name} is not known")
    return value


def beside_tables(params: float, tables: float) -> float:
    """Parameters beside the tables of words. Raises UnpredictableError when the tables are the larger."""
    if not params > tables:
        raise UnpredictableError("vocab × hidden is more than params")
    return params - tables


def slope(name: str, mean: float, sd: float, log_ratio: float) -> Effect:
    """An inefficiency that grows with a feature: `mean` per natural logarithm of the feature's ratio."""
    return Effect(name, mean, sd, max(-WARMEST, min(WARMEST, log_ratio)))


def device(
    gpu: Capability, tag: str, generation_sd: float, gpu_sd: float, mean: float = 0.0
) -> tuple[Effect, ...]:
    """What a generation and one GPU of it add to a term, both unknown until measured."""
    return (
        Effect(f"generation|{gpu.generation}|{tag}", mean, generation_sd),
        Effect(f"gpu|{gpu.id}|{tag}", 0.0, gpu_sd),
    )
