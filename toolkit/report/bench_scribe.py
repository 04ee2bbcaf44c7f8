"""The scribe of a benchmark report."""

from __future__ import annotations

from toolkit.report.bench_context import BenchContext, ResultRow
from toolkit.report.subject import Subject
from toolkit.report.wording import Wording
from toolkit.text import Language
from toolkit.text.formats import UNKNOWN

GIGA = 1e9
SCALES = ((1e12, "tera"), (1e9, "giga"))


class BenchScribe(Wording):
    """One benchmark report in one language."""

    def __init__(self, context: BenchContext, language: Language) -> None:
        super().__init__(language, context.currency)
        self.context = context

    @property
    def subject(self) -> Subject:
        return self.context.subject

    def speed(self, value: float, unit: str) -> str:
        """Work a second with its unit; arithmetic and bytes in 10⁹ or 10¹²: `512 GFLOP/s`."""
        work = unit.split("/")[0]
        if work in ("flop", "byte"):
            for size, prefix in SCALES:
                if value >= size or prefix == "giga":
                    return f"{self.round(value / size)} {self.say(f'bench.{prefix}_{work}')}"
        return f"{self.round(value)} {self.unit(unit)}"

    def speed_range(self, row: ResultRow) -> str:
        """The half-width of the 95 % interval as a share: `± 1.2%`."""
        spread = (row.high - row.low) / 2 / row.value if row.value else 0.0
        return f"± {self.percent(spread, 1)}"

    def gigabytes(self, count: int | None) -> str:
        return UNKNOWN if count is None else f"{self.round(count / GIGA)} GB"
