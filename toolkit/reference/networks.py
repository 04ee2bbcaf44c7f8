"""`data/networks.csv`: what joins machines, by the bandwidth that one device has of it in one direction."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from toolkit.reference.cells import Amount, Slug, Word
from toolkit.reference.table import Fact


@dataclass(frozen=True, slots=True)
class Network(Fact):
    """One network between machines. A port that a machine's devices share counts in equal parts."""

    FILE: ClassVar[str] = "networks.csv"
    id: Slug
    name: Word
    gbit_per_s_per_device: Amount

    @property
    def key(self) -> tuple[str, ...]:
        return (self.id,)
