"""`data/gpus.csv`: accelerators, with dense peaks, memory, links and power.

Peaks are dense (no structured sparsity) and of one device; those of GeForce cards accumulate in FP32.
`interconnect_gb_per_s` sums both directions of all links where `interconnect_counts` says so: one way is
half of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, ClassVar

from toolkit.reference.cells import Amount, Count, Date, Slug, Word, Words, one_of
from toolkit.reference.table import Fact, Fault

PRECISIONS = ("fp64", "fp32", "tf32", "fp16", "bf16", "fp8", "fp4", "int8")
BYTES_OF = {"GB": 10**9, "GiB": 2**30}


@dataclass(frozen=True, slots=True)
class Gpu(Fact):
    """One accelerator. Rates are 10¹² operations a second, bandwidths 10⁹ bytes a second.

    `memory` is the size as sold, in `memory_unit`; `memory_usable_mib` what software is given where that
    is published; `memory_physical_gb` what is built in where that differs.
    """

    FILE: ClassVar[str] = "gpus.csv"
    id: Slug
    vendor: Word
    name: Word
    aliases: Words | None
    architecture: Word
    launched: Date
    form_factor: Word
    memory: Amount
    memory_unit: Annotated[str, one_of("GB", "GiB")]
    memory_usable_mib: Count | None
    memory_physical_gb: Amount | None
    memory_bandwidth_gb_per_s: Amount
    fp64_tflops: Amount | None
    fp32_tflops: Amount | None
    tf32_tflops: Amount | None
    fp16_tflops: Amount | None
    bf16_tflops: Amount | None
    fp8_tflops: Amount | None
    fp4_tflops: Amount | None
    int8_tops: Amount | None
    interconnect: Word
    interconnect_gb_per_s: Amount | None
    interconnect_counts: Annotated[str, one_of("both_directions", "unstated")] | None
    power_w: Amount | None
    list_price_usd: Amount | None
    price_note: Word | None

    @property
    def key(self) -> tuple[str, ...]:
        return (self.id,)

    @property
    def memory_bytes(self) -> int:
        """Memory that software can use: the published usable size, else the size as sold."""
        if self.memory_usable_mib is not None:
            return self.memory_usable_mib * 2**20
        return int(self.memory * BYTES_OF[self.memory_unit])

    @property
    def memory_gib(self) -> float:
        """`memory_bytes` in GiB (2³⁰ bytes)."""
        return self.memory_bytes / 2**30

    @property
    def memory_bandwidth_bytes_per_s(self) -> float:
        return self.memory_bandwidth_gb_per_s * 1e9

    @property
    def interconnect_one_way_gb_per_s(self) -> float | None:
        """Bandwidth of all links in one direction; None when the source does not say what it counts."""
        if self.interconnect_gb_per_s is None or self.interconnect_counts != "both_directions":
            return None
        return self.interconnect_gb_per_s / 2

    def peak_flops(self, dtype: str) -> float | None:
        """Dense peak of one device in operations a second, for one of `PRECISIONS`; None when unknown.

        Raises KeyError for a word that is not a precision.
        """
        if dtype not in PRECISIONS:
            raise KeyError(dtype)
        value: float | None = self.int8_tops if dtype == "int8" else getattr(self, f"{dtype}_tflops")
        return None if value is None else value * 1e12

    def faults(self) -> Iterator[Fault]:
        # Not super(): dataclass(slots=True) makes a new class, which zero-argument super() does not know.
        yield from Fact.faults(self)
        if (self.interconnect_gb_per_s is None) != (self.interconnect_counts is None):
            yield "interconnect_counts", "needs_both", {"other": "interconnect_gb_per_s"}
        if all(self.peak_flops(precision) is None for precision in PRECISIONS):
            yield "fp16_tflops", "no_peak", {"gpu": self.id}
