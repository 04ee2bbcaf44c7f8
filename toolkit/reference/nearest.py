"""Finds what a name was meant to be: exact by alias, else the most similar names for an error message."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from toolkit.reference.gpus import Gpu

NOISE = re.compile(r"[^0-9a-z一-鿿]+")


def plain(name: str) -> str:
    """Small letters, digits and Chinese characters only: `NVIDIA H100-SXM` → `nvidiah100sxm`."""
    return NOISE.sub("", name.lower())


def names_of(gpu: Gpu) -> tuple[str, ...]:
    """Id, name and aliases of a GPU, in plain form."""
    return tuple(plain(name) for name in (gpu.id, gpu.name, *(gpu.aliases or ())))


def by_alias(name: str, gpus: Iterable[Gpu]) -> str | None:
    """The id of the GPU that has exactly this id, name or alias (spelling aside); None when none has.

    A bare family name means its usual form: `H100` is `h100-sxm`, `A100` is `a100-sxm-80gb`.
    """
    wanted = plain(name)
    return next((gpu.id for gpu in gpus if wanted in names_of(gpu)), None)


def nearest_gpus(name: str, gpus: Mapping[str, Gpu], limit: int = 3) -> list[str]:
    """The ids of the most similar GPUs, best first: exact alias, then part of a name, then spelling."""
    wanted = plain(name)

    def likeness(gpu: Gpu) -> float:
        names = names_of(gpu)
        if wanted in names:
            return 3.0
        part = any(wanted and (wanted in known or known in wanted) for known in names)
        return part + max(_likeness(wanted, known) for known in names)

    return [gpu.id for gpu in sorted(gpus.values(), key=likeness, reverse=True)[:limit]]


def nearest_words(word: str, known: Iterable[str], limit: int = 3) -> list[str]:
    """The most similar of `known`, best first."""
    return sorted(set(known), key=lambda other: (-_likeness(word, other), other))[:limit]


def _likeness(one: str, other: str) -> float:
    from difflib import SequenceMatcher  # loaded late: only a mistake needs it

    return SequenceMatcher(None, one, other).ratio()
