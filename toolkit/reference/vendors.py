"""`data/vendors.csv`: who designs accelerators, and in which country."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from toolkit.reference.cells import Place, Word
from toolkit.reference.table import Fact


@dataclass(frozen=True, slots=True)
class Vendor(Fact):
    """One vendor of `gpus.csv`, with the country of its seat."""

    FILE: ClassVar[str] = "vendors.csv"
    vendor: Word
    country: Place

    @property
    def key(self) -> tuple[str, ...]:
        return (self.vendor,)
