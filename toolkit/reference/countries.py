"""`data/countries.csv`: what a plan begins with in a country: currency, income tax, value-added tax."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from toolkit.reference.cells import Currency, Day, Place, Share, Word, Words
from toolkit.reference.table import Fact
from toolkit.text import Text


@dataclass(frozen=True, slots=True)
class Country(Fact):
    """`income_tax_rate` is what a company pays in all where it is usual, and `loss_limit` the share of a
    year's profit that earlier losses may cover; both None where `income_tax.csv` has the law. `vat_rate` the
    standard rate of services (None: there is none); `region` the one that is taken where rules depend on a
    city; `usual_programmes` are those under `data/policies/` that a young AI company usually claims."""

    FILE: ClassVar[str] = "countries.csv"
    country: Place
    name_en: Word
    name_zh: Word
    currency: Currency
    region: Word | None
    income_tax_rate: Share | None
    loss_limit: Share | None
    vat_rate: Share | None
    usual_programmes: Words | None
    valid_from: Day

    @property
    def key(self) -> tuple[str, ...]:
        return (self.country,)

    @property
    def date(self) -> str | None:
        return self.valid_from

    @property
    def name(self) -> Text:
        return Text(self.name_en, self.name_zh)
