"""What a GPU cost comparison is written from: each piece of work with the offers that can do it.

Prices, hours and costs are raw numbers in one currency; bands are good, middle and bad: the 80 % interval of
the speed, at a given price.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from toolkit.provenance import Source
from toolkit.report.subject import Subject
from toolkit.shapes.records import Rung
from toolkit.text import Text

Band = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class CaseRow:
    """One offer that can do the work. `kind` is how it is paid for (`on_demand`, `spot`, …); `hours` of a run
    (None for a service), `cost` of the run or of a month, `per_million` tokens; `machines` of a service."""

    provider: Text
    instance: str
    region: str
    gpu: str
    gpus: int
    kind: str
    price_per_hour: float
    hours: Band | None
    cost: Band
    per_million: float | None
    machines: Band | None
    ms_per_token: float | None
    rung: Rung
    as_of: str
    source: Source
    on_front: bool
    in_time: bool
    in_budget: bool
    complete: bool
    warnings: tuple[Text, ...] = ()

    @property
    def chosen(self) -> bool:
        """It keeps the deadline and the budget, and its price is complete."""
        return self.in_time and self.in_budget and self.complete


@dataclass(frozen=True, slots=True)
class ApiRow:
    """The same requests behind an API: a month, and a million output tokens."""

    label: Text
    per_month: float
    per_million: float
    as_of: str
    source: Source


@dataclass(frozen=True, slots=True)
class BreakRow:
    """A commitment pays above `utilisation` of its hours (above 1 it never does)."""

    committed: Text
    by_the_hour: Text
    utilisation: float
    hours_a_month: float


@dataclass(frozen=True, slots=True)
class VolumeRow:
    """Requests a month from which machines may be (`first`), and always are (`always`), cheaper than an API;
    None: never."""

    machine: Text
    api: Text
    first: float | None
    always: float | None


@dataclass(frozen=True, slots=True)
class WorkRow:
    """One piece of work. `facts` say what it is; `cases` are those that have figures, cheapest first;
    `unfit` counts the options that cannot do it, by the reason in words."""

    name: Text
    kind: str
    facts: tuple[tuple[Text, Text], ...]
    cases: tuple[CaseRow, ...]
    unfit: Mapping[Text, int]
    apis: tuple[ApiRow, ...] = ()
    commitments: tuple[BreakRow, ...] = ()
    volumes: tuple[VolumeRow, ...] = ()
    field: str = ""

    @property
    def cheapest(self) -> CaseRow | None:
        """The cheapest way that keeps every limit; None where nothing does."""
        return next((case for case in self.cases if case.chosen), None)


@dataclass(frozen=True, slots=True)
class CostContext:
    """The whole comparison, in one currency. `left_out`: work of the plan that is not compared."""

    subject: Subject
    currency: str
    works: tuple[WorkRow, ...]
    left_out: tuple[Text, ...] = ()
