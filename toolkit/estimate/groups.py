"""What a row belongs to, and what of it was never seen: the axes along which predictions are tested.

The same words name a fold of a cross-validation (leave one GPU out) and a novelty of a row (its GPU is not
among the rows learned from), so a width that was calibrated on one is used for the other.
"""

from __future__ import annotations

import bisect
import math
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from toolkit.estimate.capability import Capability
from toolkit.reference.published import ModelRow, PublishedRow, TransferRow

Capabilities = Mapping[str, Capability]
SIZE_EDGES = (8.5, 9.2, 9.8, 10.5)  # log10 of parameters: 0.3, 1.6, 6, 30 billion
FOLDS = 5
SCALE_EDGES = (1.5, 2.5, 4.5, 8.5, 16.5, 32.5, 128.5)  # GPUs: 1, 2, up to 4, 8, 16, 32, 128, more


def gpu_of(row: PublishedRow) -> str:
    """The device that is predicted."""
    return row.target_gpu_id if isinstance(row, TransferRow) else row.gpu_id


def count_of(row: PublishedRow) -> float:
    """How many devices are predicted; 1 where unknown."""
    return (row.target_gpu_count if isinstance(row, TransferRow) else row.gpu_count) or 1.0


def _family(row: PublishedRow) -> str:
    return row.family


def _model(row: PublishedRow) -> str:
    return row.workload if isinstance(row, TransferRow) else architecture(row)


def architecture(row: ModelRow) -> str:
    """One architecture is one model, whatever it is called."""
    if not (row.layers and row.hidden):
        return row.model
    return "×".join(f"{size or 0:g}" for size in (row.layers, row.hidden, row.kv_heads, row.ffn, row.experts))


def _size(row: PublishedRow) -> str:
    return str(bisect.bisect(SIZE_EDGES, math.log10(row.params))) if row.params else "unknown"


def _scale(row: PublishedRow) -> str:
    return str(bisect.bisect(SCALE_EDGES, count_of(row)))


def _fold(row: PublishedRow) -> str:
    """One of five parts that cut through every group: rows of a kind that was seen. Several transfer rows
    share a target, which is the thing that is held out."""
    name = row.id
    if isinstance(row, TransferRow):
        name = f"{row.workload}|{row.dtype}|{row.stack}|{row.target_gpu_id}|{count_of(row):g}"
    return str(zlib.crc32(name.encode()) % FOLDS)


def _dtype(row: PublishedRow) -> str:
    return str(getattr(row, "dtype", "") or getattr(row, "precision", ""))


def _sequence(row: PublishedRow) -> str:
    return str(_tokens(row) or "unknown")


def _tokens(row: PublishedRow) -> float | str | None:
    """The length of a sequence, a prompt, or what is generated; a run may state two (`128/512`)."""
    for name in ("seq_len", "tokens", "input_len"):
        value: float | str | None = getattr(row, name, None)
        if value:
            return value
    return None


def _longest(row: PublishedRow) -> float:
    value = _tokens(row)
    return value if isinstance(value, float) else 0.0


AXES: Mapping[str, Callable[[PublishedRow], str]] = MappingProxyType(
    {
        "known": _fold,
        "gpu": gpu_of,
        "family": _family,
        "model": _model,
        "size": _size,
        "scale": _scale,
        "sequence": _sequence,
        "stack": lambda row: row.stack,
        "dtype": _dtype,
        "source": lambda row: row.source,
    }
)


def group(row: PublishedRow, axis: str, gpus: Capabilities) -> str:
    """The group of a row on an axis of `AXES`, or its `generation`. Raises KeyError for another axis."""
    if axis == "generation":
        return gpus[gpu_of(row)].generation
    return AXES[axis](row)


def touched(row: PublishedRow, axis: str, gpus: Capabilities) -> frozenset[str]:
    """Every group that a row tells something about: in a transfer the source was measured too."""
    if isinstance(row, TransferRow):
        source = replace(row, target_gpu_id=row.source_gpu_id, target_gpu_count=row.source_gpu_count)
        return frozenset((group(row, axis, gpus), group(source, axis, gpus)))
    return frozenset((group(row, axis, gpus),))


@dataclass(frozen=True, slots=True)
class Seen:
    """What the rows learned from contain."""

    members: Mapping[str, frozenset[str]]
    most_gpus: float
    most_params: float
    longest: float

    @classmethod
    def of(cls, rows: Sequence[PublishedRow], gpus: Capabilities) -> Seen:
        axes = ("gpu", "generation", "family", "model", "stack", "dtype")
        members = {
            axis: frozenset(name for row in rows for name in touched(row, axis, gpus)) for axis in axes
        }
        return cls(
            members,
            most_gpus=max((count_of(row) for row in rows), default=0.0),
            most_params=max((row.params or 0.0 for row in rows), default=0.0),
            longest=max((_longest(row) for row in rows), default=0.0),
        )

    def novelty(self, row: PublishedRow, gpus: Capabilities) -> tuple[str, ...]:
        """The axes on which the row is new; empty when something of every kind was seen."""
        found = []
        for narrow, wide in (("gpu", "generation"), ("model", "family")):
            if group(row, narrow, gpus) not in self.members[narrow]:
                known = group(row, wide, gpus) in self.members[wide]
                found.append(narrow if known else wide)
        found += [axis for axis in ("stack", "dtype") if group(row, axis, gpus) not in self.members[axis]]
        beyond = {
            "scale": count_of(row) > self.most_gpus,
            "size": (row.params or 0.0) > self.most_params,
            "sequence": _longest(row) > self.longest,
        }
        found += [axis for axis, farther in beyond.items() if farther]
        return tuple(found)
