"""Draws: scrambled Sobol points, one dimension an uncertain quantity (of a path: one a month).

Each quantity keeps its dimension for good (an append-only registry, kept with the plan), and its points are
scrambled by a hash of seed, replicate and *name*: adding a quantity does not move the others, and scenarios
share their random numbers. The scramble is Owen's nested uniform one, done on the bits by a hash (Laine and
Karras 2011, constants of Burley, "Practical Hash-based Owen Scrambling", JCGT 9(4), 2020). Replicates are
independent scrambles of the same points, so their spread is an honest error of every percentile.

Any draw can be made again alone: draw k is point k mod n of replicate k div n. Inputs that the plan
correlates are drawn through a Gaussian copula (`toolkit.lines.correlation`): the normal scores of their
points are mixed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from toolkit.lines.correlation import copulas
from toolkit.lines.quantity import normal_score
from toolkit.projection.model import Model
from toolkit.projection.program import Array
from toolkit.projection.sobol import sobol

REPLICATES = 8
PER_REPLICATE = 2048
EDGE = 2.0**-53  # a correlated point stays inside (0, 1)


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


def draw(
    model: Model, registry: Mapping[str, int], sampler: Sampler, part: slice | None = None
) -> dict[str, Array]:
    """One value a draw of every uncertain input: name → array (draws,), replicate by replicate; of a path
    (months + 1, draws). `part` takes some of the draws only, which are the same as in the whole."""
    wanted = np.arange(sampler.draws)[part or slice(None)]
    points = _Points(registry, sampler, wanted)
    uniforms = {
        name: np.array([points.of(key) for key in model.dimensions_of(name)]) for name in model.uncertain
    }
    _correlate(model, registry, uniforms)
    values = {}
    for name, u in uniforms.items():
        quantity = model.lines[name].quantity
        if quantity is not None:
            values[name] = quantity.path(u) if quantity.is_path else quantity.ppf(u[0])
    return values


def _correlate(model: Model, registry: Mapping[str, int], uniforms: dict[str, Array]) -> None:
    """Put correlated points in the place of independent ones; of paths in each month."""
    order = sorted(uniforms, key=lambda name: registry[model.dimensions_of(name)[0]])
    for copula in copulas(model.pairs, order):
        from scipy.special import ndtr

        scores = np.array([normal_score(uniforms[name]) for name in copula.names])
        mixed = np.einsum("ij,jmd->imd", copula.factor[1:], scores)  # the first keeps its own
        for name, score in zip(copula.names[1:], mixed, strict=True):
            uniforms[name] = np.clip(ndtr(score), EDGE, 1 - EDGE)


class _Points:
    """Uniform points of the wanted draws (their numbers, rising), a dimension at a time."""

    def __init__(self, registry: Mapping[str, int], sampler: Sampler, wanted: NDArray[np.int64]) -> None:
        self._registry, self._sampler = registry, sampler
        replicate, index = np.divmod(wanted, sampler.per_replicate)
        starts = np.searchsorted(replicate, np.arange(sampler.replicates + 1))
        self._parts = [
            (number, slice(first, last))
            for number, (first, last) in enumerate(pairwise(starts.tolist()))
            if last > first
        ]
        self._index = index.astype(np.uint32)
        first = self._index[self._parts[0][1]] if self._parts else self._index
        # Every replicate scrambles the same points; they are made once when it wants the same of them.
        same = all(np.array_equal(self._index[part], first) for _, part in self._parts)
        self._shared = first if same else None

    def of(self, key: str) -> Array:
        """The points of one dimension: array (wanted draws,)."""
        dimension, seed = self._registry[key], self._sampler.seed
        shared = None if self._shared is None else sobol(dimension, self._shared)
        values = np.empty(self._index.size)
        for replicate, part in self._parts:
            points = sobol(dimension, self._index[part]) if shared is None else shared
            values[part] = scramble(points, _key(seed, replicate, key))
        return values


def scramble(points: NDArray[np.uint32], key: int) -> Array:
    """Owen-scrambled points as numbers in (0, 1): array (count,)."""
    x = _reverse_bits(points)
    x += np.uint32(key)
    for constant in (0x6C50B47C, 0xB82F1E52, 0xC7AFE638, 0x8D22F6E6):
        x ^= x * np.uint32(constant)
    return (_reverse_bits(x).astype(np.float64) + 0.5) * 2.0**-32


def _reverse_bits(x: NDArray[np.uint32]) -> NDArray[np.uint32]:
    for shift, mask in ((1, 0x55555555), (2, 0x33333333), (4, 0x0F0F0F0F), (8, 0x00FF00FF)):
        x = ((x >> np.uint32(shift)) & np.uint32(mask)) | ((x & np.uint32(mask)) << np.uint32(shift))
    return (x >> np.uint32(16)) | (x << np.uint32(16))


def _key(seed: int, replicate: int, name: str) -> int:
    digest = hashlib.sha256(f"{seed}/{replicate}/{name}".encode()).digest()
    return int.from_bytes(digest[:4], "little")
