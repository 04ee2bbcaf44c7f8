"""Draws: scrambled Sobol points, one dimension an uncertain quantity.

Each quantity keeps its dimension for good (an append-only registry, kept with the plan), and its points are
scrambled by a hash of seed, replicate and *name*: adding a quantity does not move the others, and scenarios
share their random numbers. The scramble is Owen's nested uniform one, done on the bits by a hash (Laine and
Karras 2011, constants of Burley, "Practical Hash-based Owen Scrambling", JCGT 9(4), 2020). Replicates are
independent scrambles of the same points, so their spread is an honest error of every percentile.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from toolkit.projection.model import Model
from toolkit.projection.program import Array
from toolkit.projection.sobol import sobol

REPLICATES = 8
PER_REPLICATE = 2048


@dataclass(frozen=True, slots=True)
class Sampler:
    """How draws are made: `replicates` scrambles of `per_replicate` points (a power of two)."""

    seed: int = 1
    replicates: int = REPLICATES
    per_replicate: int = PER_REPLICATE

    @property
    def draws(self) -> int:
        return self.replicates * self.per_replicate


def extend_registry(registry: Mapping[str, int], names: Iterable[str]) -> dict[str, int]:
    """The registry with the next free dimension for every new name; what it holds never changes."""
    extended = dict(registry)
    for name in names:
        extended.setdefault(name, len(extended))
    return extended


def draw(model: Model, registry: Mapping[str, int], sampler: Sampler) -> dict[str, Array]:
    """One value a draw of every uncertain input: name → array (draws,), replicate by replicate."""
    if not model.uncertain:
        return {}
    values = {}
    for name in model.uncertain:
        quantity = model.lines[name].quantity
        if quantity is not None:
            column = sobol(registry[name], sampler.per_replicate)
            parts = [scramble(column, _key(sampler.seed, r, name)) for r in range(sampler.replicates)]
            values[name] = quantity.ppf(np.concatenate(parts))
    return values


def scramble(points: NDArray[np.uint32], key: int) -> Array:
    """Owen-scrambled points as numbers in (0, 1): array (count,)."""
    x = _reverse_bits(points)
    x = x + np.uint32(key)
    for constant in (0x6C50B47C, 0xB82F1E52, 0xC7AFE638, 0x8D22F6E6):
        x = x ^ (x * np.uint32(constant))
    return (_reverse_bits(x).astype(np.float64) + 0.5) * 2.0**-32


def _reverse_bits(x: NDArray[np.uint32]) -> NDArray[np.uint32]:
    for shift, mask in ((1, 0x55555555), (2, 0x33333333), (4, 0x0F0F0F0F), (8, 0x00FF00FF), (16, 0x0000FFFF)):
        x = ((x >> np.uint32(shift)) & np.uint32(mask)) | ((x & np.uint32(mask)) << np.uint32(shift))
    return x


def _key(seed: int, replicate: int, name: str) -> int:
    digest = hashlib.sha256(f"{seed}/{replicate}/{name}".encode()).digest()
    return int.from_bytes(digest[:4], "little")
