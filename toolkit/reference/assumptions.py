"""`data/assumptions.csv`: named assumptions that stand in for a quote which nobody has asked for yet.

None was looked up. A plan that takes one says so: its source is an assumption, never a fact.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal, get_args

from toolkit.provenance import Source
from toolkit.reference.cells import AmountOrZero, Currency, Slug, Word, one_of
from toolkit.reference.table import Fact, Fault
from toolkit.text import Text

Form = Literal[
    "share", "months", "once", "monthly", "monthly_per_head", "yearly", "per_unit", "extra_compute"
]  # fmt: skip
Area = Literal["hiring", "operations"]
CostCategory = Literal["research", "general", "sales", "cost_of_revenue"]


@dataclass(frozen=True, slots=True)
class Assumption(Fact):
    """A central 90 % interval, `low` to `high`, of what `form` says: money of `currency`, a share or
    months. `category` is the kind of cost that it usually is."""

    FILE: ClassVar[str] = "assumptions.csv"
    id: Slug
    area: Annotated[Area, one_of(*get_args(Area))]
    label_en: Word
    label_zh: Word
    form: Annotated[Form, one_of(*get_args(Form))]
    category: Annotated[CostCategory, one_of(*get_args(CostCategory))] | None
    low: AmountOrZero
    high: AmountOrZero
    currency: Currency | None

    @property
    def key(self) -> tuple[str, ...]:
        return (self.id,)

    @property
    def label(self) -> Text:
        return Text(self.label_en, self.label_zh)

    @property
    def unit(self) -> str:
        """What the quantity is counted in."""
        match self.form:
            case "share" | "extra_compute":
                return "1"
            case "months":
                return "month"
            case "monthly" | "monthly_per_head":
                return f"{self.currency}/month"
            case "yearly":
                return f"{self.currency}/year"
        return self.currency or "1"

    @property
    def source(self) -> Source:
        title = f"{self.source_title}: {self.label_en}"
        return Source("assumption", title, self.place, self.source_url, None, self.confidence)

    def faults(self) -> Iterator[Fault]:
        # Not super(): dataclass(slots=True) makes a new class, which zero-argument super() does not know.
        yield from Fact.faults(self)
        if self.low >= self.high:
            yield "high", "outside_band", {"value": self.high, "low": self.low, "high": self.high}
        is_money = self.form not in ("share", "months", "extra_compute")
        if is_money != (self.currency is not None):
            yield "currency", "needs_both", {"other": "form"}
