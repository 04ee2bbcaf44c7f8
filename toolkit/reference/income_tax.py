"""`data/income_tax.csv` and `data/tax_terms.csv`: the income tax of companies, as dated rules."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

from toolkit.reference.cells import (
    Amount,
    AmountOrZero,
    Count,
    CountOrZero,
    Currency,
    Day,
    Place,
    Share,
    Slug,
    Words,
    one_of,
)
from toolkit.reference.table import Fact, Fault

InstalmentBasis = Literal["prior_year", "year_to_date"]


@dataclass(frozen=True, slots=True)
class TaxRate(Fact):
    """One rate of a regime for a span of time.

        slice   rate × the part of taxable income between `from_amount` and `to_amount`
        whole   rate × all of it, if it is not above `to_amount`: one unit more and the regime does not hold

    The `standard` regime holds for everybody; others for who qualifies, at most `max_headcount` people (mean
    of the year), `max_assets` and `max_revenue` (of the year). `local` rates come on top of `income`.
    `programme` is the policy programme that brings the same relief.
    """

    FILE: ClassVar[str] = "income_tax.csv"
    country: Place
    regime: Slug
    component: Annotated[Literal["income", "local"], one_of("income", "local")]
    scope: Annotated[Literal["slice", "whole"], one_of("slice", "whole")]
    from_amount: AmountOrZero
    to_amount: Amount | None
    rate: Share
    currency: Currency
    max_headcount: Count | None
    max_assets: Amount | None
    max_revenue: Amount | None
    programme: Slug | None
    valid_from: Day
    valid_to: Day | None

    @property
    def key(self) -> tuple[str, ...]:
        return (self.country, self.regime, self.component, f"{self.from_amount:g}", self.valid_from)

    @property
    def date(self) -> str | None:
        return self.valid_from

    def faults(self) -> Iterator[Fault]:
        # Not super(): dataclass(slots=True) makes a new class, which zero-argument super() does not know.
        yield from Fact.faults(self)
        if self.valid_to is not None and self.valid_to < self.valid_from:
            yield "valid_to", "ends_before_start", {"start": self.valid_from, "end": self.valid_to}
        if self.to_amount is not None and self.to_amount <= self.from_amount:
            yield "to_amount", "empty_bracket", {}


@dataclass(frozen=True, slots=True)
class TaxTerms(Fact):
    """How losses are carried forward and when the tax is paid. Losses of a year can be used for `loss_years`
    (without one for ever), up to `loss_free_amount` and `loss_share` of what is above. The balance is paid
    `payment_months` after the fiscal year, instalments in its `instalment_months` (1 to 12)."""

    FILE: ClassVar[str] = "tax_terms.csv"
    country: Place
    regime: Slug
    loss_years: Count | None
    loss_free_amount: AmountOrZero
    loss_share: Share
    currency: Currency
    payment_months: CountOrZero
    instalment_months: Words | None
    instalment_basis: Annotated[InstalmentBasis, one_of("prior_year", "year_to_date")] | None
    valid_from: Day
    valid_to: Day | None

    @property
    def key(self) -> tuple[str, ...]:
        return (self.country, self.regime, self.valid_from)

    @property
    def date(self) -> str | None:
        return self.valid_from

    @property
    def instalments(self) -> tuple[int, ...]:
        """The months of the fiscal year in which an instalment is due."""
        return tuple(map(int, self.instalment_months or ()))

    def faults(self) -> Iterator[Fault]:
        # Not super(): dataclass(slots=True) makes a new class, which zero-argument super() does not know.
        yield from Fact.faults(self)
        months = self.instalment_months or ()
        if not all(month.isdecimal() and 1 <= int(month) <= 12 for month in months):
            allowed = ", ".join(map(str, range(1, 13)))
            yield "instalment_months", "unknown_word", {"value": "|".join(months), "allowed": allowed}
        if bool(months) != (self.instalment_basis is not None):
            yield "instalment_basis", "needs_both", {"other": "instalment_months"}
