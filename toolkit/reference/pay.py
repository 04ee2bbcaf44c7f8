"""What people are paid: `data/salaries.csv`, `data/salaries_survey.csv` and `data/equity_grants.csv`.

The survey rows are a file of their own: their licence (ODbL) asks derived databases to carry it on.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal, get_args

from toolkit.reference.cells import (
    CONFIDENCES,
    Amount,
    Count,
    Currency,
    Period,
    Place,
    Slug,
    Word,
    Words,
    Year,
    one_of,
)
from toolkit.reference.table import Fact, Fault

Percentile = Literal["p10", "p25", "p50", "p75", "p90", "mean"]
PERCENTILES: tuple[Percentile, ...] = get_args(Percentile)


@dataclass(frozen=True, slots=True)
class Salary(Fact):
    """Gross pay of one role in one place, in `currency` per `period`.

    `lower_bounds` names the percentiles that are published only as "at least this much". `occupation` is the
    heading of the statistics, `scope` who was counted, `respondents` how many.
    """

    FILE: ClassVar[str] = "salaries.csv"
    role: Slug
    occupation: Word | None
    country: Place
    region: Word | None
    scope: Word
    p10: Amount | None
    p25: Amount | None
    p50: Amount | None
    p75: Amount | None
    p90: Amount | None
    mean: Amount | None
    lower_bounds: Words | None
    currency: Currency
    period: Period
    year: Year | None
    respondents: Count | None

    @property
    def key(self) -> tuple[str, ...]:
        place = (self.country, self.region or "")
        return (self.role, *place, self.scope, self.occupation or "", str(self.year or ""))

    @property
    def date(self) -> str | None:
        return None if self.year is None else str(self.year)

    def value(self, percentile: Percentile) -> float | None:
        """That percentile (or the mean) in `currency` per `period`; None when it is not published."""
        found: float | None = getattr(self, percentile)
        return found

    def faults(self) -> Iterator[Fault]:
        # Not super(): dataclass(slots=True) makes a new class, which zero-argument super() does not know.
        yield from Fact.faults(self)
        known = [value for value in map(self.value, PERCENTILES[:-1]) if value is not None]
        if known != sorted(known):
            yield "p50", "not_ascending", {}
        if not known and self.mean is None:
            yield "p50", "no_pay", {}
        for percentile in self.lower_bounds or ():
            if percentile not in PERCENTILES:
                yield "lower_bounds", "unknown_word", {"value": percentile, "allowed": ", ".join(PERCENTILES)}


@dataclass(frozen=True, slots=True)
class SurveySalary(Salary):
    """A salary computed from the Stack Overflow Developer Survey (Open Database License)."""

    FILE: ClassVar[str] = "salaries_survey.csv"


@dataclass(frozen=True, slots=True)
class Pay:
    """The answer to "what does this role earn here": a yearly figure and the row it stands on.

    `lower_bound`: the true figure is this or more.
    """

    per_year: float
    currency: str
    percentile: Percentile
    lower_bound: bool
    salary: Salary


def choose_pay(
    salaries: Iterable[Salary],
    role: str,
    country: str,
    percentile: Percentile,
    year: int | None = None,
    region: str | None = None,
) -> Pay | None:
    """The best row for a role: of the region asked for, else of the whole country, else of any region; then a
    figure before a lower bound, then the more trusted, the newer, the one with more respondents.

    With `year`, rows of later years are left out. None when there is no row.
    """

    def rank(row: Salary) -> tuple[int | bool, ...]:
        place = 0 if region is not None and row.region == region else 1 if row.region is None else 2
        bound = percentile in (row.lower_bounds or ())
        trust = CONFIDENCES.index(row.confidence)
        return (place, bound, trust, -(row.year or 0), -(row.respondents or 0), row.line)

    found = [
        row
        for row in salaries
        if row.role == role
        and row.country == country
        and row.value(percentile) is not None
        and (year is None or (row.year or 0) <= year)
    ]
    if not found:
        return None
    row = min(found, key=rank)
    per_year = (row.value(percentile) or 0.0) * (12 if row.period == "month" else 1)
    return Pay(per_year, row.currency, percentile, percentile in (row.lower_bounds or ()), row)


@dataclass(frozen=True, slots=True)
class EquityGrant(Fact):
    """What is known about grants of shares: a share of the fully diluted company, or a growth."""

    FILE: ClassVar[str] = "equity_grants.csv"
    role: Slug
    country: Place
    scope: Word
    measure: Annotated[str, one_of("share_of_fully_diluted", "growth_over_two_years")]
    value: Amount
    year: Year

    @property
    def key(self) -> tuple[str, ...]:
        return (self.role, self.country, self.scope, self.measure, str(self.year))

    @property
    def date(self) -> str | None:
        return str(self.year)
